"""What a picture draws of requests: the candidate's share of them, and what was counted."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import TYPE_CHECKING, NamedTuple

from lifespec_compiler.engine.values import ENDED, Entry

if TYPE_CHECKING:
    from lifespec_compiler.simulate.outcome import Look


class Level(NamedTuple):
    """From this time on, the newest candidate's share of live traffic and of copies, in per cent."""

    at: float
    weight: int
    mirror: int
    serving: bool
    """Whether it has been promoted, and so has all traffic for good."""


class Seen(NamedTuple):
    """What was counted between two looks: requests, and those that went wrong."""

    start: float
    end: float
    candidate: int
    candidate_bad: int
    stable: int
    stable_bad: int
    rps: float
    drift: float


def levels(looks: Sequence[Look], entries: Sequence[Entry], end: float, *, batch: bool = False) -> Iterator[Level]:
    """The share over time; a promoted candidate keeps all of it until another one is nominated.

    With `batch` the candidate scores all rows in shadow, whatever share of requests it would get a copy of.
    """
    last: Level | None = None
    for look in looks:
        if look.at > end:
            return
        serving = look.weight == 0 and look.phase is None and _promoted_before(entries, look.at)
        mirror = (100 if look.phase == "Shadow" else 0) if batch else look.mirror
        level = Level(look.at, 100 if serving else look.weight, mirror, serving)
        if last is None or level[1:] != last[1:]:
            yield level
            last = level


def _promoted_before(entries: Sequence[Entry], at: float) -> bool:
    """Whether the rollout that ended last was a promotion."""
    ends = [entry for entry in entries if entry.at <= at and entry.to and entry.to.phase in ENDED]
    rollouts = [entry.to for entry in ends if "@" not in (entry.stream or "")]
    return bool(rollouts) and rollouts[-1] is not None and rollouts[-1].phase == "Done"


def seen(looks: Sequence[Look]) -> Iterator[Seen]:
    """What came between looks."""
    for before, after in pairwise(looks):
        candidate, stable = after.candidate - before.candidate, after.stable - before.stable
        if candidate or stable:
            bad, stable_bad = after.candidate_bad - before.candidate_bad, after.stable_bad - before.stable_bad
            yield Seen(before.at, after.at, candidate, bad, stable, stable_bad, after.rps, after.drift)
