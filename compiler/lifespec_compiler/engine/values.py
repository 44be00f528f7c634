"""What the engine speaks of: revisions, positions of a rollout, entries of the ledger. Times are seconds since 1970."""

from __future__ import annotations

from typing import Final, Literal, NamedTuple

from lifespec_compiler.statistics.sequential import Counts

Phase = Literal[
    "Queued",
    "Training",
    "Evaluating",
    "Nominated",
    "Suppressed",
    "Offline",
    "Shadow",
    "Canary",
    "Promoting",
    "Done",
    "RollingBack",
    "RolledBack",
    "Rejected",
    "Held",
]
Kind = Literal[
    "nominate",
    "adopt",
    "advance",
    "failure",
    "hold",
    "resume",
    "rollBack",
    "withdraw",
    "reject",
    "finish",
    "train",
    "suppress",
    "answer",
    "breakGlass",
    "retire",
    "checkpoint",
]
ENDED: Final[frozenset[Phase]] = frozenset({"Done", "RolledBack", "Rejected"})
SERVING: Final[frozenset[Phase]] = frozenset({"Shadow", "Canary", "Promoting"})
"""The phases in which the candidate runs."""


class Revision(NamedTuple):
    """What a rollout moves: a model and how it is served, by digest."""

    model: str
    serving: str


class Position(NamedTuple):
    """Where a rollout stands."""

    phase: Phase
    step: int | None = None
    """With `Canary`: the step's number, from 0."""
    weight: int = 0
    """The candidate's share of live traffic, in per cent."""


class Interval(NamedTuple):
    """What the true value may be."""

    low: float
    high: float
    level: float
    method: str


class Cause(NamedTuple):
    """A verdict that led to a decision."""

    check: str
    path: str
    """Of the bound in the spec: `spec.rollout.guards[0].max`."""
    verdict: str
    value: float | None
    samples: int
    threshold: str
    """For people."""
    window: int | None = None
    """The number of a guard's window."""
    bound: float | None = None
    """What the value was held against, in the metric's unit."""
    interval: Interval | None = None
    evidence: float | None = None
    """Of a live gate: the logarithm of what decides it."""
    counts: Counts | None = None
    stable: Counts | None = None
    """Stable's over the same time, where it is compared with."""
    slice: str | None = None
    quantity: str | None = None
    """`difference` or `relativeDifference`, where the value is one."""
    reason: str = ""
    """Why it is neither Pass nor Fail."""
    report: str | None = None
    """The report's name."""


class Checkpoint(NamedTuple):
    """What all entries before it tell, so that they may be archived; nothing is open when it is made."""

    stable: Revision | None = None
    nominated: Revision | None = None
    """The last nomination by Git."""
    refused: tuple[Revision, ...] = ()
    """Revisions that were rolled back or rejected, the oldest first."""
    answered: tuple[tuple[str, float], ...] = ()
    """Requests that have their answer, and when they were made, or answered where that is not known."""
    forgotten: float = 0.0
    """Requests of this time or earlier are answered, even where their names are no longer known."""
    fired: tuple[tuple[str, float], ...] = ()
    """By trigger: the latest time that it fired and was answered."""
    trained: tuple[float, ...] = ()
    """When trainings began."""


class Entry(NamedTuple):
    """One decision of the ledger: recorded before it is carried out, never changed."""

    sequence: int
    kind: Kind
    at: float
    plan_hash: str
    policy_hash: str
    stream: str | None = None
    """The rollout or the run; None: neither."""
    from_: Position | None = None
    to: Position | None = None
    revision: Revision | None = None
    causes: tuple[Cause, ...] = ()
    request: str | None = None
    """The request that it answers."""
    run: str | None = None
    """The training that a nomination comes from."""
    reason: str = ""
    """For people: why, where no verdict says it."""
    uid: str = ""
    """The lifecycle's UID; one that is created again has another."""
    policy: str | None = None
    """With an entry that opens a rollout: what it is judged by, as JSON; its SHA-256 is the policy hash."""
    checkpoint: Checkpoint | None = None
    """With `checkpoint`: what older entries would tell."""
    version: str | None = None
    """With a nomination by Git: the ModelVersion's name."""
    nominated: Revision | None = None
    """With a nomination by Git: what the spec says, which a changed serving hash moves to stable's model."""
    asked: float | None = None
    """When the request that it answers was made; None: there is none, or that is not known."""
