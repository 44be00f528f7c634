"""Metrics of predicted classes. Of two classes code 1 is the positive one; more classes are averaged."""

from __future__ import annotations

import numpy as np

from lifespec_runtime.measure.estimate import Undefined

from . import shares
from .intervals import means
from .linear import bounded, gap
from .measured import Influences, Measured, Metric, Outcome, Parameters, unit_sums, worth
from .pairs import Pair, metric_of_classes
from .sample import Mask

_UNIT = (0.0, 1.0)

Blend = tuple[float, float]
"""How much predicted and true positives weigh in the denominator: (1, 0) is precision, (0, 1) recall, (1, 1) F1."""


def _right(found: Pair) -> Mask:
    return np.asarray(found.labels == found.classes)


def _accuracy(found: Pair, _: Parameters, level: float | None) -> Outcome:
    return shares.share(found.sample, _right(found), None, level, "there are no rows")


def _accuracy_gap(first: Pair, second: Pair, _: Parameters, level: float | None) -> Outcome:
    return shares.difference(first.sample, _right(first), _right(second), None, level)


def _false_positive_rate(found: Pair, _: Parameters, level: float | None) -> Outcome:
    return shares.share(found.sample, found.classes == 1, found.labels == 0, level, "no row is negative")


def _false_positive_rate_gap(first: Pair, second: Pair, _: Parameters, level: float | None) -> Outcome:
    return shares.difference(first.sample, first.classes == 1, second.classes == 1, first.labels == 0, level)


def _recall(found: Pair, parameters: Parameters, level: float | None) -> Outcome:
    if found.several:
        return _averaged(found, (0, 1), parameters, level)
    return shares.share(found.sample, found.classes == 1, found.labels == 1, level, "no row is positive")


def _recall_gap(first: Pair, second: Pair, parameters: Parameters, level: float | None) -> Outcome:
    if first.several:
        return _blended_gap(first, second, (0, 1), parameters, level)
    return shares.difference(first.sample, first.classes == 1, second.classes == 1, first.labels == 1, level)


def _precision(found: Pair, parameters: Parameters, level: float | None) -> Outcome:
    if found.several:
        return _averaged(found, (1, 0), parameters, level)
    return shares.share(found.sample, found.labels == 1, found.classes == 1, level, "no row is predicted positive")


def _f(found: Pair, parameters: Parameters, level: float | None) -> Outcome:
    beta = float(parameters.get("beta", 1))
    if found.several:
        return _averaged(found, (1, beta**2), parameters, level)
    either = (found.labels == 1) | (found.classes == 1)
    both = (found.labels == 1) & (found.classes == 1)
    if not either.any():
        return Undefined("no row is positive, and none is predicted so", len(either))
    if beta == 1:
        # F1 rises with the share of true positives among these rows, so the exact bounds of that share carry over.
        common = shares.share(found.sample, both, either, level, "no row is positive")
        if isinstance(common, Undefined):
            return common
        value, low, high = (2 * part / (1 + part) for part in (common.value, common.low, common.high))
        return common._replace(value=value, low=low, high=high, counts=None)
    hits = (1 + beta**2) * both.astype(np.float64)
    relative_to = hits + beta**2 * (found.labels == 1) * ~both + (found.classes == 1) * ~both
    numerators, denominators = unit_sums(found.sample, hits), unit_sums(found.sample, relative_to)
    counted = denominators > 0
    return shares.quotient(numerators[counted], denominators[counted], int(np.count_nonzero(either)), level, _UNIT)


def _averaged(found: Pair, blend: Blend, parameters: Parameters, level: float | None) -> Outcome:
    """The average over several classes; a class that is never predicted, or never the label, counts as zero."""
    if parameters["averaging"] == "micro":
        return _accuracy(found, parameters, level)
    influences = _influences(found, blend, str(parameters["averaging"]))
    if isinstance(influences, Undefined):
        return influences
    return bounded(influences, found.sample, level, "logit", _UNIT)


def _blended_gap(first: Pair, second: Pair, blend: Blend, parameters: Parameters, level: float | None) -> Outcome:
    averaging = str(parameters["averaging"]) if first.several else "positive"
    if averaging == "micro":
        return _accuracy_gap(first, second, parameters, level)
    found, other = _influences(first, blend, averaging), _influences(second, blend, averaging)
    if isinstance(found, Undefined):
        return found
    if isinstance(other, Undefined):
        return Undefined(f"of the other model: {other.reason}", other.samples)
    return gap(found, other, first.sample, level, _UNIT)


def _influences(found: Pair, blend: Blend, averaging: str) -> Influences | Undefined:
    """Of `(p + t) * both / (p * predicted + t * true)` by class, averaged."""
    table = found.table()
    both, true, predicted, total = table.diagonal(), table.sum(axis=1), table.sum(axis=0), table.sum()
    below = blend[0] * predicted + blend[1] * true
    known = below > 0
    safe = np.where(known, below, 1.0)
    scores = np.where(known, sum(blend) * both / safe, 0.0)
    if averaging == "positive":
        if not known[1]:
            return Undefined("no row is positive" if blend[1] else "no row is predicted positive", len(found.labels))
        part, value = np.arange(len(scores)) == 1, scores[1]
        scarce = min(float(count) for count in (below[1] / sum(blend), table.sum()))
    elif averaging == "weighted":
        part, value, scarce = true / total, float(scores @ true) / total, total
    else:
        part = ((true > 0) | (predicted > 0)).astype(np.float64)
        part /= part.sum()
        value, scarce = float(scores @ part), np.bincount(found.labels)[np.unique(found.labels)].min()
    on_diagonal, on_predicted, on_true = (
        np.where(known, part * slope / safe, 0.0) for slope in (sum(blend), -blend[0] * scores, -blend[1] * scores)
    )
    if averaging == "weighted":
        on_true = on_true + (scores - value) / total
    cells = np.diag(on_diagonal) + on_predicted[None, :] + on_true[:, None]
    rows = cells[found.labels, found.classes] * len(found.labels)
    if found.sample.weights is not None:
        rows = rows * found.sample.weights
    return Influences(float(value), rows, len(rows), float(scarce) * worth(found.sample))


def _geometric_mean(found: Pair, _: Parameters, level: float | None) -> Outcome:
    table = found.table()
    true = table.sum(axis=1)
    there = true > 0
    if np.count_nonzero(there) < 2:
        return Undefined("all rows have the same label", len(found.labels))
    true, hits = true[there], table.diagonal()[there]
    recalls = hits / true
    value = float(np.prod(recalls ** (1 / len(recalls))))
    scarce = float(np.bincount(found.labels)[there[: found.labels.max() + 1]].min()) * worth(found.sample)
    if level is None:
        return Measured(value, len(found.labels), scarce)
    low, high = means.geometric(hits * worth(found.sample), true * worth(found.sample), level)
    return Measured(value, len(found.labels), scarce, float(low), float(high))


def _geometric_mean_gap(first: Pair, second: Pair, _: Parameters, level: float | None) -> Outcome:
    found, other = _geometric_influences(first), _geometric_influences(second)
    if isinstance(found, Undefined):
        return found
    if isinstance(other, Undefined):
        return Undefined(f"of the other model: {other.reason}", other.samples)
    return gap(found, other, first.sample, level, _UNIT)


def _geometric_influences(found: Pair) -> Influences | Undefined:
    table = found.table()
    true = table.sum(axis=1)
    there = true > 0
    classes = np.count_nonzero(there)
    if classes < 2:
        return Undefined("all rows have the same label", len(found.labels))
    recalls = np.where(there, table.diagonal() / np.where(there, true, 1), 1.0)
    if not recalls.all():
        return Undefined(
            "a class is never predicted right, so the mean is zero whatever the others do", int(true.sum())
        )
    value = float(np.prod(recalls ** (there / classes)))
    right = (found.labels == found.classes).astype(np.float64)
    slopes = np.where(there, value / classes / recalls / np.where(there, true, 1), 0.0)
    rows = slopes[found.labels] * (right - recalls[found.labels]) * len(right)
    if found.sample.weights is not None:
        rows = rows * found.sample.weights
    scarce = float(np.bincount(found.labels)[np.unique(found.labels)].min())
    return Influences(value, rows, len(rows), scarce * worth(found.sample))


def _f_gap(first: Pair, second: Pair, parameters: Parameters, level: float | None) -> Outcome:
    return _blended_gap(first, second, (1, float(parameters.get("beta", 1)) ** 2), parameters, level)


def _precision_gap(first: Pair, second: Pair, parameters: Parameters, level: float | None) -> Outcome:
    return _blended_gap(first, second, (1, 0), parameters, level)


METRICS: dict[str, Metric] = {
    "accuracy": metric_of_classes(_accuracy, _accuracy_gap),
    "precision": metric_of_classes(_precision, _precision_gap),
    "recall": metric_of_classes(_recall, _recall_gap),
    "f1": metric_of_classes(_f, _f_gap),
    "fBeta": metric_of_classes(_f, _f_gap),
    "falsePositiveRate": metric_of_classes(_false_positive_rate, _false_positive_rate_gap),
    "geometricMean": metric_of_classes(_geometric_mean, _geometric_mean_gap),
}
