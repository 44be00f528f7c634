"""The phases of a simulation as stretches of time."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from lifespec_compiler.engine.values import ENDED, Entry, Position
from lifespec_compiler.plan import Plan

from .tones import PHASES, Tone
from .words import phase_words


class Stretch(NamedTuple):
    """A time in which a rollout or a training stood in one phase."""

    start: float
    end: float
    name: str
    tone: Tone
    stream: str


def stretches(plan: Plan, entries: Sequence[Entry], end: float) -> tuple[list[Stretch], list[Stretch]]:
    """The phases of rollouts and those of trainings, in the order in which they began."""
    runs = {entry.stream for entry in entries if "@" in (entry.stream or "")}
    open_: dict[str, tuple[float, Position]] = {}
    found: tuple[list[Stretch], list[Stretch]] = ([], [])
    for entry in entries:
        if entry.kind == "nominate" and entry.run in open_:  # that is how a training ends
            found[1].append(_stretch(plan, entry.run, *open_.pop(entry.run), entry.at))
        if entry.stream is None or entry.to is None or entry.kind in ("answer", "failure", "suppress"):
            continue
        if entry.kind == "nominate" and entry.stream not in open_:
            # A new rollout ends the one that was open; what it stood in ended without a decision of its own.
            for stream in [stream for stream in open_ if stream not in runs]:
                found[0].append(_stretch(plan, stream, *open_.pop(stream), entry.at))
        if entry.stream in open_:
            before = open_.pop(entry.stream)
            found[entry.stream in runs].append(_stretch(plan, entry.stream, *before, entry.at))
        if entry.to.phase not in ENDED:
            open_[entry.stream] = (entry.at, entry.to)
    for stream, before in open_.items():
        found[stream in runs].append(_stretch(plan, stream, *before, end))
    return found


def _stretch(plan: Plan, stream: str, start: float, position: Position, end: float) -> Stretch:
    return Stretch(start, end, phase_words(plan, position), PHASES.get(position.phase, "plain"), stream)
