"""From a file's own columns to a chunk with the contract's."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from .arrow import Array, count, pa, texts
from .columns import Chunk, Column
from .convert import Converted, converted
from .files import Part


class Assembler:
    """Makes the chunks of a part of a file, one after the other."""

    def __init__(self, part: Part, columns: Sequence[Column], *, text: bool = False) -> None:
        self._file, self._columns, self._text = part.file, columns, text
        self._next = part.first_row
        self.skipped: list[int] = []

    def chunk(self, rows: int, get: Callable[[str], Array | Converted | None]) -> Chunk:
        """The next rows; `get` gives a column as the file has it, or converted already, or None where there is none."""
        values, wrong, absent = {}, {}, set()
        for column in self._columns:
            raw = get(column.name)
            text = self._text
            if raw is None and column.name in self._file.partition:
                raw, text = pa.repeat(texts([self._file.partition[column.name]])[0], rows), True
            if raw is None:
                absent.add(column.name)
                continue
            found = raw if isinstance(raw, Converted) else converted(raw, column, text=text)
            values[column.name] = found.values
            if count(found.wrong):
                wrong[column.name] = found.wrong
        first, self._next = self._next, self._next + rows
        return Chunk(self._file.name, first, rows, values, wrong, frozenset(absent), tuple(self.skipped))
