"""Exact bounds of rates of events and of percentiles, and of differences of independent values."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import special

from .quantiles import tail

Floats = NDArray[np.float64]
Bounds = tuple[Floats, Floats]


def poisson(events: ArrayLike, level: float) -> Bounds:
    """Garwood's exact bounds of the mean of a Poisson count."""
    seen = np.asarray(events, dtype=np.float64)
    with np.errstate(invalid="ignore"):
        low = np.where(seen > 0, special.gammaincinv(np.maximum(seen, 1e-300), tail(level)), 0.0)
    return low, np.asarray(special.gammaincinv(seen + 1, 1 - tail(level)))


def ranks(count: int, share: float, level: float) -> tuple[int | None, int | None]:
    """Positions from 0 of the ordered values that bound the percentile; None where even the greatest does not.

    The number of values below the percentile is binomial, so the bounds hold for every distribution.
    """
    low = _last_not_above(count, share, tail(level))
    high = _last_not_above(count, share, np.nextafter(1 - tail(level), 0)) + 1
    return (low if low >= 0 else None), (high if high < count else None)


def _last_not_above(count: int, share: float, chance: float) -> int:
    """The last number that so many trials stay at or below with at most this chance; -1 where even zero is likelier."""
    near = special.bdtrik(chance, count, share)
    start = max(int(np.nan_to_num(near)) - 3, 0)
    places = np.arange(start, start + 8)
    return start + int(np.searchsorted(special.bdtr(places, count, share), chance, side="right")) - 1


def independent_difference(
    first: tuple[float, float, float], second: tuple[float, float, float]
) -> tuple[float, float]:
    """Bounds of the difference of two independent values, recovered from value, low and high of each (MOVER)."""
    (one, one_low, one_high), (two, two_low, two_high) = first, second
    gap = one - two
    low = gap - float(np.hypot(one - one_low, two_high - two))
    return low, gap + float(np.hypot(one_high - one, two - two_low))
