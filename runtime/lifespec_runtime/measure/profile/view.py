"""A column of a chunk, with what both the profile and the rules want of it, computed once."""

from __future__ import annotations

from functools import cached_property
from math import isfinite

import numpy as np
from numpy.typing import NDArray

from lifespec_runtime.measure.reading.arrow import Array, count, holds, integers, lengths, pa, pc, to_numpy

from . import hashing, order

NUMBERS = ("integer", "number")
MANY = 1000
MOMENTS = ("date", "timestamp", "time")


class View:
    """The values of one column in one chunk."""

    def __init__(self, kind: str, values: Array, wrong: Array | None = None) -> None:
        self.kind, self.values, self.wrong = kind, values, wrong
        self.rows = len(values)
        self.wrong_count = count(wrong)
        self.missing = values.null_count - self.wrong_count

    @property
    def is_missing(self) -> Array:
        """Where there is no value; a value of a wrong type is one."""
        null = pc.is_null(self.values)
        return null if self.wrong is None else pc.and_not(null, self.wrong)

    @cached_property
    def present(self) -> Array:
        """The values that are there."""
        return self.values.drop_null() if self.values.null_count else self.values

    @cached_property
    def extremes(self) -> tuple[float, float] | None:
        """The least and the greatest value of numbers, integers as such, else as `integers` has them."""
        if self.kind == "number":
            found = self.numbers
            return (float(found.min()) + 0.0, float(found.max()) + 0.0) if len(found) else None
        whole = self.integers
        return (int(whole.min()), int(whole.max())) if len(whole) else None

    @cached_property
    def many(self) -> bool:
        """Whether the first texts differ so much that looking for equal ones costs more than it saves."""
        if pa.types.is_dictionary(self.values.type):
            return False
        return len(self.values) > MANY and len(self.values[: 2 * MANY].drop_null().unique()) > MANY

    @cached_property
    def encoded(self) -> Array:
        """The texts by the number of each in the list of different ones."""
        if not pa.types.is_dictionary(self.values.type):
            return self.values.dictionary_encode()
        counts = np.bincount(_present(self.values.indices), minlength=len(self.values.dictionary))
        if counts.all():
            return self.values
        kept = np.flatnonzero(counts)  # of those of the file, here are only some
        places = np.zeros(len(counts), np.int64)
        places[kept] = np.arange(len(kept))
        indices = integers(places).cast(pa.int32()).take(self.values.indices)
        return pa.DictionaryArray.from_arrays(indices, self.values.dictionary.take(integers(kept)))

    @property
    def distinct(self) -> Array:
        """Texts, among them every different one; each once, unless there are many."""
        return self.present if self.many else self.encoded.dictionary

    @cached_property
    def counts(self) -> NDArray[np.int64]:
        """How many rows each of `distinct` stands for."""
        if self.many:
            return np.ones(len(self.present), np.int64)
        return np.bincount(self._indices, minlength=len(self.distinct)).astype(np.int64)

    @property
    def _indices(self) -> NDArray[np.int32]:
        return _present(self.encoded.indices)

    @cached_property
    def lengths(self) -> NDArray[np.int32]:
        """How many characters each of `distinct` has."""
        return lengths(self.distinct)

    def rows_of(self, mask: Array) -> Array:
        """Where in the chunk a text stands that a mask over `distinct` holds for."""
        if not self.many:
            return holds(mask.take(self.encoded.indices))
        if not self.values.null_count:
            return mask
        return pc.replace_with_mask(pc.is_valid(self.values), pc.is_valid(self.values), mask)

    @cached_property
    def numbers(self) -> NDArray[np.float64]:
        """The values as numbers, without missing ones."""
        return np.asarray(to_numpy(self.present), np.float64)

    @cached_property
    def integers(self) -> NDArray[np.int64]:
        """Days, moments, times, integers and truth values as integers, without missing ones."""
        values = self.present
        if self.kind == "boolean":
            values = values.cast(pa.uint8())
        elif self.kind == "date":
            values = values.cast(pa.int32())
        elif self.kind in MOMENTS:
            values = values.cast(pa.int64())
        return np.asarray(to_numpy(values), np.int64)

    @cached_property
    def hashes(self) -> hashing.Hashes:
        """The hashes of the values that are there, row by row."""
        if self.kind == "string":
            return self.distinct_hashes if self.many else self.distinct_hashes[self._indices]
        if self.kind == "number":
            return hashing.of_integers((self.numbers + 0.0).view(np.int64))
        return hashing.of_integers(self.integers)

    @cached_property
    def distinct_hashes(self) -> hashing.Hashes:
        """The hashes of `distinct`."""
        return hashing.of_texts(self.distinct)

    @cached_property
    def finite(self) -> NDArray[np.float64]:
        """The numbers that are not infinite."""
        numbers, extremes = self.numbers, self.extremes
        if extremes is None or self.kind == "integer" or all(map(isfinite, extremes)):
            return numbers
        return numbers[np.isfinite(numbers)]

    @cached_property
    def keys(self) -> order.Keys:
        """The integers that a histogram counts."""
        return order.of_numbers(self.finite) if self.kind in NUMBERS else self.integers


def _present(indices: Array) -> NDArray[np.int32]:
    return np.asarray(to_numpy(indices.drop_null() if indices.null_count else indices), np.int32)
