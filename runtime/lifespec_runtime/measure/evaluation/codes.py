"""Columns as codes, so that nothing is grouped or compared by value twice."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from lifespec_runtime.measure.metrics.sample import MISSING, Codes
from lifespec_runtime.measure.reading.arrow import Array, pa, pc, to_numpy


class Coded(NamedTuple):
    """A column's values by code."""

    codes: Codes
    """The position of each row's value in `values`; -1 where it is missing."""
    values: tuple[Any, ...]
    """The different values, as Python has them, rising."""


class TooManyError(Exception):
    """A column has more different values than were asked for; it carries their number."""

    def __init__(self, distinct: int) -> None:
        super().__init__(str(distinct))
        self.distinct = distinct


def coded(column: Array, most: int | None = None) -> Coded:
    """A column as codes. Raises `TooManyError` where it has more than `most` different values."""
    if isinstance(column, pa.ChunkedArray):
        column = column.combine_chunks()
    encoded = column.dictionary_encode()
    if most is not None and len(encoded.dictionary) > most:
        raise TooManyError(len(encoded.dictionary))
    values = encoded.dictionary.to_pylist()
    order = sorted(range(len(values)), key=values.__getitem__)
    ranks = np.empty(len(values) + 1, np.int64)
    ranks[order] = np.arange(len(order))
    ranks[-1] = MISSING
    indices = to_numpy(pc.fill_null(encoded.indices, -1))
    return Coded(ranks[indices], tuple(values[place] for place in order))


def crossed(columns: list[Coded]) -> tuple[Codes, list[tuple[Any, ...]]]:
    """The combinations of several columns that occur, as codes, and the values of each; -1 where one is missing."""
    together = np.zeros(len(columns[0].codes), np.int64)
    missing = np.zeros(len(together), np.bool_)
    for column in columns:
        together = together * max(len(column.values), 1) + column.codes
        missing |= column.codes == MISSING
    present, codes = np.unique(together[~missing], return_inverse=True)
    found = np.full(len(together), MISSING, np.int64)
    found[~missing] = codes
    combinations = []
    for each in present.tolist():
        parts, left = [], each
        for column in reversed(columns):
            left, place = divmod(left, max(len(column.values), 1))
            parts.append(column.values[place])
        combinations.append(tuple(reversed(parts)))
    return found, combinations
