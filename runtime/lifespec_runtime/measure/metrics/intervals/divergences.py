"""Bounds of a divergence of two distributions, which is too large on average where the two are alike."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import special

from .quantiles import tail

Floats = NDArray[np.float64]
Bounds = tuple[Floats, Floats]


def bounds(value: ArrayLike, variance: ArrayLike, bias: ArrayLike, unit: ArrayLike, level: float) -> Bounds:
    """Bounds of the true divergence: the noncentralities that a scaled noncentral chi-square does not reject.

    `variance` is that of the delta method, which is right far from zero; `bias` is the mean of the divergence of two equal
    distributions, and `unit` the scale of its chi-square there. The two meet: near zero the variance is four units times the value.
    """
    seen = np.asarray(value, dtype=np.float64)
    with np.errstate(all="ignore"):
        scale = np.maximum(np.asarray(variance) / (4 * seen), np.asarray(unit, dtype=np.float64))
        degrees, statistic = np.asarray(bias) / scale, seen / scale
        low = _noncentrality(statistic, degrees, 1 - tail(level)) * scale
        high = _noncentrality(statistic, degrees, tail(level)) * scale
    return np.minimum(low, seen), np.maximum(high, seen)


def _noncentrality(statistic: Floats, degrees: Floats, chance: float) -> Floats:
    """The noncentrality at which the statistic is this quantile, by Sankaran's cube root; zero where none is."""
    low, high = np.zeros_like(statistic), 4 * statistic + 60.0

    def distribution(noncentrality: Floats) -> Floats:
        total, double = degrees + noncentrality, degrees + 2 * noncentrality
        h = 1 - 2 * total * (degrees + 3 * noncentrality) / (3 * double**2)
        p = double / total**2
        m = (h - 1) * (1 - 3 * h)
        centre = 1 + h * p * (h - 1 - 0.5 * (2 - h) * m * p)
        spread = h * np.sqrt(2 * p) * (1 + 0.5 * m * p)
        return np.asarray(special.ndtr(((statistic / total) ** h - centre) / spread))

    for _ in range(60):
        middle = (low + high) / 2
        above = distribution(middle) > chance
        low, high = np.where(above, middle, low), np.where(above, high, middle)
    return np.where(distribution(np.zeros_like(statistic)) <= chance, 0.0, (low + high) / 2)


def transport(gaps: Floats, errors: Floats, lengths: Floats, spread: Floats, level: float) -> Bounds:
    """Bounds of the area between two distribution functions, over the last axis, whose standard error is the spread."""
    from .quantiles import normal

    reach = normal(level)
    sizes = np.abs(gaps)
    seen = (sizes * lengths).sum(axis=-1)
    safe = np.where(errors > 0, errors, 1.0)

    def true(shrink: Floats) -> Floats:
        return np.asarray(np.maximum(sizes - shrink[..., None] * errors, 0.0))

    def crossing(side: float) -> Floats:
        low, high = np.full_like(seen, -12.0), np.full_like(seen, 12.0)
        for _ in range(50):
            middle = (low + high) / 2
            place = true(middle) / safe
            folded = safe * np.sqrt(2 / np.pi) * np.exp(-(place**2) / 2) + true(middle) * (1 - 2 * special.ndtr(-place))
            mean = (np.where(errors > 0, folded, sizes) * lengths).sum(axis=-1)
            above = mean + side * reach * spread > seen
            low, high = np.where(above, middle, low), np.where(above, high, middle)
        return np.asarray((true((low + high) / 2) * lengths).sum(axis=-1))

    return np.minimum(crossing(1.0), seen), np.maximum(crossing(-1.0), seen)
