"""What the engine speaks of: revisions, positions of a rollout, entries of the ledger. Times are seconds since 1970."""

from __future__ import annotations

from typing import Final, Literal, NamedTuple

Phase = Literal[
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
    "nominate", "advance", "failure", "hold", "resume", "rollBack", "reject", "finish", "answer", "train", "suppress"
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


class Entry(NamedTuple):
    """One decision of the ledger: recorded before it is carried out, never changed."""

    sequence: int
    kind: Kind
    at: float
    plan_hash: str
    policy_hash: str
    stream: str | None = None
    """The rollout; None: the lifecycle."""
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
