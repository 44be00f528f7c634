"""Alerts about monitors: one has failed, or nobody knows."""

from __future__ import annotations

from collections.abc import Iterator

from lifespec_compiler.plan import Monitor, Plan
from lifespec_compiler.series import MONITOR_BREACHED, MONITOR_REPORTED, RECONCILED
from lifespec_schema.values.written import duration

from . import kinds
from .alert import Alert
from .promql import BY, newest, number, selector
from .templates import AGE

HOUR = 3600

DRIFT = {
    "data": "The inputs have changed from what the monitor holds them against.",
    "prediction": "The answers have changed from what the monitor holds them against.",
    "concept": "The model is no longer as right as the monitor asks for.",
}


def alerts(plan: Plan) -> Iterator[Alert]:
    """For each monitor that somebody is to hear of, its breach; for every monitor, that its reports are missing."""
    monitoring = plan.spec.monitoring
    known = {monitor.name: monitor for monitor in plan.monitors}
    for index, alert in enumerate(monitoring.alerts if monitoring else ()):
        monitor = known.get(alert.for_)
        if monitor is not None:
            breached = newest(selector(plan, MONITOR_BREACHED, monitor=monitor.name), "monitor")
            yield Alert(
                kind=kinds.MONITOR_BREACHED,
                severity=alert.severity,
                expr=f"{breached} == 1",
                summary=(f"monitor {monitor.name} has failed",),
                description=(f"{DRIFT[monitor.kind]} It looks at {duration(monitor.window)} of the prediction log.",),
                path=("spec", "monitoring", "alerts", index),
                about={"monitor": monitor.name},
            )
    for monitor in plan.monitors:
        yield from _unknown(plan, monitor)


def overdue(every: float) -> float:
    """Seconds after which two runs in a row have brought nothing; an hour is for the run itself."""
    return 2 * every + HOUR


def _unknown(plan: Plan, monitor: Monitor) -> Iterator[Alert]:
    reported = newest(selector(plan, MONITOR_REPORTED, monitor=monitor.name), "monitor")
    patience = overdue(monitor.every)
    yield Alert(
        kind=kinds.MONITOR_REPORT_STALE,
        severity="ticket",
        expr=f"time() - {reported} > {number(patience)}",
        summary=(f"monitor {monitor.name} has not reported for ", AGE),
        description=(
            f"It runs every {duration(monitor.every)}. Whether it would fail now is unknown,",
            " and no retraining is triggered by it.",
        ),
        path=monitor.path,
        about={"monitor": monitor.name},
    )
    yield Alert(
        kind=kinds.MONITOR_REPORT_ABSENT,
        severity="ticket",
        expr=f"{newest(selector(plan, RECONCILED))} unless on ({', '.join(BY)}) {reported}",
        summary=(f"monitor {monitor.name} has never reported",),
        description=(f"The agent runs, but for {duration(patience)} there has been no report of this monitor.",),
        path=monitor.path,
        about={"monitor": monitor.name},
        wait=patience,
    )
