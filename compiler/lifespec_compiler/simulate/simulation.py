"""One run of a scenario: the engine decides, a virtual clock ticks, and what happens is known to nobody but us."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from random import Random
from typing import TYPE_CHECKING, Final

from lifespec_compiler.engine.case import Propose, Record, Train, Wait
from lifespec_compiler.engine.history import fold
from lifespec_compiler.engine.ledger import MemoryLedger
from lifespec_compiler.engine.observation import Release, Request, Route
from lifespec_compiler.engine.step import step
from lifespec_compiler.engine.values import Checkpoint, Entry, Revision
from lifespec_compiler.plan import Plan

from .costs import cpu_hours, training_seconds
from .drifting import Monitors
from .harm import Tier, breaks
from .levels import State, budget_of, settle
from .looks import Looks
from .meters import Meters, meters_of
from .nominating import digest_of, nominating
from .outcome import Change, Ending, Look, Simulation
from .reports import UID, Offline, offline_report
from .script import DAY, Script, behaviours, script_of
from .truth import Truth
from .world import World

if TYPE_CHECKING:
    from lifespec_compiler.engine.history import History
    from lifespec_schema.records.report import LifecycleReport
    from lifespec_schema.scenario import Scenario

MOST_STEPS: Final = 64
"""Steps that one look may take; more would be an engine that does not come to rest."""
IDLE: Final = 1800.0
"""Seconds between two looks while no rollout is open."""
_HELD: Final = 3
_LATE: Final = 0.01
_AFTERWARDS: Final = 6 * 3600.0
"""For how long it goes on after the candidate's end, where the scenario does not say."""
_LATER: Final = 4 * 3600.0
_ENDINGS: Final[dict[str, Ending]] = {"Done": "promoted", "RolledBack": "rolledBack", "Rejected": "rejected"}
_LATEST: Final[list[tuple[Plan, Script, bool]]] = []
_STABLE, _CANDIDATE = ("model", "stable"), ("model", "candidate")


class RestlessError(RuntimeError):
    """The engine went on deciding although nothing changed."""


def simulate(plan: Plan, scenario: Scenario, seed: int) -> Simulation:
    """One run. The plan must have all facts that the scenario needs: see `missing_facts`."""
    script, bad = _prepared(plan, scenario)
    return Run(script, seed, bad=bad).run()


def simulate_many(plan: Plan, scenario: Scenario, runs: int, seed: int = 1) -> Iterator[Simulation]:
    """Runs with the seeds from `seed` on, one after the other."""
    script, bad = _prepared(plan, scenario)
    for number in range(runs):
        yield Run(script, seed + number, bad=bad).run()


def _prepared(plan: Plan, scenario: Scenario) -> tuple[Script, bool]:
    """What all runs of a scenario have in common, made once for the latest."""
    for known, script, bad in _LATEST:
        if known is plan and script.scenario is scenario:
            return script, bad
    script = script_of(plan, scenario)
    _LATEST[:] = [(plan, script, candidate_is_bad(script))]
    return script, _LATEST[0][2]


def candidate_is_bad(script: Script) -> bool:
    """Whether the candidate's truth breaks a bound of a check, or the latency budget, at any time of the script."""
    plan, spec = script.plan, script.scenario.spec
    if any(one.offline in ("fails", "failsSlice") for one in behaviours(script.scenario)):
        return True
    meters, first = meters_of(plan), spec.deployed == "nothing"
    candidate, stable = Truth(), Truth()
    for time in (script.began, *script.times):
        truths = script.at(time)
        settle(stable, truths.stable, script.facts, None)
        settle(candidate, truths.candidate, script.facts, None if first else truths.stable)
        if _is_bad(plan, meters, candidate, stable, compared=not first):
            return True
    return False


def _is_bad(plan: Plan, meters: Meters, candidate: Truth, stable: Truth, *, compared: bool) -> bool:
    """Whether a truth breaks a bound of a live check; the latency budget is one, whatever is checked."""
    budget = budget_of(plan)
    if candidate.never_ready or (budget is not None and candidate.slower_than(budget) > _LATE):
        return True
    tiers: tuple[Tier, ...] = ("shadow", "online") if plan.spec.evaluation.shadow and compared else ("online",)
    return any(breaks(plan, meters, candidate, stable, tier, compared=compared) for tier in tiers)


class Run:
    """One run, while it goes on."""

    def __init__(self, script: Script, seed: int, *, bad: bool | None = None) -> None:
        self.script, self.seed = script, seed
        self.spec = script.scenario.spec
        self.plan = script.plan
        serving = self.plan.hashes.serving
        self.stable = Revision(digest_of(self.plan.name, *_STABLE), serving)
        self.candidate = Revision(self._nominated_digest(), serving)
        self.roles: dict[Revision, str] = {self.stable: "stable", self.candidate: "candidate"}
        self.random = Random(f"people and monitors {seed}")  # noqa: S311 - a simulation repeats itself
        self.world = self._world()
        self.ledger = MemoryLedger(self._before())
        self.history = self._history()
        self.monitors = Monitors(self.plan, script.drift, script.began, self.random)
        self.looks = Looks()
        self.changes: list[Change] = []
        self.steps = self.retrains = self.suppressed = 0
        self.stream: str | None = None
        """The first candidate's rollout."""
        self.exposed: tuple[int, int] | None = None
        """The live requests that candidates had answered when it began."""
        self.exposure = self.bad_exposure = 0
        self.harmed: float | None = None
        self.detected: float | None = None
        self.bad = candidate_is_bad(script) if bad is None else bad
        self.ends = script.ends
        self.ending: Ending = "none"
        self.replaced = False
        self.held = 0
        self.rows = 0.0
        self._times = list(reversed(script.times))
        self._nominations = list(reversed(script.nominations))
        self._asked = list(reversed(script.asked))
        self._people: list[tuple[float, str, str]] = []
        self._promised: set[tuple[str, str]] = set()
        self._become_true()

    def run(self) -> Simulation:
        """Let it go to its end."""
        world = self.world
        platform = self.plan.spec.rollout.analysis
        interval = float(platform.interval) if platform else 60.0
        if self.spec.nominate:
            self._nominate("candidate", self.plan)
        self._decide()
        while world.now < self.ends:
            open_ = self.history.rollout is not None
            until = world.now + interval if open_ else (world.now // IDLE + 1) * IDLE
            self.advance(min(until, self._next(), self.ends) - world.now)
        return self._result()

    def advance(self, seconds: float) -> None:
        """Let time pass, let happen what happens then, and let the engine decide."""
        before = self.world.now
        self.world.advance(seconds)
        self._happen(before)
        self._decide()

    # -- what happens ----------------------------------------------------------------------------------------------

    def _next(self) -> float:
        """When something happens next that is not counted."""
        found = [self.monitors.next]
        if self._times:
            found.append(self._times[-1])
        if self._asked:
            found.append(self._asked[-1][0])
        if self._nominations:
            found.append(self._nominations[-1][0])
        if self._people:
            found.append(min(self._people)[0])
        return min(found)

    def _happen(self, before: float) -> None:
        now, world = self.world.now, self.world
        if world.new_rows is not None:
            self.rows += (now - before) * self.script.rows_per_second
            world.new_rows = int(self.rows)
        if self._times and self._times[-1] <= now:
            while self._times and self._times[-1] <= now:
                self._times.pop()
            self._become_true()
        while self._nominations and self._nominations[-1][0] <= now:
            _, what = self._nominations.pop()
            self._nominate(what, self.plan)
        while self._asked and self._asked[-1][0] <= now:
            _, asked = self._asked.pop()
            self._ask(asked.verb, asked.by, asked.reason or "")
        if self.monitors.next <= now:
            serving = self.history.stable
            world.alarms += self.monitors.run(now, world.truth(serving).trained_at)
            del world.alarms[:-64]
        for promise in sorted(one for one in self._people if one[0] <= now):
            self._people.remove(promise)
            _, what, subject = promise
            if what == "merge" and self.history.rollout is not None:
                self._people.append((now + _LATER, what, subject))  # nobody merges into an open rollout
            elif what == "merge":
                self._tell("the pull request is merged")
                self.plan = world.plan = nominating(self.script.plan, subject, "retrained")
            else:
                self._ask(what, "ada", "")

    def _become_true(self) -> None:
        """Make true what the script says of this moment."""
        now, world, facts = self.world.now, self.world, self.script.facts
        truths = self.script.at(now)
        for what, before, after in (
            ("metrics stop", world.dark, truths.dark),
            ("the metrics system is down", world.silent, truths.silent),
        ):
            if before != after:
                self._tell(what if after else f"{what} no more")
        world.dark, world.silent = truths.dark, truths.silent
        world.rps = self.script.rps * truths.traffic
        states: dict[str, State] = {
            "stable": truths.stable,
            "candidate": truths.candidate,
            "retrained": truths.retrained,
        }
        first = self.spec.deployed == "nothing"
        for revision, role in self.roles.items():
            alone = role == "stable" or first
            settle(world.truths[revision], states[role], facts, None if alone else truths.stable)
        self._judge()

    def _judge(self) -> None:
        """Since when the candidate has done harm."""
        world = self.world
        candidate, stable = world.truth(self.candidate), world.truth(self.stable)
        broken = _is_bad(self.plan, world.meters, candidate, stable, compared=self.spec.deployed == "stable")
        served = world.route.candidate == self.candidate and (world.route.weight or world.route.mirror)
        if broken and served and self.harmed is None:
            self.harmed = world.now

    def _nominate(self, what: str, plan: Plan) -> None:
        if what == "another":
            digest = digest_of(plan.name, "model", "another", round(self.world.now))
            self._know(Revision(digest, plan.hashes.serving), "candidate")
        else:
            digest = (self.candidate if what == "candidate" else self.stable).model
        self._tell(f"Git nominates {'another model' if what == 'another' else f'the {what} model'}")
        self.plan = self.world.plan = nominating(self.script.plan, digest, what)

    def _ask(self, verb: str, by: str, reason: str) -> None:
        rollout = self.history.rollout
        name = f"{verb}-{len(self.world.requests) + 1}"
        about = self.candidate if verb == "retry" else None
        of = rollout.id if rollout and verb not in ("retry", "retrain") else None
        self._tell(f"{by} asks: {verb}")
        self.world.requests.append(Request(name, verb, of, about, by, reason, at=self.world.now))  # type: ignore[arg-type]

    # -- what is decided -------------------------------------------------------------------------------------------

    def _decide(self) -> None:
        world = self.world
        for _ in range(MOST_STEPS):
            self.steps += 1
            found = step(world.plan, self.history, world.observe(self.history), world.now)
            if isinstance(found, Wait):
                world.rest()
                self._answer(found)
                self._look()
                return
            if isinstance(found, Record):
                self._record(found.entry)
            else:
                world.apply(found)
                if isinstance(found, Train):
                    self._train(found.run)
                elif isinstance(found, Propose):
                    self._proposed(found.revision)
                elif world.route.candidate == self.candidate:
                    self._judge()
        raise RestlessError(f"{MOST_STEPS} steps at {world.now:.0f} with the seed {self.seed}")

    def _record(self, entry: Entry) -> None:
        entry = self.ledger.append(entry)
        self.history = fold(self.history, entry)
        if entry.kind == "train":
            self.retrains += 1
        elif entry.kind == "suppress":
            self.suppressed += 1
        if self.stream is None and entry.kind == "nominate" and entry.revision == self.candidate and entry.stream:
            self.stream, self.ending = entry.stream, "open"
            self.exposed = (self.world.answered[0], self.world.answered[1])
        if entry.stream != self.stream or self.stream is None or entry.to is None:
            return
        phase = entry.to.phase
        self.replaced = self.replaced or entry.kind == "withdraw"
        if entry.kind in ("rollBack", "reject", "hold") and self.detected is None:
            self.detected = entry.at
        if self.exposed is not None:
            self.exposure = self.world.answered[0] - self.exposed[0]
            self.bad_exposure = self.world.answered[1] - self.exposed[1]
        if phase in ("Done", "RolledBack", "Rejected"):
            self.ending = "replaced" if self.replaced else _ENDINGS[phase]
            self.exposed = None
            if self.script.until_decided:
                self.ends = min(self.ends, entry.at + max(_AFTERWARDS, self.script.rollout / 20))

    def _answer(self, wait: Wait) -> None:
        """What people do about it."""
        people, rollout = self.spec.people, self.history.rollout
        if rollout is None:
            return
        if wait.awaits is not None and (people is None or people.approves):
            delay = people.approve if people and people.approve else 3600.0
            self._promise(rollout.id, wait.awaits, delay, "approve")
        if people is None or people.when_held == "wait" or rollout.position.phase != "Held" or self.held >= _HELD:
            return
        self.held += self._promise(rollout.id, str(rollout.sequence), DAY, people.when_held)

    def _promise(self, stream: str, what: str, delay: float, verb: str) -> bool:
        if (stream, what) in self._promised:
            return False
        self._promised.add((stream, what))
        self._people.append((self.world.now + delay, verb, stream))
        return True

    def _train(self, run: str) -> None:
        self.rows = 0.0
        if self.spec.training == "fails":
            self.world.makes = None
            return
        made = Revision(digest_of(self.plan.name, run), self.plan.hashes.serving)
        self._know(made, "retrained")
        self.world.makes = made
        self._become_true()

    def _proposed(self, revision: Revision) -> None:
        retraining, people = self.plan.spec.retraining, self.spec.people
        if retraining is not None and retraining.nominate == "pullRequest" and (people is None or people.merges):
            delay = people.merge if people and people.merge else _LATER
            self._people.append((self.world.now + delay, "merge", revision.model))

    def _know(self, revision: Revision, role: str) -> None:
        """One more model that may serve."""
        if revision in self.roles:
            return
        self.roles[revision] = role
        self.world.earlier.add(Release(revision.model, self.plan.spec.serving.image))
        behaviour = self.spec.retrained if role == "retrained" else self.spec.candidate
        finds = behaviour.offline if behaviour is not None and behaviour.offline else "passes"
        self.world.truths[revision] = Truth(
            trained_at=self.world.now, offline=offline(self.script.plan, revision, finds)
        )
        self._become_true()

    # -- the beginning and the end ---------------------------------------------------------------------------------

    def _nominated_digest(self) -> str:
        version = self.plan.spec.model_version
        return version.digest if version is not None else digest_of(self.plan.name, *_CANDIDATE)

    def _make(self, world: World) -> World:
        """The world to simulate in."""
        return world

    def _world(self) -> World:
        script = self.script
        finds = self.spec.candidate.offline if self.spec.candidate and self.spec.candidate.offline else "passes"
        truths = {
            self.stable: Truth(trained_at=script.began, offline=offline(self.plan, self.stable, "passes")),
            self.candidate: Truth(trained_at=script.began, offline=offline(self.plan, self.candidate, finds)),
        }
        world = self._make(World(self.plan, truths, script.rps, self.seed, now=script.began, created=script.began))
        world.hours = script.hours
        world.users = self.spec.traffic.users_per_request if self.spec.traffic else 1.0
        world.label_delays = self.spec.labels.times_delay if self.spec.labels else 1.0
        world.training_takes = training_seconds(self.plan)
        retraining = self.plan.spec.retraining
        if retraining is not None and any(trigger.kind == "dataVolume" for trigger in retraining.triggers):
            world.new_rows = 0
        world.earlier = {Release(revision.model, self.plan.spec.serving.image) for revision in truths}
        if self.spec.deployed == "stable":
            world.servers[self.stable] = script.began - DAY
            world.route = Route(self.stable, None, 0, 0, 1, script.began)
            world.plan = nominating(self.plan, self.stable.model, "stable")
        return world

    def _before(self) -> list[Entry]:
        """What the ledger says at the beginning."""
        if self.spec.deployed != "stable":
            return []
        hashes = self.plan.hashes
        known = Checkpoint(stable=self.stable, nominated=self.stable)
        return [
            Entry(
                1,
                "checkpoint",
                self.script.began - 1,
                hashes.plan,
                hashes.policy,
                reason="what serves when the simulation begins",
                uid=UID,
                checkpoint=known,
            )
        ]

    def _history(self) -> History:
        from lifespec_compiler.engine.history import fold_all

        return fold_all(self.ledger.entries())

    def _tell(self, what: str) -> None:
        self.changes.append(Change(self.world.now, what))

    def _look(self) -> None:
        rollout, route = self.history.rollout, self.world.route
        position = rollout.position if rollout else None
        key = (position.phase if position else None, position.step if position else None, route.weight, route.mirror)
        if self.looks.wanted(key):
            self.looks.add(self._seen())
        else:
            self.looks.skip()

    def _seen(self) -> Look:
        world, route = self.world, self.world.route
        position = self.history.rollout.position if self.history.rollout else None
        serving = self.history.stable
        trained = world.truth(serving).trained_at
        drift = self.script.drift
        moved = [abs(drift.at(world.now, what) - drift.at(trained, what)) for what in ("data", "concept")]
        candidate, candidate_bad, stable, stable_bad, mirrored = world.answered
        return Look(
            world.now,
            position.phase if position else None,
            position.step if position else None,
            route.weight,
            route.mirror,
            candidate,
            candidate_bad,
            stable,
            stable_bad,
            mirrored,
            world.rate(),
            max(moved),
            world.truth(route.candidate).error_rate if route.candidate else None,
        )

    def _result(self) -> Simulation:
        if self.exposed is not None:
            self.exposure = self.world.answered[0] - self.exposed[0]
            self.bad_exposure = self.world.answered[1] - self.exposed[1]
        rollout = self.history.rollout
        if self.ending == "open" and rollout is not None and rollout.position.phase == "Held":
            self.ending = "held"
        stopped = self.detected is not None and self.harmed is not None and self.detected >= self.harmed
        cost = cpu_hours(self.plan)
        return Simulation(
            self.script.scenario.metadata.name,
            self.seed,
            self.script.began,
            self.world.now,
            tuple(self.ledger.entries()),
            self.looks.close(self._seen()),
            tuple(self.changes),
            self.bad,
            self.ending,
            self.exposure,
            self.bad_exposure,
            self.harmed,
            self.detected - self.harmed if stopped and self.detected and self.harmed else None,
            self.retrains,
            self.suppressed,
            None if cost is None else cost * self.retrains,
            self.steps,
            self.script.assumptions,
        )


def offline(plan: Plan, revision: Revision, finds: Offline) -> LifecycleReport:
    """An offline report, made once for each revision and plan."""
    return _reports(_Known(plan), revision, finds)


class _Known:
    """A plan, told apart by its hash."""

    def __init__(self, plan: Plan) -> None:
        self.plan = plan

    def __hash__(self) -> int:
        return hash(self.plan.hashes.plan)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Known) and self.plan.hashes.plan == other.plan.hashes.plan


@lru_cache(maxsize=32)
def _reports(known: _Known, revision: Revision, finds: Offline) -> LifecycleReport:
    return offline_report(known.plan, revision, finds)
