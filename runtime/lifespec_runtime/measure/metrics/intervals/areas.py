"""Bounds of the area under a ROC curve."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from . import proportions, ratios
from .quantiles import student

Floats = NDArray[np.float64]
Bounds = tuple[Floats, Floats]

FEW = 5
"""So many rows of the rarer class out of order are too few to know the variance from them."""


def delong(
    value: ArrayLike,
    squares: tuple[ArrayLike, ArrayLike],
    cubes: tuple[ArrayLike, ArrayLike],
    sizes: tuple[ArrayLike, ArrayLike],
    level: float,
) -> Bounds:
    """DeLong's bounds with the degrees of freedom of Brunner and Munzel, and the skewness taken out as Hall does.

    `squares` and `cubes` are the mean squares and cubes of the centred components of positives and of negatives,
    `sizes` their numbers. Near a perfect or an upside-down order the variance is mostly luck; then the bounds are exact
    ones, as of so many independent pairs as the rarer class has rows.
    """
    area = np.asarray(value, dtype=np.float64)
    positives, negatives = (np.asarray(size, dtype=np.float64) for size in sizes)
    first = np.asarray(squares[0]) / np.maximum(positives - 1, 1)
    second = np.asarray(squares[1]) / np.maximum(negatives - 1, 1)
    total = first + second
    with np.errstate(all="ignore"):
        degrees = total**2 / (first**2 / (positives - 1) + second**2 / (negatives - 1))
        reach = student(level, np.where(np.isfinite(degrees), degrees, 1))
        skewness = (np.asarray(cubes[0]) / positives**2 + np.asarray(cubes[1]) / negatives**2) / total**1.5
        low, high = (area - np.sqrt(total) * ratios.uncubed(side, skewness, 1.0) for side in (reach, -reach))
    pairs = np.minimum(positives, negatives)
    extreme = ~(total > 0) | (pairs * np.minimum(area, 1 - area) < FEW)
    exact_low, exact_high = proportions.exact(area * pairs, pairs, level)
    low, high = np.where(extreme, exact_low, low), np.where(extreme, exact_high, high)
    return np.maximum(low, 0.0), np.minimum(high, 1.0)
