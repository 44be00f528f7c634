"""How things stand, as far as a ledger and the spec tell it: what serves, what is open, and what that waits for."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any, Final, NamedTuple
from zoneinfo import ZoneInfo

from lifespec_compiler.engine import case
from lifespec_compiler.engine.history import History, fold
from lifespec_compiler.engine.live import live_checks
from lifespec_compiler.engine.observation import Observation, Route
from lifespec_compiler.engine.policy import judged_by
from lifespec_compiler.engine.stages import asks, following, patience, stage_of
from lifespec_compiler.engine.state import Rollout
from lifespec_compiler.engine.step import step
from lifespec_compiler.engine.values import SERVING, Entry, Revision
from lifespec_compiler.plan import Plan

from .chain import RUN_MARK
from .errors import LedgerError
from .file import Recorded
from .supposed import supposed
from .times import END

_MOST_STEPS: Final = 32


class Awaited(NamedTuple):
    """What comes next, once what was decided is carried out."""

    what: str
    earliest: float | None = None
    """When an open stage may be decided, if its traffic was set at once; None: no time is what it is held for."""
    latest: float | None = None
    """When it is decided, come what may; None: no stage is open, or what passed may have to wait for `then`."""
    then: str = ""
    """What an open stage waits for besides, once it has passed."""


class Standing(NamedTuple):
    """The state that a ledger's entries make."""

    history: History
    promoted: Entry | None
    """The decision by which stable came to serve; None where there is no stable, or it is archived."""
    awaited: Awaited | None
    """None: the spec is not here, or is another than the one that the ledger goes by."""
    scheduled: tuple[tuple[str, float], ...]
    """The next time of each schedule, the nearest first."""


def standing(recorded: Recorded, plan: Plan | None, at: float) -> Standing:
    """The state after all entries, and what comes next, seen at a moment. Raises LedgerError."""
    history, entries = _state(recorded), recorded.entries
    by_this_plan = plan is not None and bool(entries) and plan.hashes.plan == entries[-1].plan_hash
    awaited = _awaited(plan, history, at) if plan and by_this_plan else None
    return Standing(history, _promoted(entries, history.stable), awaited, _scheduled(plan, at) if plan else ())


def _state(recorded: Recorded) -> History:
    history = History()
    for decision in recorded.decisions:
        try:
            history = fold(history, decision.entry)
        except ValueError as error:
            message = f"decision {decision.entry.sequence} makes a move that there is not: {error}"
            advice = "a ledger is only ever appended to: bring the file back as it was"
            raise LedgerError("ledger-impossible", message, recorded.file, line=decision.line, advice=advice) from error
    return history


def _promoted(entries: Sequence[Entry], stable: Revision | None) -> Entry | None:
    for entry in reversed(entries):
        if entry.revision == stable and entry.to is not None and entry.to.phase == "Done" and entry.kind == "finish":
            return entry
    return None


def _awaited(plan: Plan, history: History, at: float) -> Awaited | None:
    """What the engine itself would wait for, with servers that are ready and all that is watched well."""
    seen = supposed(plan, history, at)
    since = history.rollout.since if history.rollout else at
    for _ in range(_MOST_STEPS):
        found = step(plan, history, seen, at)
        if isinstance(found, case.Wait):
            return _open_stage(plan, history, found.why)
        if isinstance(found, case.Deploy):
            seen = seen._replace(servers={**seen.servers, found.revision: "ready"})
        elif isinstance(found, case.Direct):
            route: Route = found.route._replace(since=since)
            seen = seen._replace(route=route)
        elif isinstance(found, case.Evaluate) and found.tier != "offline":
            return _open_stage(plan, history, _due(found))
        else:
            return Awaited(_due(found))
    return None


def _open_stage(plan: Plan, history: History, what: str) -> Awaited:
    """From when on the open stage may be decided, when it is at the latest, and what keeps it even then."""
    rollout = history.rollout
    judged = judged_by(plan, rollout) if rollout and rollout.position.phase in SERVING else None
    if rollout is None or judged is None:
        return Awaited(what)
    stage = stage_of(judged, rollout)
    known = live_checks(judged)
    checks = known.shadow if rollout.position.phase == "Shadow" else known.online
    delay = 0.0 if rollout.first or stage is None else max((check.delay for check in checks), default=0.0)
    earliest = rollout.since + stage.hold + delay if stage and stage.hold + delay else None
    latest = rollout.since + patience(judged, rollout, stage) + delay
    if latest >= END:
        return Awaited(what)
    then = _then(case.Case(plan, history, Observation({}, Route()), latest, judged), rollout)
    return Awaited(what, earliest, None if then else latest, then)


def _then(latest: case.Case, rollout: Rollout) -> str:
    policy = latest.policy
    to = following(policy, rollout) if policy else None
    if policy is None or to is None or rollout.unsealed:
        return ""
    if asks(policy, to.phase) and to.phase != rollout.position.phase and to.phase not in rollout.approved:
        return f"an approval before {to.phase}"
    return "the end of the freeze" if latest.frozen else ""


def _due(found: case.Step) -> str:
    if isinstance(found, case.Record):
        moves = f" to {found.entry.to.phase}" if found.entry.to else ""
        return f"the decision `{found.entry.kind}`{moves}: it is due, unless more was measured meanwhile"
    if isinstance(found, case.Evaluate) and RUN_MARK in found.name:
        return f"a report on the model of {found.name.removesuffix('-offline')}"
    if isinstance(found, case.Evaluate):
        return "a report on the candidate"
    if isinstance(found, case.Train):
        return f"the training of {found.run}"
    if isinstance(found, case.Propose):
        return f"the model of {found.run} being proposed"
    return "what was decided being carried out"


def _scheduled(plan: Plan, at: float) -> tuple[tuple[str, float], ...]:
    retraining, platform = plan.spec.retraining, plan.spec.platform
    if retraining is None or platform is None or not platform.retrains_here:
        return ()
    found = [(each.name, _next(each, at)) for each in retraining.triggers if each.kind == "schedule"]
    return tuple(sorted(((name, after) for name, after in found if after is not None), key=lambda each: each[1]))


def _next(trigger: Any, at: float) -> float | None:
    """The next time that a schedule fires; None where the calendar ends before that."""
    from cronsim import CronSim

    try:
        now = datetime.fromtimestamp(at, UTC).astimezone(ZoneInfo(trigger.time_zone))
        after = next(CronSim(trigger.schedule, now), None)
        return after.timestamp() if after is not None else None
    except (OverflowError, ValueError):
        return None
