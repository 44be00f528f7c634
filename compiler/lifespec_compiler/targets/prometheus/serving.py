"""Alerts about what callers get: objectives whose error budget burns, and answers that nobody measures."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from lifespec_compiler.plan import Plan
from lifespec_compiler.series import LATENCY, REQUESTS, STABLE_SINCE
from lifespec_schema.findings import Path
from lifespec_schema.values.written import duration, share

from . import kinds
from .alert import Alert, Severity
from .objectives import Speed, bucket, burns, too_fast
from .promql import BY, newest, selector
from .templates import SHARE

if TYPE_CHECKING:
    from lifespec_schema.spec.monitoring import Slo

ABSENT_FOR = 900
"""Seconds without a series until it counts as absent: a restart of all pods is over by then."""


def alerts(plan: Plan) -> Iterator[Alert]:
    """For each objective that somebody is to hear of, its burn rates; and that there is something to measure at all."""
    monitoring = plan.spec.monitoring
    if plan.spec.serving.mode != "online":
        return
    slos = {slo.name: slo for slo in (monitoring.slos if monitoring else ())}
    severities: list[Severity] = []
    for index, alert in enumerate(monitoring.alerts if monitoring else ()):
        slo = slos.get(alert.for_)
        if slo is not None:
            severities.append(alert.severity)
            path = ("spec", "monitoring", "alerts", index)
            yield _burns(plan, slo, "fast", alert.severity, path)
            yield _burns(plan, slo, "slow", "ticket", path)
    yield _no_requests(plan, "page" if "page" in severities else "ticket")
    for index, slo in enumerate(slos.values()):
        if slo.sli == "latency":
            yield _no_bucket(plan, slo, ("spec", "monitoring", "slos", index, "threshold"))


def _burns(plan: Plan, slo: Slo, speed: Speed, severity: Severity, path: Path) -> Alert:
    """A slow burn is never worth a night's sleep, so it is a ticket whatever the severity."""
    bad = (
        "answered with an error" if slo.sli == "availability" else f"not answered within {duration(slo.threshold or 0)}"
    )
    rates = " or ".join(
        f"{burn.factor:g} times over {duration(burn.long)} and {duration(burn.short)}"
        for burn in burns(slo)
        if burn.speed == speed
    )
    return Alert(
        kind=kinds.BUDGET_BURNS_FAST if speed == "fast" else kinds.BUDGET_BURNS_SLOWLY,
        severity=severity,
        expr=too_fast(plan, slo, speed),
        summary=(f"objective {slo.name}: ", SHARE, f" of the requests are {bad}"),
        description=(
            f"The objective is {share(slo.target)} over {duration(slo.window)}, so {share(1 - slo.target)} may be bad.",
            f" The budget burns faster than it may: {rates}.",
        ),
        path=path,
        about={"slo": slo.name},
    )


def _no_requests(plan: Plan, severity: Severity) -> Alert:
    seen = newest(f"last_over_time({selector(plan, REQUESTS)}[1d])")
    serves = f"({newest(selector(plan, STABLE_SINCE))} or {seen})"
    return Alert(
        kind=kinds.REQUESTS_ABSENT,
        severity=severity,
        expr=f"{serves} unless on ({', '.join(BY)}) {selector(plan, REQUESTS)}",
        summary=("there are no request metrics",),
        description=(
            "A model is to serve, but no server tells how many requests it answers: either none runs, or none is",
            " scraped. No objective, guard or gate on live traffic can be judged.",
        ),
        path=("spec", "serving"),
        wait=ABSENT_FOR,
    )


def _no_bucket(plan: Plan, slo: Slo, path: Path) -> Alert:
    measured = newest(selector(plan, LATENCY, "_count"))
    threshold = selector(plan, LATENCY, "_bucket", **bucket(slo))
    return Alert(
        kind=kinds.LATENCY_BUCKET_ABSENT,
        severity="ticket",
        expr=f"{measured} unless on ({', '.join(BY)}) {threshold}",
        summary=(f"objective {slo.name} cannot be measured: no histogram bucket ends at its threshold",),
        description=(
            f"The servers export {LATENCY.name}, but no bucket for answers within {duration(slo.threshold or 0)}.",
            " While it is missing the objective has no value, and its alerts cannot fire.",
        ),
        path=path,
        about={"slo": slo.name},
        wait=ABSENT_FOR,
    )
