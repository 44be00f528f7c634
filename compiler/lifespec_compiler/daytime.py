"""How requests arrive over a day of which the mean, the quietest hour and the peak are known."""

from __future__ import annotations

from math import cos, pi
from typing import Final

FLAT: Final = (1.0,) * 24


def factors(least: float, most: float) -> tuple[float, ...]:
    """By hour, how many times the mean arrives: the least at 4:00, the most at 16:00, between them a cosine to a power.

    The mean of the factors is 1. A day is flat where its least is not below the mean, or its most not above it.
    """
    shape = [(1 - cos(2 * pi * (hour - 4) / 24)) / 2 for hour in range(24)]
    if not least < 1 < most:
        return FLAT
    low, high = 0.05, 40.0
    for _ in range(60):  # the power with which the mean is 1
        power = (low + high) / 2
        mean = sum(least + (most - least) * each**power for each in shape) / 24
        low, high = (power, high) if mean > 1 else (low, power)
    found = [least + (most - least) * each**low for each in shape]
    scale = 24 / sum(found)
    return tuple(each * scale for each in found)
