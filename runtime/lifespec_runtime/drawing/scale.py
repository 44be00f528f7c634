"""From values to pixels, and the round values that an axis names."""

from __future__ import annotations

import math
from collections.abc import Iterable
from itertools import pairwise
from typing import Final, NamedTuple

MINUS: Final = "\u2212"
LARGEST: Final = 1e300
"""Beyond, the width of a scale may be infinite: such values are told, and not drawn."""
_PADDING: Final = 0.06


class Scale(NamedTuple):
    """A linear scale from values to pixels."""

    low: float
    high: float
    start: float
    end: float

    def at(self, value: float) -> float:
        """The pixel of a value; one beyond the scale is at its end."""
        share = (min(max(value, self.low), self.high) - self.low) / (self.high - self.low)
        return self.start + share * (self.end - self.start)

    def holds(self, value: float) -> bool:
        """Whether the value lies on the scale."""
        return self.low <= value <= self.high


def drawable(values: Iterable[float | None]) -> list[float]:
    """The values that a scale can have."""
    return [value for value in values if value is not None and abs(value) <= LARGEST]


def around(
    values: Iterable[float | None], *, least: float | None = None, most: float | None = None, padding: float = _PADDING
) -> tuple[float, float]:
    """Ends that hold all values with some room, but no room beyond what the values can be."""
    found = drawable(values)
    low, high = (min(found), max(found)) if found else (0.0, 1.0)
    room = padding * (high - low) or 0.05 * abs(high) or 0.5
    low, high = low - room, high + room
    low = low if least is None or min(found, default=least) < least else max(low, least)
    high = high if most is None or max(found, default=most) > most else min(high, most)
    return (low, high) if low < high else (low - 0.5, high + 0.5)


def ticks(low: float, high: float, most: int = 5) -> list[float]:
    """Round values from `low` to `high`: at most `most` of them, at steps of 1, 2 or 5."""
    rough = (high - low) / most
    size = 10.0 ** math.floor(math.log10(rough)) if rough > 0 else 1.0
    step = next((size * factor for factor in (1, 2, 5) if size * factor >= rough), size * 10)
    first, last = math.ceil(low / step - 1e-9), math.floor(high / step + 1e-9)
    return [count * step for count in range(first, last + 1)]


def tick_words(values: list[float], suffix: str = "", factor: float = 1.0) -> list[str]:
    """Ticks as they are written: all with the same number of decimals."""
    scaled = [value * factor for value in values]
    step = min((abs(b - a) for a, b in pairwise(scaled)), default=abs(scaled[0]) if scaled else 1)
    if scaled and (max(map(abs, scaled)) >= 1e7 or 0 < step < 1e-5):
        return [f"{value:.3g}{suffix}".replace("-", MINUS) for value in scaled]
    decimals = max(0, -math.floor(math.log10(step) + 1e-9)) if step else 0
    return [f"{value + 0.0:,.{decimals}f}{suffix}".replace("-", MINUS) for value in scaled]
