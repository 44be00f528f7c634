"""A run from one number: which faults, when, and in which world, all follow from it."""

from __future__ import annotations

from dataclasses import dataclass
from random import Random
from typing import Final

from .agent import Agent, Engine
from .faults import FAULTS, strike
from .plans import MODELS, POLICIES, planned
from .reality import renominate
from .run import Run, begun, serving
from .run import engine as present

ROUNDS: Final = 8
"""Faults in a run."""


@dataclass
class Failure:
    """A seed that broke something."""

    seed: int
    rule: str
    what: str

    @property
    def command(self) -> str:
        """What replays exactly it."""
        return f"make campaign SEED={self.seed}"


def lived(seed: int, *, engine: Engine | None = None, agent: type[Agent] = Agent, log: list[str] | None = None) -> Run:
    """The run of a seed, to its end. Raises ViolationError, and whatever the engine raises."""
    random = Random(seed)
    policy = random.choice(list(POLICIES))
    model = random.choice(MODELS[1:])
    chosen = engine or present
    if random.random() < 0.1:
        run = begun(planned(model, policy), seed=seed, engine=chosen, agent=agent)
    else:
        run = serving(seed=seed, engine=chosen, agent=agent)
        renominate(run.reality, model, policy)
    for _ in range(ROUNDS):
        run.ticking(random.choice((0, 1, 1, 2, 3, 7, 14)))
        fault = random.choice(FAULTS)
        if log is not None:
            rollout = run.observer.state.rollout
            log.append(f"tick {run.ticks}: {fault.name} (at {rollout.position.phase if rollout else 'rest'})")
        strike(run, fault, random)
    run.ticking(random.choice((1, 3, 9)))
    run.finish()
    return run


def outcome(seed: int, *, engine: Engine | None = None, agent: type[Agent] = Agent) -> Run | Failure:
    """The run of a seed, or how it failed."""
    try:
        return lived(seed, engine=engine, agent=agent)
    except AssertionError as error:
        return Failure(seed, getattr(error, "rule", "the harness"), str(error))
    except Exception as error:  # noqa: BLE001 - the engine is total: whatever it raises is its failure
        return Failure(seed, "total", f"{type(error).__name__}: {error}")
