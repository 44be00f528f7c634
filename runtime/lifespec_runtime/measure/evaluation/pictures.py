"""What a page draws: calibration, curves, confusion, histograms. Nothing is judged by it."""

from __future__ import annotations

import numpy as np

from lifespec_runtime.measure.estimate import LEVEL
from lifespec_runtime.measure.metrics import measure
from lifespec_runtime.measure.metrics.intervals.quantiles import student
from lifespec_runtime.measure.metrics.measured import answered
from lifespec_runtime.measure.metrics.sample import Floats, Mask, Sample

from .detail import Bin, Calibration, Confusion, Curve, Figure, Histogram, Series, figure
from .fairness import share

POINTS = 200
BARS = 40
TENTHS = 10
WIDEST = 20
"""More classes than these have no confusion matrix that anybody reads."""


def calibration(sample: Sample) -> Calibration | None:
    """What came true of the probabilities, or of the predicted numbers."""
    rows = answered(sample)
    labels, given, values = rows.labels, rows.probabilities, rows.values
    if labels is None or not len(labels):
        return None
    if given is not None and rows.names:
        if not np.isfinite(given).all() or given.min() < 0 or given.max() > 1:
            return None
        if given.ndim == 2:
            chosen = given.argmax(axis=1)
            confidence, right = given[np.arange(len(labels)), chosen], chosen == labels
        else:
            confidence, right = given, labels == 1
        error = figure(measure("expectedCalibrationError", sample, {"bins": TENTHS}))
        return Calibration("confidence" if given.ndim == 2 else "probability", _bins(confidence, right), error)
    if values is None or rows.queries is not None or not np.isfinite(values).all():
        return None
    return Calibration("value", _tenths(values, np.asarray(labels, np.float64)), None)


def _bins(confidence: Floats, right: Mask) -> tuple[Bin, ...]:
    edges = np.linspace(0, 1, TENTHS + 1)
    which = np.searchsorted(edges[1:-1], confidence)
    found = []
    for place in range(TENTHS):
        inside = which == place
        if inside.any():
            mean = float(confidence[inside].mean())
            found.append(Bin(float(edges[place]), float(edges[place + 1]), mean, share(right, inside)))
    return tuple(found)


def _tenths(values: Floats, labels: Floats) -> tuple[Bin, ...]:
    edges = np.unique(np.quantile(values, np.linspace(0, 1, TENTHS + 1)))
    which = np.searchsorted(edges[1:-1], values, side="right")
    return tuple(
        Bin(
            float(values[inside].min()),
            float(values[inside].max()),
            float(values[inside].mean()),
            _mean(labels[inside]),
        )
        for place in range(max(len(edges) - 1, 1))
        if (inside := which == place).any()
    )


def _mean(values: Floats) -> Figure:
    count, mean = len(values), float(values.mean())
    if count < 2:
        return Figure(mean, count, reason="one row tells nothing of how rows vary")
    reach = float(student(LEVEL, count - 1)) * float(values.std(ddof=1)) / float(np.sqrt(count))
    if not np.isfinite(reach):
        return Figure(
            mean if np.isfinite(mean) else None, count, reason="the numbers are too great to bound their mean"
        )
    return Figure(mean, count, mean - reach, mean + reach, LEVEL)


def curves(sample: Sample) -> tuple[Curve, ...]:
    """ROC and precision-recall curves of each class against the rest; of two classes, of the positive one."""
    rows = answered(sample)
    labels, given = rows.labels, rows.probabilities
    if labels is None or given is None or not len(labels) or not np.isfinite(given).all() or len(rows.names) > WIDEST:
        return ()
    classes = [(1, given)] if given.ndim == 1 else [(code, given[:, code]) for code in range(given.shape[1])]
    found = []
    for code, scores in classes:
        positive = labels == code
        if not positive.any() or positive.all():
            continue
        name = rows.names[code] if code < len(rows.names) else str(code)
        alone = Sample(labels=positive.astype(np.int64), scores=np.ascontiguousarray(scores))
        x, y, recall, precision = _steps(positive, scores)
        found.append(Curve("roc", name, _thin(x, y), figure(measure("rocAuc", alone)), 0.5))
        area = figure(measure("averagePrecision", alone))
        found.append(Curve("precisionRecall", name, _thin(recall, precision), area, float(positive.mean())))
    return tuple(found)


def _steps(positive: Mask, scores: Floats) -> tuple[Floats, Floats, Floats, Floats]:
    order = np.argsort(-scores, kind="stable")
    ordered, hits = scores[order], positive[order]
    last = np.flatnonzero(np.concatenate((ordered[1:] != ordered[:-1], [True])))
    true = np.cumsum(hits)[last].astype(np.float64)
    looked_at = last + 1.0
    false = looked_at - true
    x = np.concatenate(([0.0], false / (len(hits) - true[-1])))
    y = np.concatenate(([0.0], true / true[-1]))
    return x, y, true / true[-1], true / looked_at


def _thin(x: Floats, y: Floats) -> tuple[tuple[float, float], ...]:
    """At most so many points of a curve, evenly spread along it."""
    if len(x) > POINTS:
        length = np.concatenate(([0.0], np.cumsum(np.abs(np.diff(x)) + np.abs(np.diff(y)))))
        wanted = np.linspace(0, length[-1], POINTS)
        places = np.unique(np.clip(np.searchsorted(length, wanted), 0, len(x) - 1))
        x, y = x[places], y[places]
    return tuple((round(float(a), 6), round(float(b), 6)) for a, b in zip(x, y, strict=True))


def confusion(sample: Sample) -> Confusion | None:
    """Rows by label and predicted class."""
    rows = answered(sample)
    labels, classes, names = rows.labels, rows.classes, rows.names
    if labels is None or classes is None or not 1 < len(names) <= WIDEST or (classes < 0).any():
        return None
    cells = np.bincount(labels.astype(np.int64) * len(names) + classes, minlength=len(names) ** 2)
    return Confusion(names, tuple(map(tuple, cells.reshape(len(names), -1).tolist())))


def predictions(sample: Sample, unit: str) -> Histogram | None:
    """Scores by true class, or predicted numbers beside true ones."""
    rows = answered(sample)
    labels, given, values = rows.labels, rows.probabilities, rows.values
    if labels is None or not len(labels):
        return None
    if given is not None and rows.names:
        scores = given if given.ndim == 1 else given.max(axis=1)
        if not np.isfinite(scores).all():
            return None
        edges = np.linspace(0, 1, BARS + 1)
        what = "score" if given.ndim == 1 else "probability of the predicted class"
        present = [(name, scores[labels == code]) for code, name in enumerate(rows.names) if len(rows.names) <= WIDEST]
        return _histogram(what, "", edges, present or [("all", scores)])
    if values is None or not np.isfinite(values).all():
        return None
    if rows.queries is not None:
        return _histogram("score", "", _edges(values), [("predicted", values)])
    true = np.asarray(labels, np.float64)
    edges = _edges(np.concatenate([values, true]))
    return _histogram("value", unit, edges, [("predicted", values), ("true", true)])


def residuals(sample: Sample, unit: str) -> Histogram | None:
    """Predicted less true numbers."""
    rows = answered(sample)
    labels, values = rows.labels, rows.values
    if labels is None or values is None or rows.queries is not None or rows.names or not len(labels):
        return None
    errors = values - np.asarray(labels, np.float64)
    if not np.isfinite(errors).all():
        return None
    reach = float(np.quantile(np.abs(errors), 0.99)) or 1.0
    return _histogram("predicted less true", unit, np.linspace(-reach, reach, BARS + 1), [("rows", errors)])


def _edges(values: Floats) -> Floats:
    low, high = np.quantile(values, [0.005, 0.995])
    return np.linspace(low, high if high > low else low + 1, BARS + 1)


def _histogram(what: str, unit: str, edges: Floats, series: list[tuple[str, Floats]]) -> Histogram:
    found = [Series(name, tuple(np.histogram(values, edges)[0].tolist())) for name, values in series]
    everything = np.concatenate([values for _, values in series])
    below, above = int((everything < edges[0]).sum()), int((everything > edges[-1]).sum())
    return Histogram(what, unit, tuple(float(edge) for edge in edges), tuple(found), below, above)
