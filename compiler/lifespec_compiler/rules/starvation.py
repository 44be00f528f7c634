"""Live checks that wait for more requests than arrive."""

from __future__ import annotations

from collections.abc import Iterator
from math import ceil
from typing import TYPE_CHECKING

from lifespec_schema.findings import Path, Severity

from .context import Context
from .rollouts import RPS, exceeds, is_online, live_stages, outcome_delay, outcome_share, request_rate, share_of_traffic
from .rule import Edit, Issue, Unknown, rule
from .text import at_least, count, duration
from .values import written

if TYPE_CHECKING:
    from lifespec_compiler.plan import Check, Plan, Stage

SHADOW: Path = ("spec", "evaluation", "shadow")
INTERVAL: Path = ("spec", "rollout", "analysis", "interval")


@rule(area="evaluation", severity=Severity.ERROR, since="0.1.0")
def starved_gate(plan: Plan, _context: Context) -> Iterator[Issue | Unknown]:
    """A live gate, or the shadow tier, waits for more requests than arrive before it ends.

    ## What it does
    Compares traffic.rps * the candidate's share * the time until the stage ends undecided (its timeout; in shadow
    twice the duration) with `minSamples` of each live gate, in each step, and with `shadow.minRequests`. It also
    reports a gate that is looked at less often than once in a step (`analysis.interval`). A gate that waits for labels
    or outcomes is a `label-delay-gate`, a guard a `toothless-rollback`.

    ## Why is this bad?
    The gate is never decided, so each candidate is rolled back at the timeout, or held for ever, whatever it is like.
    Spinnaker's users met it as "One of the metrics returned fewer than 50 data points" (spinnaker.github.io issue
    1292), Flagger's as rollouts that halt for want of traffic (flagger issues 1035 and 1689).

    ## Example
    ```yaml
    traffic: {rps: 0.5}
    evaluation:
      shadow:
        mirror: 20%
        duration: 24h
        minRequests: 100000
        gates: [{metric: disagreementRate, max: 5%}]
    ```

    ## Use instead
    ```yaml
    traffic: {rps: 0.5}
    evaluation:
      shadow:
        mirror: 20%
        duration: 24h
        minRequests: 8000
        gates: [{metric: disagreementRate, max: 5%}]
    ```
    """
    if not is_online(plan):
        return
    shadow, rps = plan.spec.evaluation.shadow, request_rate(plan)
    shadows = [stage for stage in plan.stages if stage.weight == 0]
    live = list(live_stages(plan))
    if shadow is not None and shadow.min_requests is not None:
        if rps is None:
            yield Unknown(RPS, f"whether the shadow tier gets its {count(shadow.min_requests)} requests")
        else:
            path = (*SHADOW, "minRequests")
            yield from _too_few(plan, path, "the shadow tier", shadow.min_requests, shadows, rps)
    for check in plan.checks:
        if check.tier not in ("shadow", "online") or outcome_delay(plan, check):
            continue
        samples = int(written(plan.values, (*check.path, "minSamples")) or 1)
        stages = shadows if check.tier == "shadow" else live
        if rps is None:
            yield Unknown(RPS, f"whether `{check.name}` gets its samples in time")
        else:
            path = (*check.path, "minSamples")
            rate = rps * outcome_share(plan, check)
            yield from _too_few(plan, path, f"`{check.name}`", samples, stages, rate)
        yield from _never_looked_at(plan, check, stages)


def _too_few(plan: Plan, path: Path, who: str, wanted: int, stages: list[Stage], rate: float) -> Iterator[Issue]:
    """The first stage in which fewer than `wanted` come at `rate` requests a second before it ends undecided."""
    for stage in stages:
        come = rate * share_of_traffic(plan, stage)
        if not exceeds(wanted, come * stage.timeout):
            continue
        fitting = int(come * stage.timeout)
        key = "duration" if stage.name in ("shadow", "abTest") else "timeout" if "steps" in stage.path else "hold"
        longer = at_least(wanted / come / (1 if key == "timeout" else 2))
        message = (
            f"{who} waits for {count(wanted)} requests, and {count(fitting) if fitting else 'none'} come to "
            f"`{stage.name}` in {duration(stage.timeout)}, after which it ends undecided, at {come:.3g} a second"
        )
        fewer = f"`{path[-1]}: {fitting}`, or " if fitting else ""
        edit = Edit(f"wait {longer} for them", (*stage.path, key), longer)
        yield Issue(path, message, f"{fewer}`{key}: {longer}` in `{stage.name}`", edit=edit)
        return


def _never_looked_at(plan: Plan, check: Check, stages: list[Stage]) -> Iterator[Issue]:
    analysis = plan.spec.rollout.analysis
    interval = analysis.interval if analysis else 60
    short = next((stage for stage in stages if exceeds(interval, stage.timeout)), None)
    if short is not None:
        message = (
            f"`{check.name}` is looked at every {duration(interval)}, and `{short.name}` ends undecided "
            f"after {duration(short.timeout)}"
        )
        value = duration(max(1, ceil(short.timeout / 10)))
        edit = Edit(f"look every {value}", INTERVAL, value)
        yield Issue(INTERVAL, message, f"`analysis.interval: {value}`", about=check.name, edit=edit)
