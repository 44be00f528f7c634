"""Servers, a route, requests and what becomes of them: everything that the engine sees and touches, but no ledger."""

from __future__ import annotations

from dataclasses import dataclass, field
from math import inf
from random import Random
from typing import TYPE_CHECKING, Final

from lifespec_compiler.daytime import FLAT
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
from lifespec_compiler.engine.state import Rollout
from lifespec_compiler.engine.values import Revision
from lifespec_compiler.plan import Plan

from .counting import Counting
from .draws import binomial, poisson
from .evaluating import Comparison, Evaluations
from .meters import Meter, Meters, meters_of
from .reports import UID, live_report
from .sampling import Shares, bad_share
from .truth import Truth

if TYPE_CHECKING:
    from lifespec_schema.records.report import LifecycleReport

    from .outcome import Batches

START: Final = 1_800_000_000.0
_NONE: Final[frozenset[str]] = frozenset()
_ALARMS = 64
_DELETING, _ANNOTATED, _SEMANTICS = False, None, None
_NO_METERS: Final[tuple[Meter, ...]] = ()


@dataclass
class World:
    """All of it, from one seed. What is public may be changed at any time, and takes effect with the next request."""

    plan: Plan
    truths: dict[Revision, Truth]
    rps: float = 50.0
    """Requests that arrive in a second, the mean over a day."""
    seed: int = 1
    rows: float = 0.0
    """Of a batch run."""
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
    evaluated: dict[Revision, Comparison] = field(default_factory=dict)
    """The latest offline evaluation of each that was asked for."""
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
        self._shares: Shares | None = None
        self._evaluations = Evaluations()
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

    @property
    def next(self) -> float:
        """When something comes to be seen that is not there all the time; infinite where there is no such thing."""
        return inf

    def harms(self, revision: Revision) -> bool:
        """Whether a candidate has been asked anything, which its truth could spoil."""
        return self.route.candidate == revision and (self.route.weight > 0 or self.route.mirror > 0)

    def told(self, candidate: Revision) -> Batches | None:
        """What became of a candidate's batch runs; None where there are none."""
        del candidate
        return None

    def rate(self) -> float:
        """Requests a second that arrive now."""
        return self.rps if self.hours is FLAT else self.rps * self.hours[int(self.now // 3600) % 24]

    def advance(self, seconds: float) -> None:
        """Let time pass, and requests arrive."""
        end = self.now + seconds
        counting = self._served()
        while self.now < end:
            piece = end if counting is None or counting.closes > end else counting.closes
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
        counting = self._counting(rollout)
        counted: tuple[Counted, ...] = ()
        windows: tuple[Window, ...] = ()
        if counting is not None and not self.silent:
            counted = counting.counted(shadow=bool(self.route.mirror))
            windows = counting.windows()
        evaluations = self._evaluations
        return Observation(  # by position, for its time: by name it takes four times as long
            self._servers(),
            self.route,
            counted,
            windows,
            self._offline(rollout.revision) if rollout else None,
            tuple(self.requests) if self.requests else (),
            self.created,
            tuple(self.alarms[-_ALARMS:]) if self.alarms else (),
            self.new_rows,
            {each: self._job(each, began) for each, began in self.jobs.items()} if self.jobs else {},
            self.makes,
            self._offline(run.revision) if run else None,
            frozenset(self.proposed) if self.proposed else _NONE,
            UID,
            _DELETING,
            _ANNOTATED,
            _SEMANTICS,
            frozenset(self.earlier),
            self._reports(rollout.revision) if evaluations.live and rollout else (),
            evaluations.states(self.now, self.evaluation_takes),
            counting.served if counting is not None else None,
        )

    def _counting(self, rollout: Rollout | None) -> Counting | None:
        """The counts of the open rollout; another one begins with nothing."""
        if rollout is not None and rollout.id != self._rollout:
            self._rollout = rollout.id
            self.counting = Counting(self.meters, rollout.revision, self.label_delays)
            self._evaluations.begin()
        elif rollout is None and self._rollout is not None:
            self._rollout = self.counting = None
        return self.counting

    def _servers(self) -> dict[Revision, ServerState]:
        """How far the servers are."""
        found: dict[Revision, ServerState] = {}
        for revision, since in self.servers.items():
            truth = self.truths.get(revision, self.unknown)
            ready = not truth.never_ready and self.now - since >= truth.ready_after
            found[revision] = "ready" if ready else "starting"
        return found

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
            first = self._evaluations.ask(effect, self.now)
            if first and effect.tier == "offline":
                self.evaluated[effect.revision] = Comparison(self.now, self.route.stable)
        elif isinstance(effect, Train):
            self.jobs.setdefault(effect.run, self.now)
            self.new_rows = None if self.new_rows is None else 0
        elif isinstance(effect, Stop):
            self.stopped.add(effect.run)
        elif isinstance(effect, Propose):
            self.proposed.add(effect.run)

    def _offline(self, revision: Revision | None) -> LifecycleReport | None:
        found = self.evaluated.get(revision) if revision is not None else None
        if found is None or self.now - found.asked < self.evaluation_takes:
            return None
        return found.report(self.truth(revision).offline)

    def _reports(self, revision: Revision) -> tuple[LifecycleReport, ...]:
        """The reports on live traffic that have been made."""
        report = None if self.silent or self.dark else self._report
        return self._evaluations.reports(revision, self.now, self.evaluation_takes, report)

    def _report(self, asked: Evaluate) -> LifecycleReport:
        truths = self.truth(asked.revision), self.truth(self.route.stable)
        samples = self.answered[4] if asked.tier == "shadow" else self.answered[0]
        return live_report(self.plan, asked, self._rollout or "", truths, samples, self.now, self.route.stable)

    def _job(self, run: str, began: float) -> JobState:
        if run in self.stopped:
            return "failed"
        if self.now - began < self.training_takes:
            return "running"
        return "succeeded" if self.makes else "failed"

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
                answered[3] += binomial(uniform, total, bad_share(self.truth(route.stable), self.meters.slowest))
            return
        compared, counted = route.stable is not None, counting is not None and route.candidate == counting.revision
        shares = self._true_shares(counting.meters if counting is not None and counted else None, copied=not weight)
        asked = poisson(uniform, arriving * (weight or copies) / 100)
        others = poisson(uniform, arriving * (100 - weight) / 100) if compared and weight < 100 else 0
        bad = binomial(uniform, asked, shares.bad)
        if weight:
            answered[0] += asked
            answered[1] += bad
        else:
            answered[4] += asked
        if compared:
            answered[2] += others
            answered[3] += binomial(uniform, others, shares.stable_bad)
        if counting is None or not counted:
            return
        until = self.now + seconds
        counting.served += asked if weight else 0
        if not self.dark:
            shares.count(counting, uniform, self.now, (asked, others), round(seconds))
            counting.newest = until
        counting.arrive(until)

    def _true_shares(self, meters: Meters | None, *, copied: bool) -> Shares:
        """What is true of the route's models, as shares; worked out anew where a truth has changed."""
        route, shares = self.route, self._shares
        candidate = self.truth(route.candidate)
        stable = self.truth(route.stable) if route.stable is not None else candidate
        counted = _NO_METERS if meters is None else meters.with_copies if copied else meters.with_requests
        slowest, users = self.meters.slowest, self.users
        if shares is None or not shares.hold(candidate, stable, counted, slowest, users):
            shares = self._shares = Shares(candidate, stable, counted, slowest, users)
        return shares
