"""Guards that roll back healthy candidates."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, NamedTuple

from lifespec_compiler.engine.bounds import claims
from lifespec_schema.findings import Severity

from .chances import Chances, Truth, Watch
from .context import Context
from .healthy import GATES, SLOS, Promise, counted, promise
from .remedies import ALLOWED, remedies
from .rollouts import RPS, is_online, outcome_delay, outcome_share, request_rate
from .rule import Issue, Unknown, rule
from .text import count, duration, ratio

if TYPE_CHECKING:
    from lifespec_compiler.plan import Check, Plan


@rule(area="statistics", severity=Severity.WARNING, since="0.1.0")
def trigger_happy_guard(plan: Plan, _context: Context) -> Iterator[Issue | Unknown]:
    """A guard rolls back healthy candidates, because chance alone fails its windows.

    ## What it does
    Computes how often the guard's rule rolls back a candidate with which nothing is wrong: the chance that more than
    `analysis.failureLimit` of all the rollout's windows, shadow's included, break the bound, or that one has no data
    where that rolls back. It reports more than 1 in 100 rollouts, divided among the guards that it can judge. Healthy
    is what the spec promises: a candidate that just keeps an objective, or a live gate, which is stricter than the
    guard; against stable, one that is as good. A guard on `throughput` needs no promise. Requests arrive by chance,
    through the day as `lifespec simulate` has it if `traffic.dailyMinimumRps` is known, and the rollout begins at any
    hour. The changes that it offers still roll back a candidate that is twice as bad as allowed, 95 times in 100.
    Guards per user, on means, and on latency against stable are not judged.

    ## Why is this bad?
    Rollbacks come to mean nothing, and the guard is switched off. A guard is asked hundreds of times in a rollout, so a
    window that fails once in a hundred fails nearly always: 64 windows of 50 requests, held to 1% errors, roll back a
    model that fails once in a thousand in four rollouts of five. That alerts should fire for significant events only,
    and small counts are too sensitive for it, is what Google's workbook measures alerting by ("The Site Reliability
    Workbook", 2018, chapter 5); Spinnaker's judge warns below 50 data points (spinnaker.github.io issue 1292).

    ## Example
    A window of the first step gets 180 requests, of which 0.36 fail by the objective; two are more than 1%.
    ```yaml
    traffic: {rps: 2}
    rollout:
      steps: [{weight: 10%, hold: 1d}, {weight: 50%, hold: 1d}]
      guards: [{metric: errorRate, max: 1%, window: 15m}]
    monitoring:
      predictions: {log: s3://logs/churn/, time: ts, id: request_id}
      slos: [{name: availability, sli: availability, target: 99.8%, window: 30d}]
    ```

    ## Use instead
    ```yaml
    traffic: {rps: 2}
    rollout:
      steps: [{weight: 10%, hold: 1d}, {weight: 50%, hold: 1d}]
      guards: [{metric: errorRate, max: 1%, window: 2h}]
    monitoring:
      predictions: {log: s3://logs/churn/, time: ts, id: request_id}
      slos: [{name: availability, sli: availability, target: 99.8%, window: 30d}]
    ```
    """
    if not is_online(plan):
        return
    judged = []
    for guard in (guard for check in plan.checks if check.tier == "guard" for guard in _guards(plan, check)):
        what, judgeable = f"whether chance alone makes `{guard.check.name}` roll back", guard.truth is not None
        if request_rate(plan) is None:
            if judgeable or guard.watch.needs_data:  # else nothing is said that could be put together with it
                yield Unknown(RPS, what)
            continue
        if not judgeable:
            fact = SLOS if counted(guard.check) in ("errors", "latency") else GATES
            yield Unknown(fact, what if guard.watch.claim.slope else f"{what}, by a promise stricter than its bound")
        if judgeable or guard.watch.needs_data:
            judged.append(guard)
    chances, allowed = Chances(plan), ALLOWED / max(1, len(judged))
    for guard in judged:
        found = chances.rollback(guard.watch, guard.truth)
        if found > allowed:
            yield _issue(plan, chances, guard, found, allowed)


class _Guard(NamedTuple):
    """A bound of a guard, and what a healthy candidate is."""

    check: Check
    key: str
    watch: Watch
    promise: Promise | None
    truth: Truth | None
    """Of a candidate that just keeps the promise, and is as good as stable; None where nothing is promised."""


def _guards(plan: Plan, check: Check) -> Iterator[_Guard]:
    what, guard, analysis = counted(check), plan.at(check.path), plan.spec.rollout.analysis
    for key, claim in claims(check) if what != "nothing" else ():
        if (what == "latency" and key != "max") or (what == "requests" and claim.slope):
            continue  # what a difference of times means for shares depends on how they are spread
        watch = Watch(
            claim,
            guard.window,
            guard.min_samples,
            analysis.failure_limit if analysis else 1,
            needs_data=guard.on_no_data == "rollback" and what != "requests",
            is_rate=what == "requests",
            delay=outcome_delay(plan, check),
            known=outcome_share(plan, check),
        )
        kept = promise(plan, check, claim)
        share = kept.share if kept else 0.0 if what == "requests" else None
        yield _Guard(check, key, watch, kept, Truth(share, share) if share is not None else None)


def _issue(plan: Plan, chances: Chances, guard: _Guard, found: float, allowed: float) -> Issue:
    check, key, watch, kept, truth = guard
    starts = chances.windows(watch)
    sizes = [one.candidate for start in starts for one in start]
    length, number = duration(watch.window), sum(starts[0].values())
    gets = f"each of its {number:,} windows of {length} gets {_range(min(sizes), max(sizes), count)} requests"
    if watch.is_rate:
        rates = _range(min(sizes) / watch.window, max(sizes) / watch.window, "{:.3g}".format)
        asked = f"at {'least' if watch.claim.side == 'atLeast' else 'most'} {watch.claim.offset:g}"
        why = f"its {number:,} windows of {length} see {rates} requests a second, and it asks for {asked}"
    elif chances.rollback(watch, None) > found / 2:
        key = "minSamples" if watch.least > 1 else "onNoData"
        why = f"{gets}, and {'none' if watch.least <= 1 else f'fewer than {watch.least}'} in one rolls back"
    elif watch.claim.slope:
        why = f"one as good as stable, which just keeps `{kept.name if kept else ''}`, and {gets}"
    else:
        why = f"one that just keeps `{kept.name if kept else ''}` {kept.does if kept else ''}, and {gets}"
    message = f"`{check.name}` rolls back {_shown(found)} healthy candidates by chance alone: {why}"
    ways = remedies(plan, chances, check, guard.key, watch, truth, allowed)
    help_text = ", or ".join(way.told for way in ways) or "a bound further from what is promised, or more traffic"
    edit = next((way.edit for way in ways if way.edit), None)
    related = ((f"`{kept.name}`", kept.path),) if kept and key == guard.key else ()
    return Issue((*check.path, key), message, help_text, related=related, edit=edit)


def _range(least: float, most: float, shown: Callable[[float], str]) -> str:
    return " to ".join(dict.fromkeys((shown(least), shown(most))))


def _shown(chance_: float) -> str:
    """Two digits, and never all."""
    return f"{ratio(float(f'{chance_:.2g}'))} of" if chance_ < 0.995 else "nearly all"
