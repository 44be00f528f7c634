"""What asks for a training: each firing has an id of its own, so that it is answered once, ever."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator
from datetime import UTC, datetime
from functools import lru_cache
from math import inf
from typing import Any, Final, NamedTuple
from zoneinfo import ZoneInfo

from .case import Case

_DAY: Final = 86400


class Firing(NamedTuple):
    """One time that a trigger has fired."""

    id: str
    """`<trigger>@<seconds since 1970>`: the same however often it is seen."""
    trigger: str
    lasts: bool
    """Whether it goes on asking until it is answered, so that a reason not to train is a wait, and nothing is lost."""


def firings(case: Case) -> Iterator[Firing]:
    """The firings that have no answer yet, in the order of the spec. Of each trigger none before one that has its."""
    retraining, platform = case.plan.spec.retraining, case.plan.spec.platform
    if retraining is None or platform is None or not platform.retrains_here or platform.runner != "agent":
        return
    for trigger in retraining.triggers:
        moment = _FIRED[trigger.kind](case, trigger)
        if moment is not None and moment > case.history.fired.get(trigger.name, -inf):
            yield Firing(f"{trigger.name}@{moment:.0f}", trigger.name, trigger.kind == "dataVolume")


def _scheduled(case: Case, trigger: Any) -> float | None:
    """The latest time that the schedule fired since the lifecycle was there; those missed before it are not made up."""
    day = int(case.now // _DAY)
    before, during = _around(trigger.schedule, trigger.time_zone, day)
    index = bisect_right(during, case.now)
    latest = during[index - 1] if index else before
    return None if latest is None or latest <= case.seen.created else latest


@lru_cache(maxsize=256)
def _around(schedule: str, zone: str, day: int) -> tuple[float | None, tuple[float, ...]]:
    """The last firing before a day in UTC, and those within it."""
    from cronsim import CronSim

    start = datetime.fromtimestamp(day * _DAY, UTC).astimezone(ZoneInfo(zone))
    before = next(CronSim(schedule, start, reverse=True), None)
    during = []
    for moment in CronSim(schedule, datetime.fromtimestamp(day * _DAY - 60, UTC).astimezone(ZoneInfo(zone))):
        if moment.timestamp() >= (day + 1) * _DAY:
            break
        during.append(moment.timestamp())
    return (before.timestamp() if before else None), tuple(during)


def _alarmed(case: Case, trigger: Any) -> float | None:
    """As many alarms in a row as it takes; those up to the last firing that has its answer do not count again."""
    answered = case.history.fired.get(trigger.name, -inf)
    ours = dict.fromkeys((one.until, one.outcome) for one in case.seen.alarms if one.monitor == trigger.monitor)
    row: list[float] = []
    for until, outcome in sorted(ours, key=lambda alarm: alarm[0]):
        row = [*row, until] if outcome == "Fail" and until > answered else []
    return row[trigger.consecutive - 1] if len(row) >= trigger.consecutive else None


def _grown(case: Case, trigger: Any) -> float | None:
    """As many new labelled rows as it takes since the last training."""
    rows, trained = case.seen.new_rows, case.history.trained
    if rows is None or rows < trigger.new_labeled_rows:
        return None
    return trained[-1] if trained else 0.0


_FIRED = {"schedule": _scheduled, "monitor": _alarmed, "dataVolume": _grown}
