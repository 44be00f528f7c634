"""Metrics that compare the groups of an attribute."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Final, NamedTuple

import numpy as np

from lifespec_runtime.measure.estimate import Undefined

from .intervals import spreads
from .intervals.quantiles import tail
from .measured import Measured, Metric, Outcome, Parameters, answered, flaw, worth
from .sample import MISSING, Codes, Floats, Sample

REPLICATES: Final = 2000
SEED: Final = 20_261_121
"""Fixed, so that the same rows give the same interval."""


class Groups(NamedTuple):
    """The rows of known groups, counted by group, label and predicted class."""

    sample: Sample
    tables: Floats
    """By group, label (absent: 0) and class; what rows are worth where weights differ."""
    cells: Codes
    names: tuple[str, ...]


Value = Callable[[Floats], Floats]
"""The metric of tables, over all axes but the last three."""


def _positive(tables: Floats) -> Floats:
    return np.asarray(tables[..., 1].sum(axis=-1) / tables.sum(axis=(-1, -2)))


def _given(tables: Floats, label: int) -> Floats:
    return np.asarray(tables[..., label, 1] / tables[..., label, :].sum(axis=-1))


def _benefit(tables: Floats) -> Floats:
    return np.asarray(tables[..., 1].sum(axis=-1) / tables[..., 1, :].sum(axis=-1))


def _range(rates: Floats) -> Floats:
    return np.asarray(rates.max(axis=-1) - rates.min(axis=-1))


def _quotient(rates: Floats) -> Floats:
    highest = rates.max(axis=-1)
    return np.asarray(rates.min(axis=-1) / np.where(highest > 0, highest, 1.0))


def _impact(tables: Floats) -> Floats:
    return _quotient(_positive(tables))


def _parity(tables: Floats) -> Floats:
    return _range(_positive(tables))


def _opportunity(tables: Floats) -> Floats:
    return _range(_given(tables, 1))


def _odds(tables: Floats) -> Floats:
    return np.maximum(_range(_given(tables, 1)), _range(_given(tables, 0)))


def _benefits(tables: Floats) -> Floats:
    return _quotient(_benefit(tables))


def _grouped(sample: Sample, *, labelled: bool) -> Groups | Undefined:
    rows = answered(sample) if labelled else sample
    if rows.groups is None:
        return Undefined("there is no attribute to group by", rows.rows)
    rows = rows.take(rows.groups != MISSING)
    if not rows.rows:
        return Undefined("no row has a group", sample.rows)
    if labelled and rows.labels is None:
        return Undefined("there are no labels", rows.rows)
    wrong = flaw(rows, classes=rows.classes)
    if wrong or rows.classes is None or rows.groups is None:
        return wrong or Undefined("there are no classes", rows.rows)
    present, group = np.unique(rows.groups, return_inverse=True)
    if len(present) < 2:
        return Undefined("all rows are of one group", rows.rows)
    labels = rows.labels.astype(np.int64) if labelled and rows.labels is not None else np.zeros(rows.rows, np.int64)
    cells = (group * 2 + labels) * 2 + (rows.classes == 1)
    counts = np.bincount(cells, rows.weights, minlength=4 * len(present)).astype(np.float64)
    if rows.weights is not None:
        counts *= rows.rows * worth(rows) / counts.sum()
    names = tuple(rows.group_names[code] if code < len(rows.group_names) else str(code) for code in present)
    return Groups(replace(rows, clusters=None), counts.reshape(-1, 2, 2), cells, names)


def _lacking(found: Groups, labels: tuple[int, ...], *, any_positive: bool) -> Undefined | None:
    rows = len(found.cells)
    for label in labels:
        empty = np.flatnonzero(found.tables[:, label, :].sum(axis=-1) == 0)
        if len(empty):
            return Undefined(f"no row of {found.names[empty[0]]} is {'positive' if label else 'negative'}", rows)
    if any_positive and not found.tables[..., 1].any():
        return Undefined("no row of any group is predicted positive", rows)
    return None


def _metric(
    value: Value,
    bound: Callable[[Floats, float], tuple[Floats, Floats]],
    labels: tuple[int, ...],
    *,
    labelled: bool,
    relative: bool = False,
) -> Metric:
    def ready(sample: Sample) -> Groups | Undefined:
        found = _grouped(sample, labelled=labelled)
        return found if isinstance(found, Undefined) else _lacking(found, labels, any_positive=relative) or found

    def scarcest(found: Groups) -> float:
        by_label = [found.tables[:, label, :].sum(axis=-1) for label in labels]
        return float(min(part.min() for part in by_label or [found.tables.sum(axis=(-1, -2))]))

    def measure(sample: Sample, _: Parameters, level: float | None) -> Outcome:
        found = ready(sample)
        if isinstance(found, Undefined):
            return found
        rows = len(found.cells)
        result = Measured(float(value(found.tables)), rows, scarcest(found))
        if level is None:
            return result
        low, high = bound(found.tables, level)
        return result._replace(low=float(low), high=float(high))

    def compare(sample: Sample, other: Sample, _: Parameters, level: float | None) -> Outcome:
        first, second = ready(sample), ready(other)
        if isinstance(first, Undefined):
            return first
        if isinstance(second, Undefined):
            return Undefined(f"of the other model: {second.reason}", second.samples)
        units = min(scarcest(first), scarcest(second))
        result = Measured(
            float(value(first.tables) - value(second.tables)), len(first.cells), units, method="bootstrap"
        )
        if level is None:
            return result
        low, high = np.nanquantile(_replicate(first, second, value), (tail(level), 1 - tail(level)))
        return result._replace(low=float(low), high=float(high))

    return Metric(measure, compare)


def _replicate(first: Groups, second: Groups, value: Value) -> Floats:
    """Differences of samples drawn anew: the counts of rows by what both models say are all that matters."""
    joint = first.cells * 2 + (second.cells % 2)
    kinds, which = np.unique(joint, return_inverse=True)
    counts = np.bincount(which, first.sample.weights)
    trials = round(len(joint) * worth(first.sample))
    drawn = np.random.default_rng(SEED).multinomial(trials, counts / counts.sum(), size=REPLICATES).astype(np.float64)
    shape = (REPLICATES, *first.tables.shape)
    cells = first.tables.size

    def tables(cell: Codes) -> Floats:
        member = (cell[:, None] == np.arange(cells)).astype(np.float64)
        return np.asarray((drawn @ member).reshape(shape), dtype=np.float64)

    with np.errstate(invalid="ignore", divide="ignore"):
        return np.asarray(value(tables(kinds // 2)) - value(tables(kinds // 4 * 2 + kinds % 2)))


def _positive_bounds(tables: Floats, level: float) -> tuple[Floats, Floats]:
    return spreads.greatest_difference([(tables[..., 1].sum(axis=-1), tables.sum(axis=(-1, -2)))], level)


def _given_bounds(*labels: int) -> Callable[[Floats, float], tuple[Floats, Floats]]:
    def bound(tables: Floats, level: float) -> tuple[Floats, Floats]:
        sets = [(tables[..., label, 1], tables[..., label, :].sum(axis=-1)) for label in labels]
        return spreads.greatest_difference(sets, level)

    return bound


def _impact_bounds(tables: Floats, level: float) -> tuple[Floats, Floats]:
    good, total = tables[..., 1].sum(axis=-1), tables.sum(axis=(-1, -2))
    centre, below, above = spreads.share_reaches(good, total, level)
    _, *wider = spreads.share_reaches(good, total, spreads.shared(level, good.shape[-1]))
    return spreads.least_quotient(centre, below, above, (wider[0], wider[1]))


def _benefit_bounds(tables: Floats, level: float) -> tuple[Floats, Floats]:
    counts = tables[..., 1, 1], tables[..., 1].sum(axis=-1), tables[..., 1, :].sum(axis=-1)
    centre, reach = spreads.benefit_reaches(*counts, level)
    _, wider = spreads.benefit_reaches(*counts, spreads.shared(level, counts[0].shape[-1]))
    return spreads.least_quotient(centre, reach, reach, (wider, wider))


METRICS: dict[str, Metric] = {
    "disparateImpact": _metric(_impact, _impact_bounds, (), labelled=False, relative=True),
    "demographicParityDifference": _metric(_parity, _positive_bounds, (), labelled=False),
    "equalOpportunityDifference": _metric(_opportunity, _given_bounds(1), (1,), labelled=True),
    "equalizedOddsDifference": _metric(_odds, _given_bounds(1, 0), (1, 0), labelled=True),
    "groupBenefit": _metric(_benefits, _benefit_bounds, (1,), labelled=True, relative=True),
}
