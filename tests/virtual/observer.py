"""Judges every effect by itself, from what was recorded before it: the engine's own state is not asked."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from lifespec_compiler.engine.case import Direct, Record, Remove, Step, Train
from lifespec_compiler.engine.values import Entry, Revision

if TYPE_CHECKING:
    from .world import World


@dataclass
class Observer:
    """What it has seen, to judge the next effect by."""

    highest: dict[Revision, int] = field(default_factory=dict)
    """By revision: the highest weight that an entry of its open rollout allows."""
    aborted: set[Revision] = field(default_factory=set)
    stable: Revision | None = None
    stream: str | None = None
    seen: dict[str, int] = field(default_factory=dict)
    """How many effects of each kind."""

    def sees(self, world: World, found: Step) -> None:
        """Raises AssertionError when an invariant is broken."""
        name = type(found).__name__
        self.seen[name] = self.seen.get(name, 0) + 1
        if isinstance(found, Record):
            self._entry(world, found.entry)
        elif isinstance(found, Direct):
            self._route(world, found)
        elif isinstance(found, Train):
            assert found.run not in world.jobs, "S5: a training twice"
            assert any(entry.kind == "train" and entry.stream == found.run for entry in world.entries), "S5: undecided"
        elif isinstance(found, Remove):
            assert found.revision != self.stable, "S4: stable is removed"
            assert found.revision not in (world.route.stable, world.route.candidate), "S4: routed, and removed"

    def _entry(self, world: World, entry: Entry) -> None:
        assert entry.sequence == len(world.entries) + 1, "S11: a gap"
        if entry.kind in ("train", "suppress"):
            known = {each.stream for each in world.entries if each.kind in ("train", "suppress")}
            assert entry.stream not in known, "S5: a trigger answered twice"
            return
        if entry.stream and any(each.kind == "train" and each.stream == entry.stream for each in world.entries):
            return
        if entry.kind == "nominate" and entry.stream:
            assert entry.stream not in {known.stream for known in world.entries}, "S7: a rollout twice"
            self.stream = entry.stream
            self.highest, self.aborted = {}, set()
        if entry.kind != "nominate" and entry.stream:
            assert entry.stream == self.stream, "S7: a decision on a rollout that is not open"
        if entry.revision is None or entry.to is None:
            return
        if entry.kind == "advance":
            assert all(cause.verdict == "Pass" for cause in entry.causes), "S6: advanced without a Pass"
            assert entry.revision not in self.aborted, "S3: advanced after a rollback"
            self.highest[entry.revision] = max(self.highest.get(entry.revision, 0), entry.to.weight)
        if entry.kind == "rollBack":
            self.aborted.add(entry.revision)
        if entry.to.phase == "Done":
            assert world.route.weight == 100, "S4: promoted before all traffic went there"
            self.stable = entry.revision
        if entry.to.phase == "RolledBack":
            assert world.route.candidate is None, "L2: ended before the candidate's traffic was taken away"
            assert entry.revision not in world.servers, "L2: ended before the candidate was taken away"

    def _route(self, world: World, found: Direct) -> None:
        route, before = found.route, world.route
        assert 0 <= route.weight <= 100, "S2: no weight"
        if route.candidate is not None:
            assert route.weight <= self.highest.get(route.candidate, 0), "S1: more traffic than was decided"
            if route.weight > before.weight and route.candidate == before.candidate:
                assert route.sequence > before.sequence, "S1: raised without a new decision"
            if route.candidate in self.aborted:
                assert route.weight <= before.weight, "S3: raised after a rollback"
        if route.weight < 100 and route.stable is not None:
            assert world.observe().servers.get(route.stable) == "ready", "S4: routed to nothing"
        if self.stable is not None:
            assert route.stable == self.stable, "S4: stable is not routed"
