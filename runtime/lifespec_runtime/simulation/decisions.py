"""The entries of a ledger in words: what was decided, and why."""

from __future__ import annotations

from typing import Final, NamedTuple

from lifespec_compiler.engine.values import Cause, Entry, Kind, Phase
from lifespec_compiler.plan import Plan

from .check_words import NO_VALUE, interval_words, threshold_words, value_words
from .tones import PHASES, Tone
from .words import phase_words, plural, short

PASSES: Final = 3
"""Passed checks that are named; with one more, that one is named too."""


class Evidence(NamedTuple):
    """A verdict that a decision rests on, in words."""

    check: str
    verdict: str
    value: str
    threshold: str
    samples: int
    interval: str
    """Empty where there is none."""
    reason: str
    """Why it is neither Pass nor Fail."""

    @property
    def sentence(self) -> str:
        """`errors 0.11 %, at most 1 %: Pass (n 72,000)`."""
        verdict = f"{self.verdict}, {self.reason}" if self.reason else self.verdict
        measured = f"has {NO_VALUE}" if self.value == NO_VALUE else self.value + self.interval
        return f"{self.check} {measured}, {self.threshold}: {verdict} (n {self.samples:,})"


class Decision(NamedTuple):
    """An entry of the ledger, in words."""

    number: int
    """Its sequence in the ledger, which `why` knows it by."""
    at: float
    what: str
    why: str
    evidence: tuple[Evidence, ...]
    tone: Tone
    stream: str

    @property
    def because(self) -> list[str]:
        """The reasons, one a line: what did not pass alone, or the first of what did, with how many more."""
        told = [each for each in self.evidence if each.verdict != "Pass"]
        most = PASSES + 1 if len(self.evidence) == PASSES + 1 else PASSES
        passes = () if told else self.evidence[:most]
        left = 0 if told else len(self.evidence) - len(passes)
        more = [f"and {plural(left, 'more check')} passed"] if left else []
        return [*([self.why] if self.why else []), *(each.sentence for each in [*told, *passes]), *more]


def decision(plan: Plan, entry: Entry) -> Decision:
    """What an entry says."""
    what, tone = _what(plan, entry)
    evidence = tuple(_evidence(plan, cause) for cause in entry.causes)
    said = entry.kind == "advance" and entry.reason.startswith("on to ")
    return Decision(entry.sequence, entry.at, what, "" if said else entry.reason, evidence, tone, entry.stream or "")


def _what(plan: Plan, entry: Entry) -> tuple[str, Tone]:
    to = entry.to
    if entry.kind == "nominate":
        revision = short(entry.revision.model) if entry.revision else ""
        return (f"nominated {revision}" if to else f"noted {revision}"), "plain"
    if entry.kind == "failure":
        return "a window fails", "fail"
    if entry.kind == "answer":
        return f"answered {entry.request}" if entry.request else "answered", "plain"
    if entry.kind in _KINDS:
        return _KINDS[entry.kind]
    if to is None:
        return entry.kind, "plain"
    if entry.kind == "resume":
        return f"goes on: {phase_words(plan, to)}", "plain"
    if to.phase == "Done":
        return ("promoted", "pass") if "@" not in (entry.stream or "") else ("training ends", "plain")
    return _MOVES.get(to.phase, phase_words(plan, to)), PHASES.get(to.phase, "plain")


_KINDS: Final[dict[Kind, tuple[str, Tone]]] = {
    "adopt": ("what serves is adopted", "plain"),
    "withdraw": ("rolls back: Git took it back", "fail"),
    "train": ("training is decided", "plain"),
    "suppress": ("no training", "wait"),
    "breakGlass": ("somebody broke the glass", "wait"),
    "retire": ("what serves is given up", "wait"),
    "checkpoint": ("all before may be archived", "plain"),
}
_MOVES: Final[dict[Phase, str]] = {
    "RollingBack": "rolls back",
    "RolledBack": "rolled back",
    "Rejected": "rejected",
    "Held": "held: a person is asked",
    "Training": "training begins",
    "Evaluating": "training done, evaluated",
    "Nominated": "passed, nominated",
}


def _evidence(plan: Plan, cause: Cause) -> Evidence:
    return Evidence(
        f"{cause.check} [{cause.slice}]" if cause.slice else cause.check,
        cause.verdict,
        value_words(plan, cause),
        threshold_words(plan, cause),
        cause.samples,
        interval_words(plan, cause),
        cause.reason,
    )
