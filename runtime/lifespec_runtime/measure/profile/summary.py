"""The profile of a data set, and its JSON form."""

from __future__ import annotations

import math
import sys
from collections.abc import Mapping
from typing import Any, Final, NamedTuple

from lifespec_runtime.measure.reading.columns import Chunk, Column

from . import categories as texts
from . import histogram as bins
from . import sketch
from .column import ColumnProfile, column_profile, empty
from .moments import Moments
from .view import View

VERSION: Final = 1
"""Rises when a key changes its meaning; a profile of another version is not read."""


class Profile(NamedTuple):
    """What is worth knowing of some rows."""

    rows: int
    columns: Mapping[str, ColumnProfile]

    def merge(self, other: Profile) -> Profile:
        """The profile of the rows of both, which have the same columns."""
        if self.columns.keys() != other.columns.keys():
            raise ValueError("profiles of different columns do not merge")
        merged = {name: column.merge(other.columns[name]) for name, column in self.columns.items()}
        return Profile(self.rows + other.rows, merged)


def nothing(columns: list[Column]) -> Profile:
    """The profile of no row."""
    return Profile(0, {column.name: empty(column.type) for column in columns})


def views(chunk: Chunk, columns: list[Column]) -> dict[str, View]:
    """The columns of a chunk that it has."""
    return {
        column.name: View(column.type, chunk.values[column.name], chunk.wrong.get(column.name))
        for column in columns
        if column.name in chunk.values
    }


def with_chunk(known: Profile, chunk: Chunk, seen: Mapping[str, View]) -> Profile:
    """The profile with the rows of a chunk; a column that the chunk does not have is missing in all of them."""
    columns = {}
    for name, profile in known.columns.items():
        view = seen.get(name)
        cut = profile.histogram.cut if profile.histogram else 0
        more = column_profile(view, cut) if view else _absent(profile.type, chunk.rows)
        columns[name] = profile.merge(more)
    return Profile(known.rows + chunk.rows, columns)


def _absent(kind: str, rows: int) -> ColumnProfile:
    return empty(kind).merge(ColumnProfile(kind, rows=rows, missing=rows))


def as_json(profile: Profile, concealed: frozenset[str] = frozenset()) -> dict[str, Any]:
    """The profile as a JSON value. Of `concealed` columns only counts are in it."""
    columns = {name: _column(column, hidden=name in concealed) for name, column in profile.columns.items()}
    return {"version": VERSION, "rows": profile.rows, "columns": columns}


def from_json(value: Mapping[str, Any]) -> Profile:
    """What `as_json` made; a `ValueError` for another version."""
    if value.get("version") != VERSION:
        raise ValueError(f"the profile is of version {value.get('version')!r}; lifespec reads {VERSION}")
    return Profile(int(value["rows"]), {name: _read(column) for name, column in value["columns"].items()})


def _column(column: ColumnProfile, *, hidden: bool) -> dict[str, Any]:
    found: dict[str, Any] = {"type": column.type, "rows": column.rows, "missing": column.missing, "wrong": column.wrong}
    distinct = column.distinct
    if distinct is not None:
        found["distinct"] = {"count": distinct[0], "exact": distinct[1]}
    if column.repeats is not None:
        found["repeats"] = column.repeats
    if hidden:
        return {**found, "concealed": True}
    if column.extremes is not None:
        found["least"], found["greatest"] = (_number(value) for value in column.extremes)
    if column.moments is not None:
        found["infinite"] = column.infinite
        found["moments"] = [_number(part) for part in column.moments]
    if column.histogram is not None:
        found["histogram"] = column.histogram.as_json()
    if column.registers is not None:
        found["registers"] = sketch.to_text(column.registers)
    if column.categories is not None:
        found["categories"] = column.categories.as_json()
    if column.lengths is not None:
        found["lengths"] = column.lengths.as_json()
    return found


def _read(value: Mapping[str, Any]) -> ColumnProfile:
    count, *parts = (_float(part) for part in value.get("moments") or (0,))
    return ColumnProfile(
        type=value["type"],
        rows=value["rows"],
        missing=value["missing"],
        wrong=value["wrong"],
        infinite=value.get("infinite", 0),
        repeats=value.get("repeats"),
        moments=Moments(int(count), *parts) if "moments" in value else None,
        histogram=bins.from_json(value["histogram"]) if "histogram" in value else None,
        registers=sketch.from_text(value["registers"]) if "registers" in value else None,
        categories=texts.from_json(value["categories"]) if "categories" in value else None,
        lengths=bins.from_json(value["lengths"]) if "lengths" in value else None,
        extremes=(_float(value["least"]), _float(value["greatest"])) if "least" in value else None,
    )


def _number(value: float) -> float | str:
    """A number as JSON has it; what JSON has no number for, as a text."""
    return value if math.isfinite(value) else str(value)


def _float(value: float | str) -> float:
    return float(value)


def same(one: Profile, other: Profile, tolerance: float = 1e-9) -> bool:
    """Whether two profiles say the same: equal, but for sums of floating-point numbers, which are nearly so."""
    return (
        one.rows == other.rows
        and one.columns.keys() == other.columns.keys()
        and all(_alike(column, other.columns[name], tolerance) for name, column in one.columns.items())
    )


def _alike(one: ColumnProfile, other: ColumnProfile, tolerance: float) -> bool:
    left, right = _column(one, hidden=False), _column(other, hidden=False)
    mine, theirs = left.pop("moments", None), right.pop("moments", None)
    if left != right or (mine is None) != (theirs is None):
        return False
    if one.moments is None or other.moments is None:
        return True
    size = abs(one.moments.mean) + (one.moments.deviation or 0.0)
    # What is left of numbers that are all the same; below the least normal number there are hardly any digits.
    least = max(tolerance * size * tolerance * size, sys.float_info.min)
    return (
        one.moments.values == other.moments.values
        and math.isclose(one.moments.mean, other.moments.mean, rel_tol=0, abs_tol=tolerance * size)
        and math.isclose(one.moments.squares, other.moments.squares, rel_tol=tolerance, abs_tol=least)
    )
