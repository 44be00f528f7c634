"""How often each text occurs: by name while there are few, else by bucket, with a sketch of how many there are.

What decides is the set of texts alone, so that the parts and their order do not: at most 1,000 different ones, none of
more than 64 characters. Longer or more of them are no categories, and naming them would be storing the data.
"""

from __future__ import annotations

from typing import Any, Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from lifespec_runtime.measure.reading.arrow import pa, pc

from . import sketch
from .hashing import of_texts
from .view import MANY, View

MOST: Final = MANY
LONGEST: Final = 64
BUCKETS: Final = 256
Counts = NDArray[np.int64]


class Categories(NamedTuple):
    """The texts of a column: `named`, or the other two."""

    named: dict[str, int] | None
    buckets: Counts | None = None
    """How many texts have a hash that starts with these eight bits."""
    registers: sketch.Registers | None = None

    def merge(self, other: Categories) -> Categories:
        """The categories of both."""
        if self.named is not None and other.named is not None:
            both = dict(self.named)
            for name, count in other.named.items():
                both[name] = both.get(name, 0) + count
            return Categories(both)._fitted()
        one, two = self._unnamed(), other._unnamed()
        assert one.buckets is not None  # noqa: S101
        return Categories(None, one.buckets + two.buckets, np.maximum(one.registers, two.registers))

    @property
    def distinct(self) -> int:
        """How many different texts there are; an estimate where they are not named."""
        if self.named is not None:
            return len(self.named)
        return round(sketch.estimate(self.registers if self.registers is not None else sketch.nothing()))

    def top(self, most: int) -> list[tuple[str, int]]:
        """The most frequent texts, as far as they are named."""
        named = self.named or {}
        return sorted(named.items(), key=lambda item: (-item[1], item[0]))[:most]

    def _fitted(self) -> Categories:
        named = self.named or {}
        return self._unnamed() if len(named) > MOST or any(len(name) > LONGEST for name in named) else self

    def _unnamed(self) -> Categories:
        if self.named is None:
            return self
        hashes = of_texts(pa.array(list(self.named), pa.string()))
        counts = np.fromiter(self.named.values(), np.int64, len(self.named))
        return _by_hash(hashes, counts)

    def as_json(self) -> dict[str, Any]:
        """Names with counts, or buckets and registers."""
        if self.named is not None:
            return {"named": dict(sorted(self.named.items()))}
        assert self.buckets is not None  # noqa: S101
        assert self.registers is not None  # noqa: S101
        return {"buckets": self.buckets.tolist(), "registers": sketch.to_text(self.registers)}


def categories(view: View) -> Categories:
    """The categories of a chunk's texts."""
    texts, counts = view.distinct, view.counts
    if view.many:
        return _by_hash(view.distinct_hashes, counts)
    used = np.flatnonzero(counts)
    if len(used) < len(counts):
        texts, counts = texts.take(pa.array(used)), counts[used]
    longest = pc.max(pc.utf8_length(texts)).as_py() or 0
    if len(texts) > MOST or longest > LONGEST:
        return _by_hash(view.distinct_hashes if len(used) == len(view.counts) else of_texts(texts), counts)
    return Categories(dict(zip(texts.to_pylist(), counts.tolist(), strict=True)))


def from_json(value: dict[str, Any]) -> Categories:
    """What `as_json` made."""
    if "named" in value:
        return Categories({str(name): int(count) for name, count in value["named"].items()})
    return Categories(None, np.array(value["buckets"], np.int64), sketch.from_text(value["registers"]))


def _by_hash(hashes: NDArray[np.uint64], counts: Counts) -> Categories:
    places = (hashes >> np.uint64(56)).astype(np.int64)
    buckets = np.bincount(places, counts, BUCKETS).astype(np.int64)
    return Categories(None, buckets, sketch.registers(hashes))
