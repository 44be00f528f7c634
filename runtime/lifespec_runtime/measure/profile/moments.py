"""Mean and variance that merge (Chan, Golub and LeVeque 1979): no sum of squares, so nothing cancels."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray


class Moments(NamedTuple):
    """The count, the mean, and the sum of squared differences from it, of finite numbers."""

    values: int = 0
    mean: float = 0.0
    squares: float = 0.0

    def merge(self, other: Moments) -> Moments:
        """The moments of both."""
        if not self.values or not other.values:
            return self if self.values else other
        values = self.values + other.values
        apart = other.mean - self.mean
        mean = self.mean + apart * (other.values / values)
        return Moments(
            values, mean, self.squares + other.squares + apart * apart * (self.values * (other.values / values))
        )

    @property
    def deviation(self) -> float | None:
        """The standard deviation of a sample; None where it needs more values."""
        return (self.squares / (self.values - 1)) ** 0.5 if self.values > 1 else None


def moments(values: NDArray[np.float64]) -> Moments:
    """The moments of some finite numbers."""
    if not len(values):
        return Moments()
    mean = float(values.mean())
    apart = values - mean
    rest = float(apart.mean())  # what rounding left in the mean
    return Moments(len(values), mean + rest, float(np.square(apart).sum()) - len(values) * rest * rest)
