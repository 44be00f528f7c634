"""The world while nothing is known of it but a ledger: what was begun goes on, and what is watched is well."""

from __future__ import annotations

from math import ceil

from lifespec_compiler.engine.bounds import LiveBound
from lifespec_compiler.engine.history import History
from lifespec_compiler.engine.live import LiveCheck, live_checks
from lifespec_compiler.engine.observation import JobState, Observation, Route, Window
from lifespec_compiler.engine.policy import judged_by
from lifespec_compiler.engine.state import Rollout
from lifespec_compiler.plan import Plan
from lifespec_compiler.statistics.sequential import Counts


def supposed(plan: Plan, history: History, at: float) -> Observation:
    """An open training runs, and a window of each guard has been kept: else it would be missed, and not awaited."""
    run = history.run
    jobs: dict[str, JobState] = {run.id: "running"} if run is not None and run.phase == "Training" else {}
    rollout = history.rollout
    judged = judged_by(plan, rollout) if rollout else None
    windows = _kept(judged, rollout) if judged and rollout else ()
    return Observation({}, Route(), windows=windows, created=at, jobs=jobs, uid=history.uid)


def _kept(judged: Plan, rollout: Rollout) -> tuple[Window, ...]:
    return tuple(
        Window(bound.counted, rollout.revision, 0, rollout.began, *_well(check, bound))
        for check in live_checks(judged).guards
        for bound in check.bounds
    )


def _well(check: LiveCheck, bound: LiveBound) -> tuple[Counts, Counts]:
    """Counts of the candidate and of stable that keep any bound of this side."""
    total = max(1, check.min_samples)
    none, all_of_them = Counts(0, total), Counts(ceil(total * max(1.0, bound.claim.offset)), total)
    return (none, all_of_them) if bound.claim.side == "atMost" else (all_of_them, none)
