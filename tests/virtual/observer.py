"""Judges every effect from what was recorded before it. It shares no code with the engine but the shapes of values.

Each rule carries the number of an invariant: S1 candidate traffic, S2 weights, S3 no raise while it goes down, S4
stable keeps serving, S5 one training for each trigger, S6 no pass without evidence, S7 nothing crosses rollouts, S11
one entry for each transition; L2 a rollback is carried out, and "people": approvals, requests and freezes.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from math import isfinite
from typing import Any, Final, NamedTuple

from lifespec_compiler.engine.observation import Route
from lifespec_compiler.engine.values import Entry, Phase, Position, Revision
from lifespec_compiler.plan import Plan

SERVING: Final = ("Shadow", "Canary", "Promoting")
RUN_ENDS: Final = ("Done", "Rejected", "Suppressed")


class ViolationError(AssertionError):
    """An invariant is broken."""

    def __init__(self, rule: str, what: str) -> None:
        super().__init__(f"{rule}: {what}")
        self.rule = rule


class Seen(NamedTuple):
    """What whoever acts had read, uncached, right before."""

    decisions: int
    route: Route
    servers: Mapping[Revision, str]


class Rollout(NamedTuple):
    """A rollout as its entries tell it."""

    id: str
    revision: Revision
    policy: str
    plan_hash: str
    """Of the plan that it began under, whose policy it is judged by."""
    first: bool
    position: Position
    highest: int = 0
    """The highest weight that a recorded pass allows."""
    before: Position | None = None
    """With `Held`: where it was."""
    down: bool = False
    """Whether it was aborted, rolled back or rejected."""
    approved: frozenset[str] = frozenset()
    moved_by_people: bool = False
    unsealed: bool = False
    """Whether somebody broke the glass: the next move waits for nothing but what failed."""


class State(NamedTuple):
    """What the ledger says after an entry."""

    stable: Revision | None = None
    rollout: Rollout | None = None


class Evidence:
    """What the world knows to be true, for the rules that need more than entries. By default nothing is known."""

    def served(self, _revision: Revision) -> int | None:
        """Requests that the revision has had since its traffic was set; None: not known."""
        return None

    def harm(self, _revision: Revision) -> int:
        """Windows of the open rollout that truly failed, and were shown."""
        return 0

    def blind(self, _revision: Revision) -> bool:
        """Whether nothing true was ever shown of the open rollout's traffic."""
        return False

    def offline(self, _revision: Revision) -> float | None:
        """The true offline value of a revision; None: not known."""
        return None

    def lasted(self) -> float | None:
        """For how many seconds the route has stood as it is; None: the clocks were wrong, or it is not known."""
        return None

    def standing(self, _revision: Revision) -> str | None:
        """How the servers of a revision truly are; None: there are none."""
        return None


@dataclass
class Observer:
    """What it has seen, to judge the next effect by."""

    plans: Mapping[str, Plan] = field(default_factory=dict)
    """By plan hash; of others the rules that need a plan say nothing."""
    evidence: Evidence = field(default_factory=Evidence)
    states: list[State] = field(default_factory=lambda: [State()])
    """After each entry; the first one before all of them."""
    entries: list[Entry] = field(default_factory=list)
    streams: set[str] = field(default_factory=set)
    runs: dict[str, Phase] = field(default_factory=dict)
    """By trigger id: where its training stands."""
    trained: set[str] = field(default_factory=set)
    """Trainings that were ever started. It is never forgotten."""
    directed_for: int = 0
    """The decision that the route carries out."""
    asked: dict[str, tuple[str, str | None]] = field(default_factory=dict)
    """Requests by name: the verb, and the rollout that is meant."""
    heard: Revision | None = None
    """What Git said last, as far as the ledger heard it."""
    moves: Counter[tuple[Phase | None, Phase]] = field(default_factory=Counter)
    effects: Counter[str] = field(default_factory=Counter)

    @property
    def state(self) -> State:
        """What the ledger says now."""
        return self.states[-1]

    # -- decisions -------------------------------------------------------------------------------------------------

    def recorded(self, entry: Entry, seen: Seen) -> None:
        """An entry was appended."""
        self.effects["Record"] += 1
        self._answers(entry)
        _must(entry.sequence == len(self.entries) + 1, "S11", f"entry {entry.sequence} after {len(self.entries)}")
        state = self.state
        if entry.kind in ("train", "suppress") or entry.stream in self.runs:
            state = self._run(entry, state)
        elif entry.kind == "nominate" and entry.to is not None:
            state = self._opened(entry, state)
        elif entry.kind in ("adopt", "retire"):
            state = self._taken_over(entry, state)
        elif entry.kind == "breakGlass" and state.rollout is not None and entry.stream == state.rollout.id:
            state = state._replace(rollout=state.rollout._replace(unsealed=True))
        elif entry.kind == "checkpoint" and entry.checkpoint is not None:
            _must(entry.checkpoint.stable == state.stable, "S11", "a checkpoint says another stable than its entries")
        elif entry.stream is not None and entry.to is not None:
            state = self._moved(entry, state, seen)
        if entry.nominated is not None:
            self.heard = entry.nominated
        self.entries.append(entry)
        self.states.append(state)

    def _run(self, entry: Entry, state: State) -> State:
        stream = entry.stream
        _must(stream is not None, "S11", "a training without an id")
        assert stream is not None
        if entry.kind in ("train", "suppress") and self.runs.get(stream) != "Queued":
            _must(stream not in self.runs, "S5", f"the trigger {stream} was answered before")
        before = self.runs.get(stream)
        if entry.kind == "nominate":
            return self._opened(entry, state) if entry.to is not None else state
        if entry.to is None:
            return state
        _must(before not in RUN_ENDS, "S11", f"{stream} goes on after its end")
        if entry.to.phase == "Nominated":
            self._offline(entry, state, f"run {stream}", self.plans.get(entry.plan_hash))
        self.runs[stream] = entry.to.phase
        self.moves[before, entry.to.phase] += 1
        return state

    def _answers(self, entry: Entry) -> None:
        """An abort that names the open rollout rolls back, whatever else is asked or so."""
        verb, rollout = self.asked.get(entry.request or "", (None, None))
        open_one = self.state.rollout
        if verb == "abort" and open_one is not None and rollout == open_one.id and not open_one.down:
            _must(entry.kind == "rollBack", "people", f"an abort was answered by {entry.kind}")

    def _taken_over(self, entry: Entry, state: State) -> State:
        """The lifecycle came back, or goes and takes what serves with it; what was open is over."""
        self.runs = {run: phase if phase in RUN_ENDS else "Rejected" for run, phase in self.runs.items()}
        if entry.kind == "retire":
            return State(None, None)
        _must(state.stable in (None, entry.revision), "S4", "created again, and another revision is taken for stable")
        if state.rollout is not None and state.rollout.revision != entry.revision:
            self.heard = entry.revision  # what was open may be nominated again
        return State(entry.revision, None)

    def _opened(self, entry: Entry, state: State) -> State:
        _must(entry.stream is not None and entry.revision is not None, "S11", "a rollout of nothing")
        assert entry.stream is not None
        assert entry.revision is not None
        assert entry.to is not None
        _must(entry.stream not in self.streams, "S7", f"the rollout {entry.stream} begins twice")
        _must(entry.to == Position("Offline"), "S1", f"a rollout begins at {entry.to.phase}")
        plan = self.plans.get(entry.plan_hash)
        if plan is not None:
            _must(not _frozen(plan, entry.at), "people", "nominated in a freeze")
        if entry.run is not None:
            self.moves[self.runs.get(entry.run), "Done"] += 1
            self.runs[entry.run] = "Done"
        self.streams.add(entry.stream)
        self.moves[None, "Offline"] += 1
        return state._replace(
            rollout=Rollout(
                entry.stream, entry.revision, entry.policy_hash, entry.plan_hash, state.stable is None, entry.to
            )
        )

    def _moved(self, entry: Entry, state: State, seen: Seen) -> State:
        rollout, to = state.rollout, entry.to
        assert to is not None
        if rollout is None or entry.stream != rollout.id:
            raise ViolationError("S7", f"{entry.kind} of {entry.stream}, which is not open")
        if entry.kind == "answer":
            return state._replace(rollout=rollout._replace(approved=rollout.approved | {to.phase}))
        _must(entry.from_ == rollout.position, "S11", f"it moves from {entry.from_}, but was at {rollout.position}")
        self.moves[rollout.position.phase, to.phase] += 1
        if entry.kind in ("advance", "finish", "resume"):
            _must(not rollout.down or to.phase == "RolledBack", "S3", f"{to.phase} after a rollback")
        if to.phase == "RolledBack":
            _must(rollout.down, "S11", "it is rolled back without a decision to do so")
            gone = seen.route.candidate != rollout.revision and rollout.revision not in seen.servers
            _must(gone or rollout.revision == state.stable, "L2", "ended before the candidate was taken away")
            return state._replace(rollout=None)
        if to.phase == "Rejected":
            _must(
                seen.route.candidate != rollout.revision or seen.route.weight <= 0, "S4", "rejected under live traffic"
            )
            return state._replace(rollout=None)
        if to.phase == "RollingBack":
            return state._replace(rollout=rollout._replace(position=to, down=True))
        if to.phase == "Held":
            return self._held(rollout, to, state)
        if entry.kind == "resume":
            _must(to == rollout.before, "S1", f"resumed at {to}, but was held at {rollout.before}")
            moved = rollout._replace(position=to, before=None, moved_by_people=True)
            return state._replace(rollout=moved)
        self._passed(entry, rollout, state)
        if to.phase == "Done":
            whole = seen.route.weight == 100 and seen.route.candidate == rollout.revision
            _must(whole, "S4", "promoted before all traffic went there")
            _must(seen.servers.get(rollout.revision) == "ready", "S4", "promoted, but its servers are not ready")
            return State(rollout.revision, None)
        return state._replace(
            rollout=rollout._replace(
                position=to, highest=max(rollout.highest, to.weight), moved_by_people=False, unsealed=False
            )
        )

    def _held(self, rollout: Rollout, to: Position, state: State) -> State:
        _must(to.weight <= rollout.highest, "S1", "held at more than was decided")
        before = rollout.before if rollout.position.phase == "Held" else rollout.position
        return state._replace(rollout=rollout._replace(position=to, before=before))

    # -- verdicts --------------------------------------------------------------------------------------------------

    def _passed(self, entry: Entry, rollout: Rollout, state: State) -> None:
        """A rollout goes on: every verdict that it takes was recorded, and is true."""
        assert entry.to is not None
        _must(entry.policy_hash == rollout.policy, "S7", "judged by another policy than it began with")
        _must(entry.revision in (None, rollout.revision), "S7", "a verdict on another revision")
        decided = rollout.unsealed or (rollout.position.phase == "Offline" and entry.to.phase in rollout.approved)
        for cause in entry.causes:
            _must(
                cause.verdict == "Pass" or (decided and cause.verdict != "Fail"),
                "S6",
                f"it goes on after {cause.verdict} of {cause.check}",
            )
        plan, today = self.plans.get(rollout.plan_hash), self.plans.get(entry.plan_hash)
        if plan is None:
            return
        here = rollout.position
        path = _positions(plan, first=rollout.first)
        following = path[path.index(here) + 1] if here in path[:-1] else Position("Done", weight=100)
        expected = path[0] if here.phase == "Offline" else following
        _must(entry.to[:3] == expected[:3], "S1", f"from {here} it goes to {entry.to}, not to {expected}")
        if rollout.unsealed:
            return
        if entry.to.phase != "Done":
            _must(today is None or not _frozen(today, entry.at), "people", "raised in a freeze")
        approval = plan.spec.rollout.approval
        if approval is not None and entry.to.phase.lower() in approval.before and entry.to.phase != here.phase:
            _must(entry.to.phase in rollout.approved, "people", f"{entry.to.phase} without an approval")
        if here.phase == "Offline" and decided:
            return
        if here.phase == "Offline":
            self._offline(entry, state, rollout.id, plan)
        elif not rollout.first:
            self._live(plan, entry, rollout)

    def _offline(self, entry: Entry, state: State, of: str, plan: Plan | None) -> None:
        if plan is None or entry.revision is None:
            return
        passed = {cause.check for cause in entry.causes if cause.verdict == "Pass"}
        for check in plan.checks:
            if check.kind == "gate" and check.tier == "offline" and (check.against != "stable" or state.stable):
                _must(check.name in passed, "S6", f"{of}: no pass of {check.name}")
                true = self.evidence.offline(entry.revision)
                if true is not None and check.min is not None:
                    _must(true >= check.min, "S6", f"{of}: {check.name} is truly {true}")

    def _live(self, plan: Plan, entry: Entry, rollout: Rollout) -> None:
        """All gates of the tier passed, on as much as was truly served; and no harm was shown meanwhile."""
        tier = "shadow" if rollout.position.phase == "Shadow" else "online"
        stage = next((one for one in plan.stages if _position(one, plan.stages) == rollout.position), None)
        judged = stage is not None
        lasted = self.evidence.lasted()
        if stage is not None and lasted is not None:
            _must(lasted >= stage.hold, "S1", f"it goes on after {lasted:g} s of {stage.hold:g}")
        passed = {cause.check: cause for cause in entry.causes}
        served = self.evidence.served(rollout.revision)
        for check in plan.checks:
            if check.kind == "gate" and check.tier == tier and judged:
                cause = passed.get(check.name)
                if cause is None:
                    raise ViolationError("S6", f"it goes on without a verdict of {check.name}")
                least = plan.at(check.path).min_samples
                _must(cause.samples >= least, "S6", f"{check.name} passed on {cause.samples} samples")
                _must(cause.value is not None and isfinite(cause.value), "S6", f"{check.name} passed at {cause.value}")
                _must(cause.value is not None and -1 <= cause.value <= 1, "S6", f"{check.name} passed at {cause.value}")
                if served is not None:
                    _must(
                        cause.samples <= served,
                        "S6",
                        f"{check.name} passed on {cause.samples} samples of {served} served in this step",
                    )
        guards = [guard for guard in plan.spec.rollout.guards if guard.on_no_data != "ignore"]
        if guards and judged:
            _must(not self.evidence.blind(rollout.revision), "S6", "it goes on without data for its guards")
        analysis = plan.spec.rollout.analysis
        limit = analysis.failure_limit if analysis else 1
        if not rollout.moved_by_people:
            _must(self.evidence.harm(rollout.revision) <= limit, "S6", "it goes on although harm was shown")

    # -- what is done ----------------------------------------------------------------------------------------------

    def directed(self, before: Route, after: Route, seen: Seen) -> None:
        """The route was set: `before` is what stood there."""
        self.effects["Direct"] += 1
        for share in (after.weight, after.mirror):
            _must(type(share) is int and 0 <= share <= 100, "S2", f"{share!r} is no weight")
        _must(after.sequence >= self.directed_for, "S1", "an older decision is carried out after a newer one")
        self.directed_for = after.sequence
        state = self.states[min(seen.decisions, len(self.states) - 1)]
        rollout = state.rollout
        exposed = max(0, before.weight) if before.candidate == after.candidate else 0
        if after.candidate is not None and after.weight:
            kept = state.stable is None and after.weight <= exposed  # nothing else serves
            mine = rollout is not None and rollout.revision == after.candidate
            _must(mine or kept, "S1", "traffic for a candidate of which no rollout is open")
            highest = rollout.highest if rollout is not None and mine else 0
            _must(after.weight <= highest or kept, "S1", f"{after.weight} %, but {highest} % was passed")
            _must(after.mirror == 0, "S1", "mirrored and live at once")
        if after.candidate is not None and after.weight > exposed:
            raised = before.candidate != after.candidate or after.sequence != before.sequence
            _must(raised, "S1", "raised without a new decision")
            _must(rollout is not None and not rollout.down, "S3", "raised after a rollback")
            _must(self._stands(after.candidate) == "ready", "S4", "raised, but its servers are not ready")
        if after.mirror:
            at = (rollout.before or rollout.position) if rollout else None
            _must(at is not None and at.phase == "Shadow", "S1", "mirrored outside shadow")
        if state.stable is not None:
            _must(after.stable == state.stable, "S4", "stable is not routed")
        kept = after.stable == before.stable and after.weight <= exposed  # less is better, whatever stable is like
        if after.weight < 100 and after.stable is not None and not kept:
            _must(self._stands(after.stable) is not None, "S4", "routed to servers that are not there")

    def deployed(self, revision: Revision, seen: Seen) -> None:
        """Servers were created."""
        self.effects["Deploy"] += 1
        state = self.states[min(seen.decisions, len(self.states) - 1)]
        wanted = state.rollout is not None and state.rollout.revision == revision
        _must(wanted or revision == state.stable, "S11", "deployed what nobody has decided")

    def removed(self, revision: Revision, live: Route, seen: Seen) -> None:
        """Servers were deleted; `live` is the route as it stood."""
        self.effects["Remove"] += 1
        state = self.states[min(seen.decisions, len(self.states) - 1)]
        _must(revision not in (state.stable, self.state.stable), "S4", "stable is deleted")
        _must(live.stable != revision or live.weight == 100, "S4", "deleted under its traffic")
        _must(live.candidate != revision or not (live.weight or live.mirror), "S4", "deleted under its traffic")
        rollout = state.rollout
        wanted = rollout is not None and rollout.revision == revision and rollout.position.phase in SERVING
        _must(not wanted, "S4", "the candidate is deleted in the middle of its rollout")

    def started(self, run: str) -> None:
        """A training was started."""
        self.effects["Train"] += 1
        _must(run not in self.trained, "S5", f"{run} is trained twice")
        _must(run in self.runs and self.runs[run] != "Suppressed", "S5", f"{run} is trained, but was not decided")
        self.trained.add(run)

    def proposed(self, run: str) -> None:
        """A model was nominated where it stands."""
        self.effects["Propose"] += 1
        _must(self.runs.get(run) in ("Nominated", "Done"), "S6", f"{run} is proposed, but did not pass")

    # -- the end ---------------------------------------------------------------------------------------------------

    def at_rest(self, triggers: Iterable[str], requests: Iterable[Any]) -> None:
        """Nothing goes on any more: what fired and what was asked has had its answer."""
        for trigger in triggers:
            _must(trigger in self.runs, "L3", f"the trigger {trigger} is lost")
        for run, phase in self.runs.items():
            done = phase in RUN_ENDS
            _must(done, "L3", f"the training {run} does not end: {phase}")
            _must(run in self.trained or phase in ("Suppressed", "Rejected"), "L3", f"{run} was never trained")
        answered = {entry.request for entry in self.entries}
        for request in requests:
            _must(request.name in answered, "people", f"{request.verb} has no answer")

    def _stands(self, revision: Revision) -> str | None:
        return self.evidence.standing(revision)


def _must(holds: bool, rule: str, what: str) -> None:
    if not holds:
        raise ViolationError(rule, what)


def _frozen(plan: Plan, at: float) -> bool:
    day = datetime.fromtimestamp(at, UTC).date().isoformat()
    return any(span.split("/")[0] <= day <= span.split("/")[-1] for span in plan.spec.rollout.freeze)


def _positions(plan: Plan, *, first: bool) -> list[Position]:
    """Where a rollout stands on its way, as the plan says."""
    found = [] if first else [_position(stage, plan.stages) for stage in plan.stages]
    whole = Position("Promoting", weight=100)
    return found if found and found[-1].phase == "Promoting" else [*found, whole]


def _position(stage: Any, stages: tuple[Any, ...]) -> Position:
    if stage.weight == 0:
        return Position("Shadow")
    if stage.weight == 100:
        return Position("Promoting", weight=100)
    live = [one for one in stages if one.weight]
    return Position("Canary", live.index(stage), stage.weight)
