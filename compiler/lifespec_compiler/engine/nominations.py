"""What Git wants: a revert acts, an unchanged file never does, and what already serves is only noted."""

from __future__ import annotations

from .case import Case, Record, rollout_id
from .values import Position, Revision


def nominate(case: Case) -> Record | None:
    """The entry for what Git nominates now and has not nominated before; or for a policy that changed meanwhile."""
    wanted = _wanted(case)
    rollout = case.rollout
    if wanted is None or wanted == case.history.nominated:
        return _again(case)
    if wanted == case.history.stable:
        if rollout is not None and rollout.position.phase != "RollingBack":
            return case.move("rollBack", Position("RollingBack"), reason="Git went back to what serves")
        return case.entry("nominate", revision=wanted, reason="it serves already")
    if case.frozen:
        return None
    if wanted in case.history.refused:
        return case.entry("nominate", revision=wanted, reason="it was refused before; only `retry` brings it back")
    return _open(case, wanted, "")


def _again(case: Case) -> Record | None:
    """With an open candidate a changed policy begins anew, and nothing is inherited."""
    rollout = case.rollout
    if rollout is None or rollout.policy_hash == case.plan.hashes.policy or rollout.position.phase == "RollingBack":
        return None
    return None if case.frozen else _open(case, rollout.revision, "the policy changed")


def _open(case: Case, revision: Revision, reason: str) -> Record:
    stream = rollout_id(case, revision)
    return case.entry("nominate", stream=stream, to=Position("Offline"), revision=revision, reason=reason)


def _wanted(case: Case) -> Revision | None:
    """The revision that the spec asks for: a changed serving hash moves the model that serves, not an older one."""
    version, serving = case.plan.spec.model_version, case.plan.hashes.serving
    if version is None:
        return None
    last, stable = case.history.nominated, case.history.stable
    if last is not None and last.model == version.digest and last.serving != serving and stable is not None:
        return Revision(stable.model, serving)
    return Revision(version.digest, serving)
