"""Traffic and latency of stable and candidate beside each other, with what the spec allows as lines."""

from __future__ import annotations

from lifespec_compiler.plan import Check, Plan
from lifespec_compiler.series import CANDIDATE_WEIGHT
from lifespec_compiler.targets.docs.words import number
from lifespec_compiler.targets.prometheus.promql import selector
from lifespec_schema.values.written import duration

from . import promql
from .layout import Band, Section, bands
from .panels import BLUE, GRAY, ORANGE, RED, Json, Look, Query, by_revision, lines, steps
from .units import strictest

PERCENTILES = {0.5: "median", 0.9: "90th percentile", 0.95: "95th percentile", 0.99: "99th percentile"}


def sections(plan: Plan) -> list[Section]:
    """The two rows; none for a model that answers no requests."""
    if plan.spec.serving.mode == "batch":
        return []
    above = Band(8, (_requests(plan), _errors(plan), _weight(plan)))
    latencies = [_latency(plan, level) for level in PERCENTILES if level in _levels(plan)]
    return [
        Section("Traffic by revision", (above,)),
        Section("Latency by revision", bands(latencies, 3, 8)),
    ]


def of_each(plan: Plan, by_revision_: str) -> list[Query]:
    """The queries of a quantity by revision."""
    return by_revision(
        (
            (promql.stable(plan, by_revision_), "stable", BLUE),
            (promql.candidate(plan, by_revision_), "candidate", ORANGE),
            (promql.neither(plan, by_revision_), "other", GRAY),
        )
    )


def live_checks(plan: Plan) -> list[Check]:
    """The gates and guards on live traffic."""
    return [check for check in plan.checks if check.tier in ("shadow", "online", "guard")]


def _requests(plan: Plan) -> Json:
    traffic = plan.spec.traffic
    peak = traffic.peak_rps if traffic else None
    planned = f" (planned: {number(traffic.rps)} a second)" if traffic else ""
    description = "Requests answered in one second. The line is the busiest minute that the spec plans for."
    look = Look("reqps", steps((peak, RED)) if peak else (), low=0)
    return lines(f"Requests{planned}", description, of_each(plan, promql.requests(plan)), look)


def _errors(plan: Plan) -> Json:
    bounds = strictest(check for check in live_checks(plan) if check.metric_name == "errorRate")
    description = "The share of requests answered with a server error. Lines: the gates and guards on it."
    return lines(
        "Error rate",
        description,
        of_each(plan, promql.error_share(plan)),
        Look("percentunit", bounds if len(bounds) > 1 else (), low=0),
    )


def _weight(plan: Plan) -> Json:
    weights = [stage.weight for stage in plan.stages if 0 < stage.weight < 100]
    query = Query(f"max by (revision) ({selector(plan, CANDIDATE_WEIGHT)})", "candidate {{revision}}", ORANGE)
    description = "The candidate's share of live traffic. Lines: the steps of the rollout."
    look = Look("percent", steps(*((weight, BLUE) for weight in weights)) if weights else (), low=0, high=100)
    return lines("Candidate's traffic", description, [query], look, stepped=True)


def _latency(plan: Plan, level: float) -> Json:
    budget = plan.spec.serving.latency_budget if plan.spec.serving.mode == "online" else None
    checks = [check for check in live_checks(plan) if _level(check) == level and check.max is not None]
    bounds = [(check.max, RED) for check in checks if check.max is not None]
    told = [f"{check.name}: {duration(check.max)}" for check in checks if check.max is not None]
    if level == max(PERCENTILES) and budget:
        bounds.append((budget, ORANGE if budget < min((bound for bound, _ in bounds), default=0) else RED))
        told.append(f"latency budget: {duration(budget)}")
    description = f"The time within which {100 * level:g}% of the requests are answered."
    lines_ = f" Lines: {', '.join(told)}." if told else ""
    look = Look("s", steps(*bounds) if bounds else (), low=0)
    title = f"Latency, {PERCENTILES[level]}"
    return lines(title, description + lines_, of_each(plan, promql.quantile(plan, level)), look)


def _level(check: Check) -> float | None:
    return check.metric.catalog.percentile if check.metric and check.metric.catalog else None


def _levels(plan: Plan) -> set[float | None]:
    return {0.5, 0.99, *(_level(check) for check in live_checks(plan))}
