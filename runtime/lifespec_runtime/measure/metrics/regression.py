"""Metrics of predicted numbers."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from lifespec_runtime.measure.estimate import Undefined

from .intervals import influence
from .intervals.sums import dot
from .linear import bounded, paired
from .losses import mean, metric_of_losses
from .measured import Influences, Measured, Metric, Outcome, Parameters, answered, flaw, worth
from .sample import Floats, Sample


class Numbers(NamedTuple):
    """The labelled rows, with true and predicted numbers."""

    sample: Sample
    labels: Floats
    values: Floats


def numbers(sample: Sample) -> Numbers | Undefined:
    """True and predicted numbers of the rows that have a label; or why they cannot be used."""
    rows = answered(sample)
    labels, values = rows.labels, rows.values
    wrong = flaw(rows, labels=labels, predictions=values)
    if wrong or labels is None or values is None:
        return wrong or Undefined("there are no labels")
    return Numbers(rows, labels.astype(np.float64, copy=False), values.astype(np.float64, copy=False))


def _absolute(sample: Sample, _: Parameters) -> tuple[Sample, Floats] | Undefined:
    found = numbers(sample)
    return found if isinstance(found, Undefined) else (found.sample, np.abs(found.values - found.labels))


def _squared(sample: Sample, _: Parameters) -> tuple[Sample, Floats] | Undefined:
    found = numbers(sample)
    return found if isinstance(found, Undefined) else (found.sample, np.square(found.values - found.labels))


def _percentage(sample: Sample, _: Parameters) -> tuple[Sample, Floats] | Undefined:
    found = numbers(sample)
    if isinstance(found, Undefined):
        return found
    zeros = int(np.count_nonzero(found.labels == 0))
    if zeros:
        return Undefined(
            f"{zeros} of {len(found.labels)} labels are zero, and errors are relative to labels", len(found.labels)
        )
    return found.sample, np.abs((found.values - found.labels) / found.labels)


def _root(sample: Sample, parameters: Parameters, level: float | None) -> Outcome:
    found = _squared(sample, parameters)
    if isinstance(found, Undefined):
        return found
    square = mean(*found, level, (0, None))
    if isinstance(square, Undefined):
        return square
    value, low, high = (float(np.sqrt(part)) for part in (square.value, square.low, square.high))
    return square._replace(value=value, low=low, high=high)


def _root_influences(sample: Sample, parameters: Parameters) -> Influences | Undefined:
    found = _squared(sample, parameters)
    if isinstance(found, Undefined):
        return found
    square = float(np.average(found[1], weights=found[0].weights))
    root = float(np.sqrt(square))
    return _of_quotient(root, (found[1] - square) / (2 * root) if root else found[1], found[0])


def _of_quotient(value: float, rows: Floats, sample: Sample) -> Influences:
    weights = sample.weights
    relative = rows if weights is None else rows * (weights / weights.mean())
    return Influences(value, relative, len(rows), len(rows) * worth(sample))


class Parts(NamedTuple):
    """A quotient of two sums over rows."""

    sample: Sample
    above: Floats
    below: Floats


def _variances(sample: Sample) -> Parts | Undefined:
    found = numbers(sample)
    if isinstance(found, Undefined):
        return found
    if len(found.labels) < 2:
        return Undefined("one row has no variance", len(found.labels))
    if (found.labels == found.labels[0]).all():
        return Undefined("all labels are the same, so there is no variance to explain", len(found.labels))
    weights = found.sample.weights
    centred = found.labels - (found.labels.mean() if weights is None else np.average(found.labels, weights=weights))
    errors = found.values - found.labels
    return Parts(found.sample, np.square(errors, out=errors), np.square(centred, out=centred))


def _sizes(sample: Sample) -> Parts | Undefined:
    found = numbers(sample)
    if isinstance(found, Undefined):
        return found
    if not found.labels.any():
        return Undefined("all labels are zero, and errors are relative to labels", len(found.labels))
    return Parts(found.sample, np.abs(found.values - found.labels), np.abs(found.labels))


def _quotient(parts: Parts | Undefined, level: float | None) -> Outcome:
    if isinstance(parts, Undefined):
        return parts
    sample, above, below = parts
    if sample.weights is not None or sample.clusters is not None:
        return bounded(_quotient_influences(parts), sample, level, "log", None)
    count, total = len(above), float(below.sum())
    value = float(above.sum()) / total
    if level is None:
        return Measured(value, count, count)
    # The sum of the squared influences, without making them.
    squares = dot(above, above) - 2 * value * dot(above, below) + value**2 * dot(below, below)
    variance = max(squares, 0.0) * count / max(count - 1, 1) / total**2
    low, high = influence.bounds(value, variance, count - 1, level, "log")
    return Measured(value, count, count, float(low), float(high))


def _explained(sample: Sample, _: Parameters, level: float | None) -> Outcome:
    unexplained = _quotient(_variances(sample), level)
    if isinstance(unexplained, Undefined):
        return unexplained
    return unexplained._replace(value=1 - unexplained.value, low=1 - unexplained.high, high=1 - unexplained.low)


def _explained_influences(sample: Sample, _: Parameters) -> Influences | Undefined:
    parts = _variances(sample)
    if isinstance(parts, Undefined):
        return parts
    found = _quotient_influences(parts)
    return found._replace(value=1 - found.value, rows=-found.rows)


def _quotient_influences(parts: Parts) -> Influences:
    below = float(np.average(parts.below, weights=parts.sample.weights))
    value = float(np.average(parts.above, weights=parts.sample.weights)) / below
    return _of_quotient(value, (parts.above - value * parts.below) / below, parts.sample)


def _relative(sample: Sample, _: Parameters, level: float | None) -> Outcome:
    return _quotient(_sizes(sample), level)


def _relative_influences(sample: Sample, _: Parameters) -> Influences | Undefined:
    parts = _sizes(sample)
    return parts if isinstance(parts, Undefined) else _quotient_influences(parts)


METRICS: dict[str, Metric] = {
    "r2": Metric(_explained, paired(_explained_influences)),
    "mse": metric_of_losses(_squared, 0, None),
    "rmse": Metric(_root, paired(_root_influences)),
    "mae": metric_of_losses(_absolute, 0, None),
    "mape": metric_of_losses(_percentage, 0, None),
    "wmape": Metric(_relative, paired(_relative_influences)),
}
