"""Values as integers in the same order, so that cutting off the last bits makes coarser and coarser bins.

The bins are the same for all data: any two histograms have common ones. A number's integer is its floating-point
bits, so a bin is as wide as a share of its values; a moment's is its count of microseconds, a day's its count of days.
"""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

Keys = NDArray[np.int64]
_REST: Final = np.int64(0x7FFFFFFFFFFFFFFF)


def of_numbers(values: NDArray[np.float64]) -> Keys:
    """The integers of finite numbers."""
    bits = (values + 0.0).view(np.int64)  # adding nothing makes one zero of the two
    return bits ^ ((bits >> np.int64(63)) & _REST)  # the others of negative numbers count down


def to_number(key: int) -> float:
    """The number of an integer."""
    bits = np.int64(key)
    return float(np.where(bits < 0, bits ^ _REST, bits).astype(np.int64).view(np.float64))
