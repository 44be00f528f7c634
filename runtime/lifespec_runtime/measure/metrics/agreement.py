"""Agreement between two raters."""

from __future__ import annotations

from typing import Any, Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from lifespec_runtime.measure.estimate import Undefined

from .intervals import influence, proportions
from .intervals.quantiles import normal, student
from .linear import paired
from .measured import Influences, Measured, Metric, Outcome, Parameters, without_exception, worth
from .sample import MISSING, Floats, Sample

REACH: Final = (-1.0, 1.0)
_NONE: Final = 1e-24
"""A variance that is nothing but rounding: one row of 10^10 gives more."""


class _Cells(NamedTuple):
    """Kappa, and how it changes with the weight of one row of each cell of the table of both raters' classes."""

    value: float
    contributions: Floats


def _of_table(table: NDArray[Any], rows: int) -> _Cells | Undefined:
    total = table.sum()
    if not rows:
        return Undefined("no row was rated by both")
    if not total > 0:
        return Undefined("every weight is zero", rows)
    table = np.asarray(table / total, np.float64)
    first, second = table.sum(axis=1), table.sum(axis=0)
    agreed, chance = float(np.trace(table)), float(first @ second)
    if chance >= 1:
        return Undefined("both raters gave one class only, so they agree by chance alone", rows)
    value = (agreed - chance) / (1 - chance)
    # Fleiss, Cohen and Everitt.
    contributions = (np.eye(len(table)) - agreed) / (1 - chance) - (
        first[np.newaxis, :] + second[:, np.newaxis] - 2 * chance
    ) * (1 - agreed) / (1 - chance) ** 2
    return _Cells(float(value), contributions)


def _kappa(sample: Sample, _: Parameters) -> Influences | Undefined:
    raters = sample.raters
    if raters is None or not len(raters):
        return Undefined("there are no rows")
    both = (raters != MISSING).all(axis=1)
    sample = sample.take(both)
    raters = raters[both]
    size = int(raters.max()) + 1 if len(raters) else 0
    first, second = raters[:, 0], raters[:, 1]
    table = np.bincount(first * size + second, sample.weights, minlength=size * size).reshape(size, size)
    found = _of_table(table, len(raters))
    if isinstance(found, Undefined):
        return found
    contributions = found.contributions[first, second]
    if sample.weights is not None:
        contributions = contributions * (sample.weights / sample.weights.mean())
    return Influences(found.value, contributions, len(raters), len(raters) * worth(sample))


def _measure(sample: Sample, parameters: Parameters, level: float | None) -> Outcome:
    found = _kappa(sample, parameters)
    if isinstance(found, Undefined):
        return found
    both = sample if sample.raters is None else sample.take((sample.raters != MISSING).all(axis=1))
    if level is None:
        return Measured(found.value, found.samples, found.units)
    variance, degrees = influence.variance(found.rows, both.clusters)
    low, high = _bounds(found.value, variance, min(degrees, found.units - 1), found.units, level)
    return Measured(found.value, found.samples, found.units, low, high)


def of_counts(counts: NDArray[np.int64], level: float | None) -> Outcome:
    """Kappa of the rows that a table counts: the first rater's classes by those of the second, in the same order."""
    rows = int(counts.sum())
    found = _of_table(counts, rows)
    if isinstance(found, Undefined):
        return found
    if level is None:
        return Measured(found.value, rows, rows)
    centred = found.contributions - (counts * found.contributions).sum() / rows
    spread = float((counts * centred**2).sum()) / (rows - 1) / rows if rows > 1 else float("nan")
    low, high = _bounds(found.value, spread, rows - 1, rows, level)
    return Measured(found.value, rows, rows, low, high)


def _bounds(value: float, variance: float, degrees: float, units: float, level: float) -> tuple[float, float]:
    """Those of a share: half of what kappa lacks of 1, of as many rows as would give a share this variance.

    So they are as uneven as they must be where raters hardly ever differ. Fewer degrees of freedom are fewer rows.
    """
    share, reach = (1 - value) / 2, float(student(level, degrees)) / normal(level)
    if not 0 < share < 1 or not variance > _NONE:
        return without_exception(value, units, level, REACH) if value in REACH else (np.nan, np.nan)
    rows = share * (1 - share) / (variance / 4) / reach**2
    low, high = (float(bound) for bound in proportions.jeffreys(share * rows, rows, level))
    return 1 - 2 * high, 1 - 2 * low


METRICS: dict[str, Metric] = {"cohenKappa": Metric(_measure, paired(_kappa))}
