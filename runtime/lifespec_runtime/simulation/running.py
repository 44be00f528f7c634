"""Many runs of a scenario, in several processes where that is faster; their order and values are those of one."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Final, NamedTuple

from lifespec_compiler.simulate.simulation import simulate
from lifespec_runtime.local.processes import processes

if TYPE_CHECKING:
    from lifespec_compiler.plan import Plan
    from lifespec_compiler.simulate.outcome import Simulation
    from lifespec_schema.scenario import Scenario

ENOUGH: Final = 8
"""Runs for which another process is worth its start."""


class Task(NamedTuple):
    """What all runs have in common."""

    plan: Plan
    scenario: Scenario


_TASKS: Final[list[Task]] = []
"""The task of this process and of those forked from it: a plan is nothing to send for every run."""


def simulated(
    task: Task, runs: int, seed: int, jobs: int | None = None, done: Callable[[str], None] = lambda _: None
) -> Iterator[Simulation]:
    """The runs with the seeds from `seed` on. Only the first has its ledger and looks: no answer needs the others'."""
    yield simulate(task.plan, task.scenario, seed)
    done("")
    _TASKS.append(task)
    try:
        with processes(_useful(runs - 1, jobs)) as run:
            for found in run(_simulate, range(seed + 1, seed + runs)):
                yield found
                done("")
    finally:
        _TASKS.pop()


def _simulate(seed: int) -> Simulation:
    task = _TASKS[-1]
    return simulate(task.plan, task.scenario, seed)._replace(entries=(), looks=(), changes=())


def _useful(runs: int, jobs: int | None) -> int:
    """How many processes are worth their start; only where they are forked, and so know the task."""
    if sys.platform != "linux":
        return 1
    return max(1, min(jobs or len(os.sched_getaffinity(0)), runs // ENOUGH))
