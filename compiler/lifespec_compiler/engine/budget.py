"""Whether there is room for one more training: in the experiments' budget, and in the namespace's quota."""

from __future__ import annotations

from typing import Final

from lifespec_compiler.plan import Plan
from lifespec_schema.values.quantities import amount

from .case import AHEAD, Case

_HOUR: Final = 3600
_RESOURCES: Final = ("cpu", "gpu")


def never_fits(plan: Plan) -> str:
    """Why no training can ever start; empty where one can."""
    budget, platform = plan.spec.experiments.budget, plan.spec.platform
    if budget is not None:
        for resource, hours in (("cpu", budget.cpu_hours), ("gpu", budget.gpu_hours)):
            needed = cost(plan, resource)
            if hours is not None and needed > hours:
                return f"one training may take {needed:g} {resource} hours, and the budget is {hours:g}"
    quota = platform.quota if platform else None
    for resource in (*_RESOURCES, "memory") if quota else ():
        given = getattr(quota, resource)
        most = None if given is None else float(amount(str(given)) or 0)
        if most is not None and _at_once(plan, resource) > most:
            return f"one training does not fit into the namespace's quota of {given} {resource}"
    return ""


def full_until(case: Case) -> float | None:
    """When the budget has room again for a training; None: it has room now."""
    budget, trained = case.plan.spec.experiments.budget, case.history.trained
    if budget is None:
        return None
    waits = []
    for resource, hours in (("cpu", budget.cpu_hours), ("gpu", budget.gpu_hours)):
        needed = cost(case.plan, resource)
        if hours is None or not needed:
            continue
        fitting = int(hours / needed + 1e-9)
        recent = [at for at in trained if is_recent(case, at, budget.per)]
        if fitting and len(recent) >= fitting:
            waits.append(recent[-fitting] + budget.per)
    return max(waits, default=None)


def is_recent(case: Case, at: float, span: float) -> bool:
    """Whether something was less than a span ago; what is of the future was when a clock was wrong, and is not."""
    return -AHEAD <= case.now - at < span


def cost(plan: Plan, resource: str) -> float:
    """The most hours of a resource that one training may take: trials x timebox x cores or GPUs."""
    total = 0.0
    for candidate in plan.values["spec"]["experiments"]["candidates"]:
        each = float(amount(str(candidate["resources"].get(resource, 0))) or 0)
        total += candidate.get("search", {}).get("trials", 1) * each * candidate["timebox"] / _HOUR
    return total


def _at_once(plan: Plan, resource: str) -> float:
    """What the trials of one candidate that run beside each other take, of the candidate that takes the most."""
    found = []
    for candidate in plan.values["spec"]["experiments"]["candidates"]:
        each = float(amount(str(candidate["resources"].get(resource, 0))) or 0)
        found.append(each * candidate.get("search", {}).get("parallel", 1))
    return max(found, default=0.0)
