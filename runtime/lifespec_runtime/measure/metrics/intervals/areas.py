"""Bounds of the area under a ROC curve."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import special

from . import proportions, ratios
from .quantiles import normal, student

Floats = NDArray[np.float64]
Bounds = tuple[Floats, Floats]

FEW = 4
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
    `sizes` their numbers. Near a perfect or an upside-down order the variance is mostly luck; then the bounds are
    Newcombe's, which know it from the area, or, where they are wider, DeLong's on the scale of log odds: a few rows
    with wrong labels vary more than scores do. Of a perfect order nothing is known but that it is one: then they are
    exact ones, as of so many independent pairs as the rarer class has rows.
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
    extreme = pairs * np.minimum(area, 1 - area) < FEW
    score, logit = newcombe(area, positives, negatives, level), through_logit(area, total, level)
    low, high = (
        np.where(extreme, np.minimum(score[0], logit[0]), low),
        np.where(extreme, np.maximum(score[1], logit[1]), high),
    )
    perfect = ~(total > 0)
    exact_low, exact_high = proportions.exact(area * pairs, pairs, level)
    low, high = np.where(perfect, exact_low, low), np.where(perfect, exact_high, high)
    return np.maximum(low, 0.0), np.minimum(high, 1.0)


def newcombe(area: Floats, positives: Floats, negatives: Floats, level: float) -> Bounds:
    """Newcombe's fifth method (2006): the areas that a test with Hanley and McNeil's variance does not reject.

    The variance is that of exponential scores and of the area that is tested, with both numbers of rows in the middle
    between them, so that it is the same if the classes change places.
    """
    middle = (positives + negatives) / 2 - 1
    reach = normal(level) / np.sqrt(positives * negatives)

    def bound(outer: float) -> Floats:
        inner, far = area, np.full_like(area, outer)
        for _ in range(60):
            half = (inner + far) / 2
            spread = half * (1 - half) * (1 + middle * ((1 - half) / (2 - half) + half / (1 + half)))
            kept = np.abs(half - area) <= reach * np.sqrt(spread)
            inner, far = np.where(kept, half, inner), np.where(kept, far, half)
        return inner

    return bound(0.0), bound(1.0)


def through_logit(area: Floats, variance: Floats, level: float) -> Bounds:
    """Bounds on the scale of log odds, from a variance of the area; the whole range where that says nothing."""
    with np.errstate(all="ignore"):
        centre = special.logit(area)
        reach = normal(level) * np.sqrt(variance) / (area * (1 - area))
        low, high = special.expit(centre - reach), special.expit(centre + reach)
    return np.where(np.isfinite(low), low, 0.0), np.where(np.isfinite(high), high, 1.0)
