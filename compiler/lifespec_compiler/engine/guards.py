"""Fast harm: each failing window of a guard is recorded once, and one more than the limit rolls back."""

from __future__ import annotations

from . import live
from .case import Case, Record
from .history import Rollout
from .values import Cause, Position


def watch(case: Case) -> Record | None:
    """The entry for the first window that failed and is not recorded yet, or for the failure that is one too many."""
    rollout = case.rollout
    if rollout is None or rollout.position.phase in ("Offline", "RollingBack"):
        return None
    analysis = case.plan.spec.rollout.analysis
    limit = analysis.failure_limit if analysis else 1
    guards = {guard.name: guard for guard in case.plan.spec.rollout.guards}
    for check in case.plan.checks:
        if check.kind != "guard":
            continue
        known = rollout.failures.get(check.name, frozenset())
        for window in case.windows(check.name):
            if window.number in known:
                continue
            found = live.guard(case.plan, check, window.candidate, window.stable, window.number)
            if found is None:
                continue
            if found.outcome == "Inconclusive":
                if guards[check.name].on_no_data == "rollback":
                    return _harm(case, rollout, found.cause, "a window without data")
                continue
            if len(known) >= limit:
                return _harm(case, rollout, found.cause, "")
            return case.entry("failure", stream=rollout.id, revision=rollout.revision, causes=(found.cause,))
    return None


def _harm(case: Case, rollout: Rollout, cause: Cause, reason: str) -> Record | None:
    if rollout.first:  # there is nothing to go back to: a person is asked, and the route keeps serving
        if rollout.position.phase == "Held":
            return None
        held = rollout.position._replace(phase="Held")
        return case.move("hold", held, causes=(cause,), reason=reason or "a guard failed, and there is no stable")
    return case.move("rollBack", Position("RollingBack"), causes=(cause,), reason=reason)
