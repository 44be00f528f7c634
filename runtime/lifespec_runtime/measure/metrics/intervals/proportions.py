"""Bounds of shares: exact ones of one share, and bounds of the difference of two shares of the same rows."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import special

from .quantiles import normal, tail

Floats = NDArray[np.float64]
Bounds = tuple[Floats, Floats]

FEW = 15
"""So many rows on which two models differ are too few for a normal approximation."""


def exact(good: ArrayLike, total: ArrayLike, level: float) -> Bounds:
    """Clopper-Pearson bounds; the counts may be fractions, as effective counts of weighted rows are."""
    successes, trials = np.asarray(good, dtype=np.float64), np.asarray(total, dtype=np.float64)
    failures = trials - successes
    with np.errstate(all="ignore"):
        low = special.betaincinv(successes, failures + 1, tail(level))
        high = special.betaincinv(successes + 1, failures, 1 - tail(level))
    return np.where(successes <= 0, 0.0, low), np.where(failures <= 0, 1.0, high)


def jeffreys(good: ArrayLike, total: ArrayLike, level: float) -> Bounds:
    """Jeffreys' bounds, from half a row more of either kind; the counts may be fractions."""
    successes, trials = np.asarray(good, dtype=np.float64), np.asarray(total, dtype=np.float64)
    failures = trials - successes
    low, high = (special.betaincinv(successes + 0.5, failures + 0.5, end) for end in (tail(level), 1 - tail(level)))
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

    Agresti and Min's, who add half a row to all four cells; where the two differ on few rows, recovered from the exact
    bounds of both counts (MOVER), since those bounds fail there.
    """
    first, second, rows = (np.asarray(value, dtype=np.float64) for value in (first_only, second_only, total))
    gap = (first - second) / (rows + 2)
    reach = normal(level) * np.sqrt(((first + second + 1) / (rows + 2) - gap**2) / (rows + 2))
    (first_low, first_high), (second_low, second_high) = exact(first, rows, level), exact(second, rows, level)
    one, two = first / rows, second / rows
    low = one - two - np.hypot(one - first_low, second_high - two)
    high = one - two + np.hypot(first_high - one, two - second_low)
    few = first + second < FEW
    return np.where(few, low, np.maximum(gap - reach, -1.0)), np.where(few, high, np.minimum(gap + reach, 1.0))
