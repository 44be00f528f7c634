"""Retraining that learns from too little, or never comes to rest."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from lifespec_schema.findings import Path, Severity

from .context import Context
from .rollouts import (
    RPS,
    exceeds,
    is_online,
    label_delay,
    request_rate,
    retrains_here,
    rollout_time,
    training_time,
)
from .rule import Edit, Issue, Unknown, rule
from .text import at_least, count, duration
from .values import written

if TYPE_CHECKING:
    from lifespec_compiler.plan import Monitor, Plan

DAY = 86400
MIXED = "half the monitor's window"
WINDOW: Path = ("spec", "retraining", "window", "length")


@rule(area="retraining", severity=Severity.ERROR, since="0.1.0")
def short_retrain_window(plan: Plan, _context: Context) -> Iterator[Issue | Unknown]:
    """The retraining window holds too few rows that have a label.

    ## What it does
    Takes `labels.delay.p95` off a rolling `retraining.window`: the rest is the time whose rows have labels. It
    must be more than nothing. Where `readiness.minLabeledRows` and `traffic.rps` are given, it must hold that
    many rows at rps * share of labelled requests; less is a warning, because a source's rows may come otherwise
    than requests.

    ## Why is this bad?
    Every retraining ends at the readiness check or, without one, learns from rows whose label is not known yet. Where
    a missing label means "did not happen", as in churn, such rows teach the model that nobody churns.

    ## Example
    ```yaml
    data:
      labels: {column: churned, delay: {p95: 35d}}
    retraining:
      triggers: [{name: weekly, schedule: "0 3 * * 1"}]
      window: {kind: rolling, length: 30d}
    ```

    ## Use instead
    ```yaml
    data:
      labels: {column: churned, delay: {p95: 35d}}
    retraining:
      triggers: [{name: weekly, schedule: "0 3 * * 1"}]
      window: {kind: rolling, length: 90d}
    ```
    """
    retraining = plan.spec.retraining
    if (
        not retrains_here(plan)
        or retraining is None
        or retraining.window is None
        or retraining.window.kind != "rolling"
    ):
        return
    length, delay = retraining.window.length, label_delay(plan)
    readiness, rps = plan.spec.data.readiness, request_rate(plan)
    rate = (rps or 0) * (plan.spec.data.labels.share or 1)
    wanted = (readiness.min_labeled_rows if readiness else None) or 0
    enough = delay + wanted / rate if rate and wanted else 0
    if delay and not exceeds(length, delay):
        value = at_least(max(enough, delay + DAY))
        message = f"a window of {duration(length)} holds no labelled row: labels are known after {duration(delay)}"
        yield _longer(value, message, f"it must be longer than that, for example `length: {value}`")
    elif enough and exceeds(enough, length):
        rows = int((length - delay) * rate)
        message = (
            f"a window of {duration(length)} less {duration(delay) if delay else 'no'} label delay holds {count(rows)} "
            f"labelled rows, if they come as requests do, {rate:.3g} a second; "
            f"`readiness.minLabeledRows` asks for {count(wanted)}"
        )
        issue = _longer(at_least(enough), message, f"`length: {at_least(enough)}`")
        yield issue._replace(severity=Severity.WARNING)
    elif wanted and not rate:
        yield Unknown(RPS, f"whether a retraining window of {duration(length)} holds {count(wanted)} labelled rows")


def _longer(value: str, message: str, help_text: str) -> Issue:
    return Issue(WINDOW, message, help_text, edit=Edit(f"learn from {value}", WINDOW, value))


@rule(area="retraining", severity=Severity.ERROR, since="0.1.0")
def retrain_storm(plan: Plan, _context: Context) -> Iterator[Issue]:
    """One alarm starts a second training before the first could end it.

    ## What it does
    For each trigger on a monitor, finds the time after which the alarm that started a training can be over at the
    earliest: the training, to its timebox, and the whole rollout, because a monitor with `reference: training`
    compares with the model that serves; for a concept monitor the label delay on top. Until half a window later, most
    of what a prediction or concept monitor looks at was still answered by the old model. The trigger fires again when
    `retraining.cooldown` is over and the monitor has alarmed `consecutive` times more. If that is earlier, it is an
    error; if only the half window is cut, a warning. A monitor with `reference: previous` comes to rest by itself.

    ## Why is this bad?
    Each alarm costs several trainings, and their candidates overtake each other in the rollout while nothing is
    learnt from the first. The budget goes, and so does the trust in the alarm.

    ## Example
    ```yaml
    data:
      labels: {column: churned, delay: {p95: 30d}}
    monitoring:
      predictions: {log: s3://logs/churn/, time: ts, id: request_id}
      monitors: [{name: decay, kind: concept, metric: recall, min: 60%, window: 14d, every: 1d}]
    retraining:
      triggers: [{name: decayed, monitor: decay}]
      cooldown: 5d
    ```

    ## Use instead
    ```yaml
    data:
      labels: {column: churned, delay: {p95: 30d}}
    monitoring:
      predictions: {log: s3://logs/churn/, time: ts, id: request_id}
      monitors: [{name: decay, kind: concept, metric: recall, min: 60%, window: 14d, every: 1d}]
    retraining:
      triggers: [{name: decayed, monitor: decay}]
      cooldown: 6w
    ```
    """
    retraining = plan.spec.retraining
    if retraining is None or not retrains_here(plan):
        return
    monitors = {monitor.name: monitor for monitor in plan.monitors}
    cooldown = retraining.cooldown or 0
    for index, trigger in enumerate(retraining.triggers):
        monitor = monitors.get(trigger.monitor) if trigger.kind == "monitor" else None
        if monitor is None or trigger.kind != "monitor" or _rests_by_itself(plan, monitor):
            continue
        again = max(cooldown, monitor.every * trigger.consecutive)
        parts = _until_over(plan, monitor)
        over = sum(length for _, length in parts)
        if not exceeds(over, again):
            continue
        told = " + ".join(f"{duration(length)} {what}" for what, length in parts)
        message = (
            f"`{trigger.name}` can fire again {duration(again)} after it fired, "
            f"while the alarm of `{monitor.name}` can last {duration(over)}: {told}"
        )
        path: Path = ("spec", "retraining", "triggers", index, "monitor")
        edit = Edit(f"wait {at_least(over)}", ("spec", "retraining", "cooldown"), at_least(over))
        sure = sum(length for what, length in parts if what != MIXED)
        severity = None if exceeds(sure, again) else Severity.WARNING
        yield Issue(path, message, f"`retraining.cooldown: {at_least(over)}`", severity=severity, edit=edit)


def _rests_by_itself(plan: Plan, monitor: Monitor) -> bool:
    """Whether a lasting change alarms only once, because each window is compared with the one before."""
    return bool(written(plan.values, (*monitor.path, "reference")) == "previous")


def _until_over(plan: Plan, monitor: Monitor) -> list[tuple[str, float]]:
    """What passes between a training's start and the monitor seeing mostly what the new model does."""
    parts = [("training", training_time(plan)), ("rollout", rollout_time(plan) if is_online(plan) else 0)]
    if monitor.kind == "concept":
        parts.append(("label delay", label_delay(plan)))
    if monitor.kind != "data":
        parts.append((MIXED, monitor.window / 2))
    return [(what, length) for what, length in parts if length]
