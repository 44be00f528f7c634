"""What Git wants: a revert acts, an unchanged file never does, and what already serves is only noted."""

from __future__ import annotations

from .case import Case, Record, Step, Wait
from .observation import Release
from .values import Position, Revision


def nominate(case: Case) -> Step | None:
    """The entry for what Git nominates now and has not nominated before; or for a policy that changed meanwhile."""
    if case.seen.deleting or case.mismatched:
        return None
    said = _said(case)
    if said is None or said == case.history.nominated:
        return _again(case)
    wanted = _wanted(case, said)
    if wanted == case.history.stable:
        rollout = case.rollout
        if rollout is not None and rollout.position.phase != "RollingBack":
            return _of_git(case, case.move("withdraw", Position("RollingBack"), reason="Git went back to what serves"))
        return _noted(case, wanted, "it serves already")
    if _is_on_its_way(case, wanted):
        return _noted(case, wanted, "it is on its way already")
    if case.frozen:
        return None
    if wanted in case.history.refused or wanted == _refused_soon(case):
        return _noted(case, wanted, "it was refused before; only `retry` brings it back")
    before = awaited_in(case, wanted)
    return _of_git(case, case.open(wanted)) if before is None else Wait(None, f"it must be Done in {before} first")


def _is_on_its_way(case: Case, revision: Revision) -> bool:
    """Whether exactly that is open under this policy: writing it back does not begin it anew."""
    rollout = case.rollout
    if rollout is None or rollout.revision != revision or rollout.position.phase == "RollingBack":
        return False
    return rollout.policy_hash == case.plan.hashes.policy


def _refused_soon(case: Case) -> Revision | None:
    """What is on its way back, and refused when it has come there."""
    rollout = case.rollout
    back = rollout is not None and rollout.position.phase == "RollingBack" and not rollout.withdrawn
    return rollout.revision if rollout is not None and back else None


def awaited_in(case: Case, revision: Revision) -> str | None:
    """The environment in which a revision must be Done before it comes here, and is not."""
    platform = case.plan.spec.platform
    after = platform.after if platform else None
    done = after is None or Release(revision.model, case.plan.spec.serving.image) in case.seen.earlier
    return None if done else after


def _again(case: Case) -> Record | None:
    """With an open candidate a changed policy begins anew, and nothing is inherited."""
    rollout = case.rollout
    if rollout is None or rollout.policy_hash == case.plan.hashes.policy or rollout.position.phase == "RollingBack":
        return None
    return None if case.frozen else case.open(rollout.revision, reason="the policy changed")


def _said(case: Case) -> Revision | None:
    """What the spec says: the model of its version, or, where it has none, the one that serves."""
    version, stable, serving = case.plan.spec.model_version, case.history.stable, case.plan.hashes.serving
    if version is not None:
        return Revision(version.digest, serving)
    return Revision(stable.model, serving) if stable is not None and stable.serving != serving else None


def _wanted(case: Case, said: Revision) -> Revision:
    """The revision that is meant: where only the serving hash changed it is the model that serves, not an older one."""
    last, stable, rollout = case.history.nominated, case.history.stable, case.rollout
    if last is None or last.model != said.model or stable is None:
        return said
    open_one = rollout is not None and rollout.revision.model == said.model and rollout.position.phase != "RollingBack"
    return said if open_one else Revision(stable.model, said.serving)


def _noted(case: Case, revision: Revision, reason: str) -> Record:
    return _of_git(case, case.entry("nominate", revision=revision, reason=reason))


def _of_git(case: Case, record: Record) -> Record:
    """The entry with what the spec says, so that the same words nominate nothing again."""
    version = case.plan.spec.model_version
    return Record(record.entry._replace(nominated=_said(case), version=version.name if version else None))
