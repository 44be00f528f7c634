"""What a mutant is: the engine with one mistake in it while a test runs, and what it is after."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, NamedTuple

from campaign.agent import Agent
from lifespec_compiler.engine import step as engine_step

Change = tuple[Any, str, Callable[[Any], Any]]


class Mutant(NamedTuple):
    """A mistake."""

    name: str
    case: str
    """Where it was published; or, of a mistake of our own making, the rule or the fault that it is about."""
    mistake: str
    changes: tuple[Change, ...] = ()
    """Of a module: the name of a function, and what is made of it."""
    agent: type[Agent] = Agent
    """For mistakes in carrying out: what carries the effects out."""


@contextmanager
def mutated(mutant: Mutant) -> Iterator[None]:
    """The engine has the mistake while this lasts."""
    before = [(module, name, getattr(module, name)) for module, name, _ in mutant.changes]
    concerns = engine_step.CONCERNS
    try:
        for module, name, change in mutant.changes:
            original = getattr(module, name)
            made = change(original)
            setattr(module, name, made)
            engine_step.CONCERNS = tuple(  # type: ignore[misc]
                made if concern is original else concern for concern in engine_step.CONCERNS
            )
        yield
    finally:
        engine_step.CONCERNS = concerns  # type: ignore[misc]
        for module, name, original in reversed(before):
            setattr(module, name, original)
