"""The engine: one pure function from all that is known to the one thing to do next."""

from __future__ import annotations

from math import inf

from lifespec_compiler.plan import Plan

from .carrying_out import carry_out, lower
from .case import Case, Step, Wait
from .guards import watch
from .history import History
from .nominations import nominate
from .observation import Observation
from .progress import progress
from .requests import answer
from .runs import train


def step(plan: Plan, history: History, seen: Observation, now: float) -> Step:
    """The next effect: record a decision, or carry out one already recorded, or wait.

    Total: every combination of its arguments has an answer. The first concern that has something to say decides:
    requests, then traffic that must go down, then harm, then what Git wants, then what was decided and is not yet so,
    then the open rollout, then training.
    """
    case = Case(plan, history, seen, now)
    waits = []
    for concern in (answer, lower, watch, nominate, carry_out, progress, train):
        found = concern(case)
        if isinstance(found, Wait):
            waits.append(found)
        elif found is not None:
            return found
    return min(waits, key=lambda wait: wait.until or inf, default=Wait(None, "nothing is open"))
