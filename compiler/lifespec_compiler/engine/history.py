"""What the ledger says: the state that all entries together make, folded one by one, so that length costs nothing."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import Final, TypeVar

from .state import History, Rollout, Run
from .transitions import ROLLOUT, RUN, TransitionError, allow
from .values import ENDED, Checkpoint, Entry, Position

__all__ = [
    "MOST",
    "REQUESTS",
    "TRAININGS",
    "GapError",
    "History",
    "Rollout",
    "Run",
    "TransitionError",
    "checkpoint_of",
    "fold",
    "fold_all",
]

MOST: Final = 256
"""Triggers and refused revisions that are remembered by name."""
REQUESTS: Final = 1024
"""Answered requests that are remembered by name; older ones are told by their time."""
_AT_ONCE: Final = 64
"""Requests that are forgotten together: looking for the oldest takes longer than all the rest of an entry."""
TRAININGS: Final = 1024
"""Trainings that are remembered by their time; no limit on them needs more."""
K = TypeVar("K")
V = TypeVar("V")


class GapError(ValueError):
    """An entry that does not follow the one before it."""


def fold(history: History, entry: Entry) -> History:
    """The state after one more entry.

    Raises GapError when it is not the next one, TransitionError when it makes a move that there is not. After nothing
    a checkpoint may follow, whatever its number: the entries before it are archived.
    """
    if entry.checkpoint is not None and history.sequence == 0:
        history = _restored(entry.checkpoint)
    elif entry.sequence != history.sequence + 1:
        raise GapError(f"entry {entry.sequence} after entry {history.sequence}")
    return _said(history._replace(sequence=entry.sequence, uid=entry.uid), entry)


def _said(history: History, entry: Entry) -> History:
    if entry.kind == "checkpoint":
        return history._replace(checkpoint=entry.sequence, retained=None)
    if history.retained is None:
        history = history._replace(retained=entry.at)
    if entry.request is not None:
        history = _answered(history, entry.request, entry.at if entry.asked is None else entry.asked)
    if entry.kind in ("train", "suppress") or (history.run is not None and entry.stream == history.run.id):
        return _trained(history, entry)
    if entry.kind == "nominate":
        return _nominated(history, entry)
    if entry.kind in ("adopt", "retire"):
        return _taken_over(history, entry)
    rollout = history.rollout
    return _of_rollout(history, rollout, entry) if rollout is not None and entry.stream == rollout.id else history


def fold_all(entries: Iterable[Entry]) -> History:
    """The state after all entries, from the first, or from a checkpoint on."""
    history = History()
    for entry in entries:
        history = fold(history, entry)
    return history


def checkpoint_of(history: History) -> Checkpoint:
    """What the entries so far tell whoever reads only what comes after; nothing may be open."""
    return Checkpoint(
        history.stable,
        history.nominated,
        tuple(history.refused),
        tuple(history.answered.items()),
        history.forgotten,
        tuple(history.fired.items()),
        history.trained,
    )


def _restored(found: Checkpoint) -> History:
    return History(
        stable=found.stable,
        nominated=found.nominated,
        refused=MappingProxyType(dict.fromkeys(found.refused)),
        answered=MappingProxyType(dict(found.answered)),
        forgotten=found.forgotten,
        fired=MappingProxyType(dict(found.fired)),
        trained=found.trained,
    )


def _taken_over(history: History, entry: Entry) -> History:
    """A lifecycle that came back serves what served; without anything that serves its spec nominates anew."""
    if entry.kind == "retire" or entry.revision is None:
        return history._replace(stable=None, rollout=None, run=None, nominated=None)
    rollout = history.rollout
    if rollout is not None and rollout.revision != entry.revision:
        # what was open may be nominated anew, unless it was on its way back
        history = _overtaken(history)._replace(nominated=entry.revision)
    return history._replace(stable=entry.revision, rollout=None, run=None)


def _answered(history: History, request: str, made: float) -> History:
    """With one more request that has its answer: by when it was made no later one is ever taken for answered."""
    answered = {**history.answered, request: made}
    forgotten = history.forgotten
    if len(answered) > REQUESTS:
        oldest = sorted(answered, key=lambda name: answered[name])[:_AT_ONCE]
        forgotten = max(forgotten, *[answered.pop(name) for name in oldest])
    return history._replace(answered=MappingProxyType(answered), forgotten=forgotten)


def _trained(history: History, entry: Entry) -> History:
    if entry.stream is None or entry.to is None:
        return history
    if entry.kind in ("train", "suppress"):
        allow(RUN, None, entry.to.phase)
        trigger, _, moment = entry.stream.rpartition("@")
        if entry.request is None:
            history = history._replace(fired=_newest(history.fired, trigger, float(moment)))
        if entry.kind == "suppress":
            return history
        history = history._replace(run=Run(entry.stream, entry.to.phase, entry.at))
        return _began(history, entry) if entry.to.phase == "Training" else history
    run = history.run
    if run is None:
        return history
    allow(RUN, run.phase, entry.to.phase)
    if entry.to.phase in ENDED:
        stopped = entry.at if run.phase == "Queued" else history.stopped
        return history._replace(run=None, stopped=stopped)
    moved = run._replace(phase=entry.to.phase, since=entry.at, revision=entry.revision)
    history = history._replace(run=moved)
    return _began(history, entry) if entry.to.phase == "Training" else history


def _began(history: History, entry: Entry) -> History:
    return history._replace(trained=(*history.trained, entry.at)[-TRAININGS:])


def _nominated(history: History, entry: Entry) -> History:
    if entry.run is not None:
        history = history._replace(run=None)
    elif entry.nominated is not None:
        history = history._replace(nominated=entry.nominated)
    if entry.to is None or entry.stream is None or entry.revision is None:
        return history
    allow(ROLLOUT, None, entry.to.phase)
    history = _overtaken(history)
    rollout = Rollout(
        entry.stream,
        entry.revision,
        entry.policy_hash,
        entry.to,
        entry.at,
        entry.sequence,
        first=history.stable is None,
        policy=entry.policy,
        began=entry.at,
    )
    refused = {known: None for known in history.refused if known != entry.revision}
    return history._replace(rollout=rollout, refused=MappingProxyType(refused))


def _of_rollout(history: History, rollout: Rollout, entry: Entry) -> History:
    rollout = _failed(rollout, entry)
    if entry.kind == "failure":
        return history._replace(rollout=rollout)
    if entry.kind == "answer":
        approved = rollout.approved | {entry.to.phase} if entry.to else rollout.approved
        return history._replace(rollout=rollout._replace(approved=approved))
    if entry.kind == "breakGlass":
        return history._replace(rollout=rollout._replace(unsealed=True))
    return history if entry.to is None else _moved(history, rollout, entry, entry.to)


def _failed(rollout: Rollout, entry: Entry) -> Rollout:
    """With the failing windows that the entry records: each is counted once."""
    windows = [(cause.check, cause.window) for cause in entry.causes if cause.window is not None]
    if not windows:
        return rollout
    failures = dict(rollout.failures)
    for check, window in windows:
        failures[check] = failures.get(check, frozenset()) | {window}
    return rollout._replace(failures=MappingProxyType(failures))


def _moved(history: History, rollout: Rollout, entry: Entry, to: Position) -> History:
    allow(ROLLOUT, rollout.position.phase, to.phase)
    if to.phase == "Done":
        return history._replace(rollout=None, stable=rollout.revision)
    if to.phase in ENDED:
        history = history._replace(rollout=None)
        return history if rollout.withdrawn else _refused(history, rollout)
    withdrawn = entry.kind == "withdraw"
    if entry.nominated is not None:
        history = history._replace(nominated=entry.nominated)
    held = to.phase == "Held"
    moved = rollout._replace(
        position=to,
        since=entry.at,
        sequence=entry.sequence,
        held_from=(rollout.held_from or rollout.position) if held else None,
        withdrawn=withdrawn,
        unsealed=False,
        doubtful=held and rollout.position.phase == "Offline" and _cannot_tell(entry),
        failing=held and rollout.first and rollout.position.phase != "Offline" and bool(entry.causes),
    )
    return history._replace(rollout=moved)


def _overtaken(history: History) -> History:
    """Something else begins: what was being rolled back is refused as if that had ended."""
    rollout = history.rollout
    if rollout is None or rollout.position.phase != "RollingBack" or rollout.withdrawn:
        return history
    return _refused(history, rollout)


def _cannot_tell(entry: Entry) -> bool:
    verdicts = {cause.verdict for cause in entry.causes}
    return "Inconclusive" in verdicts and not verdicts & {"Fail", "Error"}


def _refused(history: History, rollout: Rollout) -> History:
    return history._replace(refused=_bounded({**history.refused, rollout.revision: None}))


def _newest(known: Mapping[str, float], name: str, moment: float) -> Mapping[str, float]:
    others = {each: at for each, at in known.items() if each != name}
    return _bounded({**others, name: max(moment, known.get(name, moment))})


def _bounded(found: dict[K, V]) -> Mapping[K, V]:
    while len(found) > MOST:
        found.pop(next(iter(found)))
    return MappingProxyType(found)
