"""What is measured for a check: a value, a difference to another model, or that difference relative to the other's."""

from __future__ import annotations

from typing import Final, Literal, NamedTuple

import numpy as np

from lifespec_runtime.measure.estimate import LEVEL, Estimate, Interval, Result, Undefined, level_of
from lifespec_runtime.measure.metrics import compare, measure
from lifespec_runtime.measure.metrics.sample import Sample

from .naming import Named

Quantity = Literal["value", "difference", "relativeDifference"]

OF_OTHER: Final = 0.1
"""Of what a relative difference may err, the part that is left to the other's value; the rest goes to the difference.

The other's value is known far better than a difference needs, so its bounds may be wide.
"""


class Measured(NamedTuple):
    """One measurement of a check."""

    check: str
    slice: str | None
    quantity: Quantity
    result: Result
    own: Result
    other: Result | None = None
    rows: int | None = None
    """The rows of the slice; None where it is not a slice."""


class Fixed(NamedTuple):
    """A value that was measured once, elsewhere, such as what people reach."""

    value: float


def level(confidence: float | None) -> float | None:
    """The level of the interval that a check's confidence asks for; None where there is no such interval."""
    if confidence is None:
        return LEVEL
    wanted = level_of(confidence)
    return wanted if 0 < wanted < 1 else None


def value(named: Named, sample: Sample, wanted: float | None) -> Result:
    """The metric on a sample."""
    try:
        return measure(named.metric, sample, named.parameters, wanted)
    except ValueError as error:  # a parameter that the metric does not take
        return Undefined(str(error), sample.rows)


def difference(named: Named, sample: Sample, other: Sample | Fixed, wanted: float | None) -> Result:
    """The metric on a sample less that on the other, of the same rows, or less a fixed value."""
    if isinstance(other, Fixed):
        return _shifted(value(named, sample, wanted), other.value)
    try:
        return compare(named.metric, sample, other, named.parameters, wanted)
    except ValueError as error:
        return Undefined(str(error), sample.rows)


def relative(named: Named, sample: Sample, other: Sample | Fixed, wanted: float | None) -> Result:
    """The difference, relative to the size of the other's value.

    Its bounds are the quotients of the bounds of both, of which each has its part of what the whole may err
    (Bonferroni), so that it holds however the two depend on each other.
    """
    if isinstance(other, Fixed):
        return _scaled(difference(named, sample, other, wanted), other.value)
    err = None if wanted is None else 1 - wanted
    other_value = value(named, other, None if err is None else 1 - OF_OTHER * err)
    gap = difference(named, sample, other, None if err is None else 1 - (1 - OF_OTHER) * err)
    if isinstance(other_value, Undefined):
        return Undefined(f"of the other model: {other_value.reason}", other_value.samples)
    plain = _scaled(gap, other_value.value)
    if isinstance(plain, Undefined) or isinstance(gap, Undefined) or plain.interval is None or wanted is None:
        return plain
    if gap.interval is not None and gap.interval.low == gap.interval.high == 0:
        return plain._replace(interval=plain.interval._replace(level=wanted))
    if other_value.interval is None:
        return plain._replace(interval=None, note=other_value.note)
    low, high = other_value.interval[:2]
    if low <= 0 <= high:
        return plain._replace(
            interval=None, note="the other's value may be zero, so what is relative to it is unbounded"
        )
    quotients = [bound / abs(size) for bound in plain_bounds(gap.interval) for size in (low, high)]
    bounds = Interval(min(quotients), max(quotients), wanted, "quotient of bounds")
    return plain._replace(interval=bounds)


def plain_bounds(interval: Interval | None) -> tuple[float, float]:
    """Both ends of an interval that is there."""
    return (np.nan, np.nan) if interval is None else (interval.low, interval.high)


def _shifted(result: Result, by: float) -> Result:
    if isinstance(result, Undefined):
        return result
    interval = result.interval
    moved = interval and interval._replace(low=interval.low - by, high=interval.high - by)
    return Estimate(result.value - by, result.samples, moved, None, result.note)


def _scaled(result: Result, size: float) -> Result:
    if isinstance(result, Undefined):
        return result
    if not size:
        return Undefined("the other's value is zero, so nothing can be relative to it", result.samples)
    interval = result.interval
    scaled = interval and interval._replace(low=interval.low / abs(size), high=interval.high / abs(size))
    return Estimate(result.value / abs(size), result.samples, scaled, None, result.note)
