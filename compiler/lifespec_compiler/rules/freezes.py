"""Rollouts that a freeze stops half-way."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from itertools import pairwise
from math import inf
from typing import TYPE_CHECKING, NamedTuple

from lifespec_compiler.schedules import fires_between, shortest_gap
from lifespec_schema.findings import Path, Severity

from .context import Context
from .rollouts import exceeds, is_online, retrains_here, rollout_time, training_time
from .rule import Issue, rule
from .text import duration

if TYPE_CHECKING:
    from lifespec_compiler.plan import Plan

FREEZE: Path = ("spec", "rollout", "freeze")
_AHEAD, _BEHIND = timedelta(hours=14), timedelta(hours=12)
"""How far a clock may be ahead of UTC, and behind it."""
_LONGEST = 10 * 365 * 86400
_YEARS = range(2000, 9000)


@rule(area="rollout", severity=Severity.WARNING, since="0.1.0")
def rollout_into_freeze(plan: Plan, _context: Context) -> Iterator[Issue]:
    """A rollout is still under way when a freeze begins.

    ## What it does
    Compares the time from shadow to promotion with the days that `freeze` leaves: between two freezes a rollout must
    fit. With `nominate: direct` it also follows each schedule: a training that ends before a freeze, whose rollout
    does not. It is reported only where that is so wherever on earth the schedule's clock stands, and however long the
    training takes.

    ## Why is this bad?
    A freeze stops raises and not the traffic that the candidate already has. So it serves its share during the whole
    freeze, unfinished, in the days in which nobody is to be woken. Harness aborts a pipeline that a freeze catches
    half-way, and had to explain it to its users (harness developer-hub pull request 9262).

    ## Example
    ```yaml
    rollout:
      steps: [{weight: 10%, hold: 24h}, {weight: 50%, hold: 48h}]
      freeze: ["2026-12-18/2026-12-21", "2026-12-23/2027-01-04"]
    ```

    ## Use instead
    ```yaml
    rollout:
      steps: [{weight: 10%, hold: 24h}, {weight: 50%, hold: 48h}]
      freeze: ["2026-12-18/2027-01-04"]
    ```
    """
    needed = rollout_time(plan)
    if not plan.spec.rollout.freeze or not is_online(plan) or not needed:
        return
    freezes = sorted(_freezes(plan), key=lambda freeze: freeze.start)
    for earlier, later in pairwise(freezes):
        between = (later.start - earlier.end).total_seconds()
        if between > 0 and exceeds(needed, between):
            message = (
                f"a rollout takes {duration(needed)}, and only {duration(between)} lie between the freeze that ends on "
                f"{earlier.last} and the one that begins on {later.first}"
            )
            whole = f"{earlier.first}/{later.last}"
            yield Issue(later.path, message, f'freeze the days between, `"{whole}"`, or a shorter rollout')
    yield from _scheduled(plan, freezes, needed)


class _Freeze(NamedTuple):
    """Days without raises, as moments in UTC; the end is exclusive."""

    first: str
    last: str
    start: datetime
    end: datetime
    path: Path


def _freezes(plan: Plan) -> Iterator[_Freeze]:
    for index, days in enumerate(plan.spec.rollout.freeze):
        first, _, last = days.partition("/")
        start, end = (datetime.combine(date.fromisoformat(day), time()) for day in (first, last))
        if start.year in _YEARS and end.year in _YEARS:
            yield _Freeze(first, last, start, end + timedelta(days=1), (*FREEZE, index))


def _scheduled(plan: Plan, freezes: list[_Freeze], needed: float) -> Iterator[Issue]:
    """Trainings by the calendar whose rollout meets a freeze, wherever on earth the schedule's clock stands."""
    retraining = plan.spec.retraining
    if retraining is None or retraining.nominate != "direct" or not retrains_here(plan):
        return
    if needed + training_time(plan) > _LONGEST:
        return  # no calendar says when it ends
    training, length = timedelta(seconds=training_time(plan)), timedelta(seconds=needed)
    for trigger in retraining.triggers:
        if trigger.kind != "schedule" or (retraining.cooldown or 0) > (shortest_gap(trigger.schedule) or inf):
            continue  # which of its firings start a training is not known
        ahead, behind = (timedelta(), timedelta()) if trigger.time_zone == "UTC" else (_AHEAD, _BEHIND)
        for freeze in freezes:
            start = freeze.start - length + ahead + timedelta(minutes=1)
            fired = fires_between(trigger.schedule, start, freeze.start - training - behind)
            caught = [
                moment for moment in fired if not _nomination_waits(freezes, moment - ahead, moment + training + behind)
            ]
            if caught:
                message = (
                    f"`{trigger.name}` starts a training on {caught[-1]:%Y-%m-%d}, and its rollout, which takes "
                    f"{duration(needed)}, is not over when the freeze begins on {freeze.first}"
                )
                begin = caught[-1].date()
                help_text = f'begin the freeze with that training, `"{begin}/{freeze.last}"`, or move one of them'
                yield Issue(freeze.path, message, help_text, about=trigger.name)
                break


def _nomination_waits(freezes: list[_Freeze], earliest: datetime, latest: datetime) -> bool:
    """Whether a training that ends within these moments may have to wait for a freeze to end."""
    return any(earliest < freeze.end and latest >= freeze.start for freeze in freezes)
