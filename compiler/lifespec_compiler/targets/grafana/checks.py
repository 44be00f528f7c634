"""Gates and guards on live traffic: their verdicts, and what they look at with their bounds."""

from __future__ import annotations

from collections.abc import Iterator

from lifespec_compiler.plan import Check, Plan
from lifespec_compiler.series import CHECK_VERDICT
from lifespec_compiler.targets.docs.words import bounds
from lifespec_compiler.targets.prometheus.promql import selector
from lifespec_schema.values.written import duration

from . import promql
from .layout import Band, Section, bands
from .panels import BLUE, GREEN, ORANGE, PURPLE, RED, Json, Look, Query, lines, states, values
from .traffic import live_checks
from .units import limits, unit

VERDICTS = {1: ("Pass", GREEN), 2: ("Inconclusive", ORANGE), 3: ("Fail", RED), 4: ("Error", PURPLE)}
GATE_WINDOW = "1h"
"""Of a gate, which has no window: it counts from the step's start."""


def section(plan: Plan) -> Section:
    """The verdicts of all checks, and a panel for each whose metric the server's series or a query tell."""
    checks = live_checks(plan)
    if plan.spec.serving.mode == "batch" or not checks:
        return Section("Gates and guards", (Band(8, (_verdicts(plan),)),))
    panels = [panel for check in checks if (panel := _panel(plan, check)) is not None]
    return Section("Gates and guards", (Band(8, (_verdicts(plan),)), *bands(panels, 3, 8)))


def _verdicts(plan: Plan) -> Json:
    words = [
        f"{number} * (max by (check) ({selector(plan, CHECK_VERDICT, verdict=word)}) == 1)"
        for number, (word, _) in VERDICTS.items()
    ]
    description = "What is known of each gate and guard: Inconclusive means not enough data for either answer."
    look = Look("none", mappings=values(VERDICTS))
    return states("Verdicts", description, [Query(" or ".join(words), "{{check}}")], look)


def _panel(plan: Plan, check: Check) -> Json | None:
    window = duration(check.window) if check.window else GATE_WINDOW
    queries = _catalog(plan, check, window) or _own(plan, check, window)
    if not queries:
        return None
    over = f"over {window}" if check.window else f"over {GATE_WINDOW}; the gate itself counts from its step's start"
    kind = "Guard" if check.tier == "guard" else "Gate"
    description = f"{kind} on {check.metric_name}, {over}. Red: what it does not allow."
    low = 0 if check.metric is None or check.metric.catalog is None or check.metric.catalog.low == 0 else None
    look = Look(unit(check.metric), limits(check.min, check.max), low=low)
    return lines(f"{check.name}: {check.metric_name} {bounds(check)}", description, queries, look)


def _catalog(plan: Plan, check: Check, window: str) -> list[Query]:
    measured = promql.measured(plan, check.metric, window)
    if measured is None:
        return []
    stable, candidate = promql.stable(plan, measured), promql.candidate(plan, measured)
    return [
        Query(stable, "stable {{revision}}", BLUE),
        Query(candidate, "candidate {{revision}}", ORANGE),
        *_relative(check, f"max({stable})"),
    ]


def _own(plan: Plan, check: Check, window: str) -> list[Query]:
    """A metric that the team measures by query, asked for the two revisions that the dashboard's variables hold."""
    own = next((each for each in plan.spec.metrics if each.name == check.metric_name and each.kind == "query"), None)
    if own is None or own.kind != "query":
        return []
    ratios = {}
    for revision in ("$stable", "$candidate"):
        good, total = (promql.asked(query, revision, window) for query in (own.query.good, own.query.total))
        if good is None or total is None:
            return []
        ratios[revision] = f"(\n{good}\n) / (\n{total}\n)"
    return [
        Query(ratios["$stable"], "stable $stable", BLUE),
        Query(ratios["$candidate"], "candidate $candidate", ORANGE),
        *_relative(check, ratios["$stable"]),
    ]


def _relative(check: Check, stable: str) -> Iterator[Query]:
    """What relative bounds allow now, from what stable does now."""
    if check.metric is None:
        return
    worse = "+" if check.metric.direction == "decrease" else "-"
    better = "-" if worse == "+" else "+"
    if check.max_regression is not None:
        yield Query(f"({stable}) {worse} {check.max_regression:.10g}", "worst allowed", RED, dashed=True)
    if check.max_relative_regression is not None:
        factor = f"(1 {worse} {check.max_relative_regression:.10g})"
        yield Query(f"({stable}) * {factor}", "worst allowed, relatively", RED, dashed=True)
    if check.min_improvement is not None:
        yield Query(f"({stable}) {better} {check.min_improvement:.10g}", "must be reached", RED, dashed=True)
