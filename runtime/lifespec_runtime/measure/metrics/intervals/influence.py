"""Bounds of any smooth statistic from what each row contributes to it (the delta method)."""

from __future__ import annotations

from typing import Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import special

from .quantiles import student
from .sums import dot

Floats = NDArray[np.float64]
Bounds = tuple[Floats, Floats]
Scale = Literal["plain", "log", "logit"]
"""Where the statistic is nearly normal: as it is; above 0; between 0 and 1."""


def bounds(value: ArrayLike, variance: ArrayLike, degrees: ArrayLike, level: float, scale: Scale = "plain") -> Bounds:
    """Student's bounds on the scale, brought back; NaN where the variance is zero."""
    centre, spread = np.asarray(value, dtype=np.float64), np.sqrt(np.asarray(variance, dtype=np.float64))
    with np.errstate(all="ignore"):
        reach = student(level, degrees) * spread
        if scale == "log":
            low, high = centre * np.exp(-reach / centre), centre * np.exp(reach / centre)
        elif scale == "logit":
            place, half = special.logit(centre), reach / (centre * (1 - centre))
            low, high = special.expit(place - half), special.expit(place + half)
        else:
            low, high = centre - reach, centre + reach
    known = np.isfinite(low) & np.isfinite(high) & (spread > 0)
    return np.where(known, low, np.nan), np.where(known, high, np.nan)


def variance(influence: Floats, clusters: NDArray[np.int64] | None = None) -> tuple[float, float]:
    """The variance of the mean of the influences, and its degrees of freedom; rows of a cluster count as one."""
    total = len(influence)
    if clusters is not None:
        _, inverse = np.unique(clusters, return_inverse=True)
        influence = np.asarray(np.bincount(inverse, weights=influence), dtype=np.float64)
    units = len(influence)
    if units < 2:
        return float("nan"), 0.0
    centred = influence - influence.mean()
    return dot(centred, centred) * units / (units - 1) / total**2, float(units - 1)
