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

    def add(self, flaw: Flaw) -> None:
        """Remembers a flaw, unless there are many like it."""
        self._seen[flaw.code] += 1
        if self._seen[flaw.code] <= MAX_FLAWS:
            self.flaws.append(flaw)

    def bad_row(self, flaw: Flaw) -> None:
        """Remembers a row that could not be read."""
        self.bad_rows += 1
        self.add(flaw)

    def duplicates(self, file: str, names: Sequence[str]) -> None:
        """Remembers columns that a file has twice."""
        for name, times in Counter(names).items():
            if times > 1:
                message = f"the file has {times} columns called `{name}`"
                self.add(Flaw("data-duplicate-column", message, file, column=name, help="rename all but one"))

    @property
    def untold(self) -> int:
        """How many flaws are counted and not told."""
        return sum(max(0, times - MAX_FLAWS) for times in self._seen.values())
