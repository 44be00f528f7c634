"""Left joins that bring at most one row, and keep the order of the rows that they complete."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from lifespec_compiler.plan import Join
from lifespec_runtime.measure.reading.arrow import integers, pa, pc
from lifespec_runtime.measure.reading.flaws import Flaw

from .flawed import FlawedDataError

_LEFT, _RIGHT = "left", "right"


def joined(tables: Mapping[str, Any], start: str, joins: Sequence[Join], files: Mapping[str, str]) -> Any:
    """The rows of `start` with the columns of every joined source; `files` says where each source was read.

    Raises `FlawedDataError` where several rows of a source would complete one row.
    """
    table = tables[start]
    for join in joins:
        other = tables[join.source]
        _check_keys(join, other, files[join.source])
        places = _places(join, table, other)
        for name in other.column_names:
            table = table.append_column(name, other.column(name).take(places))
    return table


def _check_keys(join: Join, other: Any, file: str) -> None:
    keys = [ours.reference for _, ours in join.columns]
    present = other.select(keys).drop_null()
    distinct = present.group_by(keys).aggregate([])
    several = present.num_rows - distinct.num_rows
    if several:
        names = ", ".join(f"`{ours.name}`" for _, ours in join.columns)
        message = f"{several:,} rows of `{join.source}` are equal to another in {names}, by which it is joined"
        column = join.columns[0][1].name if len(join.columns) == 1 else None
        raise FlawedDataError([Flaw("data-ambiguous-join", message, file, column=column, help="one row of each")])


def _places(join: Join, table: Any, other: Any) -> Any:
    """For each row of `table`: the place of its row of `other`; missing where it has none, or a key is missing."""
    theirs, ours = [one.reference for one, _ in join.columns], [one.reference for _, one in join.columns]
    left = table.select(theirs).append_column(_LEFT, integers(np.arange(table.num_rows)))
    right = other.select(ours).append_column(_RIGHT, integers(np.arange(other.num_rows)))
    met = left.join(right, theirs, ours, "left outer", use_threads=False)
    order = pc.sort_indices(met.column(_LEFT))
    return met.column(_RIGHT).take(order).combine_chunks() if met.num_rows else pa.nulls(0, pa.int64())
