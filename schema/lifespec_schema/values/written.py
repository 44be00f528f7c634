"""Numbers in base units as people write them: the way back from the typed values."""

from __future__ import annotations

TIMES = (("d", 86_400_000), ("h", 3_600_000), ("m", 60_000), ("s", 1000), ("ms", 1))
"""Units of time with their milliseconds, the longest first."""


def duration(seconds: float) -> str:
    """A length of time to the millisecond, such as `1d12h`, `1h30m` or `120ms`; `0s` for none."""
    rest = round(seconds * 1000)
    parts = []
    for unit, size in TIMES:
        count, rest = divmod(rest, size)
        if count:
            parts.append(f"{count}{unit}")
    return "".join(parts) or "0s"


def share(ratio: float) -> str:
    """A ratio in per cent."""
    return f"{100 * ratio:.10g}%"
