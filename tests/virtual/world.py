"""Servers, a route, requests with errors, a ledger and a clock: everything that the engine sees and touches."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from random import Random
from typing import Any

from lifespec_compiler.engine.case import Deploy, Direct, Evaluate, Propose, Record, Remove, Step, Train, Wait
from lifespec_compiler.engine.history import History, fold
from lifespec_compiler.engine.observation import Alarm, Counted, JobState, Observation, Request, Route, Window
from lifespec_compiler.engine.step import step
from lifespec_compiler.engine.values import Entry, Revision
from lifespec_compiler.plan import Plan
from lifespec_compiler.statistics.sequential import Counts
from lifespec_schema.records.report import LifecycleReport

from .observer import Observer

TICK = 60.0
START = 1_800_000_000.0
MOST_STEPS = 40
"""Steps that one tick may take; more would be an engine that does not come to rest."""


@dataclass
class Truth:
    """What is true of a revision, and what the engine must find out."""

    error_rate: float = 0.001
    ready_after: float = 120.0
    never_ready: bool = False
    offline: LifecycleReport | None = None


@dataclass
class World:
    """All of it, from one seed."""

    plan: Plan
    truths: dict[Revision, Truth]
    rps: float = 50.0
    seed: int = 1
    silent: bool = False
    """Whether no metrics arrive."""
    now: float = START
    history: History = field(default_factory=History)
    entries: list[Entry] = field(default_factory=list)
    servers: dict[Revision, float] = field(default_factory=dict)
    """When each was deployed."""
    route: Route = field(default_factory=Route)
    requests: list[Request] = field(default_factory=list)
    evaluated: set[Revision] = field(default_factory=set)
    alarms: list[Alarm] = field(default_factory=list)
    new_rows: int | None = None
    makes: Revision | None = None
    """What the next training makes; None: it fails."""
    training_takes: float = 3600.0
    jobs: dict[str, float] = field(default_factory=dict)
    """When each training began, by run."""
    proposed: set[str] = field(default_factory=set)
    observer: Observer = field(default_factory=Observer)

    def __post_init__(self) -> None:
        self.random = Random(self.seed)
        self.counted: dict[str, list[int]] = defaultdict(lambda: [0, 0])
        self.first_traffic: float | None = None
        self.windows: dict[tuple[str, Revision, int], list[int]] = {}

    def tick(self, *, stale: Observation | None = None) -> Wait:
        """One minute of traffic, and then everything that the engine wants to do about it."""
        self.now += TICK
        self._serve()
        for _ in range(MOST_STEPS):
            found = step(self.plan, self.history, stale or self.observe(), self.now)
            if isinstance(found, Wait):
                return found
            self.carry_out(found)
            stale = None
        raise AssertionError("the engine does not come to rest")

    def run(self, hours: float) -> None:
        """Many ticks."""
        for _ in range(int(hours * 3600 / TICK)):
            self.tick()

    def observe(self) -> Observation:
        """What is to be seen now."""
        rollout = self.history.rollout
        revision = rollout.revision if rollout else None
        counted: tuple[Counted, ...] = ()
        windows: tuple[Window, ...] = ()
        if revision is not None and not self.silent:
            counted = tuple(
                Counted(check.name, revision, Counts(*self.counted["candidate"]), Counts(*self.counted["stable"]))
                for check in self.plan.checks
                if check.kind == "gate" and check.tier != "offline"
            )
            windows = tuple(
                Window(check, seen, number, Counts(counts[0], counts[1]))
                for (check, seen, number), counts in self.windows.items()
                if seen == revision and self._closed(check, number)
            )
        offline = self.truths[revision].offline if revision in self.evaluated and revision else None
        servers: dict[Revision, Any] = {each: self._state(each) for each in self.servers}
        run = self.history.run
        report = self.truths[run.revision].offline if run and run.revision in self.evaluated and run.revision else None
        return Observation(
            servers,
            self.route,
            counted,
            windows,
            offline,
            tuple(self.requests),
            START,
            tuple(self.alarms[-10:]),
            self.new_rows,
            {each: self._job(began) for each, began in self.jobs.items()},
            self.makes,
            report,
            frozenset(self.proposed),
        )

    def carry_out(self, found: Step) -> None:
        """Do what the engine wants, before the observer's eyes."""
        self.observer.sees(self, found)
        if isinstance(found, Record):
            self.history = fold(self.history, found.entry)
            self.entries.append(found.entry)
            if found.entry.kind == "nominate" and found.entry.stream:
                self.windows, self.first_traffic = {}, None
        elif isinstance(found, Deploy):
            self.servers.setdefault(found.revision, self.now)
        elif isinstance(found, Remove):
            del self.servers[found.revision]
        elif isinstance(found, Direct):
            self.route = found.route
            self.counted.clear()
        elif isinstance(found, Evaluate):
            self.evaluated.add(found.revision)
        elif isinstance(found, Train):
            self.jobs[found.run] = self.now
            self.new_rows = None if self.new_rows is None else 0
        elif isinstance(found, Propose):
            self.proposed.add(found.run)

    def _job(self, began: float) -> JobState:
        if self.now - began < self.training_takes:
            return "running"
        return "succeeded" if self.makes else "failed"

    def _state(self, revision: Revision) -> str:
        truth = self.truths[revision]
        ready = not truth.never_ready and self.now - self.servers[revision] >= truth.ready_after
        return "ready" if ready else "starting"

    def _serve(self) -> None:
        route = self.route
        total = int(self.rps * TICK)
        if route.candidate is not None and (route.weight or route.mirror):
            if self.first_traffic is None:
                self.first_traffic = self.now - TICK
            asked = total * (route.weight or route.mirror) // 100
            errors = self._errors(route.candidate, asked)
            self._count("candidate", errors, asked)
            for check in self.plan.checks:
                if check.kind == "guard" and check.window:
                    number = int((self.now - TICK - self.first_traffic) // check.window)
                    counts = self.windows.setdefault((check.name, route.candidate, number), [0, 0])
                    counts[0] += errors
                    counts[1] += asked
        if route.stable is not None:
            asked = total * (100 - route.weight) // 100
            self._count("stable", self._errors(route.stable, asked), asked)

    def _count(self, who: str, errors: int, asked: int) -> None:
        self.counted[who][0] += errors
        self.counted[who][1] += asked

    def _errors(self, revision: Revision, asked: int) -> int:
        mean = asked * self.truths[revision].error_rate
        return min(asked, max(0, round(self.random.gauss(mean, max(mean, 1e-9) ** 0.5))))

    def _closed(self, check: str, number: int) -> bool:
        window = next(found.window for found in self.plan.checks if found.name == check) or 0.0
        return self.first_traffic is not None and self.first_traffic + (number + 1) * window <= self.now
