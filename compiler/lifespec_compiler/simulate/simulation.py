"""One run of a scenario: the engine decides, a virtual clock ticks, and what happens is known to nobody but us."""

from __future__ import annotations

from collections.abc import Iterator
from math import inf
from random import Random
from typing import TYPE_CHECKING, Final

from lifespec_compiler.engine.case import Propose, Record, Train, Wait
from lifespec_compiler.engine.history import fold, fold_all
from lifespec_compiler.engine.ledger import MemoryLedger
from lifespec_compiler.engine.observation import Release, Request
from lifespec_compiler.engine.step import step
from lifespec_compiler.engine.values import Entry, Revision
from lifespec_compiler.plan import Plan

from .account import Account
from .agenda import Agenda
from .beginning import furnish, ledger_before, world_of
from .drifting import Monitors
from .harm import bad_since, is_bad
from .looks import look_at
from .models import Models, Part
from .nominating import nominating
from .outcome import Simulation
from .people import People
from .script import Script, script_of
from .world import World

if TYPE_CHECKING:
    from lifespec_schema.scenario import Scenario

MOST_STEPS: Final = 64
"""Steps that one look may take; more would be an engine that does not come to rest."""
IDLE: Final = 1800.0
"""Seconds between two looks while no rollout is open."""
_AFTERWARDS: Final = 6 * 3600.0
"""For how long it goes on after the candidate's end, where the scenario does not say."""
_LATEST: Final[list[tuple[Plan, Script, float]]] = []


class RestlessError(RuntimeError):
    """The engine went on deciding although nothing changed."""


def simulate(plan: Plan, scenario: Scenario, seed: int) -> Simulation:
    """One run. The plan must have all facts that the scenario needs: see `missing_facts`."""
    script, bad = _prepared(plan, scenario)
    return Run(script, seed, bad).run()


def simulate_many(plan: Plan, scenario: Scenario, runs: int, seed: int = 1) -> Iterator[Simulation]:
    """Runs with the seeds from `seed` on, one after the other."""
    script, bad = _prepared(plan, scenario)
    for number in range(runs):
        yield Run(script, seed + number, bad).run()


def _prepared(plan: Plan, scenario: Scenario) -> tuple[Script, float]:
    """What all runs of a scenario have in common, made once for the latest."""
    for known, script, bad in _LATEST:
        if known is plan and script.scenario is scenario:
            return script, bad
    script = script_of(plan, scenario)
    _LATEST[:] = [(plan, script, bad_since(script))]
    return script, _LATEST[0][2]


class Run:
    """One run, while it goes on."""

    def __init__(self, script: Script, seed: int, bad: float | None = None) -> None:
        self.script, self.seed = script, seed
        self.spec = script.scenario.spec
        self.plan = script.plan
        self.models = Models(script)
        self.world = self._make(world_of(script, self.models, seed))
        furnish(self.world, script, self.models)
        self.ledger = MemoryLedger(ledger_before(script, self.models))
        self.history = fold_all(self.ledger.entries())
        chance = Random(f"people and monitors {seed}")  # noqa: S311 - a simulation repeats itself
        self.monitors = Monitors(self.plan, script.drift, script.began, chance)
        self.agenda = Agenda(script)
        self.people = People(script, self.agenda)
        self.account = Account(self.models.candidate)
        self.bad = bad_since(script) if bad is None else bad
        self.ends = script.ends
        self.rows = 0.0
        self._become_true()

    def run(self) -> Simulation:
        """Let it go to its end."""
        world, agenda, monitors = self.world, self.agenda, self.monitors
        analysis = self.plan.spec.rollout.analysis
        interval = float(analysis.interval) if analysis else 60.0
        if self.plan.spec.serving.mode == "batch":  # in which every run that begins or ends is looked at
            interval = max(IDLE, interval)
        if self.spec.nominate:
            self._nominate("candidate")
        self._decide()
        while world.now < self.ends:
            open_ = self.history.rollout is not None
            until = world.now + interval if open_ else (world.now // IDLE + 1) * IDLE
            self.advance(min(until, world.next, agenda.next, monitors.next, self.ends) - world.now)
        last, entries = look_at(world, self.history, self.script.drift), tuple(self.ledger.entries())
        found = self.account.simulation(self.script, self.seed, entries, last, self.history.rollout, self.bad)
        return found._replace(batches=world.told(self.models.candidate))

    def advance(self, seconds: float) -> None:
        """Let time pass, let happen what happens then, and let the engine decide."""
        before = self.world.now
        self.world.advance(seconds)
        self._happen(before)
        if self.world.next < inf:  # a batch run may have ended
            self._judge()
        self._decide()

    # -- what happens ----------------------------------------------------------------------------------------------

    def _happen(self, before: float) -> None:
        now, world, agenda = self.world.now, self.world, self.agenda
        if world.new_rows is not None:
            self.rows += (now - before) * self.script.rows_per_second
            world.new_rows = int(self.rows)
        if now < agenda.next and now < self.monitors.next:
            return
        if agenda.becomes_different(now):
            self._become_true()
        for what in agenda.nominations(now):
            self._nominate(what)
        for asked in agenda.asked(now):
            self._ask(asked.verb, asked.by, asked.reason or "")
        if self.monitors.next <= now:
            serving = self.history.stable
            world.alarms += self.monitors.run(now, world.truth(serving).trained_at)
            del world.alarms[:-64]
        for verb, subject in agenda.promised(now):
            if verb != "merge":
                self._ask(verb, "ada", "")
            elif self.history.rollout is not None:
                self.people.merge_later(subject, now)
            else:
                self._tell("the pull request is merged")
                self.plan = world.plan = nominating(self.script.plan, subject, "retrained")

    def _become_true(self) -> None:
        """Make true what the script says of this moment."""
        world = self.world
        truths = self.script.at(world.now)
        for what, before, after in (
            ("metrics stop", world.dark, truths.dark),
            ("the metrics system is down", world.silent, truths.silent),
        ):
            if before != after:
                self._tell(what if after else f"{what} no more")
        world.dark, world.silent = truths.dark, truths.silent
        world.rps, world.rows = self.script.rps * truths.traffic, self.script.rows * truths.traffic
        self.models.settle(world.truths, truths)
        self._judge()

    def _judge(self) -> None:
        """Since when the candidate has done harm."""
        world, models = self.world, self.models
        candidate, stable = world.truth(models.candidate), world.truth(models.stable)
        broken = is_bad(self.plan, world.meters, candidate, stable, compared=self.spec.deployed == "stable")
        if broken and world.harms(models.candidate):
            self.account.harm(world.now)

    def _nominate(self, what: str) -> None:
        if what == "another":
            revision = self.models.revision("model", "another", round(self.world.now))
            self._know(revision, "candidate")
        else:
            revision = self.models.candidate if what == "candidate" else self.models.stable
        self._tell(f"Git nominates {'another model' if what == 'another' else f'the {what} model'}")
        self.plan = self.world.plan = nominating(self.script.plan, revision.model, what)

    def _ask(self, verb: str, by: str, reason: str) -> None:
        rollout = self.history.rollout
        name = f"{verb}-{len(self.world.requests) + 1}"
        about = self.models.candidate if verb == "retry" else None
        of = rollout.id if rollout and verb not in ("retry", "retrain") else None
        self._tell(f"{by} asks: {verb}")
        self.world.requests.append(Request(name, verb, of, about, by, reason, at=self.world.now))  # type: ignore[arg-type]

    def _tell(self, what: str) -> None:
        self.account.tell(self.world.now, what)

    # -- what is decided -------------------------------------------------------------------------------------------

    def _decide(self) -> None:
        world = self.world
        for _ in range(MOST_STEPS):
            self.account.steps += 1
            found = step(world.plan, self.history, world.observe(self.history), world.now)
            if isinstance(found, Wait):
                self._rest(found)
                return
            if isinstance(found, Record):
                self._record(found.entry)
            else:
                world.apply(found)
                if isinstance(found, Train):
                    self._train(found.run)
                elif isinstance(found, Propose):
                    self.people.review(found.revision, world.now)
                elif world.route.candidate == self.models.candidate:
                    self._judge()
        raise RestlessError(f"{MOST_STEPS} steps at {world.now:.0f} with the seed {self.seed}")

    def _rest(self, wait: Wait) -> None:
        """The engine has seen all there is, and waits."""
        world, rollout, looks = self.world, self.history.rollout, self.account.looks
        world.rest()
        if rollout is not None:
            self.people.answer(wait, rollout, world.now)
        if looks.wanted(rollout.position if rollout is not None else None, world.route):
            looks.add(look_at(world, self.history, self.script.drift))

    def _record(self, entry: Entry) -> None:
        entry = self.ledger.append(entry)
        self.history = fold(self.history, entry)
        if self.account.recorded(entry, self.world.answered) and self.script.until_decided:
            self.ends = min(self.ends, entry.at + max(_AFTERWARDS, self.script.rollout / 20))

    def _train(self, run: str) -> None:
        self.rows = 0.0
        if self.spec.training == "fails":
            self.world.makes = None
            return
        made = self.models.revision(run)
        self._know(made, "retrained")
        self.world.makes = made
        self._become_true()

    def _know(self, revision: Revision, part: Part) -> None:
        """One more model that may serve."""
        if revision in self.models.parts:
            return
        self.models.parts[revision] = part
        self.world.earlier.add(Release(revision.model, self.plan.spec.serving.image))
        self.world.truths[revision] = self.models.truth(revision, self.world.now)
        self._become_true()

    def _make(self, world: World) -> World:
        """The world to simulate in."""
        return world
