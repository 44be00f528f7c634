"""Verdicts on live traffic: gates by an always-valid test from the step's start, guards by the value of one window."""

from __future__ import annotations

from math import isfinite
from typing import Final, NamedTuple

from lifespec_compiler.plan import Check, Plan
from lifespec_compiler.statistics.sequential import Counts, interval, judge, measured

from .bounds import LiveBound, bounds
from .stages import rows_of_a_run
from .values import Cause, Interval

_KNOWN: Final[list[tuple[Plan, LiveChecks]]] = []
_MOST: Final = 8
_ROUNDING: Final = 1e-12
"""Bounds are inclusive: what is equal but for the last digits of a sum is equal."""


class LiveCheck(NamedTuple):
    """A gate or a guard on live traffic, with all that judging needs."""

    name: str
    bounds: tuple[LiveBound, ...]
    min_samples: int
    error: float
    """Of a gate, over all looks together."""
    window: float
    """Of a guard, in seconds."""
    on_no_data: str
    """Of a guard."""
    delay: float
    """Seconds until the outcome of a query is known."""
    mixed: bool
    """Whether it counts users who may meet both revisions, so that what they do says nothing of either."""
    rate: bool
    """Whether its counts are events and seconds: what happens in a second is held against the bound as it is."""
    reported: bool
    """Whether no counts make its value up: reports hold it."""


class LiveChecks(NamedTuple):
    """The live checks of a plan."""

    guards: tuple[LiveCheck, ...]
    shadow: tuple[LiveCheck, ...]
    online: tuple[LiveCheck, ...]
    failure_limit: int
    """Failing windows that a guard may have; one more rolls back."""
    interval: float
    """Seconds between two looks at gates."""
    fewest: int
    """Mirrored requests below which shadow gates have no data."""
    rps: float
    """Requests in a second; 0: unknown."""
    mirror: int
    """The share of requests that shadow gets a copy of, in per cent."""
    rows: float
    """With batch serving: rows that are expected of the runs that its shadow takes; 0: requests are answered."""
    max_exposure: int | None
    """Predictions that a candidate may serve undecided."""


class LiveVerdict(NamedTuple):
    """A bound of a live check, held against counts."""

    outcome: str
    check: LiveCheck
    bound: LiveBound
    counts: Counts | None
    stable: Counts | None = None
    window: int | None = None
    planned: float = 0.0
    evidence: float | None = None
    """Of a gate's test; None where none was made."""

    @property
    def cause(self) -> Cause:
        """As a decision records it."""
        check, bound, counts, stable = (
            self.check,
            self.bound,
            self.counts,
            self.stable if self.bound.claim.slope else None,
        )
        found = measured(bound.claim, counts, stable) if counts else None
        reach = None
        if self.evidence is not None and counts is not None and found is not None:
            low, high = interval(bound.claim, counts, stable, self.planned, error=check.error)
            known = isfinite(low) and isfinite(high)  # of few counts nothing may be excluded
            reach = Interval(low, high, round(1 - 2 * check.error, 12), "alwaysValid") if known else None
        quantities: dict[float, str | None] = {0.0: None, 1.0: "difference"}
        slope = bound.claim.slope
        return Cause(
            check.name,
            bound.path,
            self.outcome,
            found,
            int(counts.total) if counts else 0,
            bound.threshold,
            self.window,
            slope - 1 if slope not in quantities else bound.claim.offset,
            reach,
            self.evidence,
            None if check.rate else counts,  # of a rate they are events and seconds
            None if check.rate else stable,
            quantity=quantities.get(slope, "relativeDifference"),
            reason="" if self.outcome != "Inconclusive" else self._why(),
        )

    def _why(self) -> str:
        total = self.counts.total if self.counts else 0
        if total < max(1, self.check.min_samples):
            return f"{total} of {max(1, self.check.min_samples)} samples"
        if self.bound.claim.slope and not (self.stable and self.stable.total):
            return "nothing of stable to compare with"
        return "the counts cannot tell yet"


def live_checks(plan: Plan) -> LiveChecks:
    """The live checks of a plan, which are worked out once for each plan."""
    for known, found in _KNOWN:
        if known is plan:
            return found
    guards = tuple(_live(plan, check) for check in plan.checks if check.kind == "guard")
    shadow, online = (
        tuple(_live(plan, check) for check in plan.checks if check.kind == "gate" and check.tier == tier)
        for tier in ("shadow", "online")
    )
    rollout, shadowed, traffic = plan.spec.rollout, plan.spec.evaluation.shadow, plan.spec.traffic
    runs = plan.spec.serving.shadow_runs if plan.spec.serving.mode == "batch" else 0
    analysis = rollout.analysis
    made = LiveChecks(
        guards,
        shadow,
        online,
        failure_limit=analysis.failure_limit if analysis else 1,
        interval=analysis.interval if analysis else 60.0,
        fewest=(shadowed.min_requests or 0) if shadowed else 0,
        rps=traffic.rps if traffic else 0.0,
        mirror=shadowed.mirror if shadowed else 0,
        rows=float(runs * rows_of_a_run(plan)[0]),
        max_exposure=rollout.max_exposure if rollout.strategy == "canary" else None,
    )
    _KNOWN.insert(0, (plan, made))
    del _KNOWN[_MOST:]
    return made


def gate(
    check: LiveCheck,
    bound: LiveBound,
    candidate: Counts | None,
    stable: Counts | None,
    planned: float,
    *,
    only_harm: bool = False,
) -> LiveVerdict:
    """The verdict on a bound of a gate. `planned` is what the candidate is expected to serve by the stage's end.

    With `only_harm` it is a Fail or Inconclusive, which is all that counts before a stage's hold is over.
    """
    if candidate is None or check.reported or candidate.total < max(1, check.min_samples):
        return LiveVerdict("Inconclusive", check, bound, candidate, stable)
    if only_harm and guard(check, bound, candidate, stable, 0) is None:
        return LiveVerdict("Inconclusive", check, bound, candidate, stable)
    if check.rate:
        broken = guard(check, bound, candidate, stable, 0)
        return LiveVerdict(broken.outcome if broken else "Pass", check, bound, candidate, stable)
    planned = max(planned, 1.0)
    found = judge(bound.claim, candidate, stable, planned, error=check.error)
    return LiveVerdict(found.outcome, check, bound, candidate, stable, None, planned, found.log_evidence)


def guard(
    check: LiveCheck, bound: LiveBound, candidate: Counts, stable: Counts | None, number: int
) -> LiveVerdict | None:
    """What a window breaks; None when it keeps the bound. A window with too little in it is Inconclusive."""
    total = candidate.total
    if total == 0 or total < check.min_samples:
        return LiveVerdict("Inconclusive", check, bound, candidate, stable, number)
    side, limit, slope = bound.claim
    if slope:
        if stable is None or stable.total == 0:
            return LiveVerdict("Inconclusive", check, bound, candidate, stable, number)
        limit += slope * stable.good / stable.total
    share = candidate.good / total
    if share > limit + _ROUNDING if side == "atMost" else share < limit - _ROUNDING:
        return LiveVerdict("Fail", check, bound, candidate, stable, number)
    return None


def _mixed(plan: Plan, check: Check) -> bool:
    """Users stay with one revision where they are assigned to it; in shadow none of them sees an answer."""
    assignment = plan.spec.rollout.assignment
    return check.tier == "shadow" or assignment is None or assignment.unit != "user"


def _live(plan: Plan, check: Check) -> LiveCheck:
    written, metric = plan.at(check.path), check.metric
    catalog = metric.catalog if metric else None
    rate = catalog is not None and catalog.unit == "perSecond"
    return LiveCheck(
        check.name,
        bounds(check),
        written.min_samples,
        round(1 - written.confidence, 12) if check.kind == "gate" else 0.0,
        check.window or 0.0,
        (written.on_no_data or "hold") if check.kind == "guard" else "",
        metric.delay if metric else 0.0,
        metric is not None and metric.per == "user" and _mixed(plan, check),
        rate,
        metric is not None and metric.per == "dataset" and not rate,
    )
