"""How many rows have a value that another row has: exactly, of any number of rows, in bounded memory.

Hashes of 64 bits stand for the values (`profile.hashing`). Beyond some millions they go to temporary files, divided by
their first bits, so that each part can be looked at by itself.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Final

import numpy as np

from lifespec_runtime.measure.profile.hashing import Hashes

if TYPE_CHECKING:
    from tempfile import TemporaryDirectory

IN_MEMORY: Final = 1 << 21
"""Hashes that are kept in memory: 16 MiB."""
_BITS: Final = 6
_ROUNDS: Final = 2
_BLOCK: Final = 1 << 15


class Occurrences:
    """The values seen so far. It is a context: leaving it removes its file."""

    def __init__(self, in_memory: int = IN_MEMORY) -> None:
        self._held = np.empty(in_memory, np.uint64)  # takes no memory before it is written to
        self._size = 0
        self._folder: TemporaryDirectory[str] | None = None

    def add(self, hashes: Hashes) -> None:
        """Remembers the values with these hashes, one for each row."""
        if self._size + len(hashes) > len(self._held):
            self._spill(hashes)
            return
        self._held[self._size : self._size + len(hashes)] = hashes
        self._size += len(hashes)

    def repeats(self) -> int:
        """The rows whose value occurred before: all of them but the first of each value."""
        if self._folder is None:
            return _repeats(self._held[: self._size])
        self._spill(self._held[:0])
        return sum(_repeats(np.fromfile(file, np.uint64)) for file in sorted(Path(self._folder.name).iterdir()))

    def close(self) -> None:
        """Removes what was written."""
        if self._folder is not None:
            self._folder.cleanup()
        self._held, self._size, self._folder = self._held[:0], 0, None

    def _spill(self, more: Hashes) -> None:
        if self._folder is None:
            from tempfile import TemporaryDirectory

            self._folder = TemporaryDirectory(prefix="lifespec-")
        hashes = np.concatenate([self._held[: self._size], more])
        first = (hashes >> np.uint64(64 - _BITS)).astype(np.uint8)
        hashes = hashes[np.argsort(first, kind="stable")]
        ends = np.concatenate([[0], np.cumsum(np.bincount(first, minlength=1 << _BITS))])
        for part in range(1 << _BITS):
            with (Path(self._folder.name) / f"{part:02}").open("ab") as file:
                hashes[ends[part] : ends[part + 1]].tofile(file)
        self._size = 0


def _repeats(hashes: Hashes) -> int:
    """How many of these occurred before.

    Each is put into the slot that its last bits name, where the last one stays. The others either equal it, or are
    looked at again. Two rounds leave few of any data that was not made to fall into one slot, and these are sorted.
    """
    found = 0
    bits = np.uint64(max(1, len(hashes)).bit_length())
    last = np.uint64((1 << int(bits)) - 1)
    slots = np.empty(1 << int(bits), np.uint32)
    for _ in range(_ROUNDS):
        for start, block in _blocks(hashes):
            slots[(block & last).view(np.int64)] = np.arange(start, start + len(block), dtype=np.uint32)
        left = []
        for start, block in _blocks(hashes):
            stayed = slots[(block & last).view(np.int64)]
            others = np.flatnonzero(stayed != np.arange(start, start + len(block), dtype=np.uint32))
            unlike = block[others] != hashes[stayed[others]]
            left.append(block[others[unlike]])
            found += len(others) - len(left[-1])
        hashes = np.concatenate(left) if left else hashes[:0]
    hashes = np.sort(hashes)
    return found + int(np.count_nonzero(hashes[1:] == hashes[:-1]))


def _blocks(hashes: Hashes) -> Iterator[tuple[int, Hashes]]:
    """The hashes in pieces, each with its place: what is computed of a piece is in the processor's cache."""
    return ((start, hashes[start : start + _BLOCK]) for start in range(0, len(hashes), _BLOCK))
