"""A histogram that merges exactly: at most 1,024 bins with values in them, and the finest ones that allow it.

Up to 1,024 different values it holds each with its count. Beyond, the last bits of the values' keys are cut, as few as
possible. Whatever the parts and their order, that number is the same in the end: it depends on the set of values alone,
and a part never needs a coarser cut than the whole.
"""

from __future__ import annotations

from typing import Any, Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from lifespec_runtime.measure.reading.arrow import integers, pc, to_numpy

from .order import Keys, to_number

BINS: Final = 1024
"""The most bins that hold values."""

Counts = NDArray[np.int64]
_WIDEST: Final = 63


class Histogram(NamedTuple):
    """Counts by bin. The bin of a key is the key without its last `cut` bits."""

    cut: int
    bins: Keys
    """In order, each once."""
    counts: Counts

    @property
    def exact(self) -> bool:
        """Whether each bin is one value."""
        return self.cut == 0

    @property
    def total(self) -> int:
        """How many values there are."""
        return int(self.counts.sum())

    def merge(self, other: Histogram) -> Histogram:
        """The histogram of both."""
        cut = max(self.cut, other.cut)
        bins = np.concatenate([self.bins >> (cut - self.cut), other.bins >> (cut - other.cut)])
        return _narrowed(cut, *_summed(bins, np.concatenate([self.counts, other.counts])))

    def below(self, place: int) -> int:
        """The first key of the bin at a place."""
        return int(self.bins[place]) << self.cut

    def above(self, place: int) -> int:
        """The last key of the bin at a place."""
        return (int(self.bins[place]) + 1 << self.cut) - 1

    def as_json(self) -> dict[str, Any]:
        """Bins as the differences between one and the next, which are short."""
        gaps = np.diff(self.bins, prepend=np.int64(0))
        return {"cut": self.cut, "gaps": gaps.tolist(), "counts": self.counts.tolist()}


EMPTY: Final = Histogram(0, np.zeros(0, np.int64), np.zeros(0, np.int64))


def histogram(keys: Keys, cut: int = 0) -> Histogram:
    """The histogram of some keys; `cut` is a number of bits that is known to be cut anyhow."""
    if not len(keys):
        return EMPTY._replace(cut=cut)
    if not cut and len(keys) > 4 * BINS:  # what some of them need is not too coarse for all
        cut = max(cut, _narrowed(0, *_each(np.sort(keys[: 2 * BINS]))).cut)
    bins = keys >> np.int64(cut) if cut else keys
    low, high = int(bins.min()), int(bins.max())
    if low < 0 <= high and high - low >= 4 * len(bins):  # keys of small numbers of both signs are far apart
        below = bins < 0
        sides = [_counted(side, int(side.min()), int(side.max())) for side in (bins[below], bins[~below])]
        return _narrowed(cut, *(np.concatenate(parts) for parts in zip(*sides, strict=True)))
    return _narrowed(cut, *_counted(bins, low, high))


def _counted(bins: Keys, low: int, high: int) -> tuple[Keys, Counts]:
    """Each bin once, in order, with how often it occurs."""
    if low == high:
        return bins[:1], np.array([len(bins)])
    if high - low < 4 * len(bins):  # counting in place is ten times as fast as hashing
        counts = np.bincount(bins - low)
        full = np.flatnonzero(counts)
        return full + np.int64(low), counts[full]
    found = pc.value_counts(integers(bins))  # hashing; sorting all of them would take ten times as long
    return _summed(*(to_numpy(found.field(part)) for part in (0, 1)))


def from_json(value: dict[str, Any]) -> Histogram:
    """What `as_json` made."""
    return Histogram(
        int(value["cut"]), np.cumsum(np.array(value["gaps"], np.int64)), np.array(value["counts"], np.int64)
    )


def _summed(bins: Keys, counts: Counts) -> tuple[Keys, Counts]:
    """Bins in order, each once, with its counts added up."""
    if not len(bins):
        return bins, counts
    order = np.argsort(bins, kind="stable")
    bins, counts = bins[order], counts[order]
    first = np.flatnonzero(_new(bins))
    return bins[first], np.add.reduceat(counts, first)


def _each(bins: Keys) -> tuple[Keys, Counts]:
    """Of bins in order each once, with how often it occurs."""
    first = np.flatnonzero(_new(bins))
    return bins[first], np.diff(first, append=len(bins))


def _new(bins: Keys) -> NDArray[np.bool_]:
    """Where another bin begins, of some in order."""
    found = np.ones(len(bins), np.bool_)
    np.not_equal(bins[1:], bins[:-1], out=found[1:])
    return found


def _narrowed(cut: int, bins: Keys, counts: Counts) -> Histogram:
    """With as few more bits cut as leave no more than the allowed bins."""
    more = 0
    if len(bins) > BINS:
        low, high = 0, _WIDEST
        while low + 1 < high:
            middle = (low + high) // 2
            if np.count_nonzero(_new(bins >> middle)) > BINS:
                low = middle
            else:
                high = middle
        more = high
        bins, counts = _summed(bins >> more, counts)
    return Histogram(cut + more, bins, counts.astype(np.int64))


def quantiles(found: Histogram, shares: list[float], *, numbers: bool = True) -> list[float]:
    """The values below which these shares of all lie, between neighbours as NumPy's `linear` has it.

    Within a bin that holds several values they are taken to lie evenly; the true one lies in the same bin.
    """
    reach = np.cumsum(found.counts)
    return [_at(found, reach, share * (found.total - 1), numbers=numbers) for share in shares]


def _at(found: Histogram, reach: Counts, rank: float, *, numbers: bool) -> float:
    lower = int(np.floor(rank))
    one = _value(found, reach, lower, numbers=numbers)
    if rank == lower:
        return one
    other = _value(found, reach, lower + 1, numbers=numbers)
    return one + (other - one) * (rank - lower)


def _value(found: Histogram, reach: Counts, rank: int, *, numbers: bool) -> float:
    place = int(np.searchsorted(reach, rank, side="right"))
    low, high = (edge(found, place, numbers=numbers) for edge in (_low, _high))
    count = int(found.counts[place])
    before = int(reach[place]) - count
    return low + (high - low) * (rank - before + 0.5) / count


def _low(found: Histogram, place: int, *, numbers: bool) -> float:
    return to_number(found.below(place)) if numbers else float(found.below(place))


def _high(found: Histogram, place: int, *, numbers: bool) -> float:
    return to_number(found.above(place)) if numbers else float(found.above(place))
