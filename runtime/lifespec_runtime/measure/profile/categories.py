"""How often each text occurs: by name while there are few, else by bucket, with a sketch of how many there are.

What decides is the set of texts alone, so that the parts and their order do not: at most 1,000 different ones, none of
more than 64 characters. Longer or more of them are no categories, and naming them would be storing the data.
"""

from __future__ import annotations

from typing import Any, Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from lifespec_runtime.measure.reading.arrow import integers
from lifespec_runtime.measure.reading.arrow import texts as as_arrow

from . import sketch
from .hashing import of_texts
from .view import MANY, View

MOST: Final = MANY
LONGEST: Final = 64
BUCKETS: Final = 256
Counts = NDArray[np.int64]


class Hashed(NamedTuple):
    """Texts that are not named."""

    buckets: Counts
    """How many texts have a hash that starts with these eight bits."""
    registers: sketch.Registers

    def merge(self, other: Hashed) -> Hashed:
        """The texts of both."""
        return Hashed(self.buckets + other.buckets, np.maximum(self.registers, other.registers))


class Categories(NamedTuple):
    """The texts of a column, in one of two forms."""

    named: dict[str, int] | None
    """How often each occurs."""
    hashed: Hashed | None = None

    def merge(self, other: Categories) -> Categories:
        """The categories of both."""
        if self.named is not None and other.named is not None:
            both = dict(self.named)
            for name, count in other.named.items():
                both[name] = both.get(name, 0) + count
            return _named(both)
        return Categories(None, _hashes(self).merge(_hashes(other)))

    @property
    def distinct(self) -> int:
        """How many different texts there are; an estimate where they are not named."""
        return len(self.named) if self.named is not None else round(sketch.estimate(_hashes(self).registers))

    def top(self, most: int) -> list[tuple[str, int]]:
        """The most frequent texts, as far as they are named."""
        named = self.named or {}
        return sorted(named.items(), key=lambda item: (-item[1], item[0]))[:most]

    def as_json(self) -> dict[str, Any]:
        """Names with counts, or buckets and registers."""
        if self.named is not None:
            return {"named": dict(sorted(self.named.items()))}
        hashed = _hashes(self)
        return {"buckets": hashed.buckets.tolist(), "registers": sketch.to_text(hashed.registers)}


def _named(counts: dict[str, int]) -> Categories:
    """Categories by name, where they may have names."""
    found = Categories(counts)
    many = len(counts) > MOST or any(len(name) > LONGEST for name in counts)
    return Categories(None, _hashes(found)) if many else found


def _hashes(found: Categories) -> Hashed:
    if found.hashed is not None:
        return found.hashed
    named = found.named or {}
    hashes = of_texts(as_arrow(list(named)))
    return _hashed(hashes, np.fromiter(named.values(), np.int64, len(named)))


def categories(view: View) -> Categories:
    """The categories of a chunk's texts."""
    if view.many:
        return Categories(None, _hashed(view.distinct_hashes))
    texts, counts = view.distinct, view.counts
    used, longest = np.flatnonzero(counts), view.lengths
    if len(used) < len(counts):
        texts, counts, longest = texts.take(integers(used)), counts[used], longest[used]
    if len(texts) > MOST or longest.max(initial=0) > LONGEST:
        return Categories(None, _hashed(of_texts(texts), counts))
    return Categories(dict(zip(texts.to_pylist(), counts.tolist(), strict=True)))


def from_json(value: dict[str, Any]) -> Categories:
    """What `as_json` made."""
    if "named" in value:
        return Categories({str(name): int(count) for name, count in value["named"].items()})
    return Categories(None, Hashed(np.array(value["buckets"], np.int64), sketch.from_text(value["registers"])))


def _hashed(hashes: NDArray[np.uint64], counts: Counts | None = None) -> Hashed:
    """Texts with these hashes; without counts each occurs once."""
    places = (hashes >> np.uint64(56)).astype(np.int64)
    return Hashed(np.bincount(places, counts, BUCKETS).astype(np.int64), sketch.registers(hashes))
