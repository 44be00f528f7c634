"""What is measured for a check: a value, a difference to another model, or that difference relative to the other's."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from math import exp, sqrt
from typing import Final, Literal, NamedTuple

import numpy as np

from lifespec_runtime.measure.estimate import LEVEL, Estimate, Interval, Result, Undefined, level_of
from lifespec_runtime.measure.metrics import compare, measure
from lifespec_runtime.measure.metrics.sample import Sample

from .naming import Named

Quantity = Literal["value", "difference", "relativeDifference"]

_FAR: Final = 10.0
"""A quotient that may be so many times off has no useful logarithm."""


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


def level(confidence: float | None) -> float:
    """The level of the interval that a check's confidence asks for."""
    return LEVEL if confidence is None else level_of(confidence)


def value(named: Named, sample: Sample, wanted: float | None) -> Result:
    """The metric on a sample."""
    return _computed(lambda: measure(named.metric, sample, named.parameters, wanted), sample)


def difference(named: Named, sample: Sample, other: Sample | Fixed, wanted: float | None) -> Result:
    """The metric on a sample less that on the other, of the same rows, or less a fixed value."""
    if isinstance(other, Fixed):
        return _shifted(value(named, sample, wanted), other.value)
    return _computed(lambda: compare(named.metric, sample, other, named.parameters, wanted), sample)


def _computed(compute: Callable[[], Result], sample: Sample) -> Result:
    """What is computed, or why it cannot be: what is no number any more is told once, as the result."""
    try:
        with np.errstate(all="ignore"):
            return compute()
    except ValueError as error:  # a parameter that the metric does not take
        return Undefined(str(error), sample.rows)
    except (OverflowError, ZeroDivisionError):
        return Undefined("the numbers are too great, or too small, to compute with", sample.rows)


def relative(named: Named, sample: Sample, other: Sample | Fixed, wanted: float | None) -> Result:
    """The difference, relative to the size of the other's value.

    How much both vary together is told by how much each varies and how much their difference does, so the interval is
    that of the delta method for the quotient of two dependent values, on the scale of logarithms where both have one
    sign.
    """
    if isinstance(other, Fixed):
        return _scaled(difference(named, sample, other, wanted), other.value)
    mine, theirs = value(named, sample, wanted), value(named, other, wanted)
    if isinstance(theirs, Undefined):
        return Undefined(f"of the other model: {theirs.reason}", theirs.samples)
    gap = difference(named, sample, other, wanted)
    plain = _scaled(gap, theirs.value)
    if isinstance(mine, Undefined) or isinstance(gap, Undefined) or isinstance(plain, Undefined):
        return mine if isinstance(mine, Undefined) else plain
    intervals = [each.interval for each in (mine, theirs, gap)]
    if plain.interval is None or None in intervals:
        note = next((each.note for each in (gap, mine, theirs) if each.note), "")
        return plain._replace(interval=None, note=note)
    if gap.interval is not None and gap.interval.low == gap.interval.high:
        return plain
    reaches = [(each.high - each.low) / 2 for each in intervals if each is not None]
    return plain._replace(interval=_quotient(mine.value, theirs.value, reaches, plain.interval))


def _quotient(mine: float, theirs: float, reaches: Sequence[float], like: Interval) -> Interval:
    """The interval of `(mine - theirs) / |theirs|`, from half the widths of those of both and of the difference."""
    own, other, gap = (reach * reach for reach in reaches)
    ratio = mine / theirs
    together = (own + other - gap) / 2
    # What is left of rounding, or of widths that were made in different ways, never makes it narrower than nothing.
    reach = sqrt(max(own - 2 * ratio * together + ratio * ratio * other, 0.0)) / abs(theirs)
    sign = 1.0 if theirs > 0 else -1.0
    if reach < _FAR * ratio:
        bounds = sorted(sign * (ratio * exp(side * reach / ratio) - 1) for side in (-1, 1))
    else:
        bounds = sorted(sign * (ratio - 1) + side * reach for side in (-1, 1))
    return Interval(bounds[0], bounds[1], like.level, "delta")


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
