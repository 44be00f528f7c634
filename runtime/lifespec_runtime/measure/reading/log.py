"""What was found wrong while reading: the first of each kind one by one, all of them counted."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from .flaws import Flaw
from .limits import MAX_FLAWS


class Log:
    """The flaws of one reading."""

    def __init__(self) -> None:
        self.flaws: list[Flaw] = []
        self.bad_rows = 0
        """Rows that could not be read and are in no chunk."""
        self._seen: Counter[str] = Counter()
        self._once: set[tuple[str, str, str | None]] = set()

    def add(self, flaw: Flaw) -> None:
        """Remembers a flaw, unless there are many like it."""
        self._seen[flaw.code] += 1
        if self._seen[flaw.code] <= MAX_FLAWS:
            self.flaws.append(flaw)

    def once(self, flaw: Flaw) -> None:
        """Remembers a flaw of a column of a file, unless it is known of it."""
        if _place(flaw) not in self._once:
            self._once.add(_place(flaw))
            self.add(flaw)

    def extend(self, other: Log) -> None:
        """Adds what was found in later rows."""
        known = other._once & self._once
        for flaw in other.flaws:
            if _place(flaw) not in known:
                self.add(flaw)
        told = Counter(flaw.code for flaw in other.flaws)
        untold = Counter(code for code, _, _ in known - {_place(flaw) for flaw in other.flaws})
        for code, times in other._seen.items():
            self._seen[code] += times - told[code] - untold[code]
        self._once |= other._once
        self.bad_rows += other.bad_rows

    def arrange(self) -> None:
        """Puts the flaws into the order of files and rows, which chunks may have changed."""
        files = {flaw.file: place for place, flaw in reversed(list(enumerate(self.flaws)))}
        self.flaws.sort(key=lambda flaw: (files[flaw.file], flaw.row or 0))

    def bad_row(self, flaw: Flaw) -> None:
        """Remembers a row that could not be read."""
        self.bad_rows += 1
        self.add(flaw)

    def duplicates(self, file: str, names: Sequence[str]) -> None:
        """Remembers columns that a file has twice."""
        for name, times in Counter(names).items():
            if times > 1:
                message = f"the file has {times} columns called `{name}`"
                self.once(Flaw("data-duplicate-column", message, file, column=name, help="rename all but one"))

    @property
    def untold(self) -> int:
        """How many flaws are counted and not told."""
        return sum(max(0, times - MAX_FLAWS) for times in self._seen.values())


def _place(flaw: Flaw) -> tuple[str, str, str | None]:
    return flaw.code, flaw.file, flaw.column
