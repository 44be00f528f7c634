"""The splits of a spec's rows."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from lifespec_compiler.plan import Plan
from lifespec_runtime.measure.reading.arrow import pc, to_numpy
from lifespec_runtime.measure.reading.flaws import Flaw
from lifespec_runtime.measure.rows import FlawedDataError, Rows

from . import keys
from .parts import by_hash, by_stratum, by_time

Places = NDArray[np.int64]
NAMES = ("train", "validation", "test")


class Split(NamedTuple):
    """Places of rows. Each part is in an order that does not depend on the one in which the rows came."""

    train: Places
    validation: Places
    test: Places
    unlabelled: int
    """Rows that have no label, and so are in no part."""
    unplaced: int
    """Rows that have a label and not what the splits go by: no time, or no group; they are in no part either."""


def split(plan: Plan, rows: Rows) -> Split:
    """The splits that the spec asks for. Raises `FlawedDataError` where one of them would have no row."""
    wanted: Any = plan.spec.data.splits
    labelled = to_numpy(pc.is_valid(rows.column(rows.used.label.reference)))
    usable = labelled & _has_place(rows, wanted.strategy)
    chosen = np.flatnonzero(usable)
    hashes = keys.of_rows(rows)
    cuts = (wanted.train, wanted.train + wanted.validation)
    first: NDArray[Any]
    if wanted.strategy == "temporal":
        first = times(rows)
        parts = by_time(first[chosen], cuts)
    else:
        first = keys.drawn(hashes, wanted.seed, "splits")
        if wanted.strategy == "group":
            parts = by_hash(keys.drawn(column_hashes(rows), wanted.seed, "splits")[chosen], cuts)
        elif wanted.strategy == "stratified":
            parts = by_stratum(first[chosen], column_hashes(rows)[chosen], cuts)
        else:
            parts = by_hash(first[chosen], cuts)
    found = [keys.ordered(first, rows, chosen[parts == part]) for part in range(len(NAMES))]
    empty = [name for name, part in zip(NAMES, found, strict=True) if not len(part)]
    if empty:
        message = f"of {len(chosen):,} rows with a label none is in {' and '.join(empty)}, divided by {wanted.strategy}"
        raise flawed_splits(rows, message)
    return Split(found[0], found[1], found[2], int(np.sum(~labelled)), int(np.sum(labelled & ~usable)))


def flawed_splits(rows: Rows, message: str) -> FlawedDataError:
    """What is raised where rows are too few, or have too few different times, groups or keys."""
    where = next(one.uri for one in rows.inputs if one.source == rows.used.label.source)
    return FlawedDataError([Flaw("data-empty-split", message, where, help="more rows, or other shares")])


def times(rows: Rows) -> NDArray[np.int64]:
    """When each row was, as an integer that rises; a missing time is the least of all."""
    column = rows.used.time
    if column is None:
        raise ValueError("the splits of this spec do not go by time")
    return keys.in_order(column.logical_type, rows.column(column.reference))


def _has_place(rows: Rows, strategy: str) -> NDArray[np.bool_]:
    """Where a row has what the splits go by. A missing stratum is one of its own."""
    column = rows.used.split
    if column is None or strategy == "stratified":
        return np.ones(rows.table.num_rows, np.bool_)
    return to_numpy(pc.is_valid(rows.column(column.reference)))


def column_hashes(rows: Rows) -> NDArray[np.uint64]:
    """The hash of each row's group or stratum."""
    column = rows.used.split
    return keys.of_columns(rows, [column.reference] if column else [])
