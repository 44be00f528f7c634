"""Retraining that asks for more than the cooldown or the rollout lets through."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from lifespec_compiler.schedules import firings, most_runs, shortest_gap, shortest_gap_after
from lifespec_schema.findings import Path, Severity

from .context import Context
from .rollouts import RPS, exceeds, is_online, request_rate, retrains_here, rollout_time
from .rule import Edit, Issue, Unknown, rule
from .text import at_least, count, duration, names

if TYPE_CHECKING:
    from lifespec_compiler.plan import Plan
    from lifespec_schema.spec.retraining import Retraining

COOLDOWN: Path = ("spec", "retraining", "cooldown")
LIMIT: Path = ("spec", "retraining", "limit")
TRIGGERS: Path = ("spec", "retraining", "triggers")
_DAY = 86400


@rule(area="retraining", severity=Severity.WARNING, since="0.1.0")
def overlapping_rollouts(plan: Plan, _context: Context) -> Iterator[Issue | Unknown]:
    """The next candidate can come before the rollout of the one before is over.

    ## What it does
    Holds the shortest time between two trainings against the rollout from shadow to promotion, passed as early as it
    may be. A schedule alone gives its own shortest gap, after `cooldown`; a trigger on data volume the time in which so
    many labelled requests come; several triggers give the cooldown, because any two of them may follow each other.
    A trigger on a monitor alone is a `retrain-storm`.

    ## Why is this bad?
    A candidate that is replaced in the middle of its rollout never becomes stable, however good it is: users keep the
    old model while each training is paid for. Flagger had to restart the analysis on each new revision, because going
    on with it promoted revisions that nobody had checked (flagger issue 30).

    ## Example
    ```yaml
    rollout:
      steps: [{weight: 10%, hold: 24h}, {weight: 50%, hold: 48h}]
    retraining:
      triggers: [{name: nightly, schedule: "0 3 * * *"}]
    ```

    ## Use instead
    ```yaml
    rollout:
      steps: [{weight: 10%, hold: 24h}, {weight: 50%, hold: 48h}]
    retraining:
      triggers: [{name: weekly, schedule: "0 3 * * 1"}]
    ```
    """
    retraining = plan.spec.retraining
    if retraining is None or retraining.nominate == "manual" or not retrains_here(plan) or not is_online(plan):
        return
    needed, spaced = rollout_time(plan), _spacing(retraining)
    if not exceeds(needed, spaced):
        return
    takes = f"a rollout takes {duration(needed)}"
    edit = Edit(f"wait {at_least(needed)}", COOLDOWN, at_least(needed))
    help_text = f"`retraining.cooldown: {at_least(needed)}`, or a shorter rollout"
    if len(retraining.triggers) > 1:
        asking = names(trigger.name for trigger in retraining.triggers)
        message = f"{takes}, and {asking} may start trainings {duration(spaced)} apart"
        yield Issue(COOLDOWN, message, help_text, edit=edit)
        return
    trigger, path = next(iter(retraining.triggers)), (*TRIGGERS, 0)
    if trigger.kind == "schedule":
        gap = shortest_gap_after(trigger.schedule, spaced)
        if gap is not None and exceeds(needed, gap):
            message = f"{takes}, and `{trigger.name}` starts the next training {duration(gap)} after the one before"
            yield Issue((*path, "schedule"), message, help_text, edit=edit)
    elif trigger.kind == "dataVolume":
        rate = (request_rate(plan) or 0) * (plan.spec.data.labels.share or 1)
        if not rate:
            yield Unknown(RPS, f"whether `{trigger.name}` starts a training before a rollout is over")
            return
        collected = trigger.new_labeled_rows / rate
        if exceeds(needed, max(spaced, collected)):
            message = (
                f"{takes}, and {count(trigger.new_labeled_rows)} labelled rows come in {at_least(collected)}, if they "
                f"come as requests do, {rate:.3g} a second; the cooldown is {duration(spaced)}"
            )
            yield Issue((*path, "newLabeledRows"), message, help_text, edit=edit)


@rule(area="retraining", severity=Severity.WARNING, since="0.1.0")
def suppressed_schedule(plan: Plan, _context: Context) -> Iterator[Issue]:
    """A schedule asks for more trainings than the cooldown or the limit lets through.

    ## What it does
    Counts when each schedule fires: two firings in a row must be at least `cooldown` apart (default: 1d), and of those
    that are, no more than `limit.runs` may come within `limit.per`. Firings are counted on the schedule's own clock.

    ## Why is this bad?
    The schedule says one thing and the lifecycle does another, without an error: the skipped trainings are recorded as
    suppressed, and the data that they were to learn from waits. Silently skipped runs are what users of CronJobs with
    `concurrencyPolicy: Forbid` asked a remedy for (kubernetes issue 79995).

    ## Example
    ```yaml
    retraining:
      triggers: [{name: nightly, schedule: "0 3 * * *"}]
      cooldown: 5d
    ```

    ## Use instead
    ```yaml
    retraining:
      triggers: [{name: weekly, schedule: "0 3 * * 1"}]
      cooldown: 5d
    ```
    """
    retraining = plan.spec.retraining
    if retraining is None or not retrains_here(plan):
        return
    cooldown, limit = retraining.cooldown or 0, retraining.limit
    for index, trigger in enumerate(retraining.triggers):
        if trigger.kind != "schedule":
            continue
        path = (*TRIGGERS, index, "schedule")
        gap = shortest_gap(trigger.schedule) if cooldown > _at_least_apart(trigger.schedule) else None
        if gap is not None and exceeds(cooldown, gap):
            message = (
                f"`{trigger.name}` fires {duration(gap)} after the time before; the cooldown is {duration(cooldown)}"
            )
            help_text = f"a schedule with longer gaps, or `cooldown: {duration(gap)}`"
            edit = Edit(f"wait {duration(gap)}", COOLDOWN, duration(gap))
            yield Issue(path, message, help_text, related=(("the cooldown", COOLDOWN),), edit=edit)
        if limit is None or limit.per <= limit.runs * max(cooldown, _at_least_apart(trigger.schedule)):
            continue  # too rare to reach the limit
        started = most_runs(firings(trigger.schedule, 370), limit.per, cooldown, None)
        if started > limit.runs:
            within = duration(limit.per)
            message = f"`{trigger.name}` may start {started} trainings within {within}; the limit is {limit.runs}"
            help_text = f"a schedule that fires less often, or `limit.runs: {started}`"
            edit = Edit(f"let {started} through", (*LIMIT, "runs"), started)
            yield Issue(path, message, help_text, related=(("the limit", (*LIMIT, "runs")),), edit=edit)


def _spacing(retraining: Retraining) -> float:
    """The shortest time that the cooldown and the limit leave between two trainings, in seconds."""
    alone = retraining.limit.per if retraining.limit and retraining.limit.runs == 1 else 0
    return max(retraining.cooldown or 0, alone)


def _at_least_apart(schedule: str) -> float:
    """A time that two firings in a row are apart at the least, told from the form alone."""
    minute, hour, day, _month, weekday = schedule.split()
    if not (minute.isdigit() and hour.isdigit()):
        return 0
    if day == "*" and weekday.isalnum():
        return 7 * _DAY
    return 28 * _DAY if day.isdigit() and weekday == "*" else _DAY
