"""Disturbing features: noise on numbers, missing values, categories mistaken for others.

What is drawn depends on the seed, the check and the feature, and on the order of the split, which rows alone decide: so
it is the same on every machine, and for every model. A column keeps its type and its contract's bounds.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from lifespec_compiler.plan import Feature, Plan
from lifespec_runtime.measure.estimate import Undefined
from lifespec_runtime.measure.reading.arrow import pa, pc

NUMBERS: Final = ("integer", "number")
AS_CATEGORIES: Final = ("oneHot", "ordinal", "frequency", "hash")
"""Transforms that take a number for a category."""
TEXTS: Final = ("string", "boolean")


def selected(plan: Plan, wanted: Any, perturbation: str) -> list[Feature] | Undefined:
    """The features that a check disturbs, in the order of the spec; or why it disturbs none."""
    features = [feature for feature in plan.features if feature.column is not None]
    if wanted.kind == "named":
        known = {feature.name for feature in features}
        strange = [name for name in wanted.names if name not in known]
        if strange:
            return Undefined(f"there is no feature {strange[0]}")
        found = [feature for feature in features if feature.name in wanted.names]
    elif wanted.kind == "all":
        found = features
        if perturbation == "gaussianNoise":
            found = [feature for feature in features if _is_number(feature)]
    else:
        found = [feature for feature in features if (_is_number if wanted.kind == "numeric" else _is_category)(feature)]
    if perturbation == "gaussianNoise":
        texts = [feature.name for feature in found if _type(feature) not in NUMBERS]
        if texts:
            return Undefined(f"noise is added to numbers, and {texts[0]} is none")
    return found or Undefined(f"no feature is {wanted.kind}, so there is nothing to disturb")


def _type(feature: Feature) -> str:
    return feature.column.logical_type if feature.column else ""


def _is_number(feature: Feature) -> bool:
    return _type(feature) in NUMBERS and feature.transform not in AS_CATEGORIES


def _is_category(feature: Feature) -> bool:
    return _type(feature) in TEXTS or (_type(feature) == "integer" and feature.transform in AS_CATEGORIES)


def perturbed(table: Any, train: Any, check: Any, features: Sequence[Feature], seed: int) -> Any:
    """The table of features with some of them disturbed; `train` is that of the training split."""
    for feature in features:
        draws = np.random.default_rng(_seed(seed, check.name or check.perturb, feature.name))
        column, known = table.column(feature.name).combine_chunks(), train.column(feature.name).combine_chunks()
        if check.perturb == "gaussianNoise":
            changed = _noisy(column, known, check.scale, feature, draws)
        elif check.perturb == "missingValues":
            changed = pc.if_else(_mask(draws, len(column), check.share), pa.scalar(None, column.type), column)
        else:
            changed = _swapped(column, known, check.share, draws)
        place = table.schema.get_field_index(feature.name)
        table = table.set_column(place, feature.name, changed)
    return table


def _seed(seed: int, check: str, feature: str) -> int:
    return int.from_bytes(hashlib.sha256(f"lifespec {seed} {check} {feature}".encode()).digest()[:8], "little")


def _mask(draws: np.random.Generator, rows: int, share: float) -> Any:
    return pa.array(draws.random(rows) < share)


def _noisy(column: Any, known: Any, scale: float, feature: Feature, draws: np.random.Generator) -> Any:
    """Numbers with normal noise. An integer stays one: it is rounded up or down by chance, and keeps its mean so."""
    train = _numbers(known.drop_null())
    values = _numbers(pc.fill_null(column, 0))
    if not len(train):
        return column
    moved = values + draws.normal(0, scale * float(train.std()), len(values))
    options = feature.column.options if feature.column else {}
    low, high = (options.get(name, bound) for name, bound in (("minimum", train.min()), ("maximum", train.max())))
    # What was out of bounds before may stay where it was: noise is no repair.
    moved = np.clip(moved, np.minimum(low, values), np.maximum(high, values))
    if pa.types.is_integer(column.type):
        moved = np.floor(moved + draws.random(len(moved)))
        return pc.if_else(pc.is_valid(column), pa.array(moved.astype(np.int64)), pa.scalar(None, column.type))
    return pc.if_else(pc.is_valid(column), pa.array(moved), pa.scalar(None, column.type))


def _numbers(column: Any) -> NDArray[np.float64]:
    return np.asarray(pc.cast(column, pa.float64(), safe=False).to_numpy(zero_copy_only=False), np.float64)


def _swapped(column: Any, known: Any, share: float, draws: np.random.Generator) -> Any:
    """Some values replaced by other ones of the training split, drawn as often as they occur there."""
    chosen = draws.random(len(column)) < share
    counts = pc.value_counts(known.drop_null())
    values, weights = counts.field(0), _numbers(counts.field(1))
    if len(values) < 2:
        return column
    order = pc.sort_indices(values) if not pa.types.is_boolean(values.type) else pc.sort_indices(values.cast(pa.int8()))
    values, weights = values.take(order), weights[np.asarray(order)]
    drawn = _other(column, values, weights, draws)
    return pc.if_else(pc.and_(pa.array(chosen), pc.is_valid(column)), values.take(pa.array(drawn)), column)


def _other(column: Any, values: Any, weights: NDArray[np.float64], draws: np.random.Generator) -> NDArray[np.int64]:
    """For each row a value that is not its own: drawn on the line of all shares with its own share cut out."""
    own = np.asarray(pc.fill_null(pc.index_in(column, value_set=values), -1).to_numpy(zero_copy_only=False), np.int64)
    ends = np.cumsum(weights)
    starts = ends - weights
    size = np.where(own >= 0, weights[own], 0.0)
    point = draws.random(len(own)) * (ends[-1] - size)
    point = np.where((own >= 0) & (point >= np.where(own >= 0, starts[own], np.inf)), point + size, point)
    found = np.searchsorted(ends, point, side="right")
    return np.asarray(np.minimum(found, len(values) - 1), np.int64)
