"""How well scores tell classes apart: areas under curves, with the influence of every row from one sort."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from lifespec_runtime.measure.estimate import Undefined

from .intervals import areas
from .intervals.sums import dot
from .linear import bounded, paired
from .measured import Influences, Measured, Metric, Outcome, Parameters, answered, flaw, worth
from .sample import Codes, Floats, Mask, Sample

_UNIT = (0.0, 1.0)


class Curve(NamedTuple):
    """An area of one class against the rest, and what each row contributes to it."""

    value: float
    rows: Floats


Area = Callable[[Mask, Floats, Floats | None], Curve]


def roc(positive: Mask, scores: Floats, weights: Floats | None) -> Curve:
    """The area under the ROC curve with DeLong's structural components as influences; ties count half."""
    order, ties = _by_score(scores)
    weight = positive[order].astype(np.float64)
    rest = 1 - weight
    if weights is not None:
        weight, rest = weight * weights[order], rest * weights[order]
    below, level_with = _below(rest, ties)
    below_positive, level_positive = _below(weight, ties)
    positives, negatives = weight.sum(), rest.sum()
    placed = (below + level_with / 2) / negatives
    value = dot(weight, placed) / float(positives)
    mean = positives + negatives
    above = 1 - (below_positive + level_positive / 2) / positives
    contributions = np.where(
        positive[order], (placed - value) * (mean / positives), (above - value) * (mean / negatives)
    )
    return Curve(value, _back(contributions, order))


def precision_recall(positive: Mask, scores: Floats, weights: Floats | None) -> Curve:
    """The average precision, each group of tied scores being one step."""
    order, ties = _by_score(-scores)
    weight = positive[order].astype(np.float64)
    everything = np.ones(len(order)) if weights is None else weights[order]
    weight = weight * everything
    sizes = ties[1]
    last = np.cumsum(sizes) - 1
    found, looked_at = np.cumsum(weight)[last], np.cumsum(everything)[last]
    gained = np.diff(found, prepend=0.0)
    total = found[-1]
    with np.errstate(divide="ignore", invalid="ignore"):
        precision = np.where(looked_at > 0, found / looked_at, 0.0)
        per_row = np.where(looked_at > 0, gained / looked_at, 0.0)
    value = dot(gained, precision) / float(total)
    # A row raises the precision at every step from its own score downwards: sums over the steps that follow.
    following = np.cumsum(per_row[::-1])[::-1]
    following_precise = np.cumsum((per_row * precision)[::-1])[::-1]
    mean = everything.sum()
    hit = np.repeat(precision - value + following - following_precise, sizes)
    miss = np.repeat(-following_precise, sizes)
    return Curve(value, _back(np.where(positive[order], hit, miss) * (mean / total), order))


Ties = tuple[Codes, Codes]
"""Where the groups of equal scores start, and how many rows each has."""


def _by_score(scores: Floats) -> tuple[Codes, Ties]:
    order = np.argsort(scores)
    ordered = scores[order]
    starts = np.flatnonzero(np.concatenate(([True], ordered[1:] != ordered[:-1])))
    return order, (starts, np.diff(np.append(starts, len(ordered))))


def _below(weights: Floats, ties: Ties) -> tuple[Floats, Floats]:
    starts, sizes = ties
    level_with = np.add.reduceat(weights, starts)
    below = np.cumsum(level_with) - level_with
    return np.repeat(below, sizes), np.repeat(level_with, sizes)


def _back(values: Floats, order: Codes) -> Floats:
    placed = np.empty_like(values)
    placed[order] = values
    return placed


class Scored(NamedTuple):
    """The labelled rows, with their labels and scores."""

    sample: Sample
    labels: Codes
    scores: Floats

    def scarcest(self) -> float:
        """The rows of the rarest class, as far as weights leave them."""
        return float(np.bincount(self.labels).min()) * worth(self.sample)


def scored(sample: Sample) -> Scored | Undefined:
    """Labels and scores of the rows that have a label; or why they cannot be used."""
    rows = answered(sample)
    labels = rows.labels
    scores = rows.probabilities if rows.scores is None else rows.scores
    wrong = flaw(rows, labels=labels, scores=scores)
    if wrong or labels is None or scores is None:
        return wrong or Undefined("there are no labels")
    if scores.ndim == 2 and scores.shape[1] == 2:
        scores = scores[:, 1]
    labels = labels.astype(np.int64, copy=False)
    classes = scores.shape[1] if scores.ndim == 2 else 2
    counted = np.bincount(labels, rows.weights, minlength=classes)
    if len(counted) > classes:
        return Undefined("a label is none of the classes that have a score", rows.rows)
    if not counted.all():
        absent = int(np.flatnonzero(counted == 0)[0])
        if classes == 2:
            return Undefined("no row is positive" if absent else "no row is negative", rows.rows)
        name = rows.names[absent] if absent < len(rows.names) else absent
        return Undefined(f"no row is of class {name}", rows.rows)
    return Scored(rows, labels, scores)


def _linearise(area: Area) -> Callable[[Sample, Parameters], Influences | Undefined]:
    def influences(sample: Sample, parameters: Parameters) -> Influences | Undefined:
        found = scored(sample)
        if isinstance(found, Undefined):
            return found
        rows, labels, scores = found
        weights = rows.weights
        if scores.ndim == 1:
            curve = area(labels == 1, scores, weights)
        else:
            curve = _average(area, found, str(parameters["averaging"]))
        relative = curve.rows if weights is None else curve.rows * (weights / weights.mean())
        return Influences(curve.value, relative, len(labels), found.scarcest())

    return influences


def _average(area: Area, found: Scored, averaging: str) -> Curve:
    rows, labels, scores = found
    size = scores.shape[1]
    if averaging == "micro":
        positive = labels[:, None] == np.arange(size)
        weights = None if rows.weights is None else np.repeat(rows.weights, size)
        curve = area(positive.ravel(), scores.ravel(), weights)
        return Curve(curve.value, curve.rows.reshape(-1, size).mean(axis=1))
    curves = [area(labels == code, np.ascontiguousarray(scores[:, code]), rows.weights) for code in range(size)]
    counted = np.bincount(labels, rows.weights, minlength=size)
    part = counted / counted.sum() if averaging == "weighted" else np.full(size, 1 / size)
    values = np.array([curve.value for curve in curves])
    value = float(part @ values)
    contributions = sum((share * curve.rows for share, curve in zip(part, curves, strict=True)), np.zeros(len(labels)))
    if averaging == "weighted":
        contributions = contributions + values[labels] - value
    return Curve(value, contributions)


_roc = _linearise(roc)
_precision_recall = _linearise(precision_recall)


def _roc_auc(sample: Sample, parameters: Parameters, level: float | None) -> Outcome:
    found = _roc(sample, parameters)
    if isinstance(found, Undefined):
        return found
    rows = answered(sample)
    several = len(rows.names) > 2
    if level is None or several or rows.weights is not None or rows.clusters is not None:
        return bounded(found, rows, level, "logit", _UNIT)
    positive = np.asarray(rows.labels == 1)
    sides = (_spread(found.rows[side], len(positive)) for side in (positive, ~positive))
    squares, cubes, sizes = zip(*sides, strict=True)
    low, high = areas.delong(found.value, squares, cubes, sizes, level)
    return Measured(found.value, found.samples, found.units, float(low), float(high))


def _spread(influences: Floats, rows: int) -> tuple[float, float, int]:
    """Mean square and cube of DeLong's components: the influences of one class times its share of the rows."""
    components = influences * (len(influences) / rows)
    squares = components * components
    return float(squares.mean()), dot(squares, components) / len(components), len(components)


def _average_precision(sample: Sample, parameters: Parameters, level: float | None) -> Outcome:
    found = _precision_recall(sample, parameters)
    return found if isinstance(found, Undefined) else bounded(found, answered(sample), level, "logit", _UNIT)


METRICS: dict[str, Metric] = {
    "rocAuc": Metric(_roc_auc, paired(_roc)),
    "averagePrecision": Metric(_average_precision, paired(_precision_recall)),
}
