"""Labels as metrics take them: codes of classes, or numbers."""

from __future__ import annotations

import json
from typing import Any, NamedTuple

import numpy as np

from lifespec_compiler.plan import Plan
from lifespec_compiler.training import Outcome, outcome
from lifespec_runtime.measure.metrics.sample import MISSING, Codes, Floats
from lifespec_runtime.measure.reading.arrow import Array, pa, pc
from lifespec_runtime.measure.reading.flaws import Flaw
from lifespec_runtime.measure.rows import FlawedDataError, Rows


class Coding(NamedTuple):
    """What a label is, and the code of each class."""

    outcome: Outcome
    classes: tuple[Any, ...]
    """The classes by code, as the label has them, the positive one of two as code 1; empty where labels are numbers."""

    @property
    def names(self) -> tuple[str, ...]:
        """The classes by code, as score columns name them: a text as it is, other values as JSON has them."""
        return tuple(name_of(value) for value in self.classes)


def name_of(value: object) -> str:
    """What a class is called."""
    return value if isinstance(value, str) else json.dumps(value)


def coding(plan: Plan, rows: Rows) -> Coding:
    """The coding of a plan's labels: the classes that its contract lists, else all that its rows have, sorted.

    Raises `FlawedDataError` where there are more than two classes for two, or nothing says which is the positive one.
    """
    found = outcome(plan)
    if not found.is_classification:
        return Coding(found, ())
    present = pc.unique(rows.column(rows.used.label.reference)).drop_null().to_pylist()
    classes = list(found.classes or sorted(present))
    if found.problem == "binaryClassification":
        if found.positive is None:
            raise _flawed(rows, "nothing says which label is the positive one", "add `objective.positiveLabel`")
        others = [value for value in classes if value != found.positive]
        if len(others) > 1:
            message = f"the label has {len(others)} values beside the positive one"
            raise _flawed(rows, message, "with one, the problem is binaryClassification; else multiclassClassification")
        classes = [*(others or [None]), found.positive]
    return Coding(found, tuple(classes))


def _flawed(rows: Rows, message: str, help_text: str) -> FlawedDataError:
    label = rows.used.label
    where = next(one.uri for one in rows.inputs if one.source == label.source)
    return FlawedDataError([Flaw("data-wrong-labels", message, where, column=label.name, help=help_text)])


def labels(code: Coding, values: Array) -> Codes | Floats:
    """Values of the label's column as metrics take them; what is missing is -1 or NaN."""
    if not code.outcome.is_classification:
        return np.asarray(pc.fill_null(pc.cast(values, pa.float64()), float("nan")).to_numpy(zero_copy_only=False))
    found = np.full(len(values), MISSING, np.int64)
    encoded = pc.dictionary_encode(values)
    by_value = {value: number for number, value in enumerate(code.classes)}
    numbers = np.array([by_value.get(value, MISSING) for value in encoded.dictionary.to_pylist()], np.int64)
    indices = encoded.indices
    known = np.asarray(pc.is_valid(indices).to_numpy(zero_copy_only=False))
    if len(numbers):
        found[known] = numbers[np.asarray(indices.drop_null().to_numpy(zero_copy_only=False), np.int64)]
    return found
