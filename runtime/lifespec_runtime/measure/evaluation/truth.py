"""What predictions are held against: the labels of the rows, and which rows belong together."""

from __future__ import annotations

import json
from typing import Any, NamedTuple

import numpy as np

from lifespec_compiler.judging import value_text
from lifespec_compiler.plan import Plan
from lifespec_runtime.measure.metrics.sample import MISSING, Codes, Floats, Sample
from lifespec_runtime.measure.models import Coding, labels
from lifespec_runtime.measure.reading.arrow import to_numpy
from lifespec_runtime.measure.reading.flaws import Flaw
from lifespec_runtime.measure.rows import FlawedDataError, Rows
from lifespec_runtime.measure.splits import Split
from lifespec_runtime.measure.splits.divide import times

from .codes import coded


class Truth(NamedTuple):
    """The labels of all rows, and what else a sample has but predictions."""

    labels: Codes | Floats
    """Codes of classes, or numbers; a missing one is -1, or NaN."""
    names: tuple[str, ...]
    """The classes in words, by code; of two the second is the positive one. Empty for numbers."""
    queries: Codes | None
    clusters: Codes | None
    history: History | None
    """Of a forecast whose rows have a time."""

    def sample(self, places: Codes) -> Sample:
        """The sample of some rows, without predictions."""
        several = self.history is not None and len(self.history.training) > 1
        return Sample(
            labels=self.labels[places],
            names=self.names,
            queries=_at(self.queries, places),
            clusters=_at(self.clusters, places),
            series=_at(self.history.series, places) if several and self.history else None,
            training=self.history.training if self.history else (),
        )


class History(NamedTuple):
    """Several series in time."""

    series: Codes
    """The series of each row."""
    moments: Codes
    """When each row was: days, or microseconds."""
    training: tuple[Floats, ...]
    """The labels of each series in the training split, in the order of time."""


def truth(plan: Plan, rows: Rows, coding: Coding, divided: Split) -> Truth:
    """The labels of the rows, and what belongs together. Raises `FlawedDataError` for a label that is no class."""
    column = rows.used.label
    values = rows.column(column.reference)
    found = labels(coding, values)
    strange = np.flatnonzero((found == MISSING) & to_numpy(values.is_valid())) if coding.classes else ()
    if len(strange):
        message = f"{len(strange):,} labels are none of the classes {', '.join(coding.names)}"
        where = next(one.uri for one in rows.inputs if one.source == column.source)
        raise FlawedDataError([Flaw("data-wrong-labels", message, where, column=column.name)])
    queries = rows.used.query
    return Truth(
        found,
        tuple(value_text(value) for value in coding.classes),
        None if queries is None else coded(rows.column(queries.reference)).codes,
        _clusters(plan, rows),
        _history(plan, rows, found, divided),
    )


def _at(column: Codes | None, places: Codes) -> Codes | None:
    return None if column is None else column[places]


def _clusters(plan: Plan, rows: Rows) -> Codes | None:
    """What rows that depend on each other share: the group that no split divides."""
    splits = plan.spec.data.splits
    column = rows.used.split
    if splits is None or splits.strategy != "group" or column is None or column == rows.used.query:
        return None
    return coded(rows.column(column.reference)).codes


def _history(plan: Plan, rows: Rows, found: Codes | Floats, divided: Split) -> History | None:
    """The series of a forecast: rows that have the same key but for the time."""
    if plan.spec.objective.problem != "forecasting" or rows.used.time is None:
        return None
    moments = times(rows)
    series = np.zeros(len(moments), np.int64)
    for column in rows.used.key:
        if column != rows.used.time:
            own = coded(rows.column(column.reference))
            together = series * (len(own.values) + 1) + own.codes + 1
            series = np.unique(together, return_inverse=True)[1].astype(np.int64)
    train = divided.train[np.lexsort((moments[divided.train], series[divided.train]))]
    count = int(series.max(initial=-1)) + 1
    ends = np.searchsorted(series[train], np.arange(count + 1))
    values = np.asarray(found, np.float64)[train]
    return History(series, moments, tuple(values[ends[place] : ends[place + 1]] for place in range(count)))


def parsed(value: Any) -> Any:
    """A value of open type, which the canonical form writes as JSON text."""
    return json.loads(value) if isinstance(value, str) else value
