"""The features of a spec as numbers for a linear model: each with its transform, whatever that learns from train only.

Categories become one column each, but for those that the spec makes numbers. What is still missing becomes the median
of the training split, and every column of numbers gets mean 0 and deviation 1 there.
"""

from __future__ import annotations

import json
from importlib import import_module
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from lifespec_compiler.plan import Feature, Plan
from lifespec_runtime.measure.metrics.sample import MISSING, Codes, Floats
from lifespec_runtime.measure.profile import hashing
from lifespec_runtime.measure.reading.arrow import pa, pc
from lifespec_runtime.measure.rows import Rows

from .codes import coded

MOST_CATEGORIES: Final = 256
"""Columns that one feature may become; rarer categories share one."""
MOST_CELLS: Final = 50_000_000
_DAYS: Final = ("date", "timestamp", "time")


class NoDesignError(Exception):
    """A feature that no linear model can take; the message says which and why."""


class Design:
    """The features of all rows as matrices, fitted on the training split."""

    def __init__(self, plan: Plan, rows: Rows, train: Codes) -> None:
        transforms = {feature.name: feature.transform for feature in plan.spec.features}
        numbers: list[Floats] = []
        categories: list[NDArray[Any]] = []
        for feature in plan.features:
            if feature.column is None:
                continue
            made = _column(feature, transforms[feature.name], rows, train)
            (numbers if made.dtype.kind == "f" else categories).append(made)
        self._numbers = np.stack([_standard(column, train) for column in numbers], axis=1) if numbers else None
        self._categories = np.stack(categories, axis=1) if categories else None
        self._encoder: Any = import_module("sklearn.preprocessing").OneHotEncoder(
            handle_unknown="infrequent_if_exist", max_categories=MOST_CATEGORIES
        )
        if self._categories is not None:
            self._encoder.fit(self._categories[train])

    def matrix(self, places: Codes) -> Any:
        """The rows at these places; sparse where they would not fit into memory otherwise."""
        parts = [] if self._numbers is None else [self._numbers[places]]
        if self._categories is None:
            return parts[0] if parts else np.zeros((len(places), 1))
        encoded = self._encoder.transform(self._categories[places])
        if encoded.shape[0] * encoded.shape[1] <= MOST_CELLS:
            return np.hstack([*parts, encoded.toarray()])
        from scipy import sparse

        return sparse.hstack([*map(sparse.csr_matrix, parts), encoded], format="csr")


def _column(feature: Feature, transform: Any, rows: Rows, train: Codes) -> NDArray[Any]:
    """Numbers with NaN, or codes of categories."""
    column = feature.column
    if column is None or column.logical_type in ("object", "array"):
        raise NoDesignError(f"{feature.name} is neither a number nor a category")
    kind, values = transform.kind if transform else "none", rows.column(column.reference)
    text = column.logical_type == "string"
    if kind == "impute":
        values = _filled(values, transform, train)
    if kind in ("oneHot", "ordinal", "frequency", "hash") or (text and kind in ("none", "impute")):
        return _category(values, kind, transform, train)
    numbers = _numbers(values, column.logical_type)
    if kind == "log1p":
        with np.errstate(invalid="ignore", divide="ignore"):
            numbers = np.log1p(numbers)
        numbers[~np.isfinite(numbers)] = np.nan
    elif kind == "bucketize":
        there = ~np.isnan(numbers)
        numbers[there] = np.searchsorted(np.asarray(transform.boundaries), numbers[there], side="right")
    return numbers


def _numbers(values: Any, kind: str) -> Floats:
    if kind in _DAYS:
        values = values.cast(pa.int32()) if kind == "date" else values.cast(pa.int64())
    numbers = pc.cast(pc.cast(values, pa.uint8()) if kind == "boolean" else values, pa.float64(), safe=False)
    return np.array(pc.fill_null(numbers, float("nan")).to_numpy(zero_copy_only=False), np.float64)


def _category(values: Any, kind: str, transform: Any, train: Codes) -> NDArray[Any]:
    found = coded(values)
    if kind == "hash":
        hashes = hashing.of_texts(pa.array([str(value) for value in found.values], pa.string()))
        buckets = np.append((hashes % np.uint64(transform.buckets)).astype(np.int64), MISSING)
        return buckets[found.codes]
    if kind in ("oneHot", "none", "impute"):
        return found.codes
    counts = np.bincount(found.codes[train][found.codes[train] != MISSING], minlength=len(found.values))
    if kind == "frequency":
        return np.append(counts / max(len(train), 1), 0.0)[found.codes]
    ranks = np.where(counts > 0, np.cumsum(counts > 0) - 1.0, np.nan)
    return np.append(ranks, np.nan)[found.codes]


def _filled(values: Any, transform: Any, train: Codes) -> Any:
    known = values.take(pa.array(train)).drop_null()
    if transform.value == "constant":
        fill = json.loads(transform.constant) if isinstance(transform.constant, str) else transform.constant
    elif not len(known):
        return values
    elif transform.value == "mostFrequent":
        counts = pc.value_counts(known)
        fill = counts.field(0)[int(np.argmax(np.asarray(counts.field(1))))].as_py()
    else:
        numbers = np.asarray(pc.cast(known, pa.float64(), safe=False))
        fill = float(numbers.mean() if transform.value == "mean" else np.median(numbers))
    if isinstance(fill, float) and pa.types.is_integer(values.type):
        values = pc.cast(values, pa.float64(), safe=False)
    return pc.fill_null(values, pa.scalar(fill, values.type))


def _standard(column: Floats, train: Codes) -> Floats:
    known = column[train]
    known = known[~np.isnan(known)]
    filled = np.where(np.isnan(column), np.median(known) if len(known) else 0.0, column)
    deviation = float(filled[train].std()) if len(train) else 0.0
    return np.asarray((filled - filled[train].mean()) / (deviation if deviation > 0 else 1.0), np.float64)
