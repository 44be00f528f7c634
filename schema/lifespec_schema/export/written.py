"""Numbers in base units as people write them."""

from __future__ import annotations

from typing import Any

_UNITS = (("w", 604800), ("d", 86400), ("h", 3600), ("m", 60), ("s", 1))


def as_written(value: Any, unit: str | None) -> Any:
    """`value`, stored in `unit`, as it is written in a spec: 5400 seconds are `1h30m`, 10 per cent are `10%`."""
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        return value
    if unit == "seconds":
        return _duration(value)
    return f"{value}%" if unit == "per cent" else value


def _duration(seconds: float) -> str:
    if seconds < 1:
        return f"{round(seconds * 1000)}ms"
    text, rest = "", seconds
    for name, size in _UNITS:
        if rest >= size:
            text += f"{int(rest // size)}{name}"
            rest %= size
    return text
