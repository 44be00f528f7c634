"""What was measured: a value with the rows that it rests on and its interval, or the reason why there is none."""

from __future__ import annotations

from typing import NamedTuple

from lifespec_compiler.judging import level_of

__all__ = ["LEVEL", "Counts", "Estimate", "Interval", "Result", "Undefined", "level_of"]

LEVEL = 0.9
"""The level of an interval where nobody asks for another: each of its ends is then a one-sided bound at 95 %."""


class Interval(NamedTuple):
    """What the true value may be. Both tails are equal: each end is a one-sided bound at `(1 + level) / 2`."""

    low: float
    high: float
    level: float
    """The share of such intervals that hold the true value, above 0 and below 1."""
    method: str
    """How it was computed, as the catalog names it."""


class Counts(NamedTuple):
    """The two counts that a share is made of."""

    good: int
    total: int


class Estimate(NamedTuple):
    """A measured value in its metric's unit."""

    value: float
    samples: int
    """Rows, queries or requests that it rests on: for a share those of its denominator."""
    interval: Interval | None = None
    counts: Counts | None = None
    note: str = ""
    """Why there is no interval, where there is none."""


class Undefined(NamedTuple):
    """A value that does not exist on these rows. Never a number, so that nothing passes on it."""

    reason: str
    """Why, as the rest of a sentence: `no row is positive`."""
    samples: int = 0
    """The rows that were looked at."""


Result = Estimate | Undefined
