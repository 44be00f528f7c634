"""The decision threshold: fixed by the spec, or tuned on the validation split and never on another."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

import numpy as np

from lifespec_compiler.plan import Plan
from lifespec_runtime.measure.estimate import LEVEL, Undefined
from lifespec_runtime.measure.metrics import measure
from lifespec_runtime.measure.metrics.sample import MISSING, Codes, Floats, Sample
from lifespec_schema.catalog import METRICS

from .answers import Answers, with_answers
from .detail import Threshold, figure
from .naming import Named

DEFAULT: Final = 0.5
POINTS: Final = 200
"""Points of the curve that is shown."""

Counts = tuple[Floats, Floats, Floats, Floats]
"""True positives, false positives, false negatives, true negatives."""


def tuned(named: Named, validation: Sample, answers: Answers) -> Threshold | Undefined:
    """The least of the scores on the validation split that make the metric best there.

    Every score of a labelled row is tried. Raises nothing: where no score has a value, the reason is handed back.
    """
    scores, labels = answers.probabilities, validation.labels
    if scores is None or labels is None or scores.ndim != 1:
        return Undefined("there are no scores to put a threshold on")
    there = labels != MISSING
    if not there.any() or not np.isfinite(scores[there]).all():
        return Undefined("scores of the validation split are missing or infinite", int(there.sum()))
    candidates, values = _values(named, scores[there], labels[there].astype(np.int64))
    if values is None:
        return Undefined(f"{named.metric} does not come of two classes, so no threshold can be tuned for it")
    known = np.isfinite(values)
    if not known.any():
        return Undefined(f"{named.metric} has no value on the validation split at any threshold", int(there.sum()))
    rising = METRICS[named.metric].direction == "increase"
    best = np.nanmax(values) if rising else np.nanmin(values)
    place = int(np.flatnonzero(np.isclose(values, best, rtol=0, atol=1e-12))[0])
    value = float(candidates[place])
    reached = measure(named.metric, with_answers(validation, answers, value), named.parameters, LEVEL)
    return Threshold(value, "tuned", named.name, figure(reached), _thinned(candidates[known], values[known], value))


def decided(
    plan: Plan, named: Named | None, answers: Answers, validation: tuple[Sample, Answers] | None
) -> Threshold | Undefined | None:
    """The threshold of a model's scores; None where the problem has none, or the model decides by itself."""
    if plan.spec.objective.problem != "binaryClassification":
        return None
    wanted = plan.spec.objective.decision_threshold
    scored = answers.probabilities is not None
    if wanted is not None and wanted.kind == "fixed":
        return Threshold(wanted.value, "fixed") if scored else None
    if wanted is not None and scored and validation is not None and named is not None:
        return tuned(named, *validation)
    if answers.classes is not None:
        return None
    if wanted is not None:
        return Undefined("the threshold is tuned on the validation split, and there are no predictions of it")
    return Threshold(DEFAULT, "default") if scored else None


def _values(named: Named, scores: Floats, labels: Codes) -> tuple[Floats, Floats | None]:
    order = np.argsort(scores, kind="stable")
    ordered, positive = scores[order], labels[order] == 1
    starts = np.flatnonzero(np.concatenate(([True], ordered[1:] != ordered[:-1])))
    positives, rows = float(positive.sum()), float(len(ordered))
    missed = np.concatenate(([0], np.cumsum(positive)))[starts].astype(np.float64)
    true = positives - missed
    predicted = rows - starts
    false = predicted - true
    counts = (true, false, missed, rows - predicted - missed)
    formula = _FORMULAS.get(named.metric)
    if formula is None:
        return ordered[starts], None
    with np.errstate(invalid="ignore", divide="ignore"):
        return ordered[starts], formula(counts, named.parameters)


def _f(counts: Counts, parameters: Mapping[str, Any]) -> Floats:
    true, false, missed, _ = counts
    square = float(parameters.get("beta") or 1) ** 2
    return (1 + square) * true / ((1 + square) * true + square * missed + false)


_FORMULAS: Final[dict[str, Callable[[Counts, Mapping[str, Any]], Floats]]] = {
    "accuracy": lambda counts, _: (counts[0] + counts[3]) / (counts[0] + counts[1] + counts[2] + counts[3]),
    "precision": lambda counts, _: counts[0] / (counts[0] + counts[1]),
    "recall": lambda counts, _: counts[0] / (counts[0] + counts[2]),
    "f1": lambda counts, _: _f(counts, {}),
    "fBeta": _f,
    "falsePositiveRate": lambda counts, _: counts[1] / (counts[1] + counts[3]),
    "geometricMean": lambda counts, _: np.sqrt(
        counts[0] / (counts[0] + counts[2]) * (counts[3] / (counts[1] + counts[3]))
    ),
}
"""The metrics of two classes from their four counts."""


def _thinned(candidates: Floats, values: Floats, best: float) -> tuple[tuple[float, float], ...]:
    places = np.unique(np.linspace(0, len(candidates) - 1, min(POINTS, len(candidates))).round().astype(np.int64))
    places = np.unique(np.append(places, np.searchsorted(candidates, best)))
    return tuple((float(candidates[place]), float(values[place])) for place in places)
