"""How things stand, as far as a ledger and the spec tell it: what serves, what is open, and what that waits for."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Final, NamedTuple
from zoneinfo import ZoneInfo

from lifespec_compiler.engine import case
from lifespec_compiler.engine.history import History, fold
from lifespec_compiler.engine.observation import Observation, Route
from lifespec_compiler.engine.policy import judged_by
from lifespec_compiler.engine.stages import patience, stage_of
from lifespec_compiler.engine.step import step
from lifespec_compiler.engine.values import SERVING, Entry, Revision
from lifespec_compiler.plan import Plan

from .errors import LedgerError
from .file import Recorded

_MOST_STEPS: Final = 32


class Awaited(NamedTuple):
    """What comes next, once what was decided is carried out."""

    what: str
    earliest: float | None = None
    """When an open stage may be decided, if its traffic was set at once; None: no stage is open."""
    latest: float | None = None
    """When it is decided, come what may."""


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
    """What the engine itself would wait for, with servers that are ready and nothing measured since."""
    seen = Observation({}, Route(), created=at, uid=history.uid)
    since = history.rollout.since if history.rollout else at
    for _ in range(_MOST_STEPS):
        found = step(plan, history, seen, at)
        if isinstance(found, case.Wait):
            return Awaited(found.why, *_times(plan, history))
        if isinstance(found, case.Deploy):
            seen = seen._replace(servers={**seen.servers, found.revision: "ready"})
        elif isinstance(found, case.Direct):
            route: Route = found.route._replace(since=since)
            seen = seen._replace(route=route)
        else:
            return Awaited(_due(found), *_times(plan, history))
    return None


def _times(plan: Plan, history: History) -> tuple[float | None, float | None]:
    """From when on the open stage may be decided, and when it is at the latest."""
    rollout = history.rollout
    judged = judged_by(plan, rollout) if rollout and rollout.position.phase in SERVING else None
    if rollout is None or judged is None:
        return None, None
    stage = stage_of(judged, rollout)
    hold = stage.hold if stage else 0.0
    return rollout.since + hold, rollout.since + patience(judged, rollout, stage)


def _due(found: case.Step) -> str:
    if isinstance(found, case.Record):
        moves = f" to {found.entry.to.phase}" if found.entry.to else ""
        return f"the decision `{found.entry.kind}`{moves}: it is due, unless more was measured meanwhile"
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
    from cronsim import CronSim

    found = []
    for trigger in retraining.triggers:
        if trigger.kind == "schedule":
            now = datetime.fromtimestamp(at, UTC).astimezone(ZoneInfo(trigger.time_zone))
            after = next(CronSim(trigger.schedule, now), None)
            found += [(trigger.name, after.timestamp())] if after is not None else []
    return tuple(sorted(found, key=lambda each: each[1]))
