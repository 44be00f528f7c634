"""The engine that one would write in an afternoon: its state is in the route, and it acts before it records.

It has no write-ahead ledger and no identity of rollouts; it takes what is not measured for good, and it retrains
whenever an alarm is there. It is held to the same rules as the real one.
"""

from __future__ import annotations

from lifespec_compiler.engine.case import Deploy, Direct, Evaluate, Record, Remove, Step, Train, Wait
from lifespec_compiler.engine.history import History
from lifespec_compiler.engine.observation import Observation, Route
from lifespec_compiler.engine.values import Entry, Position, Revision
from lifespec_compiler.plan import Plan


def step(plan: Plan, history: History, seen: Observation, now: float) -> Step:
    """What to do next, by what is there."""
    version, route = plan.spec.model_version, seen.route
    if seen.alarms and seen.alarms[-1].outcome == "Fail" and not seen.jobs:
        return Train(f"drifted@{now:.0f}")
    if version is None:
        return Wait(None, "")
    wanted = Revision(version.digest, plan.hashes.serving)
    if wanted == route.stable:
        spare = [revision for revision in seen.servers if revision != wanted]
        return Remove(spare[0]) if spare else Wait(None, "")
    if wanted not in seen.servers:
        return Deploy(wanted)
    if route.stable is None:
        return _whole(history, plan, wanted, now)
    if seen.offline is None and route.candidate is None:
        name = f"offline-{wanted.model[7:15]}"
        return Evaluate(wanted, "offline", name) if name not in seen.evaluations else _next(plan, seen, wanted, now)
    bad = any(one.candidate.good > 0.01 * one.candidate.total for one in seen.counted)
    if bad:
        return Direct(Route(route.stable, None, 0, 0, route.sequence, now))
    if route.candidate is not None and now - route.since < 1800:
        return Wait(route.since + 1800, "it is held")
    if route.weight == 100:
        return _whole(history, plan, wanted, now)
    return _next(plan, seen, wanted, now)


def _next(plan: Plan, seen: Observation, wanted: Revision, now: float) -> Step:
    weights = sorted({stage.weight for stage in plan.stages if stage.weight} | {100})
    weight = next(one for one in weights if one > seen.route.weight)
    return Direct(Route(seen.route.stable, wanted, weight, 0, seen.route.sequence + 1, now))


def _whole(history: History, plan: Plan, wanted: Revision, now: float) -> Step:
    """It is recorded that it was done."""
    return Record(
        Entry(
            history.sequence + 1,
            "adopt",
            now,
            plan.hashes.plan,
            plan.hashes.policy,
            to=Position("Done"),
            revision=wanted,
        )
    )
