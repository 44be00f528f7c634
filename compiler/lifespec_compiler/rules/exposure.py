"""More predictions by a bad candidate than the team accepts."""

from __future__ import annotations

from collections.abc import Iterator
from math import ceil
from typing import TYPE_CHECKING, NamedTuple

from lifespec_schema.findings import Path, Severity

from .context import Context
from .rollouts import RPS, exceeds, is_online, live_stages, outcome_delay, outcome_share, request_rate
from .rule import Edit, Issue, Unknown, rule
from .text import at_least, at_most, count
from .values import written

if TYPE_CHECKING:
    from lifespec_compiler.plan import Check, Plan, Stage

MAX_EXPOSURE: Path = ("spec", "rollout", "maxExposure")


@rule(area="rollout", severity=Severity.ERROR, since="0.1.0")
def excess_exposure(plan: Plan, _context: Context) -> Iterator[Issue | Unknown]:
    """A bad candidate can answer more requests than `maxExposure` before anything can roll it back.

    ## What it does
    Finds the earliest time after the candidate's first traffic at which a check can roll it back: a guard on failing
    window number `failureLimit` + 1, an online gate at its first look with `minSamples` outcomes. Up to then it adds
    traffic.rps * weight of each step, each passed as early as its hold and its gates allow. That is what the fastest
    check allows; a check that needs more than its first chance allows more.

    ## Why is this bad?
    The number is a promise to those whom the predictions are about, and the thresholds beside it cannot keep it. Knight
    Capital's router sent millions of orders in the 45 minutes that it took to stop it, at a cost of 460 million dollars
    (SEC, administrative proceeding 3-15570, 2013).

    ## Example
    ```yaml
    traffic: {rps: 40}
    rollout:
      steps: [{weight: 10%, hold: 4h}, {weight: 50%, hold: 12h}]
      guards: [{metric: errorRate, max: 1%, window: 15m}]
      maxExposure: 5000
    ```

    ## Use instead
    ```yaml
    traffic: {rps: 40}
    rollout:
      steps: [{weight: 5%, hold: 4h}, {weight: 50%, hold: 12h}]
      guards: [{metric: errorRate, max: 1%, window: 15m}]
      maxExposure: 5000
    ```
    """
    rollout = plan.spec.rollout
    if rollout.strategy != "canary" or rollout.max_exposure is None or not is_online(plan):
        return
    rps = request_rate(plan)
    if rps is None:
        yield Unknown(RPS, "whether a bad candidate is caught within `maxExposure`")
        return
    stretches = [_Stretch(stage, rps * stage.weight / 100, _lasts(plan, stage, rps)) for stage in live_stages(plan)]
    caught = [(seconds, check) for check in plan.checks if (seconds := _caught(plan, check, rps)) is not None]
    if not caught:
        return
    seconds, check = min(caught, key=lambda found: found[0])
    if exceeds(seconds, sum(stretch.seconds for stretch in stretches)):
        return  # promoted before: a `toothless-rollback`
    answered = _answered(stretches, seconds)
    if not exceeds(answered, rollout.max_exposure):
        return
    message = (
        f"a bad candidate can answer {count(answered)} requests before `{check.name}` can roll it back, "
        f"{at_least(seconds)} after its first traffic at {rps:.3g} requests a second; "
        f"`maxExposure` is {count(rollout.max_exposure)}"
    )
    edit, help_text = _remedy(plan, check, stretches, seconds, rollout.max_exposure)
    related = ((f"`{check.name}`", check.path),)
    yield Issue(MAX_EXPOSURE, message, help_text, about=check.name, related=related, edit=edit)


class _Stretch(NamedTuple):
    """A step: what it sends to the candidate in a second, and how long it lasts at least."""

    stage: Stage
    rate: float
    seconds: float


def _lasts(plan: Plan, stage: Stage, rps: float) -> float:
    """The shortest that the step may last: a gate that is not decided yet keeps it, up to its timeout."""
    looks = [_first_look(plan, check, rps * stage.weight / 100) for check in plan.checks if check.tier == "online"]
    return min(stage.timeout, max([stage.hold, *looks]))


def _caught(plan: Plan, check: Check, rps: float) -> float | None:
    """Seconds from the first traffic until the check can roll back at the earliest; None where it cannot."""
    if check.tier == "guard":
        analysis = plan.spec.rollout.analysis
        windows = (analysis.failure_limit if analysis else 1) + 1
        return windows * (check.window or 0) + outcome_delay(plan, check)
    if check.tier == "online":
        first = live_stages(plan)[0]
        look = _first_look(plan, check, rps * first.weight / 100)
        return None if exceeds(look, first.timeout) else look
    return None


def _first_look(plan: Plan, check: Check, rate: float) -> float:
    """Seconds from a step's start until a gate is looked at with all the outcomes that it needs."""
    analysis = plan.spec.rollout.analysis
    interval = analysis.interval if analysis else 60
    samples = written(plan.values, (*check.path, "minSamples")) or 1
    known = samples / (rate * outcome_share(plan, check)) + outcome_delay(plan, check)
    return ceil(known / interval - 1e-9) * interval


def _answered(stretches: list[_Stretch], seconds: float) -> float:
    """What the candidate answers within so many seconds of its first traffic."""
    answered = 0.0
    for stretch in stretches:
        within = min(stretch.seconds, seconds)
        answered, seconds = answered + stretch.rate * within, seconds - within
    return answered


def _time_for(stretches: list[_Stretch], requests: float) -> float:
    """The seconds within which the candidate answers so many."""
    seconds = 0.0
    for stretch in stretches:
        part = min(stretch.seconds, requests / stretch.rate)
        seconds, requests = seconds + part, requests - part * stretch.rate
    return seconds


def _remedy(plan: Plan, check: Check, stretches: list[_Stretch], seconds: float, limit: int) -> tuple[Edit | None, str]:
    """A shorter window of the guard that is fastest, or a smaller first step."""
    ways, edit = [], None
    first = stretches[0]
    smaller = int(limit * first.stage.weight / (first.rate * seconds) + 1e-9) if seconds <= first.seconds else 0
    if smaller >= 1 and check.tier == "guard":
        ways.append(f"`weight: {smaller}%` in `{first.stage.name}`")
    if check.tier == "guard" and check.window:
        analysis = plan.spec.rollout.analysis
        window = (_time_for(stretches, limit) - outcome_delay(plan, check)) / (
            (analysis.failure_limit if analysis else 1) + 1
        )
        if window >= 1:
            ways.append(f"`window: {at_most(window)}` in `{check.name}`")
            edit = Edit(f"look at {at_most(window)}", (*check.path, "window"), at_most(window))
    return edit, " or ".join(ways) or "add a guard that is faster, or begin with less traffic"
