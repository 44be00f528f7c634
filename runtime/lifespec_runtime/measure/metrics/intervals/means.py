"""Bounds of the geometric mean of independent shares."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from .proportions import exact

Floats = NDArray[np.float64]
Bounds = tuple[Floats, Floats]


def geometric(good: ArrayLike, total: ArrayLike, level: float) -> Bounds:
    """Bounds over the last axis, recovered from the exact bounds of each share (MOVER) on the scale of logarithms."""
    successes, trials = np.asarray(good, dtype=np.float64), np.asarray(total, dtype=np.float64)
    low, high = exact(successes, trials, level)
    # Half a row more on both sides keeps the logarithm of a share of zero finite.
    centre = np.log(np.where(successes > 0, successes / trials, 0.5 / (trials + 1)))
    with np.errstate(divide="ignore"):
        down = np.sqrt(np.square(np.minimum(np.log(low) - centre, 0.0)).sum(axis=-1))
    up = np.sqrt(np.square(np.maximum(np.log(high) - centre, 0.0)).sum(axis=-1))
    count = trials.shape[-1]
    mean = centre.mean(axis=-1)
    return np.exp(mean - down / count), np.minimum(np.exp(mean + up / count), 1.0)
