"""What asks for a training: each firing has an id of its own, so that it is answered once, ever."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from .case import Case


class Firing(NamedTuple):
    """One time that a trigger has fired."""

    id: str
    """`<trigger>@<what made it fire>`: the same however often it is seen."""
    trigger: str


def firings(case: Case) -> Iterator[Firing]:
    """The firings that have no answer yet, in the order of the spec."""
    retraining, platform = case.plan.spec.retraining, case.plan.spec.platform
    if retraining is None or platform is None or not platform.retrains_here or platform.runner != "agent":
        return
    for trigger in retraining.triggers:
        fired = _FIRED[trigger.kind](case, trigger)
        if fired is not None and fired not in case.history.handled:
            yield Firing(fired, trigger.name)


def _scheduled(case: Case, trigger: Any) -> str | None:
    """The latest time that the schedule fired since the lifecycle was there; those missed before it are not made up."""
    from cronsim import CronSim

    zone = ZoneInfo(trigger.time_zone)
    now = datetime.fromtimestamp(case.now + 60, UTC).astimezone(zone).replace(second=0, microsecond=0)
    latest = next(CronSim(trigger.schedule, now, reverse=True), None)
    if latest is None or latest.timestamp() <= case.seen.created:
        return None
    return f"{trigger.name}@{latest.astimezone(UTC):%Y%m%dT%H%MZ}"


def _alarmed(case: Case, trigger: Any) -> str | None:
    """As many alarms in a row as it takes, the newest last; one more alarm of the same row is no new firing."""
    alarms = sorted(
        (alarm for alarm in case.seen.alarms if alarm.monitor == trigger.monitor), key=lambda alarm: alarm.until
    )
    row: list[float] = []
    for alarm in alarms:
        row = [*row, alarm.until] if alarm.outcome == "Fail" else []
    if len(row) < trigger.consecutive:
        return None
    return f"{trigger.name}@{row[trigger.consecutive - 1]:.0f}"


def _grown(case: Case, trigger: Any) -> str | None:
    """As many new labelled rows as it takes since the last training."""
    rows = case.seen.new_rows
    if rows is None or rows < trigger.new_labeled_rows:
        return None
    trained = case.history.trained
    return f"{trigger.name}@after-{trained[-1]:.0f}" if trained else f"{trigger.name}@first"


_FIRED = {"schedule": _scheduled, "monitor": _alarmed, "dataVolume": _grown}
