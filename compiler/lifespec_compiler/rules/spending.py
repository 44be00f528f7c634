"""Experiments that may cost more than their budget."""

from __future__ import annotations

from collections.abc import Iterator
from math import ceil
from typing import TYPE_CHECKING, NamedTuple

from lifespec_compiler.schedules import firings, most_runs, shortest_gap
from lifespec_schema.findings import Path, Severity
from lifespec_schema.values.quantities import amount

from .context import Context
from .rollouts import exceeds, retrains_here
from .rule import Edit, Issue, rule
from .text import at_least, count, duration

if TYPE_CHECKING:
    from lifespec_compiler.plan import Plan
    from lifespec_schema.spec.retraining import Retraining

BUDGET: Path = ("spec", "experiments", "budget")
CANDIDATES: Path = ("spec", "experiments", "candidates")
COOLDOWN: Path = ("spec", "retraining", "cooldown")
_HOUR = 3600


@rule(area="experiments", severity=Severity.WARNING, since="0.1.0")
def over_budget(plan: Plan, _context: Context) -> Iterator[Issue]:
    """Training may cost more than the experiments' budget.

    ## What it does
    Adds up what one training may use: for each candidate trials * `timebox` * cores, and the same with GPUs. Then it
    takes the most trainings that the triggers, `retraining.cooldown` and `retraining.limit` let through within
    `budget.per`, and compares both with `cpuHours` and `gpuHours`. Trials that end before their timebox cost less.

    ## Why is this bad?
    The budget ends a search in the middle, or the retraining in the middle of the month in which it is needed, and
    which of the numbers was meant nobody knows. Budgets that a search did not keep were reported of several
    (rafiki issue 180, mljar-supervised issue 521).

    ## Example
    ```yaml
    experiments:
      candidates:
      - name: boosting
        image: registry.example.com/churn-train@sha256:aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa
        search: {trials: 40, space: {depth: {kind: integer, low: 2, high: 8}}}
        resources: {cpu: "4", memory: 8Gi}
        timebox: 6h
      budget: {cpuHours: 800, per: 30d}
    ```

    ## Use instead
    ```yaml
    experiments:
      candidates:
      - name: boosting
        image: registry.example.com/churn-train@sha256:aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa
        search: {trials: 40, space: {depth: {kind: integer, low: 2, high: 8}}}
        resources: {cpu: "4", memory: 8Gi}
        timebox: 2h
      budget: {cpuHours: 800, per: 30d}
    ```
    """
    budget = plan.spec.experiments.budget
    if budget is None:
        return
    retraining = plan.spec.retraining if retrains_here(plan) else None
    for resource, unit, key, hours in (
        ("cpu", "core hours", "cpuHours", budget.cpu_hours),
        ("gpu", "GPU hours", "gpuHours", budget.gpu_hours),
    ):
        costs = list(_costs(plan, resource))
        once = sum(cost.hours for cost in costs)
        if hours is None or not once:
            continue
        told = "; ".join(cost.why for cost in costs)
        if exceeds(once, hours):
            message = f"a training may take {_hours(once)} {unit}, and the budget is {_hours(hours)}: {told}"
            edit = _fewer_trials(plan, costs, hours)
            fewer = f"`trials: {edit.value}`, or " if edit else ""
            yield Issue((*BUDGET, key), message, f"{fewer}`{key}: {_hours(once)}`", edit=edit)
            continue
        runs = _runs(retraining, budget.per, hours / once) if retraining else 1
        if exceeds(once * runs, hours):
            message = (
                f"{runs} trainings may start within {duration(budget.per)}, and together take {_hours(once * runs)} "
                f"{unit}; the budget is {_hours(hours)}. A training: {told}"
            )
            fitting = int(hours / once + 1e-9)
            apart = at_least(budget.per / fitting) if fitting else ""
            edit = Edit(f"wait {apart} between trainings", COOLDOWN, apart) if fitting else None
            rarer = f"`retraining.cooldown: {apart}`, or " if fitting else ""
            yield Issue((*BUDGET, key), message, f"{rarer}`{key}: {_hours(once * runs)}`", edit=edit)


class _Cost(NamedTuple):
    """What a candidate's trials may take, in hours of a resource, and how that comes about."""

    candidate: int
    hours: float
    trial: float
    why: str


def _costs(plan: Plan, resource: str) -> Iterator[_Cost]:
    unit = {"cpu": "cores", "gpu": "GPUs"}[resource]
    for index, candidate in enumerate(plan.values["spec"]["experiments"]["candidates"]):
        each = float(amount(str(candidate["resources"].get(resource, 0))) or 0)
        trials = candidate.get("search", {}).get("trials", 1)
        trial = each * candidate["timebox"] / _HOUR
        if trial:
            many = f"{count(trials)} trials" if trials > 1 else "1 trial"
            devices = unit if each != 1 else unit[:-1]
            why = f"`{candidate['name']}` {many} of {duration(candidate['timebox'])} on {each:.10g} {devices}"
            yield _Cost(index, trials * trial, trial, why)


def _runs(retraining: Retraining, per: float, enough: float) -> int:
    """The most trainings that may start within `per` seconds, whatever the monitors say.

    Schedules are counted only where the cooldown and the limit alone leave more than `enough`.
    """
    cooldown = retraining.cooldown or 1
    limit = (retraining.limit.runs, retraining.limit.per) if retraining.limit else None
    spaced = ceil(per / cooldown - 1e-9)
    if limit and limit[0] * cooldown < limit[1]:
        whole, rest = divmod(per, limit[1])
        spaced = int(whole) * limit[0] + min(limit[0], ceil(rest / cooldown - 1e-9))
    schedules = [trigger.schedule for trigger in retraining.triggers if trigger.kind == "schedule"]
    if not exceeds(spaced, enough) or len(schedules) < len(retraining.triggers):
        return spaced
    return min(spaced, sum(_scheduled(schedule, per, cooldown, limit) for schedule in schedules))


def _scheduled(schedule: str, per: float, cooldown: float, limit: tuple[int, float] | None) -> int:
    """The most trainings that a schedule alone starts within `per` seconds."""
    moments, gap = firings(schedule, 370), shortest_gap(schedule)
    if moments and moments[-1] - moments[0] > 2 * per:
        return most_runs(moments, per, cooldown, limit)
    return ceil(per / gap - 1e-9) if gap else 1


def _fewer_trials(plan: Plan, costs: list[_Cost], hours: float) -> Edit | None:
    """So few trials that one training fits, where a single candidate searches."""
    searching = [cost for cost in costs if plan.spec.experiments.candidates[cost.candidate].search]
    if len(searching) != 1:
        return None
    others = sum(cost.hours for cost in costs if cost is not searching[0])
    fitting = int((hours - others) / searching[0].trial + 1e-9)
    path = (*CANDIDATES, searching[0].candidate, "search", "trials")
    return Edit(f"try {fitting}", path, fitting) if fitting > 0 else None


def _hours(value: float) -> str:
    """A number of hours as the language reads it back."""
    return f"{round(value, 2):.10g}"
