"""Bounds of a divergence of two distributions, which is too large on average where the two are alike."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import special

from .quantiles import normal, tail

Floats = NDArray[np.float64]
Bounds = tuple[Floats, Floats]

_STEPS = 50
_FURTHEST = 12.0
"""Standard errors by which gaps are shrunk or stretched at most."""


def bounds(value: ArrayLike, variance: ArrayLike, bias: ArrayLike, unit: ArrayLike, level: float) -> Bounds:
    """Bounds of the true divergence: the noncentralities that a scaled noncentral chi-square does not reject.

    `variance` is that of the delta method, which is right far from zero; `bias` is the mean of the divergence of two
    equal distributions, and `unit` the scale of its chi-square there. The two meet: near zero the variance is four
    units times the value.
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

    for _ in range(_STEPS):
        middle = (low + high) / 2
        above = distribution(middle) > chance
        low, high = np.where(above, middle, low), np.where(above, high, middle)
    return np.where(distribution(np.zeros_like(statistic)) <= chance, 0.0, (low + high) / 2)


def transport(gaps: Floats, errors: Floats, lengths: Floats, spreads: tuple[float, float], level: float) -> Bounds:
    """Bounds of the area between two distribution functions, over the last axis.

    `spreads` are the standard errors of the area for the lower and for the upper bound.

    As for calibration, the area that was seen is compared with those to be expected if all true gaps were smaller, or
    larger, by so many standard errors.
    """
    reach = normal(level)
    sizes = np.abs(gaps)
    seen = (sizes * lengths).sum(axis=-1)
    known = errors > 0
    safe = np.where(known, errors, 1.0)

    def true(shrink: Floats) -> Floats:
        return np.asarray(np.maximum(sizes - shrink[..., None] * errors, 0.0))

    def expected(centres: Floats) -> Floats:
        place = centres / safe
        folded = safe * np.sqrt(2 / np.pi) * np.exp(-(place**2) / 2) + centres * (1 - 2 * special.ndtr(-place))
        return np.asarray((np.where(known, folded, centres) * lengths).sum(axis=-1))

    def crossing(side: float) -> Floats:
        low, high = np.full_like(seen, -_FURTHEST), np.full_like(seen, _FURTHEST)
        for _ in range(_STEPS):
            middle = (low + high) / 2
            above = expected(true(middle)) + side > seen
            low, high = np.where(above, middle, low), np.where(above, high, middle)
        return np.asarray((true((low + high) / 2) * lengths).sum(axis=-1))

    # Gaps beside each other err together, so half of the expected excess is a safer allowance than all of it.
    plain = seen - (expected(sizes) - seen) / 2 + reach * spreads[1]
    high = np.maximum(crossing(-reach * spreads[1]), plain)
    return np.minimum(crossing(reach * spreads[0]), seen), np.maximum(high, seen)
