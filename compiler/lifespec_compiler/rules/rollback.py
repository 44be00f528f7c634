"""Rollbacks that cannot happen."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from lifespec_schema.findings import Path, Severity

from .context import Context
from .rollouts import RPS, exceeds, is_online, live_stages, live_time, outcome_delay, outcome_share, request_rate
from .rule import Edit, Issue, Unknown, rule
from .text import at_least, at_most, count, duration

if TYPE_CHECKING:
    from lifespec_compiler.plan import Check, Plan
    from lifespec_schema.spec.rollout import Guard

ROLLOUT: Path = ("spec", "rollout")


@rule(area="rollout", severity=Severity.ERROR, since="0.1.0")
def toothless_rollback(plan: Plan, _context: Context) -> Iterator[Issue | Unknown]:
    """Nothing can roll a bad candidate back before it is promoted.

    ## What it does
    A guard rolls back on failing window number `failureLimit` + 1, and its windows follow one another from the
    candidate's first traffic: that many windows must fit between first traffic and promotion, which is the sum
    of the holds. A window must also be able to hold `minSamples` requests at the rollout's highest weight. A
    rollout with neither guards nor online gates is reported as a whole.

    ## Why is this bad?
    The rollout looks guarded and is not. In SageMaker a deployment without an alarm has its automatic rollback
    silently inactive, and Flagger without `analysis` promotes everything unchecked.

    ## Example
    ```yaml
    rollout:
      steps: [{weight: 10%, hold: 30m}, {weight: 50%, hold: 1h}]
      guards: [{metric: errorRate, max: 1%, window: 1h}]
    ```

    ## Use instead
    ```yaml
    rollout:
      steps: [{weight: 10%, hold: 30m}, {weight: 50%, hold: 1h}]
      guards: [{metric: errorRate, max: 1%, window: 15m}]
    ```
    """
    if not is_online(plan):
        return
    guards = plan.spec.rollout.guards
    if not guards and plan.spec.evaluation.online is None:
        message = "nothing watches the candidate's live traffic: it is promoted whatever it does"
        example = "`guards: [{metric: errorRate, max: 1%, window: 15m}]`"
        help_text = f"add a guard, for example {example}, or `evaluation.online.gates`"
        yield Issue(ROLLOUT, message, help_text, on_key=True)
    checks = {check.path: check for check in plan.checks}
    for index, guard in enumerate(guards):
        check = checks[(*ROLLOUT, "guards", index)]
        yield from _windows(plan, guard, check)
        yield from _samples(plan, guard, check)


def _windows(plan: Plan, guard: Guard, check: Check) -> Iterator[Issue]:
    """Too few windows before promotion."""
    analysis = plan.spec.rollout.analysis
    needed = (analysis.failure_limit if analysis else 1) + 1
    delay, total = outcome_delay(plan, check), live_time(plan)
    available = total - delay
    if not exceeds(guard.window * needed, available) or (delay and exceeds(guard.window, available)):
        return  # a guard whose first window is never judged is a `label-delay-gate`
    fitting = int(available / guard.window * (1 + 1e-9))
    late = f" less {duration(delay)} until outcomes are known" if delay else ""
    message = (
        f"`{guard.name}` rolls back on failing window {needed}, and {fitting or 'none'} of its windows "
        f"of {duration(guard.window)} {'fit' if fitting != 1 else 'fits'} "
        f"into the {duration(total)} before promotion{late}"
    )
    value = at_most(available / needed)
    path = (*check.path, "window")
    limit = f"; or `analysis.failureLimit: {fitting - 1}`" if fitting else ""
    yield Issue(path, message, f"`window: {value}`{limit}; or longer holds", edit=Edit(f"look at {value}", path, value))


def _samples(plan: Plan, guard: Guard, check: Check) -> Iterator[Issue | Unknown]:
    """Windows that can never hold enough."""
    if guard.min_samples <= 1:
        return
    rps = request_rate(plan)
    if rps is None:
        yield Unknown(RPS, f"whether a window of `{guard.name}` gets {count(guard.min_samples)} samples")
        return
    traffic = plan.spec.traffic
    busiest = traffic.peak_rps if traffic and traffic.peak_rps else rps
    weight = max(stage.weight for stage in live_stages(plan))
    rate = busiest * weight / 100 * outcome_share(plan, check)
    if not exceeds(guard.min_samples, rate * guard.window):
        return
    fitting = int(rate * guard.window)
    value = at_least(guard.min_samples / rate)
    message = (
        f"a window of {duration(guard.window)} holds {count(rate * guard.window)} samples at {busiest:.3g} requests "
        f"a second and {weight}%; `{guard.name}` sees no data below {count(guard.min_samples)}"
    )
    fewer = f"`minSamples: {fitting}`, or " if fitting else ""
    edit = Edit(f"judge by {fitting}", (*check.path, "minSamples"), fitting) if fitting else None
    yield Issue((*check.path, "minSamples"), message, f"{fewer}`window: {value}`", edit=edit)
