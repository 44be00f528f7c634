"""Agreement between two raters."""

from __future__ import annotations

import numpy as np

from lifespec_runtime.measure.estimate import Undefined

from .linear import bounded, paired
from .measured import Influences, Metric, Outcome, Parameters, worth
from .sample import MISSING, Sample


def _kappa(sample: Sample, _: Parameters) -> Influences | Undefined:
    raters = sample.raters
    if raters is None or not len(raters):
        return Undefined("there are no rows")
    both = (raters != MISSING).all(axis=1)
    sample = sample.take(both)
    raters = raters[both]
    if not len(raters):
        return Undefined("no row was rated by both")
    first, second = raters[:, 0], raters[:, 1]
    size = int(raters.max()) + 1
    table = np.bincount(first * size + second, sample.weights, minlength=size * size).reshape(size, size)
    total = table.sum()
    if not total > 0:
        return Undefined("every weight is zero", len(raters))
    table = table / total
    rows, columns = table.sum(axis=1), table.sum(axis=0)
    agreed, chance = float(np.trace(table)), float(rows @ columns)
    if chance >= 1:
        return Undefined("both raters gave one class only, so they agree by chance alone", len(raters))
    value = (agreed - chance) / (1 - chance)
    # Fleiss, Cohen and Everitt: how the value changes with the weight of one row.
    contributions = ((first == second) - agreed) / (1 - chance) - (rows[second] + columns[first] - 2 * chance) * (
        1 - agreed
    ) / (1 - chance) ** 2
    if sample.weights is not None:
        contributions = contributions * (sample.weights / sample.weights.mean())
    return Influences(float(value), contributions, len(raters), len(raters) * worth(sample))


def _measure(sample: Sample, parameters: Parameters, level: float | None) -> Outcome:
    found = _kappa(sample, parameters)
    if isinstance(found, Undefined):
        return found
    both = sample if sample.raters is None else sample.take((sample.raters != MISSING).all(axis=1))
    return bounded(found, both, level, "fisher", (-1.0, 1.0))


METRICS: dict[str, Metric] = {"cohenKappa": Metric(_measure, paired(_kappa))}
