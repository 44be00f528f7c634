"""Metrics that are the mean of one loss for each row."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from lifespec_runtime.measure.estimate import Undefined

from .linear import IDENTICAL
from .measured import Measured, Metric, Outcome, Parameters, unit_sums
from .sample import Floats, Sample
from .shares import quotient

Losses = Callable[[Sample, Parameters], tuple[Sample, Floats] | Undefined]
"""The rows that count, and the loss of each."""

Reach = tuple[float | None, float | None]


def mean(sample: Sample, values: Floats, level: float | None, reach: Reach) -> Outcome:
    """The mean of the values with its interval; rows of a cluster count as one."""
    if sample.weights is None and sample.clusters is None:
        return quotient(values, None, len(values), level, reach)
    totals = unit_sums(sample, np.ones(len(values)))
    sums = unit_sums(sample, values)
    return quotient(sums[totals > 0], totals[totals > 0], len(values), level, reach)


def metric_of_losses(losses: Losses, low: float | None, high: float | None) -> Metric:
    """The mean of losses that lie between low and high."""
    span = None if low is None or high is None else high - low

    def measure(sample: Sample, parameters: Parameters, level: float | None) -> Outcome:
        found = losses(sample, parameters)
        return found if isinstance(found, Undefined) else mean(*found, level, (low, high))

    def compare(sample: Sample, other: Sample, parameters: Parameters, level: float | None) -> Outcome:
        first, second = losses(sample, parameters), losses(other, parameters)
        if isinstance(first, Undefined):
            return first
        if isinstance(second, Undefined):
            return Undefined(f"of the other model: {second.reason}", second.samples)
        gaps = first[1] - second[1]
        if not gaps.any():
            return Measured(0.0, len(gaps), len(gaps), 0.0, 0.0, method=IDENTICAL)
        return mean(first[0], gaps, level, (None if span is None else -span, span))

    return Metric(measure, compare)
