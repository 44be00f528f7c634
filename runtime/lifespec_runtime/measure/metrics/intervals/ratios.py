"""Bounds of means and of quotients of sums, with the skewness taken out.

A mean is the quotient whose denominators are the weights. The bounds are the values `v` for which a test on the mean of
`numerator - v * denominator` does not reject: Fieller's way, with Student's statistic in Hall's cubic form, which is
right to one order more where the rows are skewed.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from .quantiles import student

Floats = NDArray[np.float64]
Bounds = tuple[Floats, Floats]

_STEPS = 80
_REACH = 64.0
"""How many standard errors away a bound is looked for."""


class Moments(NamedTuple):
    """What the bounds need to know of the rows: sums that add up over parts."""

    worth: Floats
    """The rows, or what they are worth where weights differ."""
    ratio: Floats
    deviations: tuple[Floats, Floats]
    """Mean square and mean cube of `r = numerator - ratio * denominator`, denominators being one on average."""
    mixed: tuple[Floats, Floats, Floats]
    """The means of r d, r² d and r d²."""
    denominators: tuple[Floats, Floats]
    """Mean square and mean cube of the denominators d."""


def moments(numerators: Floats, denominators: Floats | None = None) -> Moments:
    """The moments over the last axis; without denominators those of a mean."""
    count = np.float64(numerators.shape[-1])
    if denominators is None:
        ratio = numerators.mean(axis=-1)
        residuals = numerators - ratio[..., None]
        squares = residuals * residuals
        second, third = squares.mean(axis=-1), np.einsum("...i,...i->...", squares, residuals) / count
        zero, one = np.zeros_like(ratio), np.ones_like(ratio)
        return Moments(np.full_like(ratio, count), ratio, (second, third), (zero, second, zero), (one, one))
    mean = denominators.mean(axis=-1)
    scaled = denominators / mean[..., None]
    ratio = numerators.mean(axis=-1) / mean
    residuals = numerators / mean[..., None] - ratio[..., None] * scaled
    squares, scaled_squares = residuals * residuals, scaled * scaled

    def average(first: Floats, second: Floats) -> Floats:
        return np.asarray(np.einsum("...i,...i->...", first, second) / count)

    return Moments(
        count / np.maximum(scaled_squares.mean(axis=-1), 1.0),
        ratio,
        (squares.mean(axis=-1), average(squares, residuals)),
        (average(residuals, scaled), average(squares, scaled), average(residuals, scaled_squares)),
        (scaled_squares.mean(axis=-1), average(scaled_squares, scaled)),
    )


def bounds(known: Moments, level: float, rows: int | None = None) -> Bounds:
    """The bounds of the ratio; NaN where the rows do not vary, or cannot bound it.

    `rows` is the number of rows or clusters behind the moments, where it differs from their worth.
    """
    units = known.worth if rows is None else np.full_like(known.worth, rows)
    limit = student(level, known.worth - 1)
    with np.errstate(all="ignore"):
        error = np.sqrt(known.deviations[0] / units)
        found = (
            _cross(known, units, limit, -_REACH * error, 0 * error),
            _cross(known, units, -limit, 0 * error, _REACH * error),
        )
    hopeless = ~(error > 0)
    return tuple(np.where(hopeless, np.nan, known.ratio + shift) for shift in found)  # type: ignore[return-value]


def mean_bounds(known: Moments, level: float) -> Bounds:
    """The same for a mean, where Hall's cubic can be solved; NaN where the rows do not vary."""
    square, cube = known.deviations
    count = known.worth
    limit = student(level, count - 1) / np.sqrt(count)
    with np.errstate(all="ignore"):
        skewness = cube / square**1.5
        spread = np.sqrt(square * count / (count - 1))
        low, high = (known.ratio - spread * uncubed(reach, skewness, count) for reach in (limit, -limit))
    return np.where(square > 0, low, np.nan), np.where(square > 0, high, np.nan)


def uncubed(reach: Floats, skewness: Floats, count: Floats | float) -> Floats:
    """The ratio of which Hall's cubic is the reach."""
    third = skewness / 3
    straight = np.abs(third) < 1e-8
    safe = np.where(straight, 1.0, third)
    return np.where(straight, reach, (np.cbrt(1 + skewness * (reach - skewness / (6 * count))) - 1) / safe)


def _statistic(known: Moments, units: Floats, shift: Floats) -> Floats:
    """Hall's statistic of the hypothesis that the true ratio is `ratio + shift`; it falls with the shift."""
    (rr, rrr), (rd, rrd, rdd), (dd, ddd) = known.deviations, known.mixed, known.denominators
    mean = -shift
    square = rr - 2 * shift * rd + shift**2 * dd
    cube = rrr - 3 * shift * rrd + 3 * shift**2 * rdd - shift**3 * ddd
    variance = np.maximum(square - mean**2, 1e-300)
    skewness = (cube - 3 * mean * square + 2 * mean**3) / variance**1.5
    ratio = mean / np.sqrt(variance * units / np.maximum(units - 1, 1))
    cubic = ratio + skewness * ratio**2 / 3 + skewness**2 * ratio**3 / 27 + skewness / (6 * units)
    return np.asarray(np.sqrt(units) * cubic)


def _cross(known: Moments, units: Floats, target: Floats, low: Floats, high: Floats) -> Floats:
    """Where the statistic crosses the target between two shifts; NaN where it does not."""
    # Hall's correction moves the centre a little, so a bound may lie beyond the estimate itself.
    width = high - low
    low, high = low - width / 8, high + width / 8
    crosses = (_statistic(known, units, low) > target) & (_statistic(known, units, high) < target)
    for _ in range(_STEPS):
        middle = (low + high) / 2
        above = _statistic(known, units, middle) > target
        low, high = np.where(above, middle, low), np.where(above, high, middle)
    return np.where(crosses, (low + high) / 2, np.nan)
