"""What many runs come to: how many writes were judged, which faults really fired, which moves were made."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field

from lifespec_compiler.engine.values import Phase

from .faults import kinds
from .run import Run
from .seeds import Failure, outcome


@dataclass
class Tally:
    """The sum."""

    runs: int = 0
    writes: int = 0
    fired: Counter[str] = field(default_factory=Counter)
    moves: Counter[tuple[Phase | None, Phase]] = field(default_factory=Counter)
    resting: Counter[int] = field(default_factory=Counter)
    """Ticks from the last fault until nothing was written any more."""
    failures: list[Failure] = field(default_factory=list)
    spent: float = 0.0
    """Seconds of a core."""

    def add(self, found: Run | Failure) -> None:
        """One more run."""
        self.runs += 1
        if isinstance(found, Failure):
            self.failures.append(found)
            return
        self.writes += found.guardian.writes
        self.fired += found.fired
        self.moves += found.observer.moves
        self.resting[found.rested] += 1

    def merge(self, other: Tally) -> None:
        """The sum of two."""
        self.runs += other.runs
        self.writes += other.writes
        self.fired += other.fired
        self.moves += other.moves
        self.resting += other.resting
        self.failures += other.failures
        self.spent += other.spent

    @property
    def silent(self) -> list[str]:
        """Faults that never fired."""
        return [kind for kind in kinds() if not self.fired[kind]]

    def line(self) -> str:
        """For people, in one line."""
        return (
            f"{self.runs:,} runs, {self.writes:,} writes judged, {sum(self.fired.values()):,} faults of "
            f"{len(self.fired)} kinds fired, {len(self.failures)} runs broke a rule"
        )

    def table(self) -> str:
        """For people, with all kinds of faults."""
        rows = [f"  {count:>12,}  {kind}" for kind, count in sorted(self.fired.items(), key=lambda one: -one[1])]
        return "\n".join(
            [self.line(), "faults that really fired:", *rows, *(f"  NEVER  {kind}" for kind in self.silent)]
        )

    def quantile(self, share: float) -> int:
        """Ticks after which so many of the runs had come to rest."""
        total, seen = sum(self.resting.values()), 0
        for ticks, count in sorted(self.resting.items()):
            seen += count
            if seen >= share * total:
                return ticks
        return 0


def of_seeds(seeds: Iterable[int]) -> Tally:
    """The runs of these seeds."""
    tally, began = Tally(), time.process_time()
    for seed in seeds:
        tally.add(outcome(seed))
    tally.spent = time.process_time() - began
    return tally
