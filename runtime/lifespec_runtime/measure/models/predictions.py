"""What a model answered, held against what it was asked."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np

from lifespec_runtime.measure.metrics.sample import MISSING, Codes, Floats
from lifespec_runtime.measure.reading.arrow import count, pa, pc, positions
from lifespec_runtime.measure.reading.columns import Column
from lifespec_runtime.measure.reading.convert import converted

from .coding import Coding, labels
from .errors import broken

ROW, PREDICTION, SCORE = "row", "prediction", "score"
SUM_TOLERANCE = 1e-3
"""How far from 1 the scores of a row's classes may add up: what numbers of four bytes lose, and no more."""


@dataclass(frozen=True, slots=True)
class Predictions:
    """The answers for some rows, in their order, as `metrics.Sample` takes them."""

    values: Floats | None = None
    """Predicted numbers: of regression, forecasting, ranking (a higher one is ranked first); else None."""
    classes: Codes | None = None
    """Codes of the predicted classes, of classification; else None."""
    probabilities: Floats | None = None
    """Of the positive class, or one for each row and class; None where classes are not predicted."""
    names: tuple[str, ...] = ()
    """The classes by code."""


class Predictor(Protocol):
    """Something that can be asked for predictions."""

    def predict(self, table: Any) -> Predictions:
        """The answers for the rows of a table of features. Raises `ModelError` where they are not what they must be."""
        ...


def predictions(code: Coding, answer: Any, rows: int, where: str) -> Predictions:
    """The predictions in a table with the columns `row`, `prediction` and scores, for rows 0 to `rows` - 1.

    Raises `ModelError`; `where` tells people whose answer it is.
    """
    table = answer.take(_order(answer, rows, where))
    if not code.outcome.is_classification:
        values = _typed(table, PREDICTION, "number", where)
        return Predictions(values=_finite(values, PREDICTION, where))
    predicted = labels(code, _typed(table, PREDICTION, code.outcome.kind, where))
    unknown = np.flatnonzero(predicted == MISSING)
    if len(unknown):
        message = f"{len(unknown):,} of {rows:,} predictions are no class that the label has"
        raise broken("model-wrong-class", message, where, column=PREDICTION, row=int(unknown[0]))
    binary = code.outcome.problem == "binaryClassification"
    scores = _probabilities(table, SCORE, where) if binary else _scores(code, table, where)
    return Predictions(classes=np.asarray(predicted, np.int64), probabilities=scores, names=code.names)


def _order(answer: Any, rows: int, where: str) -> Any:
    """Where in the answer each row stands."""
    asked = _typed(answer, ROW, "integer", where)
    numbers = np.asarray(asked.to_numpy(zero_copy_only=False), np.int64)
    inside = (numbers >= 0) & (numbers < rows)
    times = np.bincount(numbers[inside], minlength=rows)
    if not inside.all() or (times > 1).any():
        first = np.flatnonzero(times > 1)
        message = f"{np.sum(~inside) + np.sum(times > 1):,} rows are answered twice, or were not asked"
        raise broken("model-repeated-row", message, where, row=int(first[0]) if len(first) else None, column=ROW)
    if not times.all():
        message = f"{np.sum(times == 0):,} of {rows:,} rows are not answered"
        raise broken("model-missing-row", message, where, row=int(np.flatnonzero(times == 0)[0]), column=ROW)
    return pa.array(np.argsort(numbers, kind="stable"))


def _typed(table: Any, name: str, kind: str, where: str) -> Any:
    """A column of the answer in the type that it must have, with nothing missing."""
    if table.column_names.count(name) != 1:
        has = "no column" if name not in table.column_names else "two columns"
        raise broken("model-no-answer", f"the answer has {has} `{name}`", where, column=name)
    values = table.column(name).combine_chunks()
    found = converted(values, Column(name, kind))
    bad = pc.is_null(found.values)
    if count(bad):
        message = f"{count(bad):,} of {table.num_rows:,} values of `{name}` are missing, or no {kind}"
        raise broken("model-wrong-type", message, where, column=name, row=positions(bad, 1)[0])
    return found.values


def _finite(values: Any, name: str, where: str) -> Floats:
    found = np.asarray(values.to_numpy(zero_copy_only=False), np.float64)
    bad = np.flatnonzero(~np.isfinite(found))
    if len(bad):
        message = f"{len(bad):,} of {len(found):,} values of `{name}` are infinite"
        raise broken("model-wrong-score", message, where, column=name, row=int(bad[0]))
    return found


def _probabilities(table: Any, name: str, where: str) -> Floats:
    found = _finite(_typed(table, name, "number", where), name, where)
    bad = np.flatnonzero((found < 0) | (found > 1))
    if len(bad):
        message = f"{len(bad):,} of {len(found):,} values of `{name}` are not from 0 to 1"
        raise broken("model-wrong-score", message, where, column=name, row=int(bad[0]))
    return found


def _scores(code: Coding, table: Any, where: str) -> Floats:
    """A probability for each row and class; of a class that the model does not know it is 0."""
    given = [name[len(SCORE) + 1 :] for name in table.column_names if name.startswith(f"{SCORE}.")]
    unknown = set(given) - set(code.names)
    if unknown:
        raise broken("model-wrong-class", f"{len(unknown)} score columns are of no class that the label has", where)
    columns = [
        _probabilities(table, f"{SCORE}.{name}", where) if name in given else np.zeros(table.num_rows)
        for name in code.names
    ]
    found = np.stack(columns, axis=1)
    bad = np.flatnonzero(np.abs(found.sum(axis=1) - 1) > SUM_TOLERANCE)
    if len(bad):
        message = f"the scores of {len(bad):,} of {len(found):,} rows do not add up to 1"
        raise broken("model-wrong-score", message, where, row=int(bad[0]))
    return found
