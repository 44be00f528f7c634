"""Checks that wait for labels longer than they last."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, NamedTuple

from lifespec_schema.catalog import Tier, metrics_for
from lifespec_schema.findings import Path, Severity

from .context import Context
from .rollouts import (
    RPS,
    exceeds,
    is_online,
    live_stages,
    live_time,
    outcome_delay,
    outcome_share,
    request_rate,
    share_of_traffic,
)
from .rule import Edit, Issue, Unknown, rule
from .text import at_least, count, duration, names
from .values import written

if TYPE_CHECKING:
    from lifespec_compiler.plan import Check, Plan, Stage


@rule(area="evaluation", severity=Severity.ERROR, since="0.1.0")
def label_delay_gate(plan: Plan, _context: Context) -> Iterator[Issue | Unknown]:
    """A live check needs labels, or outcomes, that are not known before it ends.

    ## What it does
    Holds `labels.delay.p95`, or the `delay` of a metric measured by query, against the time that the check has:
    a gate's stage up to its timeout (twice the duration in shadow), a guard's windows up to promotion. With
    `traffic.rps` it adds the time until `minSamples` outcomes are known: minSamples / (rps * share of traffic *
    share of labelled requests). A concept monitor's window ends where labels are complete, so only its number
    of labelled requests is checked.

    ## Why is this bad?
    The gate can never pass. Every candidate waits until the stage times out and is rolled back, or, where an
    engine takes missing data for success, is promoted unseen: both happened (argo-rollouts issue 4479, flagger
    issues 1035 and 1689).

    ## Example
    ```yaml
    data:
      labels: {column: churned, delay: {p95: 30d}}
    evaluation:
      online:
        gates: [{metric: recall, min: 60%}]
    ```

    ## Use instead
    A metric that needs no labels there, and a concept monitor for the one that does:
    ```yaml
    data:
      labels: {column: churned, delay: {p95: 30d}}
    evaluation:
      online:
        gates: [{metric: errorRate, max: 1%}]
    monitoring:
      predictions: {log: s3://logs/churn/, time: ts, id: request_id}
      monitors: [{name: decay, kind: concept, metric: recall, min: 60%, window: 30d}]
    ```
    """
    if not is_online(plan):
        return
    for check in plan.checks:
        delay = outcome_delay(plan, check)
        if check.tier == "monitor":
            yield from _monitor(plan, check)
        elif delay and check.tier == "guard":
            yield from _guard(plan, check, delay)
        elif delay and check.tier in ("shadow", "online"):
            yield from _gate(plan, check, delay)


class _Need(NamedTuple):
    """How long a gate needs in a stage until it can be decided, in seconds, and why."""

    seconds: float
    why: str


def _gate(plan: Plan, check: Check, delay: float) -> Iterator[Issue | Unknown]:
    stages = (
        [stage for stage in plan.stages if stage.weight == 0] if check.tier == "shadow" else list(live_stages(plan))
    )
    short = [
        (stage, need) for stage in stages if exceeds((need := _need(plan, check, delay, stage)).seconds, stage.timeout)
    ]
    if request_rate(plan) is None and not short:
        yield Unknown(RPS, f"whether `{check.name}` gets its samples in time")
    if not short:
        return
    stage, need = short[0]
    others = [other.name for other, _ in short[1:]]
    also = f"; so do {names(others)}" if len(others) > 1 else f"; so does {names(others)}" if others else ""
    path, key = _length(stage)
    value = at_least(need.seconds if key == "timeout" else need.seconds / 2)
    ends = f"`{stage.name}` ends undecided after {duration(stage.timeout)}{also}"
    message = f"`{check.metric_name}` needs {need.why}, and {ends}"
    twice = "" if key == "timeout" else ", which may last twice as long"
    help_text = f"{_proxy(plan, check)}; or `{key}: {value}` in `{stage.name}`{twice}"
    edit = Edit(f"wait {value} for the outcomes", (*path, key), value)
    yield Issue((*check.path, "metric"), message, help_text, edit=edit)


def _need(plan: Plan, check: Check, delay: float, stage: Stage) -> _Need:
    kind = "labels" if check.metric and check.metric.needs_labels else "outcomes"
    known_after = f"{kind}, known after {duration(delay)}"
    rps = request_rate(plan)
    if rps is None:
        return _Need(delay, known_after)
    samples = _min_samples(plan, check)
    rate = rps * share_of_traffic(plan, stage) * outcome_share(plan, check)
    collecting = samples / rate
    why = f"{count(samples)} {known_after}: {duration(delay)} + {at_least(collecting)} at {rate:.3g} a second"
    return _Need(delay + collecting, why)


def _guard(plan: Plan, check: Check, delay: float) -> Iterator[Issue]:
    window, total = check.window or 0, live_time(plan)
    if not exceeds(delay + window, total):
        return
    kind = "labels" if check.metric and check.metric.needs_labels else "outcomes"
    message = (
        f"`{check.metric_name}` needs {kind}, known after {duration(delay)}: no window of {duration(window)} "
        f"is judged before promotion, {duration(total)} after the first traffic"
    )
    stage = live_stages(plan)[-1]
    value = at_least(stage.hold + delay + window - total)
    key = "duration" if plan.spec.rollout.strategy == "abTest" else "hold"
    edit = Edit(f"hold `{stage.name}` for {value}", (*stage.path, key), value)
    yield Issue(
        (*check.path, "metric"), message, f"{_proxy(plan, check)}; or `{key}: {value}` in `{stage.name}`", edit=edit
    )


def _monitor(plan: Plan, check: Check) -> Iterator[Issue | Unknown]:
    samples, rps = _min_samples(plan, check), request_rate(plan)
    if rps is None:
        yield Unknown(RPS, f"whether `{check.name}` gets {count(samples)} labelled requests into its window")
        return
    rate, window = rps * outcome_share(plan, check), check.window or 0
    if not exceeds(samples, rate * window):
        return
    value = at_least(samples / rate)
    message = (
        f"a window of {duration(window)} holds {count(rate * window)} labelled requests at {rate:.3g} a second; "
        f"`{check.name}` gives no verdict below {count(samples)}"
    )
    yield Issue(
        (*check.path, "window"),
        message,
        f"`window: {value}`",
        edit=Edit(f"look at {value}", (*check.path, "window"), value),
    )


def _proxy(plan: Plan, check: Check) -> str:
    """What can be checked there without labels, in words."""
    tier: Tier = "shadow" if check.tier == "shadow" else "online"
    free = [metric for metric in metrics_for(plan.spec.objective.problem, tier) if not metric.needs_labels]
    comparing = [metric.id for metric in free if "stablePredictions" in metric.inputs]
    if comparing:
        return f"use a metric that needs no labels, {names(comparing)}"
    shadow = [
        metric.id
        for metric in metrics_for(plan.spec.objective.problem, "shadow")
        if "stablePredictions" in metric.inputs
    ]
    return (
        f"compare without labels in shadow, by {names(shadow)}, and watch `{check.metric_name}` with a concept monitor"
    )


def _length(stage: Stage) -> tuple[Path, str]:
    """Where the time of a stage stands: a step has a timeout, the others end undecided after twice their length."""
    if stage.path[-2:-1] == ("steps",):
        return stage.path, "timeout"
    return stage.path, "duration" if stage.name in ("shadow", "abTest") else "hold"


def _min_samples(plan: Plan, check: Check) -> int:
    """The samples below which the check has no verdict."""
    return int(written(plan.values, (*check.path, "minSamples")) or 1)
