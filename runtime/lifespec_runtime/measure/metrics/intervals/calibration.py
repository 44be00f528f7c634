"""Bounds of the sum of the sizes of gaps, each of which is measured with an error of its own."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy import special

from .quantiles import normal

Floats = NDArray[np.float64]
Bounds = tuple[Floats, Floats]

_FURTHEST = 12.0
"""Standard errors by which gaps are shrunk or stretched at most."""
_STEPS = 50


def bounds(gaps: Floats, errors: Floats, level: float) -> Bounds:
    """Bounds over the last axis by inverting a test.

    The size of a noisy gap is too large on average, the more so the smaller the gap. So the sum that was seen is compared with the
    sums to be expected if all true gaps were smaller, or larger, than the measured ones by so many standard errors: sums of folded
    normal variables, whose means and variances are known.
    """
    reach = normal(level)
    sizes = np.abs(gaps)
    seen = sizes.sum(axis=-1)

    def true(shrink: Floats) -> Floats:
        return np.asarray(np.maximum(sizes - shrink[..., None] * errors, 0.0))

    def crossing(side: float) -> Floats:
        low, high = np.full_like(seen, -_FURTHEST), np.full_like(seen, _FURTHEST)
        for _ in range(_STEPS):
            middle = (low + high) / 2
            means, variances = _folded(true(middle), errors)
            above = means.sum(axis=-1) + side * np.sqrt(variances.sum(axis=-1)) > seen
            low, high = np.where(above, middle, low), np.where(above, high, middle)
        return np.asarray(true((low + high) / 2).sum(axis=-1))

    return np.minimum(crossing(reach), seen), np.maximum(crossing(-reach), seen)


def _folded(centres: Floats, errors: Floats) -> tuple[Floats, Floats]:
    """Means and variances of the sizes of normal variables."""
    known = errors > 0
    safe = np.where(known, errors, 1.0)
    place = centres / safe
    means = safe * np.sqrt(2 / np.pi) * np.exp(-(place**2) / 2) + centres * (1 - 2 * special.ndtr(-place))
    variances = np.maximum(centres**2 + safe**2 - means**2, 0.0)
    return np.where(known, means, centres), np.where(known, variances, 0.0)
