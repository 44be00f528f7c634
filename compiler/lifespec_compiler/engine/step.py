"""The engine: one pure function from all that is known to the one thing to do next."""

from __future__ import annotations

from collections.abc import Callable
from math import inf
from typing import Final

from lifespec_compiler.plan import Plan

from . import carrying_out, progress
from .archive import archive
from .carrying_out import lower, tidy
from .case import Case, Record, Step, Wait
from .guards import watch
from .history import History
from .leaving import adopt, close, let_go
from .nominations import nominate
from .observation import Observation
from .policy import judged_by
from .requests import answer
from .runs import train

_WORSE: Final = frozenset({"rollBack", "reject", "hold"})


def go_on(case: Case) -> Step | None:
    """What was decided is carried out before anything new; but what must stop waits for nothing to come about."""
    found = progress.progress(case)
    if isinstance(found, Record) and found.entry.kind in _WORSE:
        return found
    return carrying_out.carry_out(case) or found


CONCERNS: Final[tuple[Callable[[Case], Step | None], ...]] = (
    adopt,
    answer,
    lower,
    watch,
    close,
    nominate,
    go_on,
    tidy,
    train,
    archive,
    let_go,
)
"""Everything that may have something to say, the most urgent first."""


def step(plan: Plan, history: History, seen: Observation, now: float) -> Step:
    """The next effect: record a decision, or carry out one already recorded, or wait.

    Total: every combination of its arguments has an answer. The first concern that has something to say decides: a
    lifecycle that came back, requests, then traffic that must go down, then harm, then deletion, then what Git wants,
    then the open rollout and what was decided and is not yet so, then what is left over, training, the archive.
    """
    case = Case(plan, history, seen, now, judged_by(plan, history.rollout))
    waits = []
    for concern in CONCERNS:
        found = concern(case)
        if isinstance(found, Wait):
            waits.append(found)
        elif found is not None and case.was_tried(found):
            waits.append(Wait(None, "it was tried a moment ago"))
        elif found is not None:
            return found
    return min(waits, key=lambda wait: wait.until or inf, default=Wait(None, "nothing is open"))
