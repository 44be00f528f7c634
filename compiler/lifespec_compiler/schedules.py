"""When schedules fire: counted on the schedule's own clock, so that no time zone has to be known."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from functools import lru_cache
from itertools import islice, pairwise
from math import ceil

_FROM = datetime(2026, 1, 1)  # noqa: DTZ001 - the schedule's own clock
_MOST = 370
"""Firings that are looked at: a year of a daily schedule."""


@lru_cache(maxsize=256)
def firings(schedule: str, most: int = 60) -> tuple[float, ...]:
    """Seconds from the first of 2026 to each of the schedule's next firings: at most `most`, in at most 4 years."""
    end = _FROM + timedelta(days=4 * 366)
    found = []
    for moment in islice(_simulated(schedule, _FROM - timedelta(minutes=1)), min(most, _MOST)):
        if moment > end:
            break
        found.append((moment - _FROM).total_seconds())
    return tuple(found)


def fires_between(schedule: str, start: datetime, end: datetime) -> list[datetime]:
    """The first firings from `start` to before `end`, at most 100."""
    found = []
    for moment in islice(_simulated(schedule, start - timedelta(minutes=1)), 100):
        if moment >= end:
            break
        found.append(moment)
    return found


def shortest_gap(schedule: str) -> float | None:
    """The shortest time between two firings in a row, in seconds; None where it fires once in years."""
    moments = firings(schedule)
    return min((later - earlier for earlier, later in pairwise(moments)), default=None)


def longest_gap(schedule: str) -> float:
    """The longest time between two firings in a row, in seconds; 0 where it fires once in years."""
    return max((later - earlier for earlier, later in pairwise(firings(schedule, _MOST))), default=0)


@lru_cache(maxsize=256)
def shortest_gap_after(schedule: str, cooldown: float) -> float | None:
    """The shortest time between two firings of which the second is not suppressed by a cooldown after the first."""
    gap = shortest_gap(schedule)
    if gap is None or cooldown <= gap:
        return gap
    found, minutes = [], ceil(cooldown / 60)
    for start in firings(schedule, 40):
        moment = _FROM + timedelta(seconds=start)
        allowed = next(_simulated(schedule, moment + timedelta(minutes=minutes - 1)), None)
        if allowed is not None:
            found.append((allowed - moment).total_seconds())
    return min(found, default=None)


def most_runs(moments: tuple[float, ...], per: float, cooldown: float, limit: tuple[int, float] | None) -> int:
    """The most runs that firings may start within `per` seconds, each at least `cooldown` after the one before.

    `limit` is a number of runs and the seconds in which there may be no more of them.
    """
    most = 0
    for index, start in enumerate(moments):
        started: list[float] = []
        for moment in moments[index:]:
            if moment >= start + per:
                break
            if started and moment - started[-1] < cooldown:
                continue
            if limit and len(started) >= limit[0] and moment - started[-limit[0]] < limit[1]:
                continue
            started.append(moment)
        most = max(most, len(started))
    return most


def _simulated(schedule: str, start: datetime) -> Iterator[datetime]:
    from cronsim import CronSim

    return CronSim(schedule, start)
