"""How a rollout goes on: from phase to phase, on recorded passes only."""

from __future__ import annotations

from lifespec_compiler.plan import Plan, Stage

from .carrying_out import carry_out
from .case import Case, Deploy, Direct, Evaluate, Record, Step, Wait
from .gates import Found, gates, is_over, unwatched
from .reported import NO_REPORT, judged
from .stages import asks, awaited, following, patience, stage_of
from .state import Rollout
from .values import Cause, Position


def progress(case: Case) -> Step | None:
    """What the open rollout needs next to go on; None where there is none."""
    rollout, plan = case.rollout, case.policy
    if rollout is None:
        return None
    phase = rollout.position.phase
    if phase == "RollingBack":
        return _rolling_back(case, rollout)
    if case.seen.deleting:
        return None
    if plan is None:
        return Wait(None, "the policy that it was begun with cannot be read any more")
    if phase == "Offline":
        return _offline(case, plan, rollout)
    if phase == "Held":
        return _held(case, plan, rollout)
    return _stage(case, plan, rollout)


def _offline(case: Case, plan: Plan, rollout: Rollout) -> Step:
    if asks(plan, "Offline") and "Offline" not in rollout.approved and not rollout.unsealed:
        return Wait(None, "an approval is awaited before Offline", "Offline")
    name = f"{rollout.id}-offline-{rollout.sequence}"
    evaluation, report = case.seen.evaluations.get(name), case.seen.offline
    outcome, causes = judged(case, plan, report, rollout.revision, "offline") if report else ("Error", ())
    if outcome == "Error":
        if evaluation is None:
            return Wait(None, "PlanMismatch") if case.mismatched else Evaluate(rollout.revision, "offline", name)
        late = report is not None or case.now - rollout.since > NO_REPORT
        if evaluation == "running" or (evaluation == "succeeded" and not late):
            return Wait(None, "it is evaluated")
        told = "the evaluation left no report" if report is None else "the report does not hold what is asked"
        reason = "the evaluation failed" if evaluation == "failed" else told
        return case.move("hold", Position("Held"), causes=causes, reason=reason)
    if outcome == "Fail":
        return case.move("reject", Position("Rejected"), causes=causes)
    if outcome == "Pass" or rollout.unsealed or awaited(plan, rollout) in rollout.approved:
        return _advance(case, plan, rollout, Found(reported=causes))
    return case.move("hold", Position("Held"), causes=causes, reason="the offline report cannot tell: a person decides")


def _held(case: Case, plan: Plan, rollout: Rollout) -> Step:
    """An approval is what a rollout waits for whose offline report could not tell; all others wait for `resume`."""
    place = rollout.held_from
    if place is not None and rollout.doubtful and awaited(plan, rollout) in rollout.approved:
        return case.move("resume", place, reason="it was approved")
    return Wait(None, "a person is asked")


def _advance(case: Case, plan: Plan, rollout: Rollout, found: Found) -> Step:
    # Only a decision needs the causes: their intervals take longer than all the rest of a look.
    if case.mismatched:
        return Wait(None, "PlanMismatch: the object in the cluster was compiled to another plan")
    to = following(plan, rollout)
    if to is None:
        return case.move("finish", Position("Done", weight=100), causes=found.causes)
    stable = case.history.stable
    if stable is not None and case.seen.servers.get(stable) != "ready":
        return Wait(None, "stable itself is not ready")
    if rollout.unsealed:
        return case.move("advance", to, causes=found.causes, reason="somebody broke the glass")
    if case.frozen:
        return Wait(None, "a freeze stops raises")
    if (
        asks(plan, to.phase, first=rollout.first)
        and to.phase != rollout.position.phase
        and to.phase not in rollout.approved
    ):
        return Wait(None, f"an approval is awaited before {to.phase}", to.phase)
    stage = stage_of(plan, rollout._replace(position=to))
    return case.move("advance", to, causes=found.causes, reason=f"on to {stage.name}" if stage else "")


def _stage(case: Case, plan: Plan, rollout: Rollout) -> Step:
    stage, route = stage_of(plan, rollout), case.seen.route
    timeout = patience(plan, rollout, stage)
    if case.seen.servers.get(rollout.revision) == "failed":
        return _give_up(case, plan, rollout, (), "its servers failed", at_once=True)
    ahead = max(rollout.since, route.since) - case.now
    if ahead > timeout:
        return _give_up(case, plan, rollout, (), "the clock was set back by more than the timeout")
    if route.sequence != rollout.sequence:
        away = isinstance(carry_out(case), Deploy | Direct)  # it has yet to be asked for: whoever does so was not there
        if case.now - rollout.since >= timeout and not away:
            return _give_up(case, plan, rollout, (), "the candidate did not get its traffic in time")
        return Wait(rollout.since + timeout, "the candidate gets its traffic")
    if stage is None and _ready(case, rollout):
        return _advance(case, plan, rollout, Found())
    if stage is None:
        if case.now - rollout.since >= timeout:
            return _give_up(case, plan, rollout, (), "its servers are not ready any more")
        return Wait(rollout.since + timeout, "its servers are not ready any more")
    return _judged(case, plan, rollout, stage)


def _judged(case: Case, plan: Plan, rollout: Rollout, stage: Stage) -> Step:
    """A stage that has its traffic: a Fail acts at once, a Pass counts from the hold on."""
    elapsed = case.now - case.began
    found = gates(case, plan, rollout, stage)
    if found.failed:
        shadow = rollout.position.phase == "Shadow"
        kind, to = ("reject", Position("Rejected")) if shadow else ("rollBack", Position("RollingBack"))
        return case.move("reject" if kind == "reject" else "rollBack", to, causes=found.failed)
    if rollout.unsealed and _ready(case, rollout):
        return _advance(case, plan, rollout, found)
    if found.wanted is not None and not case.mismatched:
        return found.wanted
    hold, due = stage.hold + found.delay, is_over(case, plan, rollout, elapsed - stage.hold - found.delay)
    if due and not found.undecided and not found.without_data and _ready(case, rollout) and not unwatched(case, plan):
        return _advance(case, plan, rollout, found)
    analysis = plan.spec.rollout.analysis
    if due and found.without_data and analysis is not None and analysis.on_no_data == "rollback":
        return _give_up(case, plan, rollout, found.causes, "there is nothing to judge it by", at_once=True)
    if elapsed >= stage.timeout + found.delay:
        waits = _waits_for_others(case, plan, rollout, stage)
        if waits is not None:
            return waits
        return _give_up(case, plan, rollout, found.causes, _undecided(case, plan, rollout, due=due))
    look = case.now + (analysis.interval if analysis else 60.0)
    began = case.began
    ends = (began + hold, began + stage.timeout + found.delay, look)
    until = min((end for end in ends if end > case.now), default=look)
    return Wait(until, "undecided" if due else _awaited(case, plan, rollout))


def _ready(case: Case, rollout: Rollout) -> bool:
    return case.seen.servers.get(rollout.revision) == "ready"


def _waits_for_others(case: Case, plan: Plan, rollout: Rollout, stage: Stage) -> Wait | None:
    """What a stage waits for that has passed by what was counted: a person, the end of a freeze, stable's servers.

    Such a wait may be long, and a gap in the metrics, shorter than the timeout, is no reason to end it.
    """
    passed = gates(case, plan, rollout, stage, age=stage.timeout)
    if not passed.causes or passed.undecided or passed.without_data or not _ready(case, rollout):
        return None
    blocked = _advance(case, plan, rollout, passed)
    return blocked if isinstance(blocked, Wait) else None


def _undecided(case: Case, plan: Plan, rollout: Rollout, *, due: bool) -> str:
    ran = _ran(case, plan, rollout)
    return "undecided at the timeout" if due or not ran else f"{ran} stood beside stable's in time"


def _awaited(case: Case, plan: Plan, rollout: Rollout) -> str:
    ran = _ran(case, plan, rollout)
    return f"{ran} stand beside stable's" if ran else "the stage is held"


def _ran(case: Case, plan: Plan, rollout: Rollout) -> str:
    """How many runs of a batch candidate there are; empty where time is what counts."""
    serving = plan.spec.serving
    if serving.mode != "batch" or rollout.position.phase != "Shadow":
        return ""
    return f"{case.seen.compared} of {serving.shadow_runs} runs"


def _give_up(
    case: Case, plan: Plan, rollout: Rollout, causes: tuple[Cause, ...], reason: str, *, at_once: bool = False
) -> Record:
    """Back to stable; or a person is asked: where the policy says so of a timeout, or there is no stable."""
    analysis = plan.spec.rollout.analysis
    asked = not at_once and analysis is not None and analysis.on_timeout == "hold"
    if asked or rollout.first:
        return case.move("hold", rollout.position._replace(phase="Held"), causes=causes, reason=reason)
    return case.move("rollBack", Position("RollingBack"), causes=causes, reason=reason)


def _rolling_back(case: Case, rollout: Rollout) -> Step:
    route = case.seen.route
    gone = route.candidate != rollout.revision and rollout.revision not in case.seen.servers
    return case.move("finish", Position("RolledBack")) if gone else Wait(None, "the candidate is taken away")
