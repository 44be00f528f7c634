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


def bounds(gaps: Floats, errors: Floats, rows: Floats | float, level: float) -> Bounds:
    """Bounds over the last axis by inverting a test; the gaps are parts of a whole of so many rows.

    The size of a noisy gap is too large on average, the more so the smaller the gap. So the sum that was seen is
    compared with the sums to be expected if all true gaps were smaller, or larger, than the measured ones by so many
    standard errors: sums of folded normal variables, whose means and variances are known. The upper bound is no lower
    than that of the sum less half of its expected excess, which is itself overestimated where few of the gaps are
    large.
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
            mean, variance = _sum(true(middle), errors, rows)
            above = mean + side * np.sqrt(variance) > seen
            low, high = np.where(above, middle, low), np.where(above, high, middle)
        return np.asarray(true((low + high) / 2).sum(axis=-1))

    mean, variance = _sum(sizes, errors, rows)
    plain = seen - (mean - seen) / 2 + reach * np.sqrt(variance)
    return np.minimum(crossing(reach), seen), np.maximum(np.maximum(crossing(-reach), plain), seen)


def _sum(centres: Floats, errors: Floats, rows: Floats | float) -> tuple[Floats, Floats]:
    """Mean and variance of the sum of the sizes of measured gaps around these centres."""
    means, variances, signed = _folded(centres, errors)
    # Rows in one bin are not in another: the more a gap, the less is left for the others.
    together = signed.sum(axis=-1) ** 2 - np.square(signed).sum(axis=-1)
    return means.sum(axis=-1), np.maximum(variances.sum(axis=-1) - together / rows, 0.0)


def _folded(centres: Floats, errors: Floats) -> tuple[Floats, Floats, Floats]:
    """Means and variances of the sizes of normal variables, and the centres as far as their sign is known."""
    known = errors > 0
    safe = np.where(known, errors, 1.0)
    place = centres / safe
    signed = centres * np.where(known, 1 - 2 * special.ndtr(-place), 1.0)
    means = safe * np.sqrt(2 / np.pi) * np.exp(-(place**2) / 2) + signed
    variances = np.maximum(centres**2 + safe**2 - means**2, 0.0)
    return np.where(known, means, centres), np.where(known, variances, 0.0), signed
