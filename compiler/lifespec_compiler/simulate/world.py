"""Servers, a route, requests and what becomes of them: everything that the engine sees and touches, but no ledger."""

from __future__ import annotations

from dataclasses import dataclass, field
from random import Random
from typing import TYPE_CHECKING, Final

from lifespec_compiler.engine.case import Deploy, Direct, Effect, Evaluate, Propose, Remove, Stop, Train
from lifespec_compiler.engine.history import History
from lifespec_compiler.engine.observation import (
    Alarm,
    Counted,
    JobState,
    Observation,
    Release,
    Request,
    Route,
    ServerState,
    Window,
)
from lifespec_compiler.engine.values import Revision
from lifespec_compiler.plan import Plan

from .counting import Counting
from .draws import Uniform, binomial, poisson
from .meters import Meter, Meters, meters_of, share_of, threshold
from .reports import UID, live_report
from .truth import Truth

if TYPE_CHECKING:
    from lifespec_schema.records.report import LifecycleReport

START: Final = 1_800_000_000.0
_NONE: Final[frozenset[str]] = frozenset()
FLAT: Final = (1.0,) * 24
_ALARMS = 64
_SHARES = 256
_ASKED = 32


@dataclass
class World:
    """All of it, from one seed. What is public may be changed at any time, and takes effect with the next request."""

    plan: Plan
    truths: dict[Revision, Truth]
    rps: float = 50.0
    """Requests that arrive in a second, the mean over a day."""
    seed: int = 1
    silent: bool = False
    """Whether the metrics system does not answer. What it counts meanwhile is seen afterwards."""
    dark: bool = False
    """Whether no metrics come from the servers. What they would have counted is lost."""
    now: float = START
    hours: tuple[float, ...] = FLAT
    """By hour of the day, UTC: how many times the mean arrives."""
    users: float = 1.0
    """Users in a request, for metrics that count users: 0.2 where each asks five times."""
    label_delays: float = 1.0
    """How many times longer than the spec says it takes until outcomes are known."""
    created: float = START
    servers: dict[Revision, float] = field(default_factory=dict)
    """When each was deployed."""
    route: Route = field(default_factory=Route)
    requests: list[Request] = field(default_factory=list)
    evaluated: dict[Revision, float] = field(default_factory=dict)
    """When an offline report was asked for."""
    evaluation_takes: float = 0.0
    alarms: list[Alarm] = field(default_factory=list)
    new_rows: int | None = None
    makes: Revision | None = None
    """What the next training makes; None: it fails."""
    training_takes: float = 3600.0
    jobs: dict[str, float] = field(default_factory=dict)
    """When each training began, by run."""
    stopped: set[str] = field(default_factory=set)
    """The trainings that were stopped."""
    proposed: set[str] = field(default_factory=set)
    earlier: set[Release] = field(default_factory=set)
    """What was done in the environment before this one."""
    unknown: Truth = field(default_factory=Truth)
    """What is true of a revision that nothing is said of."""

    def __post_init__(self) -> None:
        self.random = Random(self.seed)  # noqa: S311 - a simulation repeats itself
        self.answered = [0, 0, 0, 0, 0]
        """Live requests that candidates answered, and how many of them badly; the same of stable; copies answered."""
        self.counting: Counting | None = None
        self._shares: dict[tuple[float, ...], float] = {}
        self._asked: dict[str, float] = {}
        self._live: dict[str, tuple[Evaluate, float]] = {}
        self._made: dict[str, LifecycleReport] = {}
        self._rollout: str | None = None
        self._metered: tuple[Plan, Meters] | None = None

    def truth(self, revision: Revision | None) -> Truth:
        """What is true of a revision."""
        return self.truths.get(revision, self.unknown) if revision is not None else self.unknown

    @property
    def meters(self) -> Meters:
        """What is counted for the plan that there is now."""
        if self._metered is None or self._metered[0] is not self.plan:
            self._metered = (self.plan, meters_of(self.plan))
        return self._metered[1]

    def rate(self) -> float:
        """Requests a second that arrive now."""
        return self.rps * self.hours[int(self.now // 3600) % 24]

    def advance(self, seconds: float) -> None:
        """Let time pass, and requests arrive."""
        end = self.now + seconds
        counting = self._served()
        while self.now < end:
            piece = end if counting is None else min(end, counting.closes)
            if self.hours is not FLAT:
                piece = min(piece, (self.now // 3600 + 1) * 3600)
            if piece > self.now:
                self._serve(piece - self.now)
                self.now = piece
            if counting is not None and counting.closes <= self.now:
                counting.close(self.now, shown=self.route.candidate == counting.revision)

    def _served(self) -> Counting | None:
        """The counts of the open rollout, which begin with the candidate's first traffic."""
        counting, route = self.counting, self.route
        waiting = counting is not None and counting.first is None and route.candidate == counting.revision
        if counting is not None and waiting and (route.weight or route.mirror):
            counting.begin(self.now)
        return counting

    def observe(self, history: History) -> Observation:
        """What is to be seen now by whoever knows the ledger."""
        rollout, run = history.rollout, history.run
        revision = rollout.revision if rollout else None
        if rollout is not None and rollout.id != self._rollout:
            self._rollout = rollout.id
            self.counting = Counting(self.meters, rollout.revision, self.label_delays)
            self._live.clear()
            self._asked = {name: at for name, at in self._asked.items() if name not in self._made}
            self._made.clear()
        elif rollout is None and self._rollout is not None:
            self._rollout = self.counting = None
        counted: tuple[Counted, ...] = ()
        windows: tuple[Window, ...] = ()
        if self.counting is not None and not self.silent:
            meters = self.counting.meters
            counted = self.counting.counted(meters.shadow if self.route.mirror else meters.online)
            windows = self.counting.windows()
        return Observation(
            servers={each: self._state(each) for each in self.servers},
            route=self.route,
            counted=counted,
            windows=windows,
            offline=self._offline(revision),
            requests=tuple(self.requests) if self.requests else (),
            created=self.created,
            alarms=tuple(self.alarms[-_ALARMS:]) if self.alarms else (),
            new_rows=self.new_rows,
            jobs={each: self._job(each, began) for each, began in self.jobs.items()} if self.jobs else {},
            trained=self.makes,
            run_report=self._offline(run.revision) if run else None,
            proposed=frozenset(self.proposed) if self.proposed else _NONE,
            uid=UID,
            earlier=frozenset(self.earlier),
            reports=self._reports(rollout.revision) if self._live and rollout else (),
            evaluations={name: self._evaluation(asked) for name, asked in self._asked.items()},
            exposure=self.counting.served if self.counting is not None else None,
        )

    def rest(self) -> None:
        """Whoever decides has seen all, and waits."""
        if self.counting is not None and not self.silent:
            self.counting.rest()

    def apply(self, effect: Effect) -> None:
        """Do what was decided."""
        if isinstance(effect, Deploy):
            self.servers.setdefault(effect.revision, self.now)
        elif isinstance(effect, Remove):
            self.servers.pop(effect.revision, None)
        elif isinstance(effect, Direct):
            self.route = effect.route
            if self.counting is not None:
                self.counting.set(self.now)
        elif isinstance(effect, Evaluate):
            self._evaluate(effect)
        elif isinstance(effect, Train):
            self.jobs.setdefault(effect.run, self.now)
            self.new_rows = None if self.new_rows is None else 0
        elif isinstance(effect, Stop):
            self.stopped.add(effect.run)
        elif isinstance(effect, Propose):
            self.proposed.add(effect.run)

    def _evaluate(self, effect: Evaluate) -> None:
        self._asked.setdefault(effect.name or effect.tier, self.now)
        while len(self._asked) > _ASKED:
            del self._asked[next(iter(self._asked))]
        if effect.tier == "offline":
            self.evaluated.setdefault(effect.revision, self.now)
        else:
            self._live.setdefault(effect.name, (effect, self.now))

    def _offline(self, revision: Revision | None) -> LifecycleReport | None:
        asked = self.evaluated.get(revision) if revision is not None else None
        if asked is None or self.now - asked < self.evaluation_takes:
            return None
        return self.truth(revision).offline

    def _evaluation(self, asked: float) -> JobState:
        return "running" if self.now - asked < self.evaluation_takes else "succeeded"

    def _reports(self, revision: Revision) -> tuple[LifecycleReport, ...]:
        """The reports on live traffic that have been made."""
        for name, (effect, asked) in self._live.items():
            done = name not in self._made and effect.revision == revision and self._evaluation(asked) == "succeeded"
            if done and not self.silent and not self.dark:
                samples = self.answered[4] if effect.tier == "shadow" else self.answered[0]
                self._made[name] = live_report(
                    self.plan,
                    effect,
                    self._rollout or "",
                    (self.truth(revision), self.truth(self.route.stable)),
                    samples,
                    self.now,
                )
        return tuple(self._made.values())

    def _job(self, run: str, began: float) -> JobState:
        if run in self.stopped:
            return "failed"
        if self.now - began < self.training_takes:
            return "running"
        return "succeeded" if self.makes else "failed"

    def _state(self, revision: Revision) -> ServerState:
        truth = self.truth(revision)
        ready = not truth.never_ready and self.now - self.servers[revision] >= truth.ready_after
        return "ready" if ready else "starting"

    def _serve(self, seconds: float) -> None:
        """The requests of a stretch of time, and what is counted of them."""
        route, uniform, counting = self.route, self.random.random, self.counting
        arriving, answered = self.rate() * seconds, self.answered
        weight = route.weight if route.candidate is not None else 0
        copies = route.mirror if route.candidate is not None and not weight else 0
        if not weight and not copies:
            if route.stable is not None and not route.fallback:
                total = poisson(uniform, arriving)
                answered[2] += total
                answered[3] += binomial(uniform, total, self._bad(route.stable))
            return
        stable = self.truth(route.stable) if route.stable is not None else None
        candidate = self.truth(route.candidate)
        asked = poisson(uniform, arriving * (weight or copies) / 100)
        others = poisson(uniform, arriving * (100 - weight) / 100) if stable is not None and weight < 100 else 0
        bad = binomial(uniform, asked, self._bad(route.candidate))
        if weight:
            answered[0] += asked
            answered[1] += bad
        else:
            answered[4] += asked
        if stable is not None:
            answered[2] += others
            answered[3] += binomial(uniform, others, self._bad(route.stable))
        if counting is None or route.candidate != counting.revision:
            return
        counting.served += asked if weight else 0
        if not self.dark:
            meters = counting.meters.with_requests if weight else counting.meters.with_copies
            self._count(counting, meters, seconds, (candidate, asked), (stable or candidate, others))
            counting.newest = self.now + seconds
        counting.arrive(self.now + seconds)

    def _bad(self, revision: Revision | None) -> float:
        """The share of requests that a revision answers badly."""
        truth, slowest = self.truth(revision), self.meters.slowest
        key = (truth.error_rate, truth.latency, truth.latency_spread, slowest)
        found = self._shares.get(key)
        if found is None:
            if len(self._shares) > _SHARES:
                self._shares.clear()
            found = self._shares[key] = 1 - (1 - truth.error_rate) * (1 - truth.slower_than(slowest))
        return found

    def _count(
        self,
        counting: Counting,
        meters: tuple[Meter, ...],
        seconds: float,
        candidate: tuple[Truth, int],
        stable: tuple[Truth, int],
    ) -> None:
        now, uniform = self.now, self.random.random
        drawn: dict[object, tuple[list[int], ...]] = {}
        for meter in meters:
            source = meter.source
            if source == "report":
                continue
            if source == "requests":
                elapsed = round(seconds)
                counting.add(meter, now, [candidate[1], elapsed, stable[1], elapsed])
                continue
            key = self._drawn_as(meter, stable[0])
            if key not in drawn:
                share = share_of(meter, candidate[0], stable[0], candidate=True)
                other = share_of(meter, stable[0], stable[0], candidate=False)
                drawn[key] = _parts(uniform, meter, self.users, (candidate[1], share), (stable[1], other))
            for part, counts in enumerate(drawn[key]):
                counting.add(meter, now, list(counts), part)

    def _drawn_as(self, meter: Meter, stable: Truth) -> object:
        """Checks that go by the same thing see the same counts."""
        if meter.source == "latency":
            return threshold(meter, stable, candidate=True), threshold(meter, stable, candidate=False)
        return meter.source, meter.metric, meter.users


def _parts(
    uniform: Uniform, meter: Meter, users: float, candidate: tuple[int, float], stable: tuple[int, float]
) -> tuple[list[int], ...]:
    """For each delay of a meter: candidate's good and total, stable's good and total."""
    known = meter.known * users if meter.users else meter.known
    totals = [asked if known >= 1 else binomial(uniform, asked, known) for asked, _ in (candidate, stable)]
    found = []
    for left in range(len(meter.delays), 0, -1):
        counts: list[int] = []
        for side, (_, share) in enumerate((candidate, stable)):
            part = totals[side] if left == 1 else binomial(uniform, totals[side], 1 / left)
            totals[side] -= part
            counts += [binomial(uniform, part, share), part]
        found.append(counts)
    return tuple(found)
