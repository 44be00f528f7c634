"""Round times for the axis of a picture."""

from __future__ import annotations

import math
from typing import Final

from .words import elapsed

_STEPS: Final = (
    *(60 * minutes for minutes in (1, 2, 5, 10, 15, 30)),
    *(3600 * hours for hours in (1, 2, 3, 6, 12)),
    *(86400 * days for days in (1, 2, 7, 14, 30, 60, 90, 180, 365)),
)


def time_ticks(span: float, most: int) -> list[tuple[float, str]]:
    """Seconds from the start with how they are written, at most `most` after the first: `0`, `6h`, `12h`."""
    step = next((step for step in _STEPS if span / step <= most), math.ceil(span / most / _STEPS[-1]) * _STEPS[-1])
    return [(float(at), elapsed(at) if at else "0") for at in range(0, math.floor(span) + 1, step)]
