"""Bounds of the area under a ROC curve."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from . import influence, proportions

Floats = NDArray[np.float64]
Bounds = tuple[Floats, Floats]

FEW = 8
"""So many rows of the rarer class out of order are too few for a normal approximation."""


def delong(
    value: ArrayLike, parts: tuple[ArrayLike, ArrayLike], sizes: tuple[ArrayLike, ArrayLike], level: float
) -> Bounds:
    """DeLong's bounds on the logit scale, with the degrees of freedom of Brunner and Munzel.

    `parts` are the variances of the components of positives and of negatives, `sizes` their numbers. Near a perfect or an upside-down
    order the variance is mostly luck; then the bounds are exact ones, as of so many independent pairs as the rarer class has rows.
    """
    area = np.asarray(value, dtype=np.float64)
    positives, negatives = (np.asarray(size, dtype=np.float64) for size in sizes)
    first, second = np.asarray(parts[0]) / positives, np.asarray(parts[1]) / negatives
    total = first + second
    with np.errstate(all="ignore"):
        degrees = total**2 / (first**2 / (positives - 1) + second**2 / (negatives - 1))
        low, high = influence.bounds(area, total, np.where(np.isfinite(degrees), degrees, 1), level, "logit")
    pairs = np.minimum(positives, negatives)
    extreme = np.isnan(low) | (pairs * np.minimum(area, 1 - area) < FEW)
    exact_low, exact_high = proportions.exact(area * pairs, pairs, level)
    return np.where(extreme, exact_low, low), np.where(extreme, exact_high, high)
