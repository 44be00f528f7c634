"""Metrics that only forecasts have."""

from __future__ import annotations

import numpy as np

from lifespec_runtime.measure.estimate import Undefined

from .losses import metric_of_losses
from .measured import Metric, Parameters
from .regression import numbers
from .sample import Floats, Sample


def _symmetric(sample: Sample, _: Parameters) -> tuple[Sample, Floats] | Undefined:
    found = numbers(sample)
    if isinstance(found, Undefined):
        return found
    size = np.abs(found.labels) + np.abs(found.values)
    # A forecast of zero for a label of zero is right, so it has no error.
    return found.sample, 2 * np.abs(found.values - found.labels) / np.where(size > 0, size, 1.0)


def _scaled(sample: Sample, parameters: Parameters) -> tuple[Sample, Floats] | Undefined:
    found = numbers(sample)
    if isinstance(found, Undefined):
        return found
    scales = _scales(sample.training, int(parameters["seasonality"]))
    if isinstance(scales, Undefined):
        return scales
    which = found.sample.series
    if which is None and len(scales) > 1:
        return Undefined("there are several series, and rows do not say which is theirs", len(found.labels))
    if which is not None and (which.min() < 0 or which.max() >= len(scales)):
        return Undefined("a row is of a series that was not trained on", len(found.labels))
    return found.sample, np.abs(found.values - found.labels) / (scales[0] if which is None else scales[which])


def _scales(training: tuple[Floats, ...], season: int) -> Floats | Undefined:
    """The mean absolute error of the seasonal naive forecast on every series."""
    if not training:
        return Undefined("there is no training series")
    scales = []
    for series in training:
        if len(series) <= season:
            return Undefined(f"a training series has {len(series)} values, and one season has {season}")
        if not np.isfinite(series).all():
            return Undefined("values of a training series are missing or infinite")
        scales.append(float(np.abs(series[season:] - series[:-season]).mean()))
    if not all(scales):
        return Undefined("a training series repeats itself exactly, so the naive forecast has no error to compare with")
    return np.array(scales)


METRICS: dict[str, Metric] = {
    "smape": metric_of_losses(_symmetric, 0, 2),
    "mase": metric_of_losses(_scaled, 0, None),
}
