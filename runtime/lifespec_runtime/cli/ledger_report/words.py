"""Decisions in words, the same in every format."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Final

from lifespec_compiler.engine.values import Cause, Entry, Kind, Position
from lifespec_compiler.plan import Plan
from lifespec_compiler.statistics.sequential import Counts
from lifespec_runtime.ledger.chain import RUN_MARK, Origin
from lifespec_runtime.simulation.check_words import interval_words, threshold_words, value_words

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
    "checkpoint": "a checkpoint: all before it may be archived",
}
"""What a decision of each kind says."""
ENDS: Final[Mapping[str, str]] = {
    "Done": "is promoted",
    "RolledBack": "is rolled back",
    "Rejected": "is rejected",
}
METHODS: Final[Mapping[str, str]] = {"alwaysValid": "always valid"}
_TINY: Final = 1e-9
"""Above it a number is written with all of its zeros."""
ORIGINS: Final[Mapping[Origin, str]] = {
    "git": "Git nominated it",
    "request": "a person asked for it",
    "trigger": "a trigger fired",
    "checkpoint": "what led to it is archived",
}


def headline(entry: Entry) -> str:
    """What was decided, as a clause."""
    if entry.kind == "finish" and entry.to is not None and entry.to.phase in ENDS:
        return "is done" if _is_run(entry) and entry.to.phase == "Done" else ENDS[entry.to.phase]
    if entry.kind == "nominate":
        by = f"by the run {entry.run}" if entry.run else "on request" if entry.request else "by Git"
        return f"nominated {by}"
    return KINDS[entry.kind]


def position(found: Position) -> str:
    """A phase, with step and weight where there are any. Steps count from 1 here, as people do."""
    step = f" step {found.step + 1}" if found.step is not None else ""
    return f"{found.phase}{step} ({found.weight} %)" if found.weight else f"{found.phase}{step}"


def move(entry: Entry) -> str:
    """From where to where; empty where nothing moves. An answer only names the phase that may begin."""
    if entry.to is None or entry.kind == "answer":
        return ""
    return f"{position(entry.from_)} → {position(entry.to)}" if entry.from_ else f"→ {position(entry.to)}"


def subject(entry: Entry) -> str:
    """The rollout or the run, the model, the request."""
    parts = []
    if entry.stream is not None:
        about = "run" if _is_run(entry) else "rollout"
        parts.append(f"{about} {entry.stream}")
    if entry.revision is not None:
        parts.append(f"model {digest(entry.revision.model)}")
    parts += [f"version {entry.version}"] if entry.version else []
    return ", ".join([*parts, *([f"request {entry.request}"] if entry.request else [])])


def _is_run(entry: Entry) -> bool:
    return RUN_MARK in (entry.stream or "")


def digest(found: str) -> str:
    """A digest as people compare it."""
    return found.removeprefix("sha256:")[:12]


def measured(cause: Cause, plan: Plan | None) -> str:
    """What was measured, on how much, what it had to be, and how sure it is.

    In the units of the metric where the plan that decided it is here, else as it is recorded. Windows count from 1
    here, as people do.
    """
    counted = _counted(cause.counts) if cause.counts else f"n {cause.samples:,}"
    wanted = threshold_words(plan, cause) if plan else cause.threshold
    parts = [f"{_value(cause, plan)} ({counted})", f"wanted: {wanted}"]
    if cause.interval is not None:
        method = METHODS.get(cause.interval.method, cause.interval.method)
        parts.append(f"{100 * cause.interval.level:g} % interval {_interval(cause, plan)}, {method}")
    if cause.stable is not None:
        parts.append(f"stable {_counted(cause.stable)}")
    parts += [f"window {cause.window + 1}"] if cause.window is not None else []
    parts += [cause.reason] if cause.reason else []
    return "; ".join(parts)


def _counted(counts: Counts) -> str:
    """To the hundredth where they are not whole: extrapolated series, sums of chances."""
    return f"{round(counts.good, 2):,} of {round(counts.total, 2):,}"


def _value(cause: Cause, plan: Plan | None) -> str:
    if cause.value is None:
        return "no value"
    return value_words(plan, cause) if plan else number(cause.value)


def _interval(cause: Cause, plan: Plan | None) -> str:
    if plan is None and cause.interval is not None:
        return f"{number(cause.interval.low)} to {number(cause.interval.high)}"
    return interval_words(plan, cause).strip(" ()") if plan else ""


def check(cause: Cause) -> str:
    """The check, and the slice in which it was looked at."""
    return f"{cause.check} [{cause.slice}]" if cause.slice else cause.check


def number(value: float) -> str:
    """Six digits that matter; more are in the JSON."""
    short = f"{value:,.6g}"
    return f"{Decimal(short):f}" if "e-" in short and abs(value) > _TINY else short
