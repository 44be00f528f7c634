"""All that later decisions need to know of earlier ones. Nothing in it grows with the length of the ledger."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import NamedTuple

from .values import Phase, Position, Revision


class Rollout(NamedTuple):
    """A rollout that has not ended."""

    id: str
    revision: Revision
    policy_hash: str
    position: Position
    since: float
    """When the position was decided."""
    sequence: int
    """Of the entry that decided it: what the route must carry out."""
    first: bool
    """Whether there was no stable revision when it began."""
    held_from: Position | None = None
    """With `Held`: where it goes on."""
    failures: Mapping[str, frozenset[int]] = MappingProxyType({})
    """By guard: the numbers of the windows that failed; never more than its limit."""
    approved: frozenset[Phase] = frozenset()
    policy: str | None = None
    """What it is judged by, as JSON."""
    withdrawn: bool = False
    """Whether Git took its nomination back, so that the revision is not refused."""
    unsealed: bool = False
    """Whether somebody broke the glass: the next move waits for nothing but what failed."""
    failing: bool = False
    """With `Held` and without a stable revision: whether a guard asked for it."""
    doubtful: bool = False
    """With `Held`: whether the offline report was sound and could not tell, so that an approval decides."""
    began: float = 0.0


class Run(NamedTuple):
    """A training that has not ended."""

    id: str
    """Its trigger's id."""
    phase: Phase
    since: float
    revision: Revision | None = None
    """What it has made."""


class History(NamedTuple):
    """The state that all entries together make."""

    sequence: int = 0
    stable: Revision | None = None
    rollout: Rollout | None = None
    nominated: Revision | None = None
    """The last nomination by Git."""
    refused: Mapping[Revision, None] = MappingProxyType({})
    """Revisions that were rolled back or rejected, the oldest first."""
    answered: Mapping[str, float] = MappingProxyType({})
    """The newest requests that have their answer, and when they were made."""
    run: Run | None = None
    """The open training."""
    fired: Mapping[str, float] = MappingProxyType({})
    """By trigger: the moment of its latest firing that has had its training, or the reason why not."""
    trained: tuple[float, ...] = ()
    """When trainings began."""
    forgotten: float = 0.0
    """Requests that were made until then are answered, even where their names are no longer known."""
    uid: str = ""
    """Of the lifecycle that the newest entry is of."""
    retained: float | None = None
    """When the first entry after the latest checkpoint was made; None: there is none."""
    stopped: float = 0.0
    """When a run was last ended before its training began."""
    checkpoint: int = 0
    """The sequence of the latest checkpoint."""
