"""The catalog's metrics, computed: values with intervals, paired differences, or the reason why there is none."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from lifespec_runtime.measure.estimate import LEVEL, Estimate, Interval, Result, Undefined
from lifespec_schema.catalog import METRICS as CATALOG

from . import (
    agreement,
    classification,
    contract,
    discrimination,
    drift,
    fairness,
    forecasting,
    probability,
    ranking,
    regression,
    serving,
)
from .measured import Metric, Outcome
from .sample import MISSING, Sample, encode

__all__ = ["METRICS", "MISSING", "Metric", "Sample", "compare", "encode", "kappa_of_counts", "measure"]

METRICS: Final[Mapping[str, Metric]] = MappingProxyType(
    {
        **classification.METRICS,
        **discrimination.METRICS,
        **probability.METRICS,
        **regression.METRICS,
        **forecasting.METRICS,
        **ranking.METRICS,
        **fairness.METRICS,
        **agreement.METRICS,
        **contract.METRICS,
        **drift.METRICS,
        **serving.METRICS,
    }
)
"""How each metric of the catalog is computed, by its id."""

_NONE: Final[Mapping[str, Any]] = MappingProxyType({})


def measure(metric: str, sample: Sample, parameters: Mapping[str, Any] = _NONE, level: float | None = LEVEL) -> Result:
    """The metric's value on these rows, with an interval of this level if one is given.

    Parameters that are not given have the catalog's defaults. Raises KeyError for a metric that the catalog does not
    have and ValueError for a parameter that it does not have or allow, or a level that is not between 0 and 1.
    """
    filled = _filled(metric, parameters, level)
    return _judged(metric, METRICS[metric].measure(sample, filled, level), level)


def kappa_of_counts(counts: NDArray[np.int64], level: float | None = LEVEL) -> Result:
    """Cohen's kappa of the rows that a table of two raters' classes counts, as `measure` has it of the rows."""
    return _judged("cohenKappa", agreement.of_counts(counts, level), level)


def compare(
    metric: str, sample: Sample, other: Sample, parameters: Mapping[str, Any] = _NONE, level: float | None = LEVEL
) -> Result:
    """The value on the sample minus that on the other, which has another model's predictions for the same rows.

    Metrics of requests and of drift compare two independent samples. Raises as `measure` does, and ValueError where the
    rows of two models have different labels.
    """
    filled = _filled(metric, parameters, level)
    if CATALOG[metric].needs_labels and not _same_labels(sample, other):
        raise ValueError("the two samples have different labels, so they are not the same rows")
    return _judged(metric, METRICS[metric].compare(sample, other, filled, level), level)


def _same_labels(sample: Sample, other: Sample) -> bool:
    first, second = sample.labels, other.labels
    if first is second or first is None or second is None:
        return first is second
    return np.array_equal(first, second, equal_nan=first.dtype.kind == "f" and second.dtype.kind == "f")


def _filled(metric: str, parameters: Mapping[str, Any], level: float | None) -> Mapping[str, Any]:
    facts = CATALOG[metric]
    for name, value in parameters.items():
        parameter = facts.parameter(name)
        if parameter is None or not (parameter.allows(value) or value is None is parameter.default):
            raise ValueError(f"{metric} does not take {name} = {value!r}")
    if level is not None and not 0 < level < 1:
        raise ValueError(f"a level is between 0 and 1, not {level}")
    return {parameter.name: parameter.default for parameter in facts.parameters} | dict(parameters)


def _judged(metric: str, found: Outcome, level: float | None) -> Result:
    """The outcome as the catalog lets it stand: no interval below the smallest n at which it is trusted."""
    if isinstance(found, Undefined):
        return found
    if not np.isfinite(found.value):
        return Undefined("it is not finite", found.samples)
    estimate = Estimate(found.value, found.samples, None, found.counts, found.note)
    facts = CATALOG[metric].uncertainty
    if level is None or found.note:
        return estimate
    if facts.smallest is None:
        return estimate._replace(note=facts.meaning)
    if found.units < facts.smallest:
        few = f"{found.units:.0f} {facts.counted} are fewer than the {facts.smallest} from which an interval is trusted"
        return estimate._replace(note=few)
    if not (np.isfinite(found.low) and np.isfinite(found.high)):
        return estimate._replace(note="the rows vary too little, or too much, to bound it")
    return estimate._replace(interval=Interval(found.low, found.high, level, found.method or facts.method))
