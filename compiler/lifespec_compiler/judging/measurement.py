"""What judging reads of a measurement, whoever made it: the record of a report, or a value that never was in one.

`lifespec_schema.records.report` says what the parts mean.
"""

# ruff: noqa: D102 - the record of a report says it
from __future__ import annotations

from typing import Literal, Protocol


class Interval(Protocol):
    """What the true value may be."""

    @property
    def low(self) -> float: ...
    @property
    def high(self) -> float: ...
    @property
    def level(self) -> float: ...
    @property
    def method(self) -> str: ...


class Measurement(Protocol):
    """What was measured for one check."""

    @property
    def check(self) -> str: ...
    @property
    def slice(self) -> str | None: ...
    @property
    def quantity(self) -> Literal["difference", "relativeDifference"] | None: ...
    @property
    def value(self) -> float | None: ...
    @property
    def samples(self) -> int: ...
    @property
    def rows(self) -> int | None: ...
    @property
    def interval(self) -> Interval | None: ...
    @property
    def reason(self) -> str | None: ...
