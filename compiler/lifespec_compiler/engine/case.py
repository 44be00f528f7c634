"""One question to the engine, and the forms of its answer."""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime
from typing import NamedTuple

from lifespec_compiler.plan import Plan, Stage

from .history import History, Rollout
from .observation import Observation, Route, Window
from .values import Cause, Entry, Kind, Position, Revision


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


class Evaluate(NamedTuple):
    """Have the offline report of a revision."""

    revision: Revision


class Train(NamedTuple):
    """Have the training of a run; its Job's name is made of the run's id."""

    run: str


class Propose(NamedTuple):
    """Have the model of a run where it is nominated: a pull request, or a model version in the cluster."""

    run: str
    revision: Revision


class Wait(NamedTuple):
    """Nothing to do before this time, unless something changes; None: until something does."""

    until: float | None
    why: str


Effect = Deploy | Remove | Direct | Evaluate | Train | Propose
Step = Record | Effect | Wait


class Case(NamedTuple):
    """Everything that a decision may rest on."""

    plan: Plan
    history: History
    seen: Observation
    now: float

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
                self.plan.hashes.policy,
                stream,
                self._stood(stream),
                to,
                revision,
                causes,
                request,
                run,
                reason,
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

    def _stood(self, stream: str | None) -> Position | None:
        rollout, run = self.history.rollout, self.history.run
        if run is not None and stream == run.id:
            return Position(run.phase)
        return rollout.position if rollout else None

    def windows(self, check: str) -> list[Window]:
        """The closed windows of a guard on the open rollout's revision, the first one first."""
        rollout = self.history.rollout
        found = [one for one in self.seen.windows if rollout and (one.check, one.revision) == (check, rollout.revision)]
        return sorted(found, key=lambda one: one.number)

    @property
    def frozen(self) -> bool:
        """Whether today is a day without nominations and raises."""
        today = datetime.fromtimestamp(self.now, UTC).date().isoformat()
        spans = (span.partition("/") for span in self.plan.spec.rollout.freeze)
        return any(first <= today <= last for first, _, last in spans)


def rollout_id(case: Case, revision: Revision) -> str:
    """The name of a rollout that begins with the next entry; no other has ever had it."""
    text = "\n".join((*revision, case.plan.hashes.policy, str(case.history.sequence + 1)))
    return f"{case.plan.name}-{hashlib.sha256(text.encode()).hexdigest()[:10]}"


def stages(case: Case, *, first: bool) -> tuple[Stage, ...]:
    """The stretches of a rollout in which it is judged. A first one has none: there is nothing to compare with."""
    found = case.plan.stages
    if not first:
        return found
    last = found[-1]
    hold = sum(stage.hold for stage in found if stage.weight)
    return (Stage("first", 100, hold, 2 * hold, last.path),)
