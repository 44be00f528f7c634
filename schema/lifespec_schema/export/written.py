"""Numbers in base units as people write them."""

from __future__ import annotations

from typing import Any

from lifespec_schema.values.written import duration


def as_written(value: Any, unit: str | None) -> Any:
    """`value`, stored in `unit`, as it is written in a spec: 5400 seconds are `1h30m`, 10 per cent are `10%`."""
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        return value
    if unit == "seconds":
        return duration(value)
    return f"{value}%" if unit == "per cent" else value
