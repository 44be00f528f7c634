"""Quantiles of the distributions that bounds are made with."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import special

Floats = NDArray[np.float64]


def tail(level: float) -> float:
    """The chance that is left on each side of an interval of this level."""
    return (1 - level) / 2


def normal(level: float) -> float:
    """How many standard errors an interval of this level reaches to either side."""
    return float(special.ndtri(1 - tail(level)))


def student(level: float, degrees: ArrayLike) -> Floats:
    """The same where the standard error is estimated with so many degrees of freedom."""
    return np.asarray(special.stdtrit(np.maximum(degrees, 1), 1 - tail(level)), dtype=np.float64)
