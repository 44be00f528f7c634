"""Metrics of predicted probabilities."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from lifespec_runtime.measure.estimate import Undefined

from .intervals import calibration
from .intervals.sums import dot
from .linear import paired
from .losses import metric_of_losses
from .measured import Influences, Measured, Metric, Outcome, Parameters, answered, flaw, worth
from .sample import Codes, Floats, Sample

_SUM = 1e-6
"""How far the probabilities of a row may be from adding up to one, as single precision leaves them."""


class Odds(NamedTuple):
    """The labelled rows, with their labels and probabilities."""

    sample: Sample
    labels: Codes
    probabilities: Floats


def odds(sample: Sample) -> Odds | Undefined:
    """Labels and probabilities of the rows that have a label; or why they cannot be used."""
    rows = answered(sample)
    labels, given = rows.labels, rows.probabilities
    wrong = flaw(rows, labels=labels, probabilities=given)
    if wrong or labels is None or given is None:
        return wrong or Undefined("there are no labels")
    if given.min() < 0 or given.max() > 1:
        return Undefined("probabilities are not between 0 and 1", rows.rows)
    if given.ndim == 2 and np.abs(given.sum(axis=1) - 1).max() > _SUM * given.shape[1]:
        return Undefined("the probabilities of a row do not add up to 1", rows.rows)
    if labels.max() >= (given.shape[1] if given.ndim == 2 else 2):
        return Undefined("a label is none of the classes that have a probability", rows.rows)
    if given.ndim == 2 and given.shape[1] == 2:
        given = given[:, 1]
    return Odds(rows, labels.astype(np.int64, copy=False), given)


def _log_losses(sample: Sample) -> tuple[Sample, Floats] | Undefined:
    found = odds(sample)
    if isinstance(found, Undefined):
        return found
    _, labels, given = found
    true = np.where(labels == 1, given, 1 - given) if given.ndim == 1 else given[np.arange(len(labels)), labels]
    least = np.finfo(given.dtype).eps
    return found.sample, -np.log(np.clip(true, least, 1 - least if given.ndim == 1 else 1.0))


def _brier_losses(sample: Sample) -> tuple[Sample, Floats] | Undefined:
    found = odds(sample)
    if isinstance(found, Undefined):
        return found
    _, labels, given = found
    if given.ndim == 1:
        return found.sample, np.square(given - labels)
    true = given[np.arange(len(labels)), labels]
    return found.sample, (np.einsum("ij,ij->i", given, given) + 1 - 2 * true) / 2


class Bins(NamedTuple):
    """The gaps between probability and outcome by bin, as parts of all rows, with their standard errors."""

    gaps: Floats
    errors: Floats
    of_rows: Codes
    """The bin of each row."""
    rows: Floats
    """The gap of each row."""


def _bins(found: Odds, count: int) -> Bins:
    _, labels, given = found
    if given.ndim == 1:
        confidence, right = given, labels
    else:
        chosen = given.argmax(axis=1)
        confidence, right = given[np.arange(len(labels)), chosen], (chosen == labels).astype(np.int64)
    inner = np.linspace(0, 1, count + 1)[1:-1]
    which = np.searchsorted(inner, confidence)
    rows = confidence - right
    weights = found.sample.weights
    share = np.full(len(rows), 1 / len(rows)) if weights is None else weights / weights.sum()
    parts = rows * share
    gaps = np.bincount(which, weights=parts, minlength=count).astype(np.float64)
    squares = np.bincount(which, weights=parts * parts, minlength=count)
    if found.sample.clusters is not None:
        _, cluster = np.unique(found.sample.clusters, return_inverse=True)
        sums = np.bincount(cluster * count + which, weights=parts).astype(np.float64)
        sums = np.pad(sums, (0, -len(sums) % count)).reshape(-1, count)
        squares = np.square(sums).sum(axis=0)
    errors = np.sqrt(np.maximum(squares - gaps**2 * dot(share, share), 0.0))
    return Bins(gaps, errors, which, rows)


def _calibration_error(sample: Sample, parameters: Parameters, level: float | None) -> Outcome:
    found = odds(sample)
    if isinstance(found, Undefined):
        return found
    bins = _bins(found, int(parameters["bins"]))
    rows = len(found.labels)
    value, units = float(np.abs(bins.gaps).sum()), rows * worth(found.sample)
    if level is None:
        return Measured(value, rows, units)
    low, high = calibration.bounds(bins.gaps, bins.errors, units, level)
    return Measured(value, rows, units, max(float(low), 0.0), min(float(high), 1.0))


def _calibration_influences(sample: Sample, parameters: Parameters) -> Influences | Undefined:
    found = odds(sample)
    if isinstance(found, Undefined):
        return found
    bins = _bins(found, int(parameters["bins"]))
    value = float(np.abs(bins.gaps).sum())
    rows = np.sign(bins.gaps)[bins.of_rows] * bins.rows - value
    weights = found.sample.weights
    if weights is not None:
        rows = rows * (weights / weights.mean())
    return Influences(value, rows, len(rows), len(rows) * worth(found.sample))


METRICS: dict[str, Metric] = {
    "logLoss": metric_of_losses(lambda sample, _: _log_losses(sample), 0, None),
    "brier": metric_of_losses(lambda sample, _: _brier_losses(sample), 0, 1),
    "expectedCalibrationError": Metric(_calibration_error, paired(_calibration_influences)),
}
