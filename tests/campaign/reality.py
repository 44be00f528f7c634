"""What is there besides the engine: a store, pods that get ready or do not, requests that fail, jobs, and a clock.

All of it is drawn from one seed, and moves only when `tick` is called. What the metrics' source answers may be a lie;
the truth is kept beside it, for the observer.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from math import sqrt
from random import Random
from typing import Any, Final, NamedTuple

from lifespec_compiler.engine.observation import Alarm, Request, Route
from lifespec_compiler.engine.values import Revision
from lifespec_compiler.plan import Plan
from virtual.observer import SERVING, Evidence

from .plans import MODELS, NEW, OTHER, STABLE, UID, planned, report, revision
from .store import Store, Thing

TICK: Final = 300.0
START: Final = 1_800_000_000.0
RPS: Final = 100
NAME: Final = "churn"


class Server(NamedTuple):
    """The servers of a revision."""

    revision: Revision
    state: str = "starting"
    stamp: int = 0
    """The decision that traffic was last given to them for: who deletes them on older knowledge is refused."""


class Job(NamedTuple):
    """A training or an evaluation."""

    run: str
    revision: Revision | None = None
    """What it evaluates, or what it has made."""
    state: str = "running"


class Lifecycle(NamedTuple):
    """The object that GitOps applies."""

    deleting: bool = False


@dataclass
class Truth:
    """What is true of a revision, and what the engine must find out."""

    error_rate: float = 0.001
    ready_after: float = TICK
    never_ready: bool = False
    degraded: bool = False
    offline: float = 0.9


@dataclass
class Reality(Evidence):
    """All of it."""

    plan: Plan
    seed: int = 0
    store: Store = field(default_factory=Store)
    truths: dict[Revision, Truth] = field(default_factory=dict)
    time: float = START
    """The true time; agents have clocks of their own."""
    skew: float = 0.0
    """Of the agents' clock."""
    frozen_at: float | None = None
    """Where the agents' clock stands still."""
    lie: str | None = None
    """What the metrics' source does instead of telling the truth."""
    alarms: list[Alarm] = field(default_factory=list)
    new_rows: int | None = None
    makes: Revision | None = None
    """What the next training makes; None: it fails."""
    created: float = START
    """When the lifecycle came to be."""
    mismatched: bool = False
    denied: bool = False
    """Whether a quota or an admission lets nobody create servers."""
    fired: Counter[str] = field(default_factory=Counter)
    """Faults that really happened, by kind."""

    def __post_init__(self) -> None:
        self.random = Random(self.seed)
        for model in MODELS:
            self.truths.setdefault(revision(model), Truth())
        self.began: dict[str, float] = {}  # by UID: when an object was created
        self.counts: dict[str, list[int]] = {"candidate": [0, 0], "stable": [0, 0]}
        self.windows: list[
            list[int]
        ] = []  # from the candidate's first traffic: bad and all of the candidate's, of stable's
        self.first_traffic: float | None = None
        self.step_window = 0  # the first window that closes within the present step
        self.shown: set[int] = set()  # windows that were shown as they were
        self.plausible: set[int] = set()  # windows of which something was shown that nobody could tell from the truth
        self.looks = 0
        self.routed_at = 0.0
        self.directed = Route(), 0.0  # as an agent set it last, and when
        self.forged_since = float("inf")  # where others said another time than that: when the step was decided
        self.decided_at = 0.0
        self.clocks_wrong = False
        self.measured: dict[Revision, float] = {}  # offline values, as the evaluation truly found them
        if self.store.get("lifecycle", NAME) is None:
            self.store.create("user", "lifecycle", NAME, UID, Lifecycle())

    @property
    def clock(self) -> float:
        """What the agents take for the time."""
        return (self.time if self.frozen_at is None else self.frozen_at) + self.skew

    @property
    def uid(self) -> str | None:
        """Of the lifecycle that is there now."""
        found = self.store.get("lifecycle", NAME)
        return found.owner if found else None

    @property
    def route(self) -> Route:
        """As it stands."""
        found = self.store.get("route", NAME)
        return found.body if found else Route()

    @property
    def requests(self) -> list[Request]:
        """All that were ever made."""
        return [thing.body for thing in self.store.all("request").values()]

    def server(self, of: Revision) -> Thing | None:
        """The servers of a revision that are ours."""
        found = self.store.get("server", server_name(of))
        return found if found and isinstance(found.body, Server) else None

    def delete(self) -> None:
        """Somebody deletes the lifecycle; its finalizer holds it."""
        found = self.store.get("lifecycle", NAME)
        if found is not None:
            self.store.update("user", found, Lifecycle(deleting=True))

    def create(self) -> None:
        """GitOps creates the lifecycle anew, with another UID."""
        if self.store.get("lifecycle", NAME) is None:
            self.store.create(
                "user", "lifecycle", NAME, f"0f8fad5b-d9cb-469f-a165-{self.store.version:012x}", Lifecycle()
            )
            self.created = self.clock

    def ask(self, request: Request) -> None:
        """Somebody makes a request."""
        self.store.create("user", "request", request.name, UID, request)

    # -- time ------------------------------------------------------------------------------------------------------

    def tick(self) -> None:
        """Time goes on: requests are answered, pods and jobs get on with it."""
        self.time += TICK
        self.clocks_wrong = self.clocks_wrong or self.clock != self.time
        self._serve()
        for thing in list(self.store.all("server").values()):
            self._pods(thing)
        for thing in list(self.store.all("job").values()):
            self._jobs(thing)

    def set_off(self, thing: Thing) -> None:
        """Remember when an object was created; with a training the counting of new rows begins again."""
        self.began[thing.uid] = self.time
        if thing.kind == "decision" and thing.body.to and thing.body.to.phase in (*SERVING, "Held"):
            self.decided_at = self.time
        if thing.kind == "job" and thing.name.startswith("train-") and self.new_rows is not None:
            self.new_rows = 0

    def routed(self, before: Route, after: Route, *, by_agent: bool) -> None:
        """The route was set: counting begins again, and with a new candidate the windows do."""
        if by_agent:
            self.directed = after, self.time
        if after.since != before.since and after.sequence == before.sequence:
            self.forged_since = self.decided_at
        if after.sequence != before.sequence or after[:4] != before[:4]:
            self.counts = {"candidate": [0, 0], "stable": [0, 0]}
            route, at = self.directed  # others may change it and change it back while nobody looks
            self.routed_at, self.forged_since = at if after == route else self.time, float("inf")
            self.step_window = len(self.windows)
        if after.candidate != before.candidate or after.candidate is None:
            self.windows, self.first_traffic, self.step_window = [], None, 0
            self.shown, self.plausible = set(), set()

    def closed(self) -> int:
        """How many windows are over."""
        width = self.window
        if self.first_traffic is None or width is None:
            return 0
        return int((self.time - self.first_traffic) // width)

    @property
    def window(self) -> float | None:
        """How long a window of the guard is."""
        return next((check.window for check in self.plan.checks if check.kind == "guard"), None)

    def _serve(self) -> None:
        route, total = self.route, int(RPS * TICK)
        route = route._replace(weight=min(100, max(0, route.weight)), mirror=min(100, max(0, route.mirror)))
        if route.candidate is not None and (route.weight or route.mirror):
            if self.first_traffic is None:
                self.first_traffic = self.time - TICK
            asked = total * (route.weight or route.mirror) // 100
            bad = self._bad(route.candidate, asked)
            _add(self.counts["candidate"], bad, asked)
            self._current()[:2] = [self._current()[0] + bad, self._current()[1] + asked]
        if route.stable is not None:
            asked = total * (100 - route.weight) // 100
            bad = self._bad(route.stable, asked)
            _add(self.counts["stable"], bad, asked)
            if self.first_traffic is not None:
                self._current()[2:] = [self._current()[2] + bad, self._current()[3] + asked]

    def _current(self) -> list[int]:
        assert self.first_traffic is not None
        number = int((self.time - TICK - self.first_traffic) // (self.window or TICK))
        while len(self.windows) <= number:
            self.windows.append([0, 0, 0, 0])
        return self.windows[number]

    def _bad(self, of: Revision, asked: int) -> int:
        found, truth = self.server(of), self.truths[of]
        if found is None or found.body.state != "ready":
            return asked
        mean = asked * truth.error_rate
        return min(asked, max(0, round(mean + self.random.gauss(0, 1) * sqrt(mean))))

    def _pods(self, thing: Thing) -> None:
        if not isinstance(thing.body, Server):
            return
        truth = self.truths[thing.body.revision]
        state = "starting"
        if truth.degraded:
            state = "failed"
        elif not truth.never_ready and self.time - self.began[thing.uid] >= truth.ready_after:
            state = "ready"
        if state != thing.body.state:
            self.store.update("kubelet", thing, thing.body._replace(state=state), guarded=False)

    def _jobs(self, thing: Thing) -> None:
        if not isinstance(thing.body, Job) or thing.body.state != "running" or thing.deleting:
            return
        training = thing.name.startswith("train-")
        if self.time - self.began[thing.uid] < (6 * TICK if training else TICK):
            return
        if training:
            state = "succeeded" if self.makes else "failed"
            body = thing.body._replace(state=state, revision=self.makes)
            self.store.update("kubelet", thing, body, guarded=False)
            return
        of = thing.body.revision
        assert of is not None
        self.store.update("kubelet", thing, thing.body._replace(state="succeeded"), guarded=False)
        name, uid = server_name(of), self.uid
        if uid is None:
            return  # of a lifecycle that is gone: there is nothing that its report could be of
        stands = self.store.get("report", name)
        if stands is not None and stands.owner != uid:
            self.store.delete("job", stands)  # of a lifecycle that had this name before
            stands = None
        if stands is None:
            self.measured[of] = self.truths[of].offline
            self.store.create("job", "report", name, uid, report(of, self.measured[of], uid))

    # -- the truth, for the observer -------------------------------------------------------------------------------

    def served(self, _revision: Revision) -> int | None:
        return self.counts["candidate"][1]

    def harm(self, _revision: Revision) -> int:
        for check in self.plan.checks:
            if check.kind == "guard" and check.max is not None:
                failed = [self.windows[number] for number in self.shown if number < len(self.windows)]
                return sum(all_ > 0 and bad / all_ > check.max for bad, all_, *_ in failed)
        return 0

    def blind(self, _revision: Revision) -> bool:
        oldest = max(self.step_window, self.closed() - 2) if not self.clocks_wrong else 0  # no clock tells what is new
        return not any(
            number + 1 >= oldest and number < len(self.windows) and self.windows[number][1]
            for number in self.shown | self.plausible
        )

    def offline(self, of: Revision) -> float | None:
        return self.measured.get(of)

    def lasted(self) -> float | None:
        return None if self.clocks_wrong else self.time - min(self.routed_at, self.forged_since)

    def standing(self, of: Revision) -> str | None:
        found = self.server(of)
        return found.body.state if found else None


def server_name(of: Revision) -> str:
    """What the servers of a revision are called: the same for whoever deploys them."""
    return f"{NAME}-{of.model[7:15]}-{of.serving[7:15]}"


def _add(counts: list[int], bad: int, asked: int) -> None:
    counts[0] += bad
    counts[1] += asked


def another(random: Random, *, than: str | None = None) -> str:
    """A model, but that one."""
    return random.choice([model for model in (STABLE, NEW, OTHER) if model != than])


def nominated(reality: Reality) -> str | None:
    """The model that Git nominates."""
    version: Any = reality.plan.spec.model_version
    return version.digest if version else None


def renominate(reality: Reality, model: str | None, policy: str) -> None:
    """Git changes."""
    reality.plan = planned(model, policy)
