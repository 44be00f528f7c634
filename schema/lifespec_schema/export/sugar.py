"""The short forms of `lifespec_schema.values.sugar`, said in JSON Schema.

`x-short-forms` lists what may be written instead of the full form; the `optional` of an `x-tag` lists the branches of a
union that may leave the discriminator out.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from lifespec_schema.values import form, sugar
from lifespec_schema.values.identifiers import COLUMN_PATTERN, NAME_PATTERN

Schema = dict[str, Any]
_NAME = {"type": "string", "pattern": f"^({NAME_PATTERN})$", "maxLength": 63}


def with_short_forms(function: Any, schema: Schema) -> Schema:
    """The schema of what may be written where `function` expands short forms; raises TypeError for an unknown one."""
    if function not in _SHORT_FORMS:
        raise TypeError(f"`{function.__qualname__}` has no short form in JSON Schema")
    return _SHORT_FORMS[function](schema)


def _same(schema: Schema) -> Schema:
    return schema


def _feature(schema: Schema) -> Schema:
    # The name is also the column's, so it must be both.
    name = {
        **_NAME,
        "pattern": "^[A-Za-z]([A-Za-z0-9_-]{0,61}[A-Za-z0-9])?$",
        "description": "A feature made of the column of this name.",
    }
    return {**schema, "x-short-forms": [name]}


def _slices(schema: Schema) -> Schema:
    alone = {**_NAME, "description": "A slice for each value of one feature or column."}
    return {**schema, "items": {**schema["items"], "x-short-forms": [alone]}}


def _decision_threshold(schema: Schema) -> Schema:
    fixed = {
        "type": "number",
        "minimum": 0,
        "maximum": 1,
        "description": "The score from which a prediction is positive.",
    }
    return {**_untagged("fixed", "tuned")(schema), "x-short-forms": [fixed]}


def _feature_set(schema: Schema) -> Schema:
    kinds = {"enum": ["numeric", "categorical", "all"], "description": "All features of a kind."}
    names = {"type": "array", "items": _NAME, "minItems": 1, "maxItems": 64, "description": "Some features, by name."}
    return {**schema, "x-short-forms": [kinds, names]}


def _join_columns(schema: Schema) -> Schema:
    name = {"type": "string", "pattern": f"^({COLUMN_PATTERN})$", "maxLength": 127}
    alike = {"type": "array", "items": name, "minItems": 1, "maxItems": 16, "description": "Columns of both sources."}
    return {**schema, "x-short-forms": [alike]}


def _untagged(*branches: str) -> Callable[[Schema], Schema]:
    """The branches that may leave the discriminator out, because it has a default or their fields tell it."""
    return lambda schema: {**schema, "x-tag": {**schema["x-tag"], "optional": list(branches)}}


_SHORT_FORMS: dict[Any, Callable[[Schema], Schema]] = {
    form.authoring_only: _same,
    form.canonical_only: _same,
    sugar.strict_number: _same,
    sugar.quality: _same,
    sugar.feature: _feature,
    sugar.slices: _slices,
    sugar.decision_threshold: _decision_threshold,
    sugar.feature_set: _feature_set,
    sugar.join_columns: _join_columns,
    sugar.custom_metric: _untagged("parameterised", "query"),
    sugar.trigger: _untagged("schedule", "monitor", "dataVolume"),
    sugar.splits: _untagged("random"),
    sugar.serving: _untagged("online"),
    sugar.rollout: _untagged("canary"),
    sugar.snapshot: _untagged("partition", "files"),
}
