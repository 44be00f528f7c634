"""Metrics that were recorded: what was counted, when, of which side."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal, NamedTuple

Role = Literal["candidate", "stable"]


class Increment(NamedTuple):
    """What was counted in the time that ended at `at`."""

    at: float
    """Seconds since 1970."""
    role: Role
    counted: str
    """What it is of: a check's name, a metric's, or `latency>0.12` for the requests that took longer than 120 ms."""
    good: int
    """How many have the property."""
    total: int
    """Of how many."""


class Trace(NamedTuple):
    """A recording, in the order of time."""

    name: str
    began: float
    ended: float
    increments: tuple[Increment, ...]

    @property
    def counted(self) -> frozenset[str]:
        """What there is something of."""
        return frozenset(one.counted for one in self.increments)


def trace_of(name: str, increments: Iterable[Increment], began: float) -> Trace:
    """A recording of at least one increment."""
    ordered = tuple(sorted(increments))
    return Trace(name, began, max(one.at for one in ordered), ordered)


def slower(seconds: float) -> str:
    """How the requests that took longer are called: `latency>0.12`."""
    return f"latency>{seconds:.10g}"
