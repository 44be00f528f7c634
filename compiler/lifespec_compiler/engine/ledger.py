"""Where decisions are kept: entries in one sequence, each given once and never changed."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Protocol

from .history import GapError
from .values import Entry


class Ledger(Protocol):
    """The write-ahead log and the lock: what stands at a sequence was decided, by whoever recorded it first."""

    def entries(self) -> Iterable[Entry]:
        """All entries, the first one first."""
        ...

    def append(self, entry: Entry) -> Entry:
        """The entry that stands at this entry's sequence: itself, or the one that was recorded there before.

        Whoever gets another one back has been overtaken: read it and follow it. Raises GapError where an entry
        before it is missing.
        """
        ...


class MemoryLedger:
    """A ledger that lasts as long as its process, for simulations."""

    def __init__(self, entries: Iterable[Entry] = ()) -> None:
        self._entries: list[Entry] = []
        for entry in entries:
            self.append(entry)

    def entries(self) -> tuple[Entry, ...]:
        """All entries, the first one first."""
        return tuple(self._entries)

    def append(self, entry: Entry) -> Entry:
        """The entry that stands at this entry's sequence. Raises GapError where an entry before it is missing."""
        return append_to(self._entries, entry)


def append_to(entries: list[Entry], entry: Entry) -> Entry:
    """Append the entry where its sequence is free; the entry that stands there afterwards. Raises GapError."""
    place = place_of(entry, entries[0].sequence if entries else None, len(entries))
    if place == len(entries):
        entries.append(entry)
    return entries[place]


def place_of(entry: Entry, first: int | None, count: int) -> int:
    """The index at which an entry belongs among `count` of which the first has the sequence `first`.

    Raises GapError where one before it is missing. A checkpoint may be the first of all, whatever its sequence: what
    was before it is archived.
    """
    if first is None:
        first = entry.sequence if entry.checkpoint is not None else 1
    if not first <= entry.sequence <= first + count:
        raise GapError(f"entry {entry.sequence} after entry {first + count - 1}")
    return entry.sequence - first
