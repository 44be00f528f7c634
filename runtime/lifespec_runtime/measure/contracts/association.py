"""How much one column alone says of the label: what says nearly all of it may be made of it.

Measured on the first 100,000 rows of each file and on every sixteenth after them, so that neither chunks nor their
order matter. For classes it is the share of wrong guesses that knowing the column spares (Goodman and Kruskal's
lambda), with numbers divided into at most 64 stretches, or, where that is more, how well the order of a number's values
divides one class from the others (the Gini coefficient, twice ROC AUC less one). For a label that is a number it is the
absolute correlation.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from lifespec_runtime.measure.profile import histogram as bins
from lifespec_runtime.measure.profile.hashing import of_texts
from lifespec_runtime.measure.profile.view import MANY, NUMBERS, View
from lifespec_runtime.measure.reading.arrow import integers, pc, texts, to_numpy
from lifespec_runtime.measure.reading.columns import Chunk

FIRST_ROWS: Final = 100_000
_EVERY: Final = 16
"""A power of two."""
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


class Label(NamedTuple):
    """A label, and what is held against it."""

    name: str
    columns: list[str]
    classes: bool
    """Whether it names classes, rather than being a number."""


class _OfClass:
    """The values of the columns in the rows of one class."""

    def __init__(self) -> None:
        self.missing: dict[str, int] = {}
        self.histograms: dict[str, bins.Histogram] = {}
        self.texts: dict[str, dict[str, int] | None] = {}
        """By column: how often each text occurs; None where there are too many to be categories."""

    def add(self, column: str, part: View) -> None:
        """Takes some rows of a column into account."""
        self.missing[column] = self.missing.get(column, 0) + part.values.null_count
        if part.kind == "string":
            counts = None if part.many else dict(zip(part.distinct.to_pylist(), part.counts.tolist(), strict=True))
            self._add_texts(column, counts)
        elif part.kind in (*NUMBERS, "boolean", "date", "timestamp", "time"):
            cut = self.histograms.get(column, bins.EMPTY).cut
            self._add_histogram(column, bins.histogram(part.keys, cut))

    def merge(self, other: _OfClass) -> None:
        """Takes the rows of both into account."""
        for column, count in other.missing.items():
            self.missing[column] = self.missing.get(column, 0) + count
        for column, counts in other.texts.items():
            self._add_texts(column, counts)
        for column, found in other.histograms.items():
            self._add_histogram(column, found)

    def _add_texts(self, column: str, counts: dict[str, int] | None) -> None:
        known = self.texts.setdefault(column, {})
        if known is None or counts is None:
            self.texts[column] = None
            return
        for text, times in counts.items():
            known[text] = known.get(text, 0) + times
        if len(known) > MANY:
            self.texts[column] = None

    def _add_histogram(self, column: str, found: bins.Histogram) -> None:
        self.histograms[column] = self.histograms.get(column, bins.EMPTY).merge(found)


class Associations:
    """The columns of a source held against its label. Parts of the rows merge to what all of them would have given."""

    def __init__(self, label: Label) -> None:
        self._label = label
        self._classes: dict[str, _OfClass] = {}
        self._pairs: dict[str, Pairs] = {name: Pairs() for name in label.columns}

    def add(self, chunk: Chunk, seen: Mapping[str, View]) -> None:
        """Takes the rows of a chunk into account."""
        label = seen.get(self._label.name)
        if label is None or not chunk.rows:
            return
        numbers = chunk.numbers()
        chosen = (numbers <= FIRST_ROWS) | (numbers & (_EVERY - 1) == 0)
        labelled = chosen & to_numpy(pc.is_valid(label.values))
        if not labelled.any():
            return
        rows = np.flatnonzero(labelled)
        if self._label.classes:
            self._add_classes(rows, label, seen)
        else:
            self._add_numbers(rows, label, seen)

    def merge(self, other: Associations) -> None:
        """Takes the rows of both into account."""
        kept = self._kept(other._classes.keys())
        for name, found in other._classes.items():
            if name in kept:
                self._classes.setdefault(name, _OfClass()).merge(found)
        self._pairs = {column: mine.merge(other._pairs[column]) for column, mine in self._pairs.items()}

    def _add_classes(self, rows: NDArray[np.int64], label: View, seen: Mapping[str, View]) -> None:
        codes = View(label.kind, label.values.take(integers(rows))).encoded
        names = [str(name) for name in codes.dictionary.to_pylist()]
        which = to_numpy(codes.indices)
        kept = self._kept(names)
        for code, name in enumerate(names):
            if name not in kept:
                continue
            mine = integers(rows[which == code])
            found = self._classes.setdefault(name, _OfClass())
            for column in self._label.columns:
                if column in seen:
                    found.add(column, View(seen[column].kind, seen[column].values.take(mine)))

    def _kept(self, more: Iterable[str]) -> set[str]:
        """The classes that are looked at; of very many those with the least hashes, whichever came first."""
        names = sorted({*self._classes, *more})
        if len(names) <= _MOST_CLASSES:
            return set(names)
        order = np.argsort(of_texts(texts(names)), kind="stable")[:_MOST_CLASSES]
        kept = {names[place] for place in order.tolist()}
        self._classes = {name: found for name, found in self._classes.items() if name in kept}
        return kept

    def _add_numbers(self, rows: NDArray[np.int64], label: View, seen: Mapping[str, View]) -> None:
        for column in self._label.columns:
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
        measure = self._lambda if self._label.classes else self._correlation
        found = [measure(column) for column in self._label.columns]
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
        table = np.array(_in_common(self._histograms(column), bins.BINS), np.float64)
        best = 0.0
        for own in table if table.size else ():
            others = table.sum(axis=0) - own
            if own.sum() and others.sum():
                before = np.cumsum(others) - others / 2
                best = max(best, abs(2 * float((own * before).sum()) / (own.sum() * others.sum()) - 1))
        return best

    def _table(self, column: str) -> NDArray[np.int64] | None:
        """Classes by stretches or categories of the column, with a last one for missing values."""
        classes = [self._classes[name] for name in sorted(self._classes)]
        counts = [found.texts.get(column, {}) for found in classes]
        if not classes or any(known is None for known in counts):
            return None
        missing = [found.missing.get(column, 0) for found in classes]
        names = sorted({text for known in counts for text in known or ()})
        if names:
            rows = [[(known or {}).get(text, 0) for text in names] for known in counts]
        else:
            rows = _in_common(self._histograms(column), _STRETCHES)
        return np.array([[*row, none] for row, none in zip(rows, missing, strict=True)], np.int64)

    def _histograms(self, column: str) -> list[bins.Histogram]:
        return [self._classes[name].histograms.get(column, bins.EMPTY) for name in sorted(self._classes)]


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
