"""The first rows, which answer whether it is all right."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lifespec_compiler.plan import Plan
from lifespec_compiler.series import (
    CANDIDATE_WEIGHT,
    CHECK_VERDICT,
    DECIDED,
    MONITOR_BREACHED,
    RECONCILED,
    ROLLOUT_PHASE,
    STABLE_SINCE,
)
from lifespec_compiler.targets.prometheus.promql import selector
from lifespec_compiler.targets.prometheus.recorded import BUDGET_LEFT
from lifespec_schema.values.written import duration, share

from .layout import Band, Section
from .panels import GREEN, ORANGE, RED, Json, Look, Query, bars, stat, steps

if TYPE_CHECKING:
    from lifespec_schema.spec.monitoring import Slo

MINUTE = 60
UNWATCHED = (5 * MINUTE, 15 * MINUTE)
"""Seconds without the agent having looked: after the first it is worth a look, after the second nothing is enforced."""


def section(plan: Plan) -> Section:
    """What serves, how it does, and what is under way."""
    first = (_revision(plan), _age(plan), _phase(plan), _weight(plan), _decision(plan), _agent(plan))
    alarms = (_verdicts(plan), *([_monitors(plan)] if plan.monitors else []))
    budgets = _budgets(plan)
    second = (*([budgets] if budgets else []), *alarms)
    height = max(4, min(10, 2 + len(with_budget(plan))))
    shares = (2, *(1 for _ in alarms)) if budgets else ()
    return Section("Is it all right?", (Band(4, first), Band(height, second, shares)))


def with_budget(plan: Plan) -> list[Slo]:
    """The objectives that allow some errors; of the others no budget can be left."""
    return [slo for slo in (plan.spec.monitoring.slos if plan.spec.monitoring else ()) if slo.target < 1]


def _revision(plan: Plan) -> Json:
    query = Query(f"max by (revision) ({selector(plan, STABLE_SINCE)})", "{{revision}}")
    description = "The stable revision: a model's digest with the serving that runs it."
    return stat("Serving revision", description, [query], Look(empty="none yet"), names=True)


def _age(plan: Plan) -> Json:
    query = Query(f"time() - max({selector(plan, STABLE_SINCE)})")
    return stat("Model age", "Time since the serving model was trained.", [query], Look("s", empty="none yet"))


def _phase(plan: Plan) -> Json:
    query = Query(f"max by (phase) ({selector(plan, ROLLOUT_PHASE)}) == 1", "{{phase}}")
    description = "Where the candidate stands on its way."
    return stat("Candidate's phase", description, [query], Look(empty="no rollout"), names=True)


def _weight(plan: Plan) -> Json:
    query = Query(f"max({selector(plan, CANDIDATE_WEIGHT)})")
    description = "The candidate's share of live traffic."
    return stat("Candidate's traffic", description, [query], Look("percent", empty="no rollout"))


def _decision(plan: Plan) -> Json:
    query = Query(f"topk(1, max by (kind) ({selector(plan, DECIDED)})) * 1000", "{{kind}}")
    description = "The newest entry of the ledger, and when it was recorded."
    return stat("Last decision", description, [query], Look("dateTimeFromNow", empty="none yet"), both=True)


def _agent(plan: Plan) -> Json:
    query = Query(f"time() - max({selector(plan, RECONCILED)})")
    description = "Time since the agent looked at this lifecycle. Nothing is enforced while it does not."
    late, lost = UNWATCHED
    look = Look("s", steps((late, ORANGE), (lost, RED)), empty="never")
    return stat("Agent looked", description, [query], look)


def _budgets(plan: Plan) -> Json | None:
    objectives = with_budget(plan)
    if not objectives:
        return None
    queries = [
        Query(
            f"max({selector(plan, BUDGET_LEFT, slo=slo.name)})",
            f"{slo.name}: {share(slo.target)} over {duration(slo.window)}",
        )
        for slo in objectives
    ]
    description = "What is left of the errors that each objective allows in its window. Below zero it is missed."
    look = Look("percentunit", steps((0, ORANGE), (0.25, GREEN), base=RED), low=0, high=1)
    return bars("Budget left of each objective", description, queries, look)


def _verdicts(plan: Plan) -> Json:
    failing = selector(plan, CHECK_VERDICT, **{"verdict~": "Fail|Error"})
    description = "Gates and guards whose verdict is Fail or Error now."
    query = Query(f"count({failing} == 1) or vector(0)")
    return stat("Checks failing", description, [query], Look("none", steps((1, RED))))


def _monitors(plan: Plan) -> Json:
    query = Query(f"sum(max by (monitor) ({selector(plan, MONITOR_BREACHED)})) or vector(0)")
    description = "Monitors whose last verdict is Fail."
    return stat("Monitors in alarm", description, [query], Look("none", steps((1, RED))))
