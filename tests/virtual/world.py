"""The simulator's world with a ledger and an observer: a tick at a time, every effect before the observer's eyes."""

from __future__ import annotations

from dataclasses import dataclass, field

from lifespec_compiler.engine.case import Deploy, Direct, Propose, Record, Remove, Step, Train, Wait
from lifespec_compiler.engine.history import History, fold
from lifespec_compiler.engine.observation import Observation
from lifespec_compiler.engine.step import step
from lifespec_compiler.engine.values import Entry, Revision
from lifespec_compiler.simulate import world
from lifespec_compiler.simulate.truth import Truth
from lifespec_compiler.simulate.world import START

from .observer import Evidence, Observer, Seen

__all__ = ["START", "Truth", "World"]
TICK = 60.0
MOST_STEPS = 40
"""Steps that one tick may take; more would be an engine that does not come to rest."""


@dataclass
class World(world.World):
    """All of it, from one seed."""

    history: History = field(default_factory=History)
    entries: list[Entry] = field(default_factory=list)
    observer: Observer = field(default_factory=Observer)

    def __post_init__(self) -> None:
        super().__post_init__()
        self.observer.evidence = _Standing(self)

    def tick(self, *, stale: Observation | None = None) -> Wait:
        """One minute of traffic, and then everything that the engine wants to do about it."""
        self.advance(TICK)
        for _ in range(MOST_STEPS):
            found = step(self.plan, self.history, stale or self.observe(), self.now)
            if isinstance(found, Wait):
                if stale is None:
                    self.rest()
                return found
            self.carry_out(found)
            stale = None
        raise AssertionError("the engine does not come to rest")

    def run(self, hours: float) -> None:
        """Many ticks."""
        for _ in range(int(hours * 3600 / TICK)):
            self.tick()

    def observe(self, history: History | None = None) -> Observation:
        """What is to be seen now."""
        return super().observe(history or self.history)

    def carry_out(self, found: Step) -> None:
        """Do what the engine wants, before the observer's eyes."""
        shown = self.observe()
        seen = Seen(len(self.entries), shown.route, shown.servers)
        self._catch_up(seen)
        if isinstance(found, Record):
            self.observer.recorded(found.entry, seen)
            self.history = fold(self.history, found.entry)
            self.entries.append(found.entry)
            return
        if isinstance(found, Direct):
            self.observer.directed(shown.route, found.route, seen)
        elif isinstance(found, Deploy):
            self.observer.deployed(found.revision, seen)
        elif isinstance(found, Remove):
            self.observer.removed(found.revision, shown.route, seen)
        elif isinstance(found, Train):
            self.observer.started(found.run)
        elif isinstance(found, Propose):
            self.observer.proposed(found.run)
        if not isinstance(found, Wait):
            self.apply(found)

    def _catch_up(self, seen: Seen) -> None:
        """A test may write the ledger itself, or lose it."""
        if len(self.entries) < len(self.observer.entries):
            self.observer = Observer(evidence=_Standing(self))
        for entry in self.entries[len(self.observer.entries) :]:
            self.observer.recorded(entry, seen)


class _Standing(Evidence):
    """What the simulator's world knows to be true."""

    def __init__(self, world: World) -> None:
        self.world = world

    def standing(self, revision: Revision) -> str | None:
        return self.world.observe().servers.get(revision)
