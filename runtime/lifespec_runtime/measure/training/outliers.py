"""What the contract says is done with outliers, done to the rows to learn from: left out, or set to the bound."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from lifespec_compiler.plan import Plan
from lifespec_runtime.measure.contracts.outliers import fences
from lifespec_runtime.measure.profile.column import column_profile
from lifespec_runtime.measure.profile.view import View
from lifespec_runtime.measure.reading.arrow import holds, integers, pc, to_numpy
from lifespec_runtime.measure.rows import Rows


def treated(plan: Plan, rows: Rows, places: NDArray[np.int64]) -> tuple[Rows, NDArray[np.int64]]:
    """The rows with clipped values, and the places that are left. All bounds come from the given places alone."""
    table, kept = rows.table, np.ones(len(places), np.bool_)
    for reference, rule in _acting(plan, rows):
        place = rows.table.column_names.index(reference)
        whole = rows.column(reference)
        kind = next(column.logical_type for column in rows.used.columns if column.reference == reference)
        limits = fences(column_profile(View(kind, whole.take(integers(places)))), rule.method, rule.factor)
        if limits is None:
            continue
        outside = pc.or_(pc.less(whole, limits.low), pc.greater(whole, limits.high))
        if rule.action == "drop":
            kept &= ~to_numpy(holds(outside))[places]
        else:
            low, high = _fitting(kind, limits.low, limits.high)
            clipped = pc.min_element_wise(pc.max_element_wise(whole, low, skip_nulls=False), high, skip_nulls=False)
            table = table.set_column(place, reference, clipped.cast(whole.type))
    return rows._replace(table=table), places[kept]


def _fitting(kind: str, low: float, high: float) -> tuple[Any, Any]:
    """The bounds as values of the column: of integers the last ones within."""
    return (int(np.ceil(low)), int(np.floor(high))) if kind == "integer" else (low, high)


def _acting(plan: Plan, rows: Rows) -> list[tuple[str, Any]]:
    return [
        (f"{source.name}.{rule.column}", rule)
        for source in plan.spec.data.sources
        for rule in source.outliers
        if rule.action != "report" and f"{source.name}.{rule.column}" in rows.table.column_names
    ]
