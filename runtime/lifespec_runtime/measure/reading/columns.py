"""The columns that are read: what the contract calls them, and what they become."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from .arrow import Array, pa


class Column(NamedTuple):
    """A column that the contract names."""

    name: str
    type: str
    """ODCS's logical type."""
    format: str | None = None
    """How a date, a time or a timestamp is written, in the letters of Java's DateTimeFormatter."""
    numbered: bool = False
    """Whether texts of which few differ may come as the numbers of the different ones, in an Arrow dictionary."""

    @property
    def arrow(self) -> Array:
        """The Arrow type of its values; None where lifespec does not look inside them."""
        return _TYPES.get(self.type)


_TYPES: Final = {
    "string": pa.string(),
    "integer": pa.int64(),
    "number": pa.float64(),
    "boolean": pa.bool_(),
    "date": pa.date32(),
    "timestamp": pa.timestamp("us", "UTC"),
    "time": pa.time64("us"),
}


class Chunk(NamedTuple):
    """Some rows of one file, one after the other."""

    file: str
    first_row: int
    """The number of its first row in the file, from 1."""
    rows: int
    values: dict[str, Array]
    """By column: its values in the contract's type. What is missing, NaN, or of a wrong type is null."""
    wrong: dict[str, Array]
    """By column: where there was a value of a wrong type; columns without any are left out."""
    absent: frozenset[str]
    """The columns of the contract that the file does not have."""
    skipped: tuple[int, ...] = ()
    """The numbers of rows of the file, before the end of this chunk, that could not be read."""

    def numbers(self) -> NDArray[np.int64]:
        """The numbers, in the file, of all rows of this chunk."""
        found = np.arange(self.first_row, self.first_row + self.rows, dtype=np.int64)
        for skipped in self.skipped:
            found[np.searchsorted(found, skipped) :] += 1
        return found

    def row(self, place: int) -> int:
        """The number, in the file, of the row at a place of this chunk."""
        number = self.first_row + place
        for skipped in self.skipped:
            if skipped > number:
                break
            number += 1
        return number


def named(columns: Iterable[Column]) -> dict[str, Column]:
    """The columns by name."""
    return {column.name: column for column in columns}
