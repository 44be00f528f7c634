"""What the ledger says: the state that all entries together make, folded one by one, so that length costs nothing."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import Final, NamedTuple

from .values import ENDED, Entry, Phase, Position, Revision

MOST: Final = 1024
"""Trainings that are remembered by their time; no limit on them needs more."""


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
    """By guard: the numbers of the windows that failed."""
    approved: frozenset[Phase] = frozenset()


class Run(NamedTuple):
    """A training that has not ended."""

    id: str
    """Its trigger's id."""
    phase: Phase
    since: float
    revision: Revision | None = None
    """What it has made."""


class History(NamedTuple):
    """All that later decisions need to know of earlier ones."""

    sequence: int = 0
    stable: Revision | None = None
    rollout: Rollout | None = None
    nominated: Revision | None = None
    """The last nomination by Git."""
    refused: frozenset[Revision] = frozenset()
    """Revisions that were rolled back or rejected."""
    answered: frozenset[str] = frozenset()
    """Requests that have their answer."""
    run: Run | None = None
    """The open training."""
    handled: frozenset[str] = frozenset()
    """Ids of the triggers that have had their training, or the reason why not."""
    trained: tuple[float, ...] = ()
    """When trainings began."""


class GapError(ValueError):
    """An entry that does not follow the one before it."""


def fold(history: History, entry: Entry) -> History:
    """The state after one more entry. Raises GapError when it is not the next one."""
    if entry.sequence != history.sequence + 1:
        raise GapError(f"entry {entry.sequence} after entry {history.sequence}")
    answered = history.answered | {entry.request} if entry.request else history.answered
    history = history._replace(sequence=entry.sequence, answered=answered)
    if entry.kind in ("train", "suppress") or (history.run is not None and entry.stream == history.run.id):
        return _trained(history, entry)
    if entry.kind == "nominate":
        return _nominated(history, entry)
    rollout = history.rollout
    if rollout is None or entry.stream != rollout.id:
        return history
    if entry.kind == "failure":
        failures = dict(rollout.failures)
        for cause in entry.causes:
            failures[cause.check] = failures.get(cause.check, frozenset()) | {cause.window or 0}
        return history._replace(rollout=rollout._replace(failures=MappingProxyType(failures)))
    if entry.kind == "answer":
        approved = rollout.approved | {entry.to.phase} if entry.to else rollout.approved
        return history._replace(rollout=rollout._replace(approved=approved))
    return _moved(history, rollout, entry)


def fold_all(entries: Iterable[Entry]) -> History:
    """The state after all entries, from the first."""
    history = History()
    for entry in entries:
        history = fold(history, entry)
    return history


def _trained(history: History, entry: Entry) -> History:
    if entry.stream is None or entry.to is None:
        return history
    if entry.kind in ("train", "suppress"):
        history = history._replace(handled=history.handled | {entry.stream})
        if entry.kind == "suppress":
            return history
        return history._replace(
            run=Run(entry.stream, entry.to.phase, entry.at), trained=(*history.trained, entry.at)[-MOST:]
        )
    if history.run is None or entry.to.phase in ENDED:
        return history._replace(run=None)
    run = history.run._replace(phase=entry.to.phase, since=entry.at, revision=entry.revision)
    return history._replace(run=run)


def _nominated(history: History, entry: Entry) -> History:
    if entry.run is not None:
        history = history._replace(run=None)
    elif entry.request is None:
        history = history._replace(nominated=entry.revision)
    if entry.to is None or entry.stream is None or entry.revision is None:
        return history
    rollout = Rollout(
        entry.stream,
        entry.revision,
        entry.policy_hash,
        entry.to,
        entry.at,
        entry.sequence,
        first=history.stable is None,
    )
    return history._replace(rollout=rollout, refused=history.refused - {entry.revision})


def _moved(history: History, rollout: Rollout, entry: Entry) -> History:
    to = entry.to
    if to is None:
        return history
    if to.phase in ENDED:
        if to.phase == "Done":
            return history._replace(rollout=None, stable=rollout.revision)
        return history._replace(rollout=None, refused=history.refused | {rollout.revision})
    held_from = (rollout.held_from or rollout.position) if to.phase == "Held" else None
    moved = rollout._replace(position=to, since=entry.at, sequence=entry.sequence, held_from=held_from)
    return history._replace(rollout=moved)
