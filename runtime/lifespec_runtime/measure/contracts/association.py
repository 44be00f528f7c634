"""How much one column alone says of the label: what says nearly all of it may be made of it.

Measured on the first 100,000 rows of each file and on every sixteenth after them, so that neither chunks nor their
order matter. For classes it is the share of wrong guesses that knowing the column spares (Goodman and Kruskal's
lambda), with numbers divided into at most 64 stretches, or, where that is more, how well the order of a number's values
divides one class from the others (the Gini coefficient, twice ROC AUC less one). For a label that is a number it is the
absolute correlation.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from lifespec_runtime.measure.profile import histogram as bins
from lifespec_runtime.measure.profile.view import NUMBERS, View
from lifespec_runtime.measure.reading.arrow import integers, pc, to_numpy
from lifespec_runtime.measure.reading.columns import Chunk

FIRST_ROWS: Final = 100_000
_EVERY: Final = 16
_MOST_CLASSES: Final = 50
_STRETCHES: Final = 64
ENOUGH: Final = 30
"""Rows for each stretch or category, on average: with fewer, what looks like knowledge may be chance."""


class Pairs(NamedTuple):
    """Numbers and the label's numbers: what their correlation needs, about the first values seen."""

    values: int = 0
    means: tuple[float, float] = (0.0, 0.0)
    squares: tuple[float, float, float] = (0.0, 0.0, 0.0)
    """Sums of squared differences of the first, of the second, and of their products."""

    def merge(self, other: Pairs) -> Pairs:
        """Both."""
        if not self.values or not other.values:
            return self if self.values else other
        values = self.values + other.values
        x, y = (b - a for a, b in zip(self.means, other.means, strict=True))
        weight = self.values * (other.values / values)
        means = (self.means[0] + x * other.values / values, self.means[1] + y * other.values / values)
        added = (x * x * weight, y * y * weight, x * y * weight)
        xx, yy, xy = (a + b + c for a, b, c in zip(self.squares, other.squares, added, strict=True))
        return Pairs(values, means, (xx, yy, xy))


class Strength(NamedTuple):
    """How much a column says of the label."""

    column: str
    value: float
    """0 to 1."""
    rows: int


class Associations:
    """The columns of a source held against its label."""

    def __init__(self, label: str, columns: list[str], *, classes: bool) -> None:
        self._label, self._columns, self._classes = label, columns, classes
        self._histograms: dict[str, dict[str, bins.Histogram]] = {name: {} for name in columns}
        self._categories: dict[str, dict[str, dict[str, int]]] = {name: {} for name in columns}
        self._missing: dict[str, dict[str, int]] = {name: {} for name in columns}
        self._pairs: dict[str, Pairs] = {name: Pairs() for name in columns}
        self._many: set[str] = set()
        self._per_class: dict[str, int] = {}

    def add(self, chunk: Chunk, seen: Mapping[str, View]) -> None:
        """Takes the rows of a chunk into account."""
        label = seen.get(self._label)
        if label is None or not chunk.rows:
            return
        numbers = np.arange(chunk.first_row, chunk.first_row + chunk.rows)
        chosen = (numbers <= FIRST_ROWS) | (numbers % _EVERY == 0)
        labelled = chosen & to_numpy(pc.is_valid(label.values))
        if not labelled.any():
            return
        rows = np.flatnonzero(labelled)
        if self._classes:
            self._add_classes(rows, label, seen)
        else:
            self._add_numbers(rows, label, seen)

    def _add_classes(self, rows: NDArray[np.int64], label: View, seen: Mapping[str, View]) -> None:
        codes = label.values.take(integers(rows)).dictionary_encode()
        names = [str(name) for name in codes.dictionary.to_pylist()]
        which = to_numpy(codes.indices)
        for code, name in enumerate(names):
            if len(self._per_class) >= _MOST_CLASSES and name not in self._per_class:
                continue
            mine = rows[which == code]
            self._per_class[name] = self._per_class.get(name, 0) + len(mine)
            for column in self._columns:
                if column in seen and column not in self._many:
                    self._add_column(column, name, View(seen[column].kind, seen[column].values.take(integers(mine))))

    def _add_column(self, column: str, name: str, part: View) -> None:
        missing = self._missing[column]
        missing[name] = missing.get(name, 0) + part.values.null_count
        if part.kind == "string":
            if part.many or len(part.distinct) > bins.BINS:
                self._many.add(column)
                return
            known = self._categories[column].setdefault(name, {})
            for text, times in zip(part.distinct.to_pylist(), part.counts.tolist(), strict=True):
                known[text] = known.get(text, 0) + times
        elif part.kind in (*NUMBERS, "boolean", "date", "timestamp", "time"):
            known_bins = self._histograms[column].get(name, bins.EMPTY)
            self._histograms[column][name] = known_bins.merge(bins.histogram(part.keys, known_bins.cut))

    def _add_numbers(self, rows: NDArray[np.int64], label: View, seen: Mapping[str, View]) -> None:
        for column in self._columns:
            view = seen.get(column)
            if view is None or view.kind not in NUMBERS:
                continue
            both = to_numpy(pc.is_valid(view.values))[rows]
            mine = rows[both]
            x, y = (np.asarray(to_numpy(one.values.take(integers(mine))), np.float64) for one in (view, label))
            finite = np.isfinite(x) & np.isfinite(y)
            self._pairs[column] = self._pairs[column].merge(_pairs(x[finite], y[finite]))

    def strengths(self) -> list[Strength]:
        """The columns that can be judged, the strongest first."""
        found = [self._lambda(column) if self._classes else self._correlation(column) for column in self._columns]
        return sorted((one for one in found if one), key=lambda one: -one.value)

    def _correlation(self, column: str) -> Strength | None:
        pairs = self._pairs[column]
        x, y, both = pairs.squares
        if pairs.values < ENOUGH or not x or not y:
            return None
        return Strength(column, min(1.0, abs(both) / (x * y) ** 0.5), pairs.values)

    def _lambda(self, column: str) -> Strength | None:
        table = self._table(column)
        if table is None:
            return None
        total, best = int(table.sum()), int(table.sum(axis=1).max())
        used = int(np.count_nonzero(table.sum(axis=0)))
        if total == best or total < ENOUGH * used:
            return None
        spared = int(table.max(axis=0).sum()) - best
        return Strength(column, max(spared / (total - best), self._gini(column)), total)

    def _gini(self, column: str) -> float:
        """How well the order of the values divides a class from the others, for the class that it does best."""
        parts = [self._histograms[column].get(name, bins.EMPTY) for name in sorted(self._per_class)]
        table = np.array(_in_common(parts, bins.BINS), np.float64)
        best = 0.0
        for own in table if table.size else ():
            others = table.sum(axis=0) - own
            if own.sum() and others.sum():
                before = np.cumsum(others) - others / 2
                best = max(best, abs(2 * float((own * before).sum()) / (own.sum() * others.sum()) - 1))
        return best

    def _table(self, column: str) -> NDArray[np.int64] | None:
        """Classes by stretches or categories of the column, with a last one for missing values."""
        classes = sorted(self._per_class)
        if column in self._many or not classes:
            return None
        missing = [self._missing[column].get(name, 0) for name in classes]
        if self._categories[column]:
            texts = sorted({text for known in self._categories[column].values() for text in known})
            rows = [[self._categories[column].get(name, {}).get(text, 0) for text in texts] for name in classes]
        else:
            rows = _in_common([self._histograms[column].get(name, bins.EMPTY) for name in classes], _STRETCHES)
        return np.array([[*row, none] for row, none in zip(rows, missing, strict=True)], np.int64)


def _in_common(parts: list[bins.Histogram], most: int) -> list[list[int]]:
    """The histograms over common bins: at most so many, and as even as they can be."""
    whole = bins.EMPTY
    for part in parts:
        whole = whole.merge(part)
    if not whole.total:
        return [[] for _ in parts]
    reach = np.cumsum(whole.counts)
    most = most if most == bins.BINS else max(1, min(most, whole.total // ENOUGH))
    exact = len(whole.bins) <= most
    stretch = np.arange(len(whole.bins)) if exact else (reach - whole.counts) * most // whole.total
    found = []
    for part in parts:
        places = np.searchsorted(whole.bins, part.bins >> np.int64(whole.cut - part.cut))
        found.append(np.bincount(stretch[places], part.counts, most).astype(int).tolist())
    return found


def _pairs(x: NDArray[np.float64], y: NDArray[np.float64]) -> Pairs:
    if not len(x):
        return Pairs()
    means = (float(x.mean()), float(y.mean()))
    a, b = x - means[0], y - means[1]
    return Pairs(len(x), means, (float((a * a).sum()), float((b * b).sum()), float((a * b).sum())))
