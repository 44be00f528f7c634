"""What people ask for is answered before anything else is done, and abort before all of it."""

from __future__ import annotations

from typing import Final

from .case import Case, Record, rollout_id
from .observation import Request
from .progress import next_phase
from .values import Position

ORDER: Final = ("abort", "pause", "approve", "resume", "retry", "retrain")


def answer(case: Case) -> Record | None:
    """The answer to the most urgent request that has none."""
    waiting = [request for request in case.seen.requests if request.name not in case.history.answered]
    if not waiting:
        return None
    request = min(waiting, key=lambda found: (ORDER.index(found.verb), found.name))
    if request.verb == "retrain":
        return _retrain(case, request)
    return _retry(case, request) if request.verb == "retry" else _of_rollout(case, request)


def _of_rollout(case: Case, request: Request) -> Record:
    rollout = case.rollout
    if rollout is None or request.rollout != rollout.id:
        return case.entry("answer", request=request.name, reason="stale: that rollout is not open")
    position = rollout.position
    if request.verb == "abort":
        if position.phase == "RollingBack":
            return case.entry("answer", stream=rollout.id, request=request.name, reason="it is rolling back already")
        return case.move("rollBack", Position("RollingBack"), request=request.name, reason=request.reason)
    if request.verb == "pause":
        if position.phase in ("Held", "RollingBack"):
            return case.entry("answer", stream=rollout.id, request=request.name, reason=f"it is {position.phase}")
        return case.move("hold", position._replace(phase="Held"), request=request.name, reason=request.reason)
    if request.verb == "resume":
        if rollout.held_from is None:
            return case.entry("answer", stream=rollout.id, request=request.name, reason="it is not held")
        return case.move("resume", rollout.held_from, request=request.name, reason=request.reason)
    to = Position(next_phase(case, rollout))
    return case.entry("answer", stream=rollout.id, to=to, request=request.name, reason=f"approved: {to.phase}")


def _retrain(case: Case, request: Request) -> Record:
    """A person may train within the cooldown and beyond the limit, but not beside another training."""
    if case.history.run is not None:
        return case.entry("answer", request=request.name, reason=f"the run {case.history.run.id} is open")
    stream = f"request@{request.name}"
    return case.entry("train", stream=stream, to=Position("Training"), request=request.name, reason=request.reason)


def _retry(case: Case, request: Request) -> Record:
    revision = request.revision
    if revision is None or revision not in case.history.refused or case.rollout is not None:
        return case.entry("answer", request=request.name, reason="stale: nothing to try again now")
    return case.entry(
        "nominate",
        stream=rollout_id(case, revision),
        to=Position("Offline"),
        revision=revision,
        request=request.name,
        reason=request.reason,
    )
