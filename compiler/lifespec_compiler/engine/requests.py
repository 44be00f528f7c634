"""What people ask for is answered before anything else is done, and abort before all of it."""

from __future__ import annotations

from typing import Final

from .budget import never_fits
from .case import Case, Record
from .nominations import awaited_in
from .observation import Request
from .stages import asks, awaited
from .state import Rollout
from .triggers import elsewhere
from .values import Position, Revision

ORDER: Final = ("abort", "pause", "approve", "break-glass", "resume", "retry", "retrain")


def answer(case: Case) -> Record | None:
    """The answer to the most urgent request that has none."""
    known, forgotten = case.history.answered, case.history.forgotten
    waiting = [one for one in case.seen.requests if one.name not in known and not 0 < one.at <= forgotten]
    if not waiting:
        return None
    request = min(waiting, key=lambda found: (_urgency(found), found.at, found.name))
    made = _answer(case, request)
    return Record(made.entry._replace(asked=request.at or None))


def _answer(case: Case, request: Request) -> Record:
    if request.verb in ("retrain", "retry") and case.seen.deleting:
        return _said(case, request, "the lifecycle is deleted")
    if request.verb == "retrain":
        return _retrain(case, request)
    if request.verb == "retry":
        return _retry(case, request)
    if request.run is not None:
        return _of_run(case, request)
    rollout = case.rollout
    if rollout is None or request.rollout != rollout.id:
        return _said(case, request, "stale: that rollout is not open")
    return _of_rollout(case, request, rollout)


def _of_rollout(case: Case, request: Request, rollout: Rollout) -> Record:
    position = rollout.position
    if position.phase == "RollingBack":
        return _said(case, request, "it is rolling back already", rollout)
    if request.verb == "abort":
        return case.move("rollBack", Position("RollingBack"), request=request.name, reason=request.reason)
    if request.verb == "pause":
        if position.phase == "Held":
            return _said(case, request, "it is held already", rollout)
        return case.move("hold", position._replace(phase="Held"), request=request.name, reason=request.reason)
    if request.verb == "resume":
        if rollout.held_from is None:
            return _said(case, request, "it is not held", rollout)
        return case.move("resume", rollout.held_from, request=request.name, reason=request.reason)
    if request.verb == "break-glass":
        return _break_glass(case, request, rollout)
    if request.verb == "approve":
        return _approve(case, request, rollout)
    return _said(case, request, "there is no such verb", rollout)


def _approve(case: Case, request: Request, rollout: Rollout) -> Record:
    plan = case.policy or case.plan
    group = _approvers(case)
    if request.groups is not None and group and not request.groups.intersection(group):
        return _said(case, request, f"only {' and '.join(group)} may approve", rollout)
    phase = awaited(plan, rollout)
    doubtful = (rollout.held_from or rollout.position).phase == "Offline"  # where a person decides on a report, too
    if not doubtful and not asks(plan, phase, first=rollout.first):
        return _said(case, request, f"nothing before {phase} awaits an approval", rollout)
    return case.entry(
        "answer", stream=rollout.id, to=Position(phase), request=request.name, reason=f"approved: {phase}"
    )


def _approvers(case: Case) -> tuple[str, ...]:
    """The groups of which one must approve; none: whoever may make the request."""
    approval, governance = (case.policy or case.plan).spec.rollout.approval, case.plan.spec.governance
    if approval is not None and approval.by is not None:
        return (approval.by,)
    return tuple(governance.approvers) if governance else ()


def _break_glass(case: Case, request: Request, rollout: Rollout) -> Record:
    """The next move waits for nothing but what failed: no freeze, no approval, no hold, no gate that cannot tell."""
    if rollout.position.phase == "Held":
        return _said(case, request, "it is held: `resume` comes first", rollout)
    return case.entry(
        "breakGlass", stream=rollout.id, revision=rollout.revision, request=request.name, reason=request.reason
    )


def _of_run(case: Case, request: Request) -> Record:
    run = case.history.run
    if run is None or run.id != request.run:
        return _said(case, request, "stale: that run is not open")
    if request.verb != "abort":
        return _said(case, request, "a run can only be aborted")
    to = Position("Rejected")
    return case.entry("finish", stream=run.id, to=to, request=request.name, reason=request.reason)


def _retrain(case: Case, request: Request) -> Record:
    """A person may train within the cooldown and beyond the limit, but not beside another training."""
    if case.history.run is not None:
        return _said(case, request, f"the run {case.history.run.id} is open")
    why = "PlanMismatch: nothing is started" if case.mismatched else elsewhere(case.plan) or never_fits(case.plan)
    if why:
        return _said(case, request, why)
    stream = f"request@{request.name}"
    return case.entry("train", stream=stream, to=Position("Queued"), request=request.name, reason=request.reason)


def _retry(case: Case, request: Request) -> Record:
    revision = request.revision
    if revision is None or case.rollout is not None or not _was_refused(case, revision):
        return _said(case, request, "stale: nothing to try again now")
    if case.mismatched or case.frozen:
        return _said(case, request, "PlanMismatch" if case.mismatched else "a freeze stops nominations")
    before = awaited_in(case, revision)
    if before is not None:
        return _said(case, request, f"it must be Done in {before} first")
    return case.open(revision, request=request.name, reason=request.reason)


def _was_refused(case: Case, revision: Revision) -> bool:
    """Whether the model was refused, under whatever serving, and is meant under that of the spec, which can be had."""
    refused = any(known.model == revision.model for known in case.history.refused)
    return refused and revision.serving == case.plan.hashes.serving and revision != case.history.stable


def _said(case: Case, request: Request, reason: str, rollout: Rollout | None = None) -> Record:
    """An answer that changes nothing."""
    return case.entry("answer", stream=rollout.id if rollout else None, request=request.name, reason=reason)


def _urgency(request: Request) -> int:
    return ORDER.index(request.verb) if request.verb in ORDER else len(ORDER)
