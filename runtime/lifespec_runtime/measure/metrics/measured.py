"""What a metric's function hands back before the catalog has its say, and what its functions share."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from lifespec_runtime.measure.estimate import Counts, Undefined

from .intervals.quantiles import tail
from .intervals.sums import dot
from .sample import MISSING, Floats, Sample

Parameters = Mapping[str, Any]
"""A metric's parameters by name, with the catalog's defaults filled in."""


class Measured(NamedTuple):
    """A value with what decides about its interval."""

    value: float
    samples: int
    """Rows, queries or requests that it rests on."""
    units: float
    """What the catalog's smallest n is compared with: the scarcest thing that it rests on."""
    low: float = float("nan")
    """NaN where there is no such bound."""
    high: float = float("nan")
    counts: Counts | None = None
    note: str = ""
    """Why a bound is missing."""
    method: str = ""
    """How the bounds were made, where not as the catalog says."""


Outcome = Measured | Undefined
Measure = Callable[[Sample, Parameters, float | None], Outcome]
"""A sample, parameters and the level of the interval; without a level no interval is wanted."""
Compare = Callable[[Sample, Sample, Parameters, float | None], Outcome]
"""The first sample's value minus the second's, on the same rows."""


class Influences(NamedTuple):
    """A value with what each row contributes: its variance is the mean square of the influences over the rows."""

    value: float
    rows: Floats
    samples: int
    units: float


Linearise = Callable[[Sample, Parameters], Influences | Undefined]


class Metric(NamedTuple):
    """How one metric is computed."""

    measure: Measure
    compare: Compare


def answered(sample: Sample) -> Sample:
    """The rows that have a label."""
    labels = sample.labels
    if labels is None:
        return sample
    there = ~np.isnan(labels) if labels.dtype.kind == "f" else labels != MISSING
    return sample if there.all() else sample.take(there)


def flaw(sample: Sample, **columns: NDArray[Any] | None) -> Undefined | None:
    """Why nothing can be computed from these columns; None where they are whole."""
    if not sample.rows:
        return Undefined("there are no rows")
    for name, values in columns.items():
        if values is None:
            return Undefined(f"there are no {name}", sample.rows)
        bad = _unusable(values)
        if bad:
            return Undefined(f"{name} are missing or infinite in {bad} of {sample.rows} rows", sample.rows)
    weights = sample.weights
    if weights is not None:
        if not np.isfinite(weights).all() or weights.min() < 0:
            return Undefined("weights are missing, infinite or below zero", sample.rows)
        if not weights.any():
            return Undefined("every weight is zero", sample.rows)
    return None


def _unusable(values: NDArray[Any]) -> int:
    if values.dtype.kind == "f":
        # A sum is finite only if all its parts are, and costs a tenth of looking at each.
        if np.isfinite(values.sum()):
            return 0
        bad = ~np.isfinite(values)
    else:
        bad = values == MISSING
    return int(np.count_nonzero(bad.any(axis=1) if bad.ndim == 2 else bad))


def unit_sums(sample: Sample, values: Floats) -> Floats:
    """The weighted values, summed over each cluster; over nothing where rows are independent."""
    weighted = values if sample.weights is None else values * sample.weights
    if sample.clusters is None:
        return weighted
    _, cluster = np.unique(sample.clusters, return_inverse=True)
    return np.asarray(np.bincount(cluster, weights=weighted), dtype=np.float64)


def worth(sample: Sample) -> float:
    """What a row is worth where weights differ: one with equal weights, less otherwise (Kish)."""
    weights = sample.weights
    return 1.0 if weights is None else float(weights.sum()) ** 2 / dot(weights, weights) / len(weights)


def without_exception(value: float, units: float, level: float, reach: tuple[float, float]) -> tuple[float, float]:
    """Bounds of the mean of a bounded quantity that was the same in all units: it can differ in few others only.

    At least the share `q` of all units is like those, where `q` to the number of units is the tail.
    """
    alike = tail(level) ** (1 / units)
    return alike * value + (1 - alike) * reach[0], alike * value + (1 - alike) * reach[1]
