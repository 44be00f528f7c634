"""Decisions in words, the same in every format."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from lifespec_compiler.engine.values import Cause, Entry, Kind, Position
from lifespec_runtime.ledger.chain import RUN_MARK, Origin

KINDS: Final[Mapping[Kind, str]] = {
    "nominate": "nominated",
    "adopt": "what serves is adopted",
    "advance": "goes on",
    "failure": "a window of a guard failed",
    "hold": "is held",
    "resume": "goes on after it was held",
    "rollBack": "rolls back",
    "withdraw": "rolls back, since Git took it back",
    "reject": "is rejected",
    "finish": "has ended",
    "train": "a training is decided",
    "suppress": "a training is suppressed",
    "answer": "a request is answered",
    "breakGlass": "somebody broke the glass",
    "retire": "what serves is given up",
    "checkpoint": "all before it may be archived",
}
"""What a decision of each kind says."""
ENDS: Final[Mapping[str, str]] = {
    "Done": "is done",
    "RolledBack": "is rolled back",
    "Rejected": "is rejected",
}
ORIGINS: Final[Mapping[Origin, str]] = {
    "git": "Git nominated it",
    "request": "a person asked for it",
    "trigger": "a trigger fired",
    "checkpoint": "what led to it is archived",
}


def headline(entry: Entry) -> str:
    """What was decided, as a clause."""
    if entry.kind == "finish" and entry.to is not None and entry.to.phase in ENDS:
        return ENDS[entry.to.phase]
    if entry.kind == "nominate":
        by = f"by the run {entry.run}" if entry.run else "on request" if entry.request else "by Git"
        return f"nominated {by}"
    return KINDS[entry.kind]


def position(found: Position) -> str:
    """A phase, with step and weight where there are any. Steps count from 1 here, as people do."""
    step = f" step {found.step + 1}" if found.step is not None else ""
    return f"{found.phase}{step} ({found.weight} %)" if found.weight else f"{found.phase}{step}"


def move(entry: Entry) -> str:
    """From where to where; empty where nothing moves."""
    if entry.to is None:
        return ""
    return f"{position(entry.from_)} → {position(entry.to)}" if entry.from_ else f"→ {position(entry.to)}"


def subject(entry: Entry) -> str:
    """The rollout or the run, the model, the request."""
    parts = []
    if entry.stream is not None:
        about = "run" if RUN_MARK in entry.stream else "rollout"
        parts.append(f"{about} {entry.stream}")
    if entry.revision is not None:
        parts.append(f"model {digest(entry.revision.model)}")
    parts += [f"version {entry.version}"] if entry.version else []
    return ", ".join([*parts, *([f"request {entry.request}"] if entry.request else [])])


def digest(found: str) -> str:
    """A digest as people compare it."""
    return found.removeprefix("sha256:")[:12]


def measured(cause: Cause) -> str:
    """What was measured, on how much, how sure it is, and what it had to be."""
    value = "no value" if cause.value is None else number(cause.value)
    counted = f"{cause.counts.good:,} of {cause.counts.total:,}" if cause.counts else f"n {cause.samples:,}"
    parts = [f"{value} ({counted})"]
    if cause.interval is not None:
        low, high = number(cause.interval.low), number(cause.interval.high)
        parts.append(f"{100 * cause.interval.level:g} % interval {low} to {high} ({cause.interval.method})")
    parts += [f"log evidence {cause.evidence:.2f}"] if cause.evidence is not None else []
    parts.append(f"must be {cause.threshold}")
    if cause.stable is not None:
        parts.append(f"stable {cause.stable.good:,} of {cause.stable.total:,}")
    parts += [f"window {cause.window}"] if cause.window is not None else []
    parts += [cause.reason] if cause.reason else []
    return "; ".join(parts)


def check(cause: Cause) -> str:
    """The check, and the slice in which it was looked at."""
    return f"{cause.check} [{cause.slice}]" if cause.slice else cause.check


def number(value: float) -> str:
    """Six digits that matter; more are in the JSON."""
    return f"{value:,.6g}"
