"""A process that wants to give every sequence of a ledger: `ledger_racer.py FILE NAME MOST` prints how many it got."""

from __future__ import annotations

import sys
import time
from pathlib import Path

from ledger_story import story
from lifespec_runtime.ledger.file import FileLedger
from lifespec_runtime.ledger.record import Subject


def race(path: Path, name: str, most: int) -> int:
    """Wait for the others, and append; how many entries are this process's own."""
    ledger, count, first = FileLedger(path, Subject("growth", "churn")), 0, story()[0]
    path.with_suffix(f".{name}").touch()
    while not path.with_suffix(".go").exists():
        time.sleep(0.001)
    for sequence in range(1, most + 1):
        mine = first._replace(sequence=sequence, reason=name)
        standing = ledger.append(mine)
        assert standing.sequence == sequence
        count += standing == mine
    return count


if __name__ == "__main__":
    print(race(Path(sys.argv[1]), sys.argv[2], int(sys.argv[3])))  # noqa: T201 - the test reads it
