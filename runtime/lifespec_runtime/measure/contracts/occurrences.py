"""How many rows have a value that another row has: exactly, of any number of rows, in bounded memory.

Hashes of 64 bits stand for the values (`profile.hashing`). Beyond some millions they go to a temporary file, divided by
their first bits, so that each part can be sorted by itself.
"""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

import numpy as np

from lifespec_runtime.measure.profile.hashing import Hashes

IN_MEMORY: Final = 1 << 21
"""Hashes that are kept in memory: 16 MiB."""
_BITS: Final = 6


class Occurrences:
    """The values seen so far. It is a context: leaving it removes its file."""

    def __init__(self, in_memory: int = IN_MEMORY) -> None:
        self._limit = in_memory
        self._held: list[Hashes] = []
        self._size = 0
        self._folder: TemporaryDirectory[str] | None = None

    def add(self, hashes: Hashes) -> None:
        """Remembers the values with these hashes, one for each row."""
        self._held.append(hashes)
        self._size += len(hashes)
        if self._size > self._limit:
            self._spill()

    def repeats(self) -> int:
        """The rows whose value occurred before: all of them but the first of each value."""
        if self._folder is None:
            hashes = np.concatenate(self._held) if self._held else np.zeros(0, np.uint64)
            self._held = [hashes]
            return _repeats(hashes)
        self._spill()
        return sum(_repeats(np.fromfile(file, np.uint64)) for file in sorted(Path(self._folder.name).iterdir()))

    def close(self) -> None:
        """Removes what was written."""
        if self._folder is not None:
            self._folder.cleanup()
        self._held, self._size, self._folder = [], 0, None

    def _spill(self) -> None:
        if self._folder is None:
            self._folder = TemporaryDirectory(prefix="lifespec-")
        if not self._held:
            return
        hashes = np.sort(np.concatenate(self._held))
        ends = np.searchsorted(hashes >> np.uint64(64 - _BITS), np.arange((1 << _BITS) + 1, dtype=np.uint64))
        for part in range(1 << _BITS):
            with (Path(self._folder.name) / f"{part:02}").open("ab") as file:
                hashes[ends[part] : ends[part + 1]].tofile(file)
        self._held, self._size = [], 0


def _repeats(hashes: Hashes) -> int:
    hashes.sort()
    return int(np.count_nonzero(hashes[1:] == hashes[:-1]))
