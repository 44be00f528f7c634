"""Bounds of the area under a ROC curve."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from . import influence, proportions

Floats = NDArray[np.float64]
Bounds = tuple[Floats, Floats]


def delong(value: ArrayLike, parts: tuple[ArrayLike, ArrayLike], sizes: tuple[ArrayLike, ArrayLike], level: float) -> Bounds:
    """DeLong's bounds on the logit scale, with the degrees of freedom of Brunner and Munzel.

    `parts` are the variances of the components of positives and of negatives, `sizes` their numbers. Where every positive is above
    every negative the variance says nothing; then as many independent pairs as the rarer class has rows were all in order.
    """
    area = np.asarray(value, dtype=np.float64)
    positives, negatives = (np.asarray(size, dtype=np.float64) for size in sizes)
    first, second = np.asarray(parts[0]) / positives, np.asarray(parts[1]) / negatives
    total = first + second
    with np.errstate(all="ignore"):
        degrees = total**2 / (first**2 / (positives - 1) + second**2 / (negatives - 1))
        low, high = influence.bounds(area, total, np.where(np.isfinite(degrees), degrees, 1), level, "logit")
    pairs = np.minimum(positives, negatives)
    exact_low, exact_high = proportions.exact(area * pairs, pairs, level)
    extreme = np.isnan(low)
    return np.where(extreme, exact_low, low), np.where(extreme, exact_high, high)
