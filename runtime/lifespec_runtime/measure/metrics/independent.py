"""Metrics of which two values rest on different rows, so that their difference is one of independent values."""

from __future__ import annotations

from lifespec_runtime.measure.estimate import Undefined

from .intervals import counts
from .measured import Measure, Measured, Metric, Outcome, Parameters
from .sample import Sample


def independent(measure: Measure) -> Metric:
    """A metric of which two values are independent."""

    def compare(sample: Sample, other: Sample, parameters: Parameters, level: float | None) -> Outcome:
        first, second = measure(sample, parameters, level), measure(other, parameters, level)
        if isinstance(first, Undefined):
            return first
        if isinstance(second, Undefined):
            return Undefined(f"of the other revision: {second.reason}", second.samples)
        low, high = counts.independent_difference(first[:1] + first[3:5], second[:1] + second[3:5])
        samples, units = min(first.samples, second.samples), min(first.units, second.units)
        note = first.note or second.note
        return Measured(first.value - second.value, samples, units, low, high, note=note, method="variance recovery")

    return Metric(measure, compare)
