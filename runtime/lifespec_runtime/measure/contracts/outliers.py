"""Outliers, counted from the profile: where the fences are, and how many values lie beyond them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final, NamedTuple

import numpy as np

from lifespec_compiler.judging.contract.names import outlier_names
from lifespec_compiler.judging.contract.rules import concealed
from lifespec_runtime.measure.profile import histogram as bins
from lifespec_runtime.measure.profile import order
from lifespec_runtime.measure.profile.column import ColumnProfile
from lifespec_runtime.measure.profile.view import NUMBERS
from lifespec_schema.findings import Path, Severity

from .results import Result, Verdict
from .scan import Scanned

FACTORS: Final = {"iqr": 1.5, "zScore": 3.0, "percentile": 1.0}
"""By method: interquartile ranges, standard deviations, per cent of the values in each tail."""

_DONE: Final = {"report": "counted only", "drop": "left out of training", "clip": "set to the bound in training"}


class Fences(NamedTuple):
    """What lies outside is an outlier."""

    low: float
    high: float


def fences(column: ColumnProfile, method: str, factor: float | None) -> Fences | None:
    """The fences of a column; None where it has too few numbers."""
    found, factor = column.histogram, FACTORS[method] if factor is None else factor
    if column.type not in NUMBERS or found is None or column.moments is None or found.total < 2:
        return None
    if method == "zScore":
        spread = column.moments.deviation or 0.0
        return Fences(column.moments.mean - factor * spread, column.moments.mean + factor * spread)
    if method == "percentile":
        return Fences(*bins.quantiles(found, [factor / 100, 1 - factor / 100]))
    low, high = bins.quantiles(found, [0.25, 0.75])
    return Fences(low - factor * (high - low), high + factor * (high - low))


def beyond(found: bins.Histogram, limits: Fences) -> tuple[int, bool]:
    """How many values lie outside, and whether that is exact: a fence may lie within a bin of several values."""
    low, high = (int(order.of_numbers(np.array([limit]))[0]) for limit in limits)
    firsts = found.bins << np.int64(found.cut)
    lasts = firsts + np.int64((1 << found.cut) - 1)
    split = ((firsts < low) & (lasts >= low)) | ((firsts <= high) & (lasts > high))
    outside = (lasts < low) | (firsts > high)
    return int(found.counts[outside].sum()), not found.counts[split].any()


def outliers(source: Any, index: int, scanned: Scanned) -> Iterator[Result]:
    """A result for each outlier rule of a source: measured, with no bound of its own."""
    hidden = concealed(source)
    for number, rule in enumerate(source.outliers):
        path: Path = ("spec", "data", "sources", index, "outliers", number)
        column = scanned.profile.columns.get(rule.column)
        known = column is not None and rule.column not in scanned.absent
        limits = fences(column, rule.method, rule.factor) if column is not None and known else None
        verdict: Verdict = "Measured"
        measured: float | None = None
        if column is None or column.histogram is None or limits is None:
            verdict, why = "Error", "there are too few numbers to say what is one"
        else:
            count, exact = beyond(column.histogram, limits)
            measured = float(count + column.infinite)
            reach = "" if rule.column in hidden else f" outside {limits.low:.4g} to {limits.high:.4g}"
            share = 100 * measured / max(1, column.values)
            why = f"{'' if exact else 'about '}{share:.2g} % of the values{reach}; {_DONE[rule.action]}"
        told = f"outliers by {rule.method} {FACTORS[rule.method] if rule.factor is None else rule.factor:g}"
        name = outlier_names(source)[number]
        rows = column.values if column is not None else 0
        yield Result(name, "outliers", (rule.column,), told, None, Severity.INFO, path, verdict, measured, rows, why)
