"""How well raters agree on the labels: a table of what each two of them said, counted chunk by chunk."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from itertools import combinations
from typing import Final, NamedTuple

import numpy as np

from lifespec_runtime.measure.estimate import Result, Undefined
from lifespec_runtime.measure.profile.view import View
from lifespec_runtime.measure.reading.arrow import pc

MOST_CLASSES: Final = 1000
"""Different labels that raters may give; more are no classes that one agrees on."""

Pair = tuple[str, str]


class Agreed(NamedTuple):
    """How well two raters agree."""

    raters: Pair
    kappa: Result


class Ratings:
    """What raters said of the same rows. Parts of the rows merge to what all of them would have given."""

    def __init__(self, raters: tuple[str, ...]) -> None:
        self._counts: dict[Pair, Counter[tuple[int, int]] | None] = {
            pair: Counter() for pair in combinations(raters, 2)
        }

    def add(self, seen: Mapping[str, View]) -> None:
        """Takes the rows of a chunk into account, where both raters of a pair said something."""
        for pair in self._counts:
            if all(rater in seen for rater in pair):
                self._add(pair, _said_by_both(seen[pair[0]], seen[pair[1]]))

    def merge(self, other: Ratings) -> None:
        """Takes the rows of both into account."""
        for pair, counts in other._counts.items():
            self._add(pair, counts)

    def _add(self, pair: Pair, more: Mapping[tuple[int, int], int] | None) -> None:
        known = self._counts[pair]
        if known is None or more is None:
            self._counts[pair] = None
            return
        known.update(more)
        if len({label for labels in known for label in labels}) > MOST_CLASSES:
            self._counts[pair] = None

    def agreed(self) -> list[Agreed]:
        """How well each two raters agree."""
        return [Agreed(pair, _kappa(counts)) for pair, counts in self._counts.items()]


def _said_by_both(first: View, second: View) -> Mapping[tuple[int, int], int]:
    """How often each two labels, told by their hashes, stand in one row."""
    both = pc.and_(pc.is_valid(first.values), pc.is_valid(second.values))
    ones, others = (View(view.kind, view.values.filter(both)).hashes for view in (first, second))
    pairs, counts = np.unique(np.stack([ones, others], axis=1), axis=0, return_counts=True)
    return {(int(one), int(other)): int(count) for (one, other), count in zip(pairs, counts, strict=True)}


def _kappa(counts: Mapping[tuple[int, int], int] | None) -> Result:
    from lifespec_runtime.measure.metrics import kappa_of_counts  # brings SciPy, which nothing else here needs

    if counts is None:
        return Undefined(f"the raters gave more than {MOST_CLASSES:,} different labels")
    classes = {label: place for place, label in enumerate(sorted({label for labels in counts for label in labels}))}
    table = np.zeros((len(classes), len(classes)), np.int64)
    for (one, other), count in counts.items():
        table[classes[one], classes[other]] = count
    return kappa_of_counts(table)
