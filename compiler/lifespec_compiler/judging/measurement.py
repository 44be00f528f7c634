"""What judging reads of a measurement, whoever made it: the record of a report, or a value that never was in one."""

from __future__ import annotations

from typing import Protocol

from .verdict import Quantity


class Interval(Protocol):
    """What the true value may be."""

    @property
    def low(self) -> float:
        """Its lower end."""

    @property
    def high(self) -> float:
        """Its upper end."""

    @property
    def level(self) -> float:
        """The share of such intervals that hold the true value."""

    @property
    def method(self) -> str:
        """How it was computed."""


class Measurement(Protocol):
    """What was measured for one check; `lifespec_schema.records.report.Measurement` says what its parts mean."""

    @property
    def check(self) -> str:
        """The check's name in the spec."""

    @property
    def slice(self) -> str | None:
        """The slice; None: all rows."""

    @property
    def quantity(self) -> Quantity | None:
        """What the value is of; None: the metric itself."""

    @property
    def value(self) -> float | None:
        """The value; None where there was nothing to measure."""

    @property
    def samples(self) -> int:
        """What it rests on."""

    @property
    def rows(self) -> int | None:
        """The labelled rows of the slice."""

    @property
    def interval(self) -> Interval | None:
        """What the true value may be."""

    @property
    def reason(self) -> str | None:
        """Why there is no value, or no interval."""
