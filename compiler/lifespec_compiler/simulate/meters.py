"""What is counted for the live checks of a plan: each thing once, however many checks look at it."""

from __future__ import annotations

from collections.abc import Iterable
from math import inf
from typing import Literal, NamedTuple

from lifespec_compiler.engine.live import LiveCheck, live_checks
from lifespec_compiler.plan import Check, Plan

from .truth import Truth

Source = Literal["errors", "latency", "share", "requests", "report"]


class Meter(NamedTuple):
    """What one bound of a check goes by."""

    check: str
    counted: str
    """Under which name the engine looks for it."""
    source: Source
    """`requests`: how many in the seconds that passed; `report`: a number that no counts make up."""
    metric: str
    percentile: float
    """With `latency`: which; 0 with others."""
    absolute: float | None
    """With `latency`: the time beyond which requests are counted; None: one that depends on stable's."""
    more: float
    """With `latency`, relative: seconds beyond stable's percentile."""
    times: float
    """And its multiple."""
    delays: tuple[float, ...]
    """Seconds until it is known, for equal parts of the requests."""
    known: float
    """The share of requests of which it is ever known."""
    users: bool
    """Whether it counts users, not requests."""


class Meters(NamedTuple):
    """All of a plan."""

    guards: tuple[tuple[float, tuple[Meter, ...]], ...]
    """By window."""
    shadow: tuple[Meter, ...]
    online: tuple[Meter, ...]
    slowest: float
    """A request that takes longer is answered badly, whatever check one asks."""

    with_copies: tuple[Meter, ...]
    """What is counted while the candidate gets copies: by guards, and by the gates of shadow."""
    with_requests: tuple[Meter, ...]
    """What is counted while it answers requests: by guards, and by the gates of the online tier."""


def meters_of(plan: Plan) -> Meters:
    """What the live checks of a plan go by."""
    checks = {check.name: check for check in plan.checks}
    live = live_checks(plan)
    guards = tuple((guard.window, _of(plan, guard, checks[guard.name])) for guard in live.guards)
    bounds = [check.max for check in plan.checks if is_live(check) and _percentile(check) and check.max]
    slowest = max(bounds, default=getattr(plan.spec.serving, "latency_budget", None) or float("inf"))
    shadow, online = (_all(plan, gates, checks) for gates in (live.shadow, live.online))
    guarded = tuple(meter for _, meters in guards for meter in meters)
    return Meters(guards, shadow, online, slowest, _once(guarded + shadow), _once(guarded + online))


def threshold(meter: Meter, stable: Truth, *, candidate: bool) -> float:
    """The time beyond which a request is counted by a meter of latencies."""
    if meter.absolute is not None:
        return meter.absolute
    own = stable.percentile(meter.percentile)
    return own * meter.times + meter.more if candidate else own


def share_of(meter: Meter, truth: Truth, stable: Truth, *, candidate: bool) -> float:
    """The true share of requests that a meter counts."""
    if meter.source == "errors":
        return truth.error_rate
    if meter.source == "latency":
        return truth.slower_than(threshold(meter, stable, candidate=candidate))
    return truth.shares.get(meter.metric, 0.0)


def _once(meters: Iterable[Meter]) -> tuple[Meter, ...]:
    return tuple({meter.counted: meter for meter in meters}.values())


def _budget(plan: Plan) -> float:
    serving = plan.spec.serving
    return (serving.latency_budget if serving.mode == "online" else None) or inf


def _all(plan: Plan, live: Iterable[LiveCheck], checks: dict[str, Check]) -> tuple[Meter, ...]:
    return tuple(meter for one in live for meter in _of(plan, one, checks[one.name]))


def _of(plan: Plan, live: LiveCheck, check: Check) -> tuple[Meter, ...]:
    if is_of_requests(plan, check):
        return ()
    found = {bound.counted: _meter(plan, check, bound.counted, bound.key) for bound in live.bounds}
    return tuple(found.values())


def _meter(plan: Plan, check: Check, counted: str, key: str) -> Meter:
    percentile = _percentile(check)
    absolute, more, times = None, 0.0, 1.0
    if key in ("min", "max"):
        absolute = check.max if key == "max" else check.min
    elif key == "maxRegression":
        more = check.max_regression or 0.0
    elif key == "minImprovement":
        more = -(check.min_improvement or 0.0)
    else:
        times = 1 + (check.max_relative_regression or 0.0)
    delays, known = _delays(plan, check)
    users = check.metric is not None and check.metric.per == "user"
    return Meter(
        check.name,
        counted,
        source_of(check),
        check.metric_name,
        percentile,
        absolute,
        more,
        times,
        delays,
        known,
        users,
    )


def source_of(check: Check) -> Source:
    """What a live check goes by."""
    catalog = check.metric.catalog if check.metric else None
    if catalog is None:
        return "share"
    if catalog.id == "errorRate":
        return "errors"
    if catalog.percentile is not None:
        return "latency"
    if catalog.id == "throughput":
        return "requests"
    counted = catalog.estimate == "share" or (
        catalog.estimate == "mean" and catalog.high is not None and catalog.high <= 1
    )
    return "share" if counted and catalog.per != "dataset" else "report"


def _percentile(check: Check) -> float:
    return check.metric.catalog.percentile or 0.0 if check.metric and check.metric.catalog else 0.0


def is_of_requests(plan: Plan, check: Check) -> bool:
    """Whether a check has nothing to count: batch serving has no requests, that take a time or come in a second."""
    live = check.tier == "online" or source_of(check) in ("latency", "requests")
    return plan.spec.serving.mode == "batch" and is_live(check) and live


def is_live(check: Check) -> bool:
    """Whether a check is on live or mirrored traffic."""
    return check.tier in ("guard", "shadow", "online")


def _delays(plan: Plan, check: Check) -> tuple[tuple[float, ...], float]:
    """When outcomes are known: half of the labels after their median delay, half after the 95th percentile."""
    if check.metric is None or not check.metric.needs_labels:
        return (check.metric.delay if check.metric else 0.0,), 1.0
    labels = plan.spec.data.labels
    column = plan.column(labels.column)
    late = labels.delay.p95 if labels.delay else column.available_after if column else 0.0
    early = labels.delay.p50 if labels.delay and labels.delay.p50 is not None else late
    known = labels.share if labels.share is not None else 1.0
    return ((early, late) if early != late else (late,)), known
