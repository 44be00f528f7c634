"""The metric library of the Open Data Contract Standard: all rows are counted, so nothing is uncertain."""

from __future__ import annotations

import numpy as np

from lifespec_runtime.measure.estimate import Counts, Undefined

from .measured import Measured, Metric, Outcome, Parameters
from .sample import MISSING, Mask, Sample


def missing(sample: Sample) -> Mask | None:
    """Which rows of the column have no value; None where there is no column."""
    column = sample.column
    if column is None:
        return None
    return np.isnan(column) if column.dtype.kind == "f" else np.asarray(column == MISSING)


def _count(bad: Mask) -> Measured:
    count = int(np.count_nonzero(bad))
    return Measured(count, len(bad), len(bad), counts=Counts(count, len(bad)))


def _missing(sample: Sample, _: Parameters, __: float | None) -> Outcome:
    gone = missing(sample)
    return Undefined("there is no such column", sample.rows) if gone is None else _count(gone)


def _invalid(sample: Sample, _: Parameters, __: float | None) -> Outcome:
    return Undefined("no criteria were given", sample.rows) if sample.valid is None else _count(~sample.valid)


def _duplicates(sample: Sample, _: Parameters, __: float | None) -> Outcome:
    gone = missing(sample)
    if gone is None or sample.column is None:
        return Undefined("there is no such column", sample.rows)
    repeated = np.ones(len(gone), dtype=np.bool_)
    repeated[np.unique(sample.column, return_index=True)[1]] = False
    return _count(repeated & ~gone)


def _rows(sample: Sample, _: Parameters, __: float | None) -> Outcome:
    return Measured(sample.rows, sample.rows, sample.rows)


def _no_difference(sample: Sample, _: Sample, __: Parameters, ___: float | None) -> Outcome:
    return Undefined("two data sets are not compared row by row", sample.rows)


METRICS: dict[str, Metric] = {
    "nullValues": Metric(_missing, _no_difference),
    "missingValues": Metric(_missing, _no_difference),
    "invalidValues": Metric(_invalid, _no_difference),
    "duplicateValues": Metric(_duplicates, _no_difference),
    "rowCount": Metric(_rows, _no_difference),
}
