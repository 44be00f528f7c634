"""How a rollout goes on: from phase to phase, on recorded passes only."""

from __future__ import annotations

from lifespec_compiler.plan import Stage

from . import live
from .case import Case, Evaluate, Record, Step, Wait, stages
from .history import Rollout
from .observation import Counted
from .offline import judged
from .values import Cause, Phase, Position

APPROVED_AS = {"Offline": "offline", "Shadow": "shadow", "Canary": "canary", "Promoting": "promoting"}


def progress(case: Case) -> Step | None:
    """What the open rollout needs next to go on; None where there is none."""
    rollout = case.rollout
    if rollout is None:
        return None
    phase = rollout.position.phase
    if phase == "Offline":
        return _offline(case, rollout)
    if phase in ("Shadow", "Canary", "Promoting"):
        return _stage(case, rollout)
    if phase == "RollingBack":
        return _rolling_back(case, rollout)
    return Wait(None, "a person is asked")


def next_phase(case: Case, rollout: Rollout) -> Phase:
    """The phase that comes after where the rollout stands, or where it was held."""
    found = _next(case, rollout._replace(position=rollout.held_from or rollout.position))
    return found.phase if found else "Done"


def _offline(case: Case, rollout: Rollout) -> Step:
    report = case.seen.offline
    if report is None:
        return Evaluate(rollout.revision)
    outcome, causes = judged(case, report, rollout.revision)
    if outcome == "Pass":
        return _advance(case, rollout, causes)
    if outcome == "Inconclusive":
        return case.move("hold", Position("Held"), causes=causes, reason="the offline report cannot tell")
    return case.move("reject", Position("Rejected"), causes=causes)


def _advance(case: Case, rollout: Rollout, causes: tuple[Cause, ...]) -> Step:
    to = _next(case, rollout)
    if to is None:
        return case.move("finish", Position("Done", weight=100), causes=causes)
    if case.frozen:
        return Wait(None, "a freeze stops raises")
    approval = case.plan.spec.rollout.approval
    asked = approval is not None and APPROVED_AS[to.phase] in approval.before
    if asked and to.phase != rollout.position.phase and to.phase not in rollout.approved:
        return Wait(None, f"an approval is awaited before {to.phase}")
    return case.move("advance", to, causes=causes)


def _next(case: Case, rollout: Rollout) -> Position | None:
    """The position after this one; None after the last."""
    found = _positions(case, rollout)
    places = [(position.phase, position.step) for position in found]
    here = (rollout.position.phase, rollout.position.step)
    index = places.index(here) if here in places else -1
    return found[index + 1] if index + 1 < len(found) else None


def _positions(case: Case, rollout: Rollout) -> list[Position]:
    """All positions with traffic, in order."""
    found = [_position(stage, number) for number, stage in _numbered(stages(case, first=rollout.first))]
    if found[-1].phase != "Promoting":
        found.append(Position("Promoting", weight=100))
    return found


def _numbered(found: tuple[Stage, ...]) -> list[tuple[int, Stage]]:
    shadows = sum(stage.weight == 0 for stage in found)
    return [(index - shadows, stage) for index, stage in enumerate(found)]


def _position(stage: Stage, number: int) -> Position:
    if stage.weight == 0:
        return Position("Shadow")
    return Position("Promoting", weight=100) if stage.weight == 100 else Position("Canary", number, stage.weight)


def stage_of(case: Case, rollout: Rollout) -> Stage | None:
    """The stage that the rollout is in; None in a promotion without a hold."""
    for number, stage in _numbered(stages(case, first=rollout.first)):
        if _position(stage, number)[:2] == rollout.position[:2]:
            return stage
    return None


def _stage(case: Case, rollout: Rollout) -> Step:
    stage, route = stage_of(case, rollout), case.seen.route
    waited = case.now - rollout.since
    timeout = stage.timeout if stage else float("inf")
    if route.sequence != rollout.sequence:
        return (
            _timed_out(case, (), "the candidate did not get its traffic in time")
            if waited >= timeout
            else Wait(rollout.since + timeout, "the candidate gets its traffic")
        )
    elapsed = case.now - route.since
    verdicts = _gates(case, rollout, stage) if stage else []
    causes = tuple(found.cause for found in verdicts)
    if any(found.outcome == "Fail" for found in verdicts):
        failed = tuple(cause for cause in causes if cause.verdict == "Fail")
        shadow = rollout.position.phase == "Shadow"
        to = Position("Rejected") if shadow else Position("RollingBack")
        return case.move("reject" if shadow else "rollBack", to, causes=failed)
    passed = all(found.outcome == "Pass" for found in verdicts) and not _without_data(case)
    hold = stage.hold if stage else 0.0
    if passed and elapsed >= hold:
        return _advance(case, rollout, causes)
    if elapsed >= timeout:
        return _timed_out(case, causes, "undecided at the timeout")
    return Wait(
        route.since + (hold if elapsed < hold else timeout), "the stage is held" if elapsed < hold else "undecided"
    )


def _timed_out(case: Case, causes: tuple[Cause, ...], reason: str) -> Record:
    analysis = case.plan.spec.rollout.analysis
    if analysis is not None and analysis.on_timeout == "hold" and case.rollout is not None:
        return case.move("hold", case.rollout.position._replace(phase="Held"), causes=causes, reason=reason)
    return case.move("rollBack", Position("RollingBack"), causes=causes, reason=reason)


def _gates(case: Case, rollout: Rollout, stage: Stage) -> list[live.LiveVerdict]:
    tier = "shadow" if rollout.position.phase == "Shadow" else "online"
    if rollout.first:
        return []
    traffic, shadow = case.plan.spec.traffic, case.plan.spec.evaluation.shadow
    share = shadow.mirror if tier == "shadow" and shadow else stage.weight
    planned = (traffic.rps if traffic else 0) * share / 100 * stage.hold
    found = []
    for check in case.plan.checks:
        if check.kind == "gate" and check.tier == tier:
            counted = _counted(case, rollout, check.name)
            candidate, stable = (counted.candidate, counted.stable) if counted else (None, None)
            found += live.gate(case.plan, check, candidate, stable, planned)
    return found


def _counted(case: Case, rollout: Rollout, check: str) -> Counted | None:
    """What was counted for a check of exactly this revision since its traffic was set."""
    found = [one for one in case.seen.counted if one.check == check and one.revision == rollout.revision]
    return found[0] if len(found) == 1 else None


def _without_data(case: Case) -> bool:
    """Whether the newest window of some guard has too little in it, and that is not to be ignored."""
    guards = {guard.name: guard for guard in case.plan.spec.rollout.guards}
    for check in case.plan.checks:
        if check.kind != "guard" or guards[check.name].on_no_data == "ignore":
            continue
        windows = case.windows(check.name)
        if not windows:
            return True
        newest = windows[-1]
        found = live.guard(case.plan, check, newest.candidate, newest.stable, newest.number)
        if found is not None and found.outcome == "Inconclusive":
            return True
    return False


def _rolling_back(case: Case, rollout: Rollout) -> Step:
    route = case.seen.route
    gone = route.candidate is None and route.weight == 0 and rollout.revision not in case.seen.servers
    return case.move("finish", Position("RolledBack")) if gone else Wait(None, "the candidate is taken away")
