"""Time passes in a world of which something else is seen than it would show by itself."""

from __future__ import annotations

from typing import Any

from lifespec_compiler.engine.case import LetGo, Record, Step, Wait, effect_key
from lifespec_compiler.engine.step import step

from .world import TICK, World

MOST = 60
"""Steps that one tick may take."""


def drive(world: World, hours: float, **seen: Any) -> Step:
    """Many ticks, in which these fields of the observation are what is said here; the last step that was taken.

    What is said may be a function of the world. An effect that has no effect is tried once in a tick, as it is by
    whoever carries effects out in earnest.
    """
    found: Step = Wait(None, "")
    for _ in range(max(1, int(hours * 3600 / TICK))):
        world.advance(TICK)
        found, tried = Wait(None, ""), set[tuple[str, object]]()
        for _ in range(MOST):
            before, said = found, {name: value(world) if callable(value) else value for name, value in seen.items()}
            shown = world.observe()._replace(**{"tried": frozenset(tried), **said})
            found = step(world.plan, world.history, shown, world.now)
            if isinstance(found, Wait | LetGo):
                world.rest()
                break
            if found == before and not isinstance(found, Record):
                tried.add(effect_key(found))
            else:
                world.carry_out(found)
        else:
            raise AssertionError("the engine does not come to rest")
    return found


def told(world: World, since: int = 0) -> list[str]:
    """What was recorded after an entry: `kind>phase`."""
    return [f"{entry.kind}>{entry.to.phase if entry.to else ''}" for entry in world.entries[since:]]
