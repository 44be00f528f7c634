"""How many different values there are, from 4,096 registers (HyperLogLog): standard error 1.6 %.

Registers are maxima, so merging is exact: any parts give the same registers as the whole.
"""

from __future__ import annotations

import base64
from typing import Final

import numpy as np
from numpy.typing import NDArray

from .hashing import Hashes

Registers = NDArray[np.uint8]
_BITS: Final = 12
COUNT: Final = 1 << _BITS
ERROR: Final = 1.04 / COUNT**0.5
"""The standard error of an estimate, as a share of it."""


def nothing() -> Registers:
    """The registers of no value."""
    return np.zeros(COUNT, np.uint8)


def registers(hashes: Hashes) -> Registers:
    """The registers of values with these hashes."""
    which = (hashes >> np.uint64(64 - _BITS)).view(np.int64)
    rest = (hashes << np.uint64(_BITS)) >> np.uint64(_BITS)  # 52 bits, which a float holds exactly
    exponent = rest.astype(np.float64).view(np.int64) >> np.int64(52)  # 1022 more than the number of its bits
    rank = np.minimum(64 - _BITS + 1023 - exponent, 64 - _BITS + 1).astype(np.uint8)
    found = nothing()
    np.maximum.at(found, which, rank)
    return found


def estimate(found: Registers) -> float:
    """How many different values there were (Ertl 2017: no bias at any size, no tables)."""
    longest = 64 - _BITS
    counts = np.bincount(found, minlength=longest + 2)
    share = counts[longest + 1] / COUNT
    value = COUNT * _tau(1 - share)
    for rank in range(longest, 0, -1):
        value = 0.5 * (value + counts[rank])
    value += COUNT * _sigma(counts[0] / COUNT)
    return float(COUNT * COUNT / (2 * np.log(2) * value)) if np.isfinite(value) else 0.0


def _sigma(share: float) -> float:
    if share == 1:
        return float("inf")
    step, total, before = 1.0, share, -1.0
    while total != before:
        share *= share
        before, total = total, total + share * step
        step += step
    return total


def _tau(share: float) -> float:
    if share in (0, 1):
        return 0.0
    step, total, before = 1.0, 1 - share, -1.0
    while total != before:
        share = share**0.5
        before = total
        step *= 0.5
        total -= (1 - share) ** 2 * step
    return total / 3


def to_text(found: Registers) -> str:
    """As JSON holds it."""
    return base64.b64encode(found.tobytes()).decode()


def from_text(text: str) -> Registers:
    """What `to_text` made."""
    return np.frombuffer(base64.b64decode(text), np.uint8)
