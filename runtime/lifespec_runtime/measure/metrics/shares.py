"""Shares: good rows out of all rows that count."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from lifespec_runtime.measure.estimate import LEVEL, Counts, Undefined

from .intervals import proportions, ratios
from .intervals.quantiles import normal, student
from .intervals.sums import dot
from .measured import Measured, Outcome, unit_sums, without_exception
from .sample import Mask, Sample


def share(sample: Sample, good: Mask, within: Mask | None, level: float | None, nothing: str) -> Outcome:
    """The share of good rows among those within (None: all); `nothing` says what it means that there are none."""
    plain = sample.weights is None and sample.clusters is None
    total = len(good) if within is None else int(np.count_nonzero(within))
    hits = int(np.count_nonzero(good if within is None else good & within))
    if not total:
        return Undefined(nothing, len(good))
    if plain:
        low, high = proportions.exact(hits, total, level) if level else (np.nan, np.nan)
        return Measured(hits / total, total, total, float(low), float(high), Counts(hits, total))
    return _weighted(sample, good, within, level, total, nothing)


class Effective(NamedTuple):
    """What weighted or clustered rows are worth, as if they were so many independent equal ones."""

    value: float
    trials: float
    worth: float
    """The rows left by unequal weights alone, or the clusters: what the variance was estimated from."""


def effective(sample: Sample, good: Mask, within: Mask | None, level: float) -> Effective | None:
    """The effective count of a share (Korn and Graubard); None where nothing within has a weight above zero."""
    counted = np.ones(len(good)) if within is None else within.astype(np.float64)
    totals, hits = unit_sums(sample, counted), unit_sums(sample, good * counted)
    inside = totals > 0
    totals, hits = totals[inside], hits[inside]
    if not len(totals):
        return None
    value = float(hits.sum() / totals.sum())
    worth = float(totals.sum()) ** 2 / dot(totals, totals)
    known = ratios.moments(hits, totals)
    variance = float(known.deviations[0]) / max(len(totals) - 1, 1)
    trials = min(value * (1 - value) / variance if variance > 0 else worth, float(counted.sum()))
    # The effective count pays for the degrees of freedom that its variance was estimated with.
    factor = float((normal(level) / student(level, worth - 1)) ** 2)
    return Effective(value, trials * factor, worth)


def _weighted(sample: Sample, good: Mask, within: Mask | None, level: float | None, rows: int, nothing: str) -> Outcome:
    found = effective(sample, good, within, level or LEVEL)
    if found is None:
        return Undefined(f"{nothing} and has a weight above zero", len(good))
    if level is None:
        return Measured(found.value, rows, found.worth)
    low, high = proportions.exact(found.value * found.trials, found.trials, level)
    return Measured(found.value, rows, found.worth, float(low), float(high))


def difference(sample: Sample, first: Mask, second: Mask, within: Mask | None, level: float | None) -> Outcome:
    """The difference of two shares of the same rows, each row good for either, both or none."""
    inside = np.ones(len(first), dtype=np.bool_) if within is None else within
    total = int(np.count_nonzero(inside))
    if not total:
        return Undefined("no row counts", len(first))
    if sample.weights is not None or sample.clusters is not None:
        gap = (first.astype(np.float64) - second.astype(np.float64)) * inside
        gaps, totals = unit_sums(sample, gap), unit_sums(sample, inside.astype(np.float64))
        return quotient(gaps[totals > 0], totals[totals > 0], total, level, (-1.0, 1.0))
    first_only = int(np.count_nonzero(first & ~second & inside))
    second_only = int(np.count_nonzero(second & ~first & inside))
    bounds = proportions.paired_difference(first_only, second_only, total, level) if level else (np.nan, np.nan)
    return Measured(
        (first_only - second_only) / total, total, total, float(bounds[0]), float(bounds[1]), method="Agresti-Min"
    )


def quotient(
    numerators: ratios.Floats,
    denominators: ratios.Floats | None,
    samples: int,
    level: float | None,
    reach: tuple[float | None, float | None],
) -> Outcome:
    """The quotient of two sums over independent units, or a mean; `reach` is what bounds its values."""
    if denominators is not None and not denominators.sum() > 0:
        return Undefined("what it is relative to adds up to zero", samples)
    value = float(numerators.mean() if denominators is None else numerators.sum() / denominators.sum())
    if not np.isfinite(value):
        return Undefined("it is not finite", samples)
    if level is None:
        return Measured(value, samples, len(numerators))
    known = ratios.moments(numerators, denominators)
    units = float(known.worth)
    bounds = ratios.mean_bounds(known, level) if denominators is None else ratios.bounds(known, level, len(numerators))
    low, high = (float(bound) for bound in bounds)
    note = ""
    if float(known.deviations[0]) <= 1e-30 * max(value * value, 1e-30):
        if reach[0] is not None and reach[1] is not None:
            low, high = without_exception(value, units, level, (reach[0], reach[1]))
        else:
            low = high = float("nan")
            note = "it is the same in every row, so nothing is known of how it varies"
    low = low if reach[0] is None or np.isnan(low) else max(low, reach[0])
    high = high if reach[1] is None or np.isnan(high) else min(high, reach[1])
    return Measured(value, samples, units, low, high, note=note)
