"""What asks for a training: each firing has an id of its own, so that it is answered once, ever."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator
from datetime import UTC, datetime
from functools import lru_cache
from math import floor, inf
from typing import Any, Final, NamedTuple
from zoneinfo import ZoneInfo

from lifespec_compiler.plan import Plan

from .budget import is_recent
from .case import AHEAD, Case

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
    retraining = case.plan.spec.retraining
    if retraining is None or case.plan.spec.platform is None or elsewhere(case.plan):
        return
    for trigger in retraining.triggers:
        found = _FIRED[trigger.kind](case, trigger)
        moment = None if found is None else floor(found)  # as the id says it, so that it is known again
        if moment is not None and moment > case.history.fired.get(trigger.name, -inf):
            yield Firing(f"{trigger.name}@{moment}", trigger.name, trigger.kind == "dataVolume")


def elsewhere(plan: Plan) -> str:
    """Where trainings run, if not here: each has one place; empty: here."""
    platform = plan.spec.platform
    if platform is None:
        return ""
    if platform.runner != "agent":
        return f"runner: {platform.runner}: trainings run there"
    return "" if platform.retrains_here else "trainings run in another environment: retraining.environment"


def _scheduled(case: Case, trigger: Any) -> float | None:
    """The latest time that the schedule fired since the lifecycle was there; those missed before it are not made up."""
    day = int(case.now // _DAY)
    before, during = _around(trigger.schedule, trigger.time_zone, day)
    index = bisect_right(during, case.now)
    latest = during[index - 1] if index else before
    return None if latest is None or latest <= case.seen.created else latest


@lru_cache(maxsize=256)
def _around(schedule: str, zone: str, day: int) -> tuple[float | None, tuple[float, ...]]:
    """The last firing before a day in UTC, and those within it; none where the calendar ends."""
    try:
        return _fired_around(schedule, zone, day)
    except (OverflowError, ValueError):
        return None, ()


def _fired_around(schedule: str, zone: str, day: int) -> tuple[float | None, tuple[float, ...]]:
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
    after, latest = case.history.fired.get(trigger.name, -1.0) + 1, case.now + AHEAD
    ours = [one for one in case.seen.alarms if one.monitor == trigger.monitor and after <= one.until <= latest]
    said: dict[float, set[str]] = {}
    for one in ours:
        said.setdefault(one.until, set()).add(one.outcome)
    row: list[float] = []
    for until in sorted(said):
        row = [*row, until] if said[until] == {"Fail"} else []
    return row[trigger.consecutive - 1] if len(row) >= trigger.consecutive else None


def _grown(case: Case, trigger: Any) -> float | None:
    """As many new labelled rows as it takes since the last training; a person's no to one counts for a cooldown."""
    rows, history, retraining = case.seen.new_rows, case.history, case.plan.spec.retraining
    if rows is None or rows < trigger.new_labeled_rows:
        return None
    trained = max((at for at in history.trained if at <= case.now + AHEAD), default=0.0)
    answered = history.fired.get(trigger.name, -inf)
    if answered < floor(trained):
        return trained
    cooldown = retraining.cooldown if retraining else None
    if history.run is not None or is_recent(case, history.stopped, cooldown or _DAY):
        return None
    return answered + 1  # it was answered, and yet nothing was trained


_FIRED = {"schedule": _scheduled, "monitor": _alarmed, "dataVolume": _grown}
