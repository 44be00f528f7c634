"""Forecasts that repeat the past: the last value that was known, and the one a season before."""

from __future__ import annotations

from typing import Final

import numpy as np

from lifespec_compiler.plan import Plan
from lifespec_runtime.measure.metrics.sample import Codes, Floats
from lifespec_runtime.measure.rows import Rows

from .naming import named
from .truth import History

_UNITS: Final = {"date": 86400.0, "timestamp": 1e-6, "time": 1e-6}
"""Seconds of one unit of a moment, by the logical type of its column."""

_SEASONS: Final = ((1800.0, 5400.0, 24), (43200.0, 129600.0, 7), (518400.0, 691200.0, 52), (2.4e6, 2.8e6, 12))
"""Steps from so many to so many seconds, and their season: hours of a day, days of a week, weeks or months of a year.
"""


def last_known(plan: Plan, rows: Rows, labels: Codes | Floats, history: History) -> Floats:
    """For each row the label of its series that was the last one known when the forecast was made."""
    return _before(labels, history, known_after(plan, rows, history))


def one_season_before(plan: Plan, rows: Rows, labels: Codes | Floats, history: History) -> Floats:
    """For each row the label of one season before, or of as many seasons as it takes until it was known."""
    steps, length = known_after(plan, rows, history), season(plan, rows, history)
    return _before(labels, history, -(-steps // length) * length)


def step(history: History) -> int:
    """The usual time between two rows of a series, in units of its moments; 1 where no series has two."""
    order = np.lexsort((history.moments, history.series))
    moments, series = history.moments[order], history.series[order]
    gaps = np.diff(moments)[(np.diff(series) == 0) & (np.diff(moments) > 0)]
    if not len(gaps):
        return 1
    values, counts = np.unique(gaps, return_counts=True)
    return int(values[counts.argmax()])


def known_after(plan: Plan, rows: Rows, history: History) -> int:
    """How many whole steps lie between a row and the last one whose label was known: the label's delay, at least 1."""
    delay = plan.spec.data.labels.delay
    seconds = 0.0 if delay is None else delay.p50 if delay.p50 is not None else delay.p95
    return max(1, int(seconds // _seconds(rows, history)))


def season(plan: Plan, rows: Rows, history: History) -> int:
    """The steps of a season: as a metric of the spec has it, else what steps of this length usually have, else 1."""
    for check in plan.checks:
        metric = named(plan, check.metric_name)
        if metric is not None and metric.parameters.get("seasonality"):
            return int(metric.parameters["seasonality"])
    length = _seconds(rows, history)
    return next((steps for low, high, steps in _SEASONS if low <= length <= high), 1)


def _seconds(rows: Rows, history: History) -> float:
    kind = rows.used.time.logical_type if rows.used.time else ""
    return step(history) * _UNITS.get(kind, 1.0)


def _before(labels: Codes | Floats, history: History, steps: int) -> Floats:
    """The label of so many steps before, or the last one before that where there is none; NaN where there is none."""
    values = np.asarray(labels, np.float64)
    known = np.flatnonzero(~np.isnan(values))
    order = known[np.lexsort((history.moments[known], history.series[known]))]
    asked = np.argsort(history.series, kind="stable")
    count = int(history.series.max(initial=-1)) + 1
    starts = np.searchsorted(history.series[order], np.arange(count + 1))
    ends = np.searchsorted(history.series[asked], np.arange(count + 1))
    wanted = history.moments - steps * step(history)
    found = np.full(len(values), np.nan)
    for series in range(count):
        own, rows = order[starts[series] : starts[series + 1]], asked[ends[series] : ends[series + 1]]
        place = np.searchsorted(history.moments[own], wanted[rows], side="right") - 1
        found[rows[place >= 0]] = values[own[place[place >= 0]]]
    return found
