"""What the engine decides by a plan in a virtual world, and when; without the words of the bounds."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from lifespec_compiler.engine.case import Direct, LetGo, Record, Wait
from lifespec_compiler.engine.history import fold
from lifespec_compiler.engine.observation import Alarm, Observation, Release, Request, Route
from lifespec_compiler.engine.state import History
from lifespec_compiler.engine.step import step
from lifespec_compiler.engine.values import Entry, Revision
from lifespec_compiler.plan import Plan
from lifespec_compiler.simulate.reading import built_in
from lifespec_compiler.simulate.reports import offline_report
from lifespec_compiler.simulate.simulation import simulate
from lifespec_compiler.simulate.truth import Truth
from lifespec_compiler.simulate.world import START, World

OLD = "sha256:" + "0" * 64
MADE = "sha256:" + "9" * 64
MINUTE, HOUR, DAY = 60.0, 3600.0, 86400.0


class Told(NamedTuple):
    """What happens in the world, whatever the plan."""

    candidate: Mapping[str, Any] = {}
    """Of its truth."""
    stable: Mapping[str, Any] = {}
    hours: float = 3
    every: float | None = None
    """Seconds between two looks; None: `analysis.interval`."""
    first: bool = False
    """Whether nothing serves yet."""
    asked: Sequence[Request] = ()
    """`rollout=""` means the open one."""
    alarms: Sequence[tuple[float, str]] = ()
    """Hours after the start, and monitors."""
    rows: int | None = None
    trains: bool = False
    """Whether trainings succeed."""
    begins: float = START
    deleted: float | None = None
    """Hours after the start."""
    silent: float | None = None
    """Hours after which no metrics come."""
    becomes: float | None = None
    """Hours after which the plan is the changed one; before, that of which it was changed."""
    scenario: str = ""
    """One of the simulator's own, instead of all this."""


@dataclass
class Virtual(World):
    """The simulator's world, with what only some plans look at."""

    deleting: bool = False

    def observe(self, history: History) -> Observation:
        """What is to be seen now, by whoever knows the ledger; a batch candidate is compared every six hours."""
        seen = super().observe(history)
        rollout = history.rollout
        compared = int((self.now - rollout.since) / (6 * HOUR)) if rollout else 0
        return seen._replace(deleting=self.deleting, compared=compared, exposure=self.answered[0])


class Decided(NamedTuple):
    """What came of it."""

    entries: list[tuple[Any, ...]]
    effects: list[tuple[Any, ...]]


def decided(before: Plan, plan: Plan, told: Told) -> Decided:
    """The decisions of a world in which a candidate is nominated, and what was done."""
    if told.scenario:
        return Decided([_plain(entry) for entry in simulate(plan, built_in(told.scenario), 1).entries], [])
    world = _world(before, plan, told)
    history, found = History(), Decided([], [])
    alarms, ends = list(told.alarms), told.begins + told.hours * HOUR
    analysis = plan.spec.rollout.analysis
    every = told.every or (analysis.interval if analysis else MINUTE)
    while world.now < ends:
        world.advance(every)
        passed = (world.now - told.begins) / HOUR
        while alarms and alarms[0][0] <= passed:
            world.alarms.append(Alarm(alarms.pop(0)[1], world.now, "Fail"))
        world.dark = told.silent is not None and passed >= told.silent
        world.deleting = told.deleted is not None and passed >= told.deleted
        now = before if told.becomes is not None and passed < told.becomes else plan
        if now is not world.plan:
            world.plan = now
        for asked in told.asked:
            if asked.at <= passed and not any(asked.name == known.name for known in world.requests):
                named = history.rollout.id if asked.rollout == "" and history.rollout else asked.rollout
                world.requests.append(asked._replace(rollout=named, at=world.now))
        history = _until_rest(now, world, history, found)
        if found.effects and found.effects[-1][0] == "LetGo":
            break
    return found


def _until_rest(plan: Plan, world: Virtual, history: History, found: Decided) -> History:
    for _ in range(60):
        made = step(plan, history, world.observe(history), world.now)
        if isinstance(made, Wait):
            world.rest()
            return history
        if isinstance(made, Record):
            history = fold(history, made.entry)
            found.entries.append(_plain(made.entry))
        else:
            world.apply(made)
            route = made.route if isinstance(made, Direct) else None
            found.effects.append((type(made).__name__, route and (route.weight, route.mirror, route.fallback)))
            if isinstance(made, LetGo):
                return history
    raise AssertionError("the engine does not come to rest")


def _world(before: Plan, plan: Plan, told: Told) -> Virtual:
    serving = plan.hashes.serving
    version = plan.spec.model_version
    truths = {
        Revision(OLD, serving): Truth(**told.stable),
        Revision(version.digest if version else MADE, serving): Truth(**told.candidate),
        Revision(MADE, serving): Truth(),
    }
    for revision, truth in truths.items():
        truth.offline = offline_report(before, revision, "passes")
    traffic = plan.spec.traffic
    world = Virtual(plan, truths, traffic.rps if traffic else 20.0, now=told.begins, created=told.begins)
    if not told.first:
        stable = Revision(OLD, serving)
        world.route, world.servers = Route(stable), {stable: told.begins - DAY}
    world.earlier = {Release(revision.model, plan.spec.serving.image) for revision in truths}
    world.new_rows = told.rows
    world.makes = Revision(MADE, serving) if told.trains else None
    return world


def _plain(entry: Entry) -> tuple[Any, ...]:
    """An entry without hashes, and without words that only repeat the spec."""
    causes = tuple((cause.check, cause.path, cause.verdict) for cause in entry.causes)
    model = entry.revision.model if entry.revision else None
    trains = entry.stream if entry.stream and "@" in entry.stream else None
    step = entry.reason if entry.to is not None and entry.to.phase == "Canary" else ""
    return entry.kind, entry.at, entry.from_, entry.to, model, causes, entry.request, trains, entry.version, step
