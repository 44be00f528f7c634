"""Service level objectives over time, from the series that the prometheus target's rules record."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lifespec_compiler.plan import Plan
from lifespec_compiler.targets.prometheus.promql import selector
from lifespec_compiler.targets.prometheus.recorded import BAD_RATE, BUDGET_LEFT, REQUEST_RATE
from lifespec_schema.values.written import duration, share

from .layout import Section, bands
from .overview import with_budget
from .panels import GREEN, ORANGE, RED, Json, Look, Query, lines, steps

if TYPE_CHECKING:
    from lifespec_schema.spec.monitoring import Slo


def section(plan: Plan) -> Section:
    """What is left of all budgets, and for each objective what uses it up."""
    objectives = plan.spec.monitoring.slos if plan.spec.monitoring else ()
    left = [_left(plan)] if with_budget(plan) else []
    return Section("Objectives", bands([*left, *(_bad(plan, slo) for slo in objectives)], 3, 8))


def _left(plan: Plan) -> Json:
    queries = [Query(f"max({selector(plan, BUDGET_LEFT, slo=slo.name)})", slo.name) for slo in with_budget(plan)]
    look = Look("percentunit", steps((0, ORANGE), (0.25, GREEN), base=RED), high=1)
    return lines("Budget left", "The part of the allowed errors that is not used up.", queries, look)


def _bad(plan: Plan, slo: Slo) -> Json:
    bad, counted = (f"sum({selector(plan, series, slo=slo.name)})" for series in (BAD_RATE, REQUEST_RATE))
    good = f"answers within {duration(slo.threshold)}" if slo.threshold else "answers without error"
    description = f"The share of requests that are not {good}. The line is what the objective allows on average."
    look = Look("percentunit", steps((round(1 - slo.target, 12), RED)), low=0)
    title = f"{slo.name}: {share(slo.target)} {good} over {duration(slo.window)}"
    return lines(title, description, [Query(f"{bad} / {counted}", "bad requests", ORANGE)], look)
