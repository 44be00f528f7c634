"""Monitors and triggers that are declared and can never act."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from typing import TYPE_CHECKING, NamedTuple

from lifespec_compiler.schedules import firings
from lifespec_schema.catalog import METRICS
from lifespec_schema.findings import Path, Severity

from .context import Context
from .rollouts import RPS, exceeds, request_rate, retrains_here
from .rule import Edit, Issue, Unknown, rule
from .text import count, duration, measured
from .values import written

if TYPE_CHECKING:
    from lifespec_compiler.plan import Check, Plan
    from lifespec_schema.spec.retraining import Retraining

MONITORS: Path = ("spec", "monitoring", "monitors")
DAY = 86400


@rule(area="monitoring", severity=Severity.WARNING, since="0.1.0")
def silent_monitor(plan: Plan, _context: Context) -> Iterator[Issue]:
    """A monitor's bound is where the metric ends, so that it can never alarm.

    ## What it does
    Compares the `max` of a data or prediction monitor with the greatest value of its statistic, and the bounds of a
    concept monitor with the range of its metric.

    ## Why is this bad?
    It looks like a monitor that has nothing to report, and the trigger on it never fires. Sensors that were declared
    and silently did nothing are among the oldest complaints about the peers (katib issues 771 and 1795, kserve issue
    5335).

    ## Example
    ```yaml
    monitoring:
      predictions: {log: "s3://logs/churn/", time: ts, id: request_id}
      monitors: [{name: scores, kind: prediction, method: ks, max: 1, window: 7d}]
    ```

    ## Use instead
    ```yaml
    monitoring:
      predictions: {log: "s3://logs/churn/", time: ts, id: request_id}
      monitors: [{name: scores, kind: prediction, method: ks, max: 0.1, window: 7d}]
    ```
    """
    checks = {check.path: check for check in plan.checks}
    for index, monitor in enumerate(plan.spec.monitoring.monitors if plan.spec.monitoring else ()):
        path: Path = (*MONITORS, index)
        if monitor.kind == "concept":
            end = _beyond_range(checks[path])
        else:
            statistic = METRICS.get(monitor.method)
            bound = written(plan.values, (*path, "max"))
            high = statistic.high if statistic else None
            is_silent = statistic is not None and bound is not None and high is not None and bound >= high
            end = _End("max", high, statistic.unit) if is_silent and high is not None and statistic else None
        if end:
            message = f"`{monitor.name}` never alarms: no value lies beyond {measured(end.value, end.unit)}"
            yield Issue((*path, end.key), message, f"write a bound inside the metric's range, or delete `{end.key}`")


class _End(NamedTuple):
    """The end of a metric's range, and the bound that lies there."""

    key: str
    value: float
    unit: str


def _beyond_range(check: Check) -> _End | None:
    """The only bound of a check, where every value of its metric keeps it."""
    metric = check.metric.catalog if check.metric else None
    if metric is None or check.against is not None:
        return None
    if check.min is not None and check.max is None and metric.low is not None and check.min <= metric.low:
        return _End("min", metric.low, metric.unit)
    if check.max is not None and check.min is None and metric.high is not None and check.max >= metric.high:
        return _End("max", metric.high, metric.unit)
    return None


@rule(area="retraining", severity=Severity.WARNING, since="0.1.0")
def starved_trigger(plan: Plan, _context: Context) -> Iterator[Issue | Unknown]:
    """A trigger waits for more new rows than can ever come between two trainings by the calendar.

    ## What it does
    A `newLabeledRows` trigger counts from the last training on, whatever started that. Where a schedule trains too, at
    most its longest gap and the cooldown lie between two trainings (or the time of `retraining.limit`, if that is
    longer). In that time come rps * share of labelled requests * seconds rows.

    ## Why is this bad?
    Its author believes that more data bring a new model sooner, and they never do. Things that are declared and have no
    effect are the most common fault of the peers (kserve issue 5335, feast issues 1802 and 6821).

    ## Example
    ```yaml
    traffic: {rps: 1}
    retraining:
      triggers:
        - {name: weekly, schedule: "0 3 * * 1"}
        - {name: enough-data, newLabeledRows: 1000000}
    ```

    ## Use instead
    ```yaml
    traffic: {rps: 1}
    retraining:
      triggers:
        - {name: weekly, schedule: "0 3 * * 1"}
        - {name: enough-data, newLabeledRows: 400000}
    ```
    """
    retraining = plan.spec.retraining
    if retraining is None or not retrains_here(plan):
        return
    between = _longest_between(retraining)
    if between is None:
        return
    longest, name = between
    share, rps = plan.spec.data.labels.share or 1, request_rate(plan)
    for index, trigger in enumerate(retraining.triggers):
        if trigger.kind != "dataVolume":
            continue
        if rps is None:
            yield Unknown(RPS, f"whether `{trigger.name}` gets its rows before `{name}` trains")
            continue
        rows = rps * share * longest
        if exceeds(trigger.new_labeled_rows, rows):
            path: Path = ("spec", "retraining", "triggers", index, "newLabeledRows")
            message = (
                f"`{trigger.name}` never fires: `{name}` trains at the latest every {duration(longest)}, in which "
                f"{count(rows)} labelled rows come, if they come as requests do; it waits for "
                f"{count(trigger.new_labeled_rows)}"
            )
            fewer = int(rows / 2)
            edit = Edit(f"wait for {count(fewer)} rows", path, fewer) if fewer else None
            yield Issue(path, message, f"`newLabeledRows: {fewer or 1}`, or a rarer schedule", edit=edit)


def _longest_between(retraining: Retraining) -> tuple[float, str] | None:
    """The longest that two trainings may be apart by the schedule that trains most reliably, in seconds; its name."""
    found = []
    for trigger in retraining.triggers:
        moments = firings(trigger.schedule) if trigger.kind == "schedule" else ()
        gaps = [later - earlier for earlier, later in pairwise(moments)]
        if gaps:
            longest = max(gaps) + (DAY if retraining.cooldown is None else retraining.cooldown)
            limit = retraining.limit.per + max(gaps) if retraining.limit else 0
            found.append((max(longest, limit), trigger.name))
    return min(found) if found else None
