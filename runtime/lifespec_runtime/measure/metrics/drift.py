"""How far a column is from a reference. Missing values are left out: they have a metric of their own."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import numpy as np
from scipy import special

from lifespec_runtime.measure.estimate import Undefined

from . import shares
from .contract import missing
from .independent import independent
from .intervals import divergences
from .intervals.quantiles import tail
from .intervals.sums import dot
from .measured import Measured, Metric, Outcome, Parameters
from .sample import MISSING, Codes, Floats, Sample

_GRID = 512
"""Points at which the gap between two distribution functions is looked at for its bounds."""


class Columns(NamedTuple):
    """The values of the reference and of now, missing ones left out."""

    reference: Codes | Floats
    now: Codes | Floats


def _columns(reference: Codes | Floats | None, now: Codes | Floats | None) -> Columns | Undefined:
    if reference is None:
        return Undefined("there is no reference")
    if now is None or not len(now):
        return Undefined("there are no rows")
    known, present = _present(reference), _present(now)
    if not len(known):
        return Undefined("every value of the reference is missing", len(now))
    if not len(present):
        return Undefined("every value is missing", len(now))
    return Columns(known, present)


def _present(values: Codes | Floats) -> Codes | Floats:
    return values[~np.isnan(values)] if values.dtype.kind == "f" else values[values != MISSING]


def _numbers(sample: Sample) -> Columns | Undefined:
    found = _columns(sample.reference, sample.column)
    return found if isinstance(found, Undefined) else Columns(*(each.astype(np.float64) for each in found))


def kolmogorov_smirnov(sample: Sample, _: Parameters, level: float | None) -> Outcome:
    """The greatest gap, with a band around both distribution functions."""
    found = _numbers(sample)
    if isinstance(found, Undefined):
        return found
    reference, now = np.sort(found.reference), np.sort(found.now)
    places = np.concatenate((reference, now))
    first = np.searchsorted(reference, places, side="right") / len(reference)
    second = np.searchsorted(now, places, side="right") / len(now)
    value = float(np.abs(first - second).max())
    units = min(len(reference), len(now))
    if level is None:
        return Measured(value, len(now), units)
    reach = float(special.kolmogi(2 * tail(level))) * np.sqrt(1 / len(reference) + 1 / len(now))
    return Measured(value, len(now), units, max(value - reach, 0.0), min(value + reach, 1.0))


class Histograms(NamedTuple):
    """Rows by bin, and the bin of each row."""

    reference: Floats
    now: Floats
    of_reference: Codes
    of_now: Codes


def _histograms(columns: Columns, bins: int | None) -> Histograms:
    reference, now = columns
    if reference.dtype.kind != "f" and now.dtype.kind != "f":
        kinds = np.union1d(reference, now)
        first, second = np.searchsorted(kinds, reference), np.searchsorted(kinds, now)
        size = len(kinds)
    else:
        edges = np.unique(np.quantile(reference, np.linspace(0, 1, (bins or 10) + 1)[1:-1], method="inverted_cdf"))
        first, second = np.searchsorted(edges, reference), np.searchsorted(edges, now)
        size = len(edges) + 1
    return Histograms(
        np.bincount(first, minlength=size).astype(np.float64),
        np.bincount(second, minlength=size).astype(np.float64),
        first,
        second,
    )


class Divergence(NamedTuple):
    """A divergence of two histograms and how it changes with a row in each bin of either."""

    value: float
    by_reference: Floats
    by_now: Floats
    unit: float
    """The scale of its chi-square where both are equal, per unit of 1/n + 1/m."""


def _smoothed(counts: Floats) -> Floats:
    return np.asarray((counts + 0.5) / (counts.sum() + 0.5 * len(counts)))


def _stability(reference: Floats, now: Floats) -> Divergence:
    """The index of shares to which half a row was added in every bin, so that an empty bin is not infinitely far."""
    p, q = _smoothed(reference), _smoothed(now)
    logarithm = np.log(p / q)
    return Divergence(float((p - q) @ logarithm), logarithm + 1 - q / p, 1 - p / q - logarithm, 1.0)


def _jensen_shannon(reference: Floats, now: Floats) -> Divergence:
    p, q = reference / reference.sum(), now / now.sum()
    middle = (p + q) / 2
    value = float((special.rel_entr(p, middle).sum() + special.rel_entr(q, middle).sum()) / 2)
    with np.errstate(divide="ignore", invalid="ignore"):
        by_p, by_q = (np.where(part > 0, np.log(part / middle), 0.0) / 2 for part in (p, q))
    return Divergence(max(value, 0.0), by_p, by_q, 1 / 8)


def _chi_square(reference: Floats, now: Floats) -> Divergence:
    n, m = reference.sum(), now.sum()
    p, q, pooled = reference / n, now / m, (reference + now) / (n + m)
    relative = (p - q) / pooled
    size = n * m / (n + m)
    by_p, by_q = 2 * relative - relative**2 * n / (n + m), -2 * relative - relative**2 * m / (n + m)
    return Divergence(float(size * (p - q) @ relative), size * by_p, size * by_q, float(size))


def _divergence(
    columns: Columns, bins: int | None, kind: Callable[[Floats, Floats], Divergence], level: float | None
) -> Measured:
    counted = _histograms(columns, bins)
    there = (counted.reference + counted.now) > 0
    reference, now = counted.reference[there], counted.now[there]
    found = kind(reference, now)
    n, m = reference.sum(), now.sum()
    result = Measured(found.value, int(m), min(n, m))
    if level is None:
        return result
    degrees = len(reference) - 1
    if not degrees:
        return result._replace(note="all values are in one bin")
    variance = _spread(found.by_reference, reference) / n + _spread(found.by_now, now) / m
    unit = found.unit * (1 / n + 1 / m)
    low, high = divergences.bounds(found.value, variance, degrees * unit, unit, level)
    return result._replace(low=float(low), high=float(high))


def _spread(slopes: Floats, counts: Floats) -> float:
    mean = float(slopes @ counts / counts.sum())
    return float(np.square(slopes - mean) @ counts / counts.sum())


def chi_square(sample: Sample, _: Parameters, level: float | None) -> Outcome:
    """Pearson's statistic; the interval is that of its noncentrality, plus its mean without drift."""
    found = _columns(sample.reference, sample.column)
    if isinstance(found, Undefined):
        return found
    result = _divergence(found, None, _chi_square, level)
    degrees = len(np.union1d(found.reference, found.now)) - 1
    low, high = result.low + degrees, result.high + degrees
    return result._replace(low=min(low, result.value) if result.value < degrees else low, high=high)


def stability_index(sample: Sample, parameters: Parameters, level: float | None) -> Outcome:
    """The population stability index."""
    found = _columns(sample.reference, sample.column)
    return found if isinstance(found, Undefined) else _divergence(found, int(parameters["bins"]), _stability, level)


def jensen_shannon(sample: Sample, parameters: Parameters, level: float | None) -> Outcome:
    """The Jensen-Shannon distance, the root of the divergence."""
    found = _columns(sample.reference, sample.column)
    if isinstance(found, Undefined):
        return found
    result = _divergence(found, int(parameters["bins"]), _jensen_shannon, level)
    value, low, high = (float(np.sqrt(part)) for part in (result.value, result.low, result.high))
    return result._replace(value=value, low=low, high=float(np.minimum(high, np.sqrt(np.log(2)))))


def prediction_psi(sample: Sample, parameters: Parameters, level: float | None) -> Outcome:
    """The index of the candidate's predictions against stable's on the same requests."""
    if sample.column is not None and sample.stable is not None:
        both = ~(missing(sample) | missing(Sample(column=sample.stable)))  # type: ignore[operator]
        sample = sample.take(both)
    found = _columns(sample.stable, sample.column)
    if isinstance(found, Undefined):
        return found
    counted = _histograms(found, int(parameters["bins"]))
    index = _stability(counted.reference, counted.now)
    rows = len(found.now)
    result = Measured(index.value, rows, rows)
    if level is None:
        return result
    moved = counted.of_reference != counted.of_now
    if not moved.any():
        return result._replace(low=0.0, high=0.0, method="identical predictions")
    slopes = index.by_reference[counted.of_reference] + index.by_now[counted.of_now]
    variance = float(slopes.var()) / rows
    # Only rows that moved from one bin to another make two equal distributions differ.
    leaving = np.bincount(counted.of_reference[moved], minlength=len(counted.now))
    arriving = np.bincount(counted.of_now[moved], minlength=len(counted.now))
    bias = float(((leaving + arriving) / rows / _smoothed(counted.reference)).sum()) / rows
    degrees = max(len(counted.now) - 1, 1)
    low, high = divergences.bounds(index.value, variance, bias, bias / degrees, level)
    return result._replace(low=float(low), high=float(high))


def wasserstein(sample: Sample, _: Parameters, level: float | None) -> Outcome:
    """The area between the distribution functions, in standard deviations of the reference."""
    found = _numbers(sample)
    if isinstance(found, Undefined):
        return found
    reference, now = np.sort(found.reference), np.sort(found.now)
    if not (np.isfinite(reference[[0, -1]]).all() and np.isfinite(now[[0, -1]]).all()):
        return Undefined("values are infinite", len(now))
    deviation = float(reference.std())
    if not deviation > 0:
        return Undefined("all values of the reference are the same, so there is no scale", len(now))
    places = np.sort(np.concatenate((reference, now)))
    lengths = np.diff(places) / deviation
    first = np.searchsorted(reference, places[:-1], side="right") / len(reference)
    second = np.searchsorted(now, places[:-1], side="right") / len(now)
    gaps = first - second
    result = Measured(dot(np.abs(gaps), lengths), len(now), min(len(reference), len(now)))
    if level is None:
        return result
    signed = np.concatenate((np.cumsum((np.sign(gaps) * lengths)[::-1])[::-1], [0.0]))
    by_reference = signed[np.searchsorted(places, reference, side="left")]
    by_reference = by_reference - result.value * np.square((reference - reference.mean()) / deviation) / 2
    by_now = signed[np.searchsorted(places, now, side="left")]
    spread = float(np.sqrt(by_reference.var() / len(reference) + by_now.var() / len(now)))
    # Where the sign of the gaps is chance, their errors seem to cancel; at most they err as the means do.
    widest = max(float(np.sqrt(deviation**2 / len(reference) + now.var() / len(now))) / deviation, spread)
    steps = np.unique(np.linspace(0, len(places) - 1, _GRID + 1).astype(np.int64))
    wide = np.add.reduceat(lengths, steps[:-1])
    mean_gap = np.add.reduceat(gaps * lengths, steps[:-1]) / np.where(wide > 0, wide, 1.0)
    pooled = (np.arange(len(places))[steps[:-1]] + 0.5) / len(places)
    errors = np.sqrt(pooled * (1 - pooled) * (1 / len(reference) + 1 / len(now)))
    low, high = divergences.transport(mean_gap, errors, wide, (spread, widest), level)
    return result._replace(low=min(float(low), result.value), high=max(float(high), result.value))


def unseen_categories(sample: Sample, _: Parameters, level: float | None) -> Outcome:
    """The share of the values there are that the reference does not have."""
    found = _columns(sample.reference, sample.column)
    if isinstance(found, Undefined) or sample.column is None:
        return found if isinstance(found, Undefined) else Undefined("there are no rows")
    gone = missing(sample)
    unseen = ~np.isin(sample.column, found.reference)
    return shares.share(sample, unseen, None if gone is None else ~gone, level, "every value is missing")


def missing_share(sample: Sample, _: Parameters, level: float | None) -> Outcome:
    """The share of rows without a value."""
    gone = missing(sample)
    if gone is None or not len(gone):
        return Undefined("there are no rows")
    return shares.share(sample, gone, None, level, "there are no rows")


METRICS: dict[str, Metric] = {
    "ks": independent(kolmogorov_smirnov),
    "chiSquare": independent(chi_square),
    "psi": independent(stability_index),
    "jensenShannon": independent(jensen_shannon),
    "wasserstein": independent(wasserstein),
    "unseenCategories": independent(unseen_categories),
    "missingShare": independent(missing_share),
}
