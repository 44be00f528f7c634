"""Rows that are in two splits under different keys: what a model may know by heart."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from lifespec_compiler.plan import Plan
from lifespec_runtime.measure.contracts.check import Location
from lifespec_runtime.measure.contracts.readiness import Overlap
from lifespec_runtime.measure.rows import FlawedDataError, Rows, read_rows
from lifespec_runtime.measure.splits import Split, keys, split


def overlap(plan: Plan, rows: Rows, divided: Split) -> int:
    """How many rows of the test split equal a row of the training split in every feature and in the label.

    Compared by 64-bit hashes: with a million rows each, a row too many is counted once in 18 million times.
    """
    columns = [feature.column.reference for feature in plan.features if feature.column]
    hashes = keys.of_columns(rows, [*columns, rows.used.label.reference])
    return int(np.isin(hashes[divided.test], hashes[divided.train]).sum())


def of_data(plan: Plan, locations: Mapping[str, Location]) -> Overlap | None:
    """What the splits of the data at these places share; None where they cannot be made of it."""
    if not {source.name for source in plan.spec.data.sources} <= locations.keys():
        return None
    try:
        rows = read_rows(plan, locations)
        divided = split(plan, rows)
    except FlawedDataError:
        return None
    return Overlap(overlap(plan, rows, divided), len(divided.test))
