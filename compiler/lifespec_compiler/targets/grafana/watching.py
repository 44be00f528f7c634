"""What is watched once the model serves: monitors, the age of their reports, and the freshness of the data."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lifespec_compiler.plan import Plan
from lifespec_compiler.series import MONITOR_BREACHED, MONITOR_REPORTED, MONITOR_VALUE, SOURCE_NEWEST
from lifespec_compiler.targets.docs.words import bounds, number
from lifespec_compiler.targets.prometheus.promql import selector
from lifespec_schema.catalog import METRICS
from lifespec_schema.values.written import duration

from .layout import Band, Section, bands
from .panels import GREEN, ORANGE, RED, Json, Look, Query, lines, stat, states, steps, values
from .units import UNITS, limits, unit

if TYPE_CHECKING:
    from lifespec_schema.spec.monitoring import Monitor

LATE = (1.5, 3)
"""In the time between two reports: from when one is late, and from when several were missed."""


def monitors(plan: Plan) -> Section:
    """A panel for each monitor, when it was in alarm, and whether it still reports."""
    watched = plan.spec.monitoring.monitors if plan.spec.monitoring else ()
    if not watched:
        return Section("Monitors", ())
    about_all = Band(6, (_alarms(plan), _reported(plan)), (2, 1))
    return Section("Monitors", (about_all, *bands([_values(plan, monitor) for monitor in watched], 3, 8)))


def data(plan: Plan) -> Section:
    """How old the newest row of each source is, with the age that is allowed."""
    sources = plan.spec.data.sources
    bounded = [source for source in sources if source.freshness]
    rest = [source for source in sources if not source.freshness]
    panels = [
        _age(
            f"{source.name}: at most {duration(source.freshness)} old",
            [_newest(plan, source.name)],
            steps((source.freshness, RED)),
        )
        for source in bounded
        if source.freshness
    ]
    if rest:
        panels.append(_age("Sources without a bound", [_newest(plan, source.name) for source in rest], ()))
    return Section("Data freshness", bands(panels, 3, 6))


def _alarms(plan: Plan) -> Json:
    query = Query(f"max by (monitor) ({selector(plan, MONITOR_BREACHED)})", "{{monitor}}")
    look = Look("none", mappings=values({0: ("within bounds", GREEN), 1: ("alarm", RED)}))
    return states("Alarms", "When each monitor's last verdict was Fail.", [query], look)


def _reported(plan: Plan) -> Json:
    late, missed = LATE
    queries = [
        Query(
            f"time() - max({selector(plan, MONITOR_REPORTED, monitor=monitor.name)})",
            f"{monitor.name}, every {duration(monitor.every)}",
            steps=steps((late * monitor.every, ORANGE), (missed * monitor.every, RED)),
        )
        for monitor in plan.monitors
    ]
    description = "Time since each monitor's last report. Red: several are missing, so no alarm says nothing."
    return stat("Age of the last report", description, queries, Look("s", steps(), empty="never"), both=True)


def _values(plan: Plan, monitor: Monitor) -> Json:
    query = Query(f"max by (column) ({selector(plan, MONITOR_VALUE, monitor=monitor.name)})", "{{column}}")
    if monitor.kind == "concept":
        check = next(check for check in plan.checks if check.name == monitor.name and check.kind == "monitor")
        look = Look(unit(check.metric), limits(check.min, check.max))
        title = f"{monitor.name}: {monitor.metric} {bounds(check)}"
        value = Query(f"max({selector(plan, MONITOR_VALUE, monitor=monitor.name)})", monitor.metric)
        return lines(title, "Concept drift: whether the model is still right.", [value], look)
    limit = monitor.max if isinstance(monitor.max, (int, float)) else None
    facts = METRICS.get(monitor.method)
    what = "inputs" if monitor.kind == "data" else "answers"
    reference = "the training data" if monitor.reference == "training" else "the window before"
    told = f" at most {number(limit)}" if limit is not None else ", bounds from the statistic's null distribution"
    description = f"{monitor.kind.capitalize()} drift: how far the {what} are from {reference}."
    look = Look(UNITS[facts.unit] if facts else "none", limits(None, limit), low=0)
    return lines(f"{monitor.name}: {monitor.method}{told}", description, [query], look)


def _newest(plan: Plan, source: str) -> Query:
    return Query(f"time() - max({selector(plan, SOURCE_NEWEST, source=source)})", source)


def _age(title: str, queries: list[Query], bounds_: tuple[Json, ...]) -> Json:
    return lines(title, "Time since the newest event in the source.", queries, Look("s", bounds_, low=0))
