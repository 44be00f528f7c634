"""One question to the engine, and the forms of its answer."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Final, Literal, NamedTuple

from lifespec_compiler.plan import SEMANTICS, Plan
from lifespec_compiler.statistics.sequential import Counts

from .history import History, Rollout
from .observation import Observation, Route, Window
from .policy import policy_text
from .values import Cause, Entry, Kind, Phase, Position, Revision

AHEAD: Final = 60.0
"""Seconds by which the clocks of those who count may be ahead, or behind."""
_WINDOWS: Final = 2**31
"""More than a rollout can have."""


class Record(NamedTuple):
    """Append this entry to the ledger; nothing else."""

    entry: Entry


class Deploy(NamedTuple):
    """Have the servers of a revision."""

    revision: Revision


class Remove(NamedTuple):
    """Have no servers of a revision any more; nothing is routed to them."""

    revision: Revision


class Direct(NamedTuple):
    """Set the route."""

    route: Route
    down: bool = False
    """Whether all that it does is to take traffic away: it waits for nothing that could not be raised."""


class Evaluate(NamedTuple):
    """Have a report on a revision: offline, or of what was logged in shadow or online."""

    revision: Revision
    tier: Literal["offline", "shadow", "online"] = "offline"
    name: str = ""
    """What the evaluation is called; the same one is never made twice."""
    since: float = 0.0
    """The start of the traffic that a live report is of."""


class Train(NamedTuple):
    """Have the training of a run; its Job's name is made of the run's id."""

    run: str


class Stop(NamedTuple):
    """Have the training of a run stopped, which is no longer wanted."""

    run: str


class Unpin(NamedTuple):
    """Let go of a training's Job: that it was there is recorded, so that it may vanish."""

    run: str


class LetGo(NamedTuple):
    """Let a deleted lifecycle go: everything that its finalizer waited for is done."""

    uid: str


class Propose(NamedTuple):
    """Have the model of a run where it is nominated: a pull request, or a model version in the cluster."""

    run: str
    revision: Revision


class Wait(NamedTuple):
    """Nothing to do before this time, unless something changes; None: until something does."""

    until: float | None
    why: str
    awaits: Phase | None = None
    """The phase before which an approval is awaited."""


Effect = Deploy | Remove | Direct | Evaluate | Train | Stop | Unpin | Propose | LetGo
Step = Record | Effect | Wait


def effect_key(effect: Effect) -> tuple[str, object]:
    """What tells an effect from all others, however often and whenever it is asked for."""
    if isinstance(effect, Direct):
        return "Direct", (effect.route.sequence, effect.down)
    return type(effect).__name__, effect.name if isinstance(effect, Evaluate) else effect[0]


class Case(NamedTuple):
    """Everything that a decision may rest on."""

    plan: Plan
    history: History
    seen: Observation
    now: float
    policy: Plan | None = None
    """The plan with the policy that the open rollout embeds; None: that cannot be read."""

    @property
    def rollout(self) -> Rollout | None:
        """The open rollout."""
        return self.history.rollout

    def entry(
        self,
        kind: Kind,
        *,
        stream: str | None = None,
        to: Position | None = None,
        revision: Revision | None = None,
        causes: tuple[Cause, ...] = (),
        request: str | None = None,
        run: str | None = None,
        reason: str = "",
    ) -> Record:
        """The next entry of the ledger."""
        return Record(
            Entry(
                self.history.sequence + 1,
                kind,
                self.now,
                self.plan.hashes.plan,
                self._policy_hash(stream),
                stream,
                self._stood(stream),
                to,
                revision,
                causes,
                request,
                run,
                reason,
                self.seen.uid,
            )
        )

    def move(
        self,
        kind: Kind,
        to: Position,
        *,
        causes: tuple[Cause, ...] = (),
        request: str | None = None,
        reason: str = "",
    ) -> Record:
        """The entry by which the open rollout moves."""
        rollout = self.history.rollout
        return self.entry(
            kind,
            stream=rollout.id if rollout else None,
            to=to,
            revision=rollout.revision if rollout else None,
            causes=causes,
            request=request,
            reason=reason,
        )

    def open(
        self, revision: Revision, *, request: str | None = None, run: str | None = None, reason: str = ""
    ) -> Record:
        """The entry by which a rollout begins; it embeds what the rollout is judged by."""
        opened = self.entry(
            "nominate",
            stream=rollout_id(self, revision),
            to=Position("Offline"),
            revision=revision,
            request=request,
            run=run,
            reason=reason,
        )
        return Record(opened.entry._replace(policy=policy_text(self.plan)))

    def _policy_hash(self, stream: str | None) -> str:
        """Of the policy that the stream is judged by."""
        rollout = self.history.rollout
        return rollout.policy_hash if rollout and stream == rollout.id else self.plan.hashes.policy

    def _stood(self, stream: str | None) -> Position | None:
        rollout, run = self.history.rollout, self.history.run
        if run is not None and stream == run.id:
            return Position(run.phase)
        return rollout.position if rollout and stream == rollout.id else None

    @property
    def alone(self) -> Revision | None:
        """What answers though it was never promoted, where there is no stable: without it nothing would."""
        candidate, history = self.seen.route.candidate, self.history
        if history.stable is not None or candidate not in self.seen.servers or self.seen.route.weight <= 0:
            return None
        return None if candidate in history.refused else candidate

    @property
    def began(self) -> float:
        """When the open rollout's traffic was set as it is: not before that was decided, whatever the route says."""
        rollout, since = self.history.rollout, self.seen.route.since
        return rollout.since if rollout is not None and rollout.since > since else since

    def windows(self, counted: str, length: float) -> list[Window]:
        """The closed windows of a guard's bound on the open rollout, the first one first.

        None of before it, none from the future, and none whose number says that it must have been later.
        """
        rollout = self.history.rollout
        if rollout is None or not self.seen.windows:
            return []
        latest = self.now + AHEAD - length
        found = [
            one
            for one in self.seen.windows
            if one.check == counted
            and one.revision == rollout.revision
            and 0 <= one.number < _WINDOWS
            and rollout.began - AHEAD + one.number * length <= one.since <= latest
        ]
        return _in_order(found) if len(found) > 1 else found

    def untried(self, effects: Iterable[Step]) -> Step | None:
        """The first effect or decision that was not tried a moment ago; None where there is none."""
        return next((found for found in effects if not self.was_tried(found)), None)

    def was_tried(self, found: Step) -> bool:
        """Whether it is an effect that has not come about since it was asked for a moment ago."""
        tried = self.seen.tried
        return bool(tried) and not isinstance(found, Record | Wait) and effect_key(found) in tried

    @property
    def is_batch(self) -> bool:
        """Whether rows are answered by runs on a schedule: between two of them no data is no sign of anything."""
        return self.plan.spec.serving.mode == "batch"

    @property
    def frozen(self) -> bool:
        """Whether today is a day without nominations and raises."""
        freeze = self.plan.spec.rollout.freeze
        if not freeze:
            return False
        today = datetime.fromtimestamp(self.now, UTC).date().isoformat()
        return any(first <= today <= last for first, _, last in (span.partition("/") for span in freeze))

    @property
    def mismatched(self) -> bool:
        """Whether the object in the cluster was compiled to another plan than the one that it is read as."""
        seen = self.seen
        if seen.semantics is not None and seen.semantics != SEMANTICS:
            return True
        return seen.annotated is not None and seen.annotated != self.plan.hashes.plan


def _in_order(found: list[Window]) -> list[Window]:
    """By number; windows of one number that contradict each other say nothing."""
    numbered: dict[int, Window] = {}
    for one in found:
        known = numbered.setdefault(one.number, one)
        if known[3:] != one[3:]:
            numbered[one.number] = one._replace(candidate=Counts(0, 0), stable=None)
    return [numbered[number] for number in sorted(numbered)]


def rollout_id(case: Case, revision: Revision) -> str:
    """The name of a rollout that begins with the next entry; no other has ever had it."""
    text = "\n".join((case.seen.uid, *revision, case.plan.hashes.policy, str(case.history.sequence + 1)))
    return f"{case.plan.name}-{hashlib.sha256(text.encode()).hexdigest()[:10]}"
