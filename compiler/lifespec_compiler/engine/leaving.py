"""A lifecycle comes back under its old name, or goes: what serves is taken over, and left as it is."""

from __future__ import annotations

from .case import Case, LetGo, Record, Step, Wait
from .values import Position, Revision


def adopt(case: Case) -> Record | None:
    """A lifecycle that is created again takes over what serves, by its recorded digest, and never begins over it."""
    history, uid = case.history, case.seen.uid
    if history.sequence == 0:
        serving = case.seen.route.stable
        return _adopted(case, serving, "it serves, and the ledger does not say since when") if serving else None
    if not uid or history.uid in ("", uid):
        return None
    return _adopted(case, _serves(case), "the lifecycle was created again")


def close(case: Case) -> Record | None:
    """Of a lifecycle that is deleted: what is open is ended, and what serves goes only where the spec says so."""
    history, rollout, run = case.history, case.history.rollout, case.history.run
    if not case.seen.deleting:
        return None
    if rollout is not None and not _is_left(case):
        if rollout.position.phase != "RollingBack":
            withdrawn = case.move("withdraw", Position("RollingBack"), reason="the lifecycle is deleted")
            return Record(withdrawn.entry._replace(nominated=history.stable))  # so that it may be nominated again
        return None
    if run is not None:
        return case.entry("finish", stream=run.id, to=Position("Rejected"), reason="the lifecycle is deleted")
    if history.stable is not None and not keeps(case):
        return case.entry("retire", revision=history.stable, reason="serving.onDelete: remove")
    return None


def let_go(case: Case) -> Step | None:
    """The finalizer of a deleted lifecycle may go: everything that it waited for is done."""
    if not case.seen.deleting:
        return None
    if case.rollout is not None and not _is_left(case):
        return Wait(None, "the candidate is taken away")
    if case.history.stable is not None and case.history.stable not in case.seen.servers:
        return Wait(None, "stable's servers cannot be had")
    return LetGo(case.seen.uid)


def _adopted(case: Case, revision: Revision | None, reason: str) -> Record:
    return case.entry("adopt", revision=revision, reason=reason)


def _serves(case: Case) -> Revision | None:
    """What serves by the ledger; a first revision that has not been promoted yet serves all the same."""
    return case.alone if case.history.stable is None else case.history.stable


def _is_left(case: Case) -> bool:
    """Whether the open rollout is the only thing that serves, so that its end would be an outage."""
    rollout = case.rollout
    return rollout is not None and case.alone == rollout.revision and keeps(case)


def keeps(case: Case) -> bool:
    """Whether what serves goes on serving when the lifecycle is deleted."""
    serving = case.plan.spec.serving
    return serving.mode == "batch" or serving.on_delete == "keep"
