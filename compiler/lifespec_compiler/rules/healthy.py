"""What a spec says of a healthy model: the share of requests that its promises allow to fail."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Literal, NamedTuple

from lifespec_compiler.statistics.sequential import Claim
from lifespec_schema.findings import Path

from .text import duration, measured, ratio

if TYPE_CHECKING:
    from lifespec_compiler.plan import Check, Plan

SLOS: Path = ("spec", "monitoring", "slos")
GATES: Path = ("spec", "evaluation", "online", "gates")
Counted = Literal["errors", "latency", "requests", "share", "nothing"]


class Promise(NamedTuple):
    """A share that a healthy model keeps."""

    name: str
    """Of the objective, or of the gate."""
    share: float
    """Of requests that have what the check counts."""
    does: str
    """What a model does that just keeps it, for people."""
    path: Path


def counted(check: Check) -> Counted:
    """What a live check counts; `nothing` where its value is no share of requests, nor how many come in a second."""
    metric = check.metric
    if metric is None or metric.per == "user":
        return "nothing"
    if metric.catalog is None:
        return "share"
    if metric.catalog.unit == "perSecond":
        return "requests"
    if metric.catalog.percentile is not None:
        return "latency"
    if metric.catalog.id == "errorRate":
        return "errors"
    return "share" if metric.catalog.estimate == "share" and metric.per == "request" else "nothing"


def promise(plan: Plan, check: Check, claim: Claim) -> Promise | None:
    """The strictest promise on what a check counts; None where there is none, or where its bound is as strict.

    Of how far a healthy model is from a bound nothing is known where no promise is stricter.
    """
    sign = 1 if claim.side == "atMost" else -1
    found = min(_promises(plan, check, claim.side), key=lambda one: sign * one.share, default=None)
    if found is None or claim.slope:
        return found
    return found if sign * found.share < sign * claim.offset else None


def _promises(plan: Plan, check: Check, side: str) -> Iterator[Promise]:
    what = counted(check)
    monitoring = plan.spec.monitoring
    for index, slo in enumerate(monitoring.slos if monitoring and side == "atMost" else ()):
        share, path = round(1 - slo.target, 12), (*SLOS, index)
        if what == "errors" and slo.sli == "availability":
            yield Promise(slo.name, share, f"fails {ratio(share)} of its requests", path)
        in_time = slo.threshold if what == "latency" and slo.sli == "latency" else None
        if in_time is not None and check.max is not None and in_time <= check.max:
            yield Promise(slo.name, share, f"answers {ratio(share)} later than {duration(in_time)}", path)
    for gate in plan.checks if what in ("errors", "share") else ():
        bound = gate.max if side == "atMost" else gate.min
        if gate.tier in ("shadow", "online") and gate.metric_name == check.metric_name and bound is not None:
            fails = f"fails {ratio(bound)} of its requests"
            does = fails if what == "errors" else f"has its {gate.metric_name} at {measured(bound, 'ratio')}"
            yield Promise(gate.name, bound, does, gate.path)
