"""Bounds of shares: exact ones of one share, and score bounds of the difference of two shares of the same rows."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import special

from .quantiles import normal, tail

Floats = NDArray[np.float64]
Bounds = tuple[Floats, Floats]

FEW = 20
"""So many rows on which two models differ are too few for a score test."""


def exact(good: ArrayLike, total: ArrayLike, level: float) -> Bounds:
    """Clopper-Pearson bounds; the counts may be fractions, as effective counts of weighted rows are."""
    successes, trials = np.asarray(good, dtype=np.float64), np.asarray(total, dtype=np.float64)
    failures = trials - successes
    with np.errstate(all="ignore"):
        low = special.betaincinv(successes, failures + 1, tail(level))
        high = special.betaincinv(successes + 1, failures, 1 - tail(level))
    return np.where(successes <= 0, 0.0, low), np.where(failures <= 0, 1.0, high)


def score(good: ArrayLike, total: ArrayLike, level: float) -> Bounds:
    """Wilson bounds: the shares that a score test does not reject."""
    successes, trials = np.asarray(good, dtype=np.float64), np.asarray(total, dtype=np.float64)
    reach = normal(level) ** 2
    share = successes / trials
    centre = (successes + reach / 2) / (trials + reach)
    half = np.sqrt(reach * (share * (1 - share) + reach / (4 * trials)) * trials) / (trials + reach)
    return np.maximum(centre - half, 0.0), np.minimum(centre + half, 1.0)


def paired_difference(first_only: ArrayLike, second_only: ArrayLike, total: ArrayLike, level: float) -> Bounds:
    """Bounds of the difference of two shares of the same rows, from the rows that only one of the two counts.

    Tango's score bounds; where the two differ on few rows, exact bounds of either count instead, which are wider.
    """
    first, second, rows = (np.asarray(value, dtype=np.float64) for value in (first_only, second_only, total))
    reach = normal(level)

    def statistic(difference: Floats) -> Floats:
        b = -first - second + (2 * rows - first + second) * difference
        c = -second * difference * (1 - difference)
        nuisance = (np.sqrt(np.maximum(b * b - 8 * rows * c, 0.0)) - b) / (4 * rows)
        spread = np.sqrt(np.maximum(rows * (2 * nuisance + difference * (1 - difference)), 1e-300))
        return np.asarray((first - second - rows * difference) / spread)

    centre = (first - second) / rows
    low = _root(statistic, np.full_like(centre, -1.0), centre, reach)
    high = _root(statistic, centre, np.full_like(centre, 1.0), -reach)
    (first_low, first_high), (second_low, second_high) = (
        exact(count, rows, (1 + level) / 2) for count in (first, second)
    )
    few = first + second < FEW
    return np.where(few, first_low - second_high, low), np.where(few, first_high - second_low, high)


def _root(statistic: object, low: Floats, high: Floats, target: float) -> Floats:
    """Where the falling statistic crosses the target, by bisection."""
    for _ in range(60):
        middle = (low + high) / 2
        above = statistic(middle) > target  # type: ignore[operator]
        low, high = np.where(above, middle, low), np.where(above, high, middle)
    return np.asarray((low + high) / 2)
