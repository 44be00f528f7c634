"""Values with intervals from what each row contributes, and paired differences from the gaps."""

from __future__ import annotations

from typing import Final

import numpy as np

from lifespec_runtime.measure.estimate import Undefined

from .intervals import influence
from .measured import Compare, Influences, Linearise, Measured, Metric, Outcome, Parameters, without_exception
from .sample import Sample

IDENTICAL: Final = "identical predictions"


def by_influence(linearise: Linearise, scale: influence.Scale, reach: tuple[float, float] | None = None) -> Metric:
    """A metric whose interval is Student's on the scale; `reach` is the range of a bounded one."""

    def measure(sample: Sample, parameters: Parameters, level: float | None) -> Outcome:
        found = linearise(sample, parameters)
        return found if isinstance(found, Undefined) else bounded(found, sample, level, scale, reach)

    return Metric(measure, paired(linearise))


def bounded(
    found: Influences, sample: Sample, level: float | None, scale: influence.Scale, reach: tuple[float, float] | None
) -> Measured:
    """The value with the bounds that its influences give."""
    value, samples, units = found.value, found.samples, found.units
    if level is None:
        return Measured(value, samples, units)
    variance, degrees = influence.variance(found.rows, sample.clusters)
    degrees = min(degrees, units - 1)
    low, high = (float(bound) for bound in influence.bounds(value, variance, degrees, level, scale))
    if np.isnan(low) and reach is not None and value in reach:
        low, high = without_exception(value, units, level, reach)
    return Measured(value, samples, units, low, high)


def paired(linearise: Linearise) -> Compare:
    """The difference of two models on the same rows, from the row-wise gaps of their influences."""

    def compare(sample: Sample, other: Sample, parameters: Parameters, level: float | None) -> Outcome:
        first, second = linearise(sample, parameters), linearise(other, parameters)
        if isinstance(first, Undefined):
            return first
        if isinstance(second, Undefined):
            return Undefined(f"of the other model: {second.reason}", second.samples)
        return gap(first, second, sample, level)

    return compare


def gap(
    first: Influences,
    second: Influences,
    sample: Sample,
    level: float | None,
    classes: tuple[float, float] | None = None,
) -> Measured:
    """The difference of two values of the same rows with Student's bounds.

    Two models that say the same in every row differ by nothing if they give numbers; if they give classes, of the range
    given, they may still differ where we did not look.
    """
    value, units = first.value - second.value, min(first.units, second.units)
    samples = min(first.samples, second.samples)
    if level is None:
        return Measured(value, samples, units)
    variance, degrees = influence.variance(first.rows - second.rows, sample.clusters)
    if not variance > 0:
        low, high = (value, value) if classes is None else without_exception(value, units, level, (-1.0, 1.0))
        return Measured(value, samples, units, low, high, method=IDENTICAL)
    low, high = (float(bound) for bound in influence.bounds(value, variance, min(degrees, units - 1), level))
    return Measured(value, samples, units, low, high, method="paired delta")
