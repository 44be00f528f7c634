"""A column's values in a few words."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from .column import ColumnProfile
from .view import MOMENTS, NUMBERS

_START = datetime(1970, 1, 1, tzinfo=UTC)


def told(column: ColumnProfile) -> str:
    """The range of numbers and moments, the most frequent texts, the lengths of others; empty without any value."""
    if not column.values:
        return ""
    if column.type in NUMBERS and column.extremes is not None:
        least, greatest = column.extremes
        mean = f", mean {column.moments.mean:.4g}" if column.moments and column.moments.values else ""
        return f"{least:.6g} to {greatest:.6g}{mean}"
    if column.type in MOMENTS and column.extremes is not None:
        return " to ".join(_moment(value, column.type) for value in column.extremes)
    if column.type == "boolean" and column.histogram is not None:
        true = sum(
            int(count) for key, count in zip(column.histogram.bins, column.histogram.counts, strict=True) if int(key)
        )
        return f"true {100 * true / column.values:.3g} %"
    if column.categories is not None and column.categories.named is not None:
        top = column.categories.top(3)
        return ", ".join(f"{name} {100 * count / column.values:.2g} %" for name, count in top)
    if column.lengths is not None and column.lengths.total:
        least, greatest = column.lengths.below(0), column.lengths.above(len(column.lengths.bins) - 1)
        return f"{least} to {greatest} characters" if least != greatest else f"{least} characters"
    return ""


def _moment(value: float, kind: str) -> str:
    try:
        if kind == "date":
            return f"{_START + timedelta(days=value):%Y-%m-%d}"
        at = _START + timedelta(microseconds=value)
    except OverflowError:
        return f"{value:g}"
    return f"{at:%H:%M:%S}" if kind == "time" else f"{at:%Y-%m-%d %H:%M}"
