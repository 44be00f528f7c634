"""Why something was decided: the decisions that led to it, back to what asked for it."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator, Sequence
from typing import Final, Literal, NamedTuple

from lifespec_compiler.engine.values import Entry, Revision

Origin = Literal["git", "request", "trigger", "checkpoint"]
SHORTEST: Final = 6
"""Characters of a digest that are enough to mean it."""
RUN_MARK: Final = "@"
"""In the ids of runs, and in no rollout's name."""
_OPENINGS: Final = frozenset({"nominate", "train", "suppress"})


class Chain(NamedTuple):
    """A decision, and those that led to it, the newest first."""

    entries: tuple[Entry, ...]
    origin: Origin
    """What the last of them answers: a nomination by Git, a request, or a trigger; a checkpoint stands for what was
    archived.
    """


def chain(entries: Sequence[Entry], decided: Entry) -> Chain:
    """The chain of one of the entries."""
    found: list[Entry] = []
    before: Sequence[Entry] = entries
    link: Entry | None = decided
    while link is not None:
        before = _until(before, link)
        found += _of_its_stream(before, link)
        before = _until(before, found[-1])
        link = _earlier(before, found[-1])
    return Chain(tuple(found), _origin(found[-1]))


def _until(entries: Sequence[Entry], end: Entry) -> Sequence[Entry]:
    """The entries before one of them."""
    return entries[: bisect_left(entries, end.sequence, key=lambda entry: entry.sequence)]


def _of_its_stream(before: Sequence[Entry], decided: Entry) -> Iterator[Entry]:
    """A decision, and those on the same rollout or run before it, down to the one that opened that."""
    yield decided
    if decided.stream is None or decided.kind in _OPENINGS:
        return
    for entry in reversed(before):
        if entry.stream == decided.stream:
            yield entry
            if entry.kind in _OPENINGS:
                return


def _earlier(before: Sequence[Entry], opening: Entry) -> Entry | None:
    """The decision that an opening rests on in its turn; None where it is the first cause."""
    if opening.request is not None or opening.kind in ("train", "suppress"):
        return None
    if opening.kind == "nominate":
        if opening.run is not None:
            return next((entry for entry in reversed(before) if entry.stream == opening.run), None)
        if opening.reason:  # it is not the first time that this revision is nominated
            return _last(before, ("nominate",), opening.revision)
        return _made_by(before, opening)
    # What serves was found again, taken away, or noted: it was decided once.
    revision = opening.checkpoint.stable if opening.checkpoint else opening.revision
    serves = _last(before, ("finish", "nominate"), revision) if revision else None
    return serves or _last(before, (*_OPENINGS, "checkpoint"))


def _made_by(before: Sequence[Entry], nominated: Entry) -> Entry | None:
    """The end of the run that made the model that Git nominates; None where no run of this ledger did."""
    model = nominated.revision.model if nominated.revision else None
    for entry in reversed(before):
        is_run = entry.kind == "finish" and RUN_MARK in (entry.stream or "")
        if is_run and entry.revision is not None and entry.revision.model == model:
            return entry
    return None


def _last(before: Sequence[Entry], kinds: tuple[str, ...], revision: Revision | None = None) -> Entry | None:
    """The last decision of some kinds, on a revision if one is named."""
    for entry in reversed(before):
        if entry.kind in kinds and revision in (None, entry.revision):
            return entry
    return None


def _origin(first: Entry) -> Origin:
    if first.request is not None:
        return "request"
    if first.kind in ("train", "suppress"):
        return "trigger"
    return "checkpoint" if first.kind == "checkpoint" else "git"


def find(entries: Sequence[Entry], wanted: str) -> Entry | None:
    """The last decision on what is wanted: a sequence, a rollout, a run, a request, or a model.

    A model goes by its version or by the start of its digest; where nothing was decided on it, the checkpoint that
    says that it serves is meant. None where there is none.
    """
    for entry in reversed(entries):
        if wanted in (str(entry.sequence), entry.stream, entry.request, entry.run):
            return entry
    models = {entry.revision.model for entry in entries if entry.revision and entry.version == wanted}
    start = wanted.removeprefix("sha256:")
    if not models and len(start) < SHORTEST:
        return None
    found = None
    for entry in entries:
        model = entry.revision.model if entry.revision else None
        serves = entry.checkpoint.stable.model if entry.checkpoint and entry.checkpoint.stable else None
        if _means(model, models, start) or (found is None and _means(serves, models, start)):
            found = entry
    return found


def _means(model: str | None, models: set[str], start: str) -> bool:
    return model is not None and (model in models if models else model.removeprefix("sha256:").startswith(start))


def subjects(entries: Sequence[Entry]) -> list[str]:
    """Everything that `find` finds, the newest first; models by their whole digest."""
    found: dict[str, None] = {}
    for entry in reversed(entries):
        model = entry.revision.model if entry.revision else None
        serves = entry.checkpoint.stable.model if entry.checkpoint and entry.checkpoint.stable else None
        named = (str(entry.sequence), entry.stream, entry.request, entry.run, entry.version, model, serves)
        found |= {name: None for name in named if name}
    return list(found)
