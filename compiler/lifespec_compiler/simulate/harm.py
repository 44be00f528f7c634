"""Whether what is true of a candidate breaks what its live checks, or the latency budget, demand."""

from __future__ import annotations

from math import inf
from typing import Final, Literal

from lifespec_compiler.engine.live import LiveCheck, live_checks
from lifespec_compiler.plan import Plan

from .levels import budget_of, pause_of, settle
from .meters import Meter, Meters, meters_of, share_of
from .script import Script
from .truth import Truth

Tier = Literal["shadow", "online"]
_NOISE: Final = 1e-12
_LATE: Final = 0.01
"""The share of requests that may take longer than the latency budget."""


def bad_since(script: Script) -> float:
    """From when on the candidate's truth breaks a bound of a check, or the latency budget: -inf from the beginning on.

    Infinite: at no time of the script.
    """
    plan, spec = script.plan, script.scenario.spec
    if spec.candidate is not None and spec.candidate.offline in ("fails", "failsSlice"):
        return -inf
    meters, first = meters_of(plan), spec.deployed == "nothing"
    candidate, stable = Truth(), Truth()
    for time in (script.began, *script.times):
        truths = script.at(time)
        settle(stable, truths.stable, script.facts, None)
        settle(candidate, truths.candidate, script.facts, None if first else truths.stable)
        if is_bad(plan, meters, candidate, stable, compared=not first):
            return time if time > script.began else -inf
    return inf


def is_bad(plan: Plan, meters: Meters, candidate: Truth, stable: Truth, *, compared: bool) -> bool:
    """Whether a truth breaks a bound of a live check; the latency budget is one, and so is the schedule of batches."""
    pause = pause_of(plan)
    if pause and (candidate.runs_failing >= 1 or candidate.run_takes >= pause):
        return True
    budget = budget_of(plan)
    if candidate.never_ready or (budget is not None and candidate.slower_than(budget) > _LATE):
        return True
    tiers: tuple[Tier, ...] = ("shadow", "online") if plan.spec.evaluation.shadow and compared else ("online",)
    return any(breaks(plan, meters, candidate, stable, tier, compared=compared) for tier in tiers)


def breaks(plan: Plan, meters: Meters, candidate: Truth, stable: Truth, tier: Tier, *, compared: bool) -> bool:
    """Whether a true share is beyond a bound of a guard, or of a gate of this tier. `compared`: there is a stable."""
    live = live_checks(plan)
    found = [(guard, wanted) for guard, (_, wanted) in zip(live.guards, meters.guards, strict=True)]
    for gates, wanted in ((live.shadow, meters.shadow), (live.online, meters.online)):
        if gates is getattr(live, tier):
            found += [(gate, tuple(one for one in wanted if one.check == gate.name)) for gate in gates]
    return any(_broken(check, wanted, candidate, stable, compared=compared) for check, wanted in found)


def _broken(check: LiveCheck, meters: tuple[Meter, ...], candidate: Truth, stable: Truth, *, compared: bool) -> bool:
    by_name = {meter.counted: meter for meter in meters}
    for bound in check.bounds:
        meter = by_name.get(bound.counted)
        side, offset, slope = bound.claim
        if meter is None or meter.source == "requests" or (slope and not compared):
            continue
        if meter.source == "report":
            value, other = candidate.values.get(meter.metric, 0.0), stable.values.get(meter.metric, 0.0)
        else:
            value = share_of(meter, candidate, stable, candidate=True)
            other = share_of(meter, stable, stable, candidate=False)
        limit = offset + slope * other
        slack = _NOISE * max(1.0, abs(limit))
        if value > limit + slack if side == "atMost" else value < limit - slack:
            return True
    return False
