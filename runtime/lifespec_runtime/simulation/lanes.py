"""Where labels go so that none lies on another."""

from __future__ import annotations

from collections.abc import Sequence


def lanes(spans: Sequence[tuple[float, float]], most: int) -> list[int | None]:
    """The lane of each span, the first with room for it, in the order given; None where all of `most` are full."""
    ends: list[float] = []
    found: list[int | None] = []
    for start, end in spans:
        free = next((number for number, until in enumerate(ends) if until <= start), None)
        if free is None and len(ends) < most:
            ends.append(0.0)
            free = len(ends) - 1
        if free is not None:
            ends[free] = end
        found.append(free)
    return found
