"""The engine: one pure function from all that is known to the one thing to do next."""

from __future__ import annotations

from collections.abc import Callable
from math import inf
from typing import Final

from lifespec_compiler.plan import Plan

from .archive import archive
from .carrying_out import carry_out, lower
from .case import Case, Step, Wait
from .guards import watch
from .history import History
from .leaving import adopt, close, let_go
from .nominations import nominate
from .observation import Observation
from .policy import judged_by
from .progress import progress
from .requests import answer
from .runs import train

CONCERNS: Final[tuple[Callable[[Case], Step | None], ...]] = (
    adopt,
    answer,
    lower,
    watch,
    close,
    nominate,
    carry_out,
    progress,
    train,
    archive,
    let_go,
)
"""Everything that may have something to say, the most urgent first."""


def step(plan: Plan, history: History, seen: Observation, now: float) -> Step:
    """The next effect: record a decision, or carry out one already recorded, or wait.

    Total: every combination of its arguments has an answer. The first concern that has something to say decides: a
    lifecycle that came back, requests, then traffic that must go down, then harm, then deletion, then what Git wants,
    then what was decided and is not yet so, then the open rollout, then training, then the archive.
    """
    case = Case(plan, history, seen, now, judged_by(plan, history.rollout))
    waits = []
    for concern in CONCERNS:
        found = concern(case)
        if isinstance(found, Wait):
            waits.append(found)
        elif found is not None:
            return found
    return min(waits, key=lambda wait: wait.until or inf, default=Wait(None, "nothing is open"))
