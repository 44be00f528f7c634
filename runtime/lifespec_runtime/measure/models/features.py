"""The features of rows, as a model sees them."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from lifespec_compiler.plan import Plan
from lifespec_runtime.measure.reading.arrow import integers, pa
from lifespec_runtime.measure.rows import Rows


def features(plan: Plan, rows: Rows, places: NDArray[np.int64]) -> Any:
    """A table with a column for each feature, called as the feature is, of the rows at these places, in this order."""
    chosen = rows.table.take(integers(places))
    named = [(feature.name, chosen.column(feature.column.reference)) for feature in plan.features if feature.column]
    return pa.table([values for _, values in named], names=[name for name, _ in named])
