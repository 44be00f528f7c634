"""Mean and variance that merge (Chan, Golub and LeVeque 1979): no sum of squares, so nothing cancels.

The mean is two numbers, the second of which holds what the first has no digits for. So values that are large and close
to each other merge as precisely as small ones.
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray


class Moments(NamedTuple):
    """The count, the mean, and the sum of squared differences from it, of finite numbers."""

    values: int = 0
    mean: float = 0.0
    squares: float = 0.0
    """Infinite where the numbers are so large that their squares are no numbers."""
    rest: float = 0.0
    """What is to be added to `mean`."""

    def merge(self, other: Moments) -> Moments:
        """The moments of both."""
        if not self.values or not other.values:
            return self if self.values else other
        values = self.values + other.values
        apart = (other.mean - self.mean) + (other.rest - self.rest)
        mean, rest = _two(self.mean, self.rest + apart * (other.values / values))
        between = apart * apart * (self.values * (other.values / values))
        return Moments(values, mean, self.squares + other.squares + between, rest)

    @property
    def deviation(self) -> float | None:
        """The standard deviation of a sample; None where it needs more values, or is no number."""
        if self.values < 2 or not math.isfinite(self.squares):
            return None
        return math.sqrt(self.squares / (self.values - 1))


def moments(values: NDArray[np.float64]) -> Moments:
    """The moments of some finite numbers."""
    if not len(values):
        return Moments()
    with np.errstate(over="ignore", invalid="ignore"):
        mean = float(values.mean())
        if not math.isfinite(mean):  # their sum is no number
            mean = float((values / len(values)).sum())
        apart = values - mean
        rest = float(apart.mean())
        squares = float(np.square(apart).sum()) - len(values) * rest * rest
    squares = math.inf if math.isnan(squares) else max(0.0, squares)
    mean, rest = _two(mean, rest)
    return Moments(len(values), mean, squares, rest)


def _two(large: float, small: float) -> tuple[float, float]:
    """The sum of two numbers, and what it has no digits for."""
    total = large + small
    return total, small - (total - large)
