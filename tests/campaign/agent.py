"""What carries the engine's effects out in a cluster, as far as safety rests on it; the real agent must do the same.

Whatever it wants to do on what it has cached, it reads again, uncached, and asks the engine once more. It writes with
the versions that it has read, gives everything a name that follows from what it is, touches nothing that is not its
lifecycle's, and never repeats a write whose answer it has not seen: it reads.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Protocol

from lifespec_compiler.engine.case import (
    AHEAD,
    Deploy,
    Direct,
    Evaluate,
    Propose,
    Record,
    Remove,
    Step,
    Train,
    Wait,
    effect_key,
)
from lifespec_compiler.engine.history import History, fold
from lifespec_compiler.engine.observation import Counted, Observation, Route, Window
from lifespec_compiler.engine.values import Revision
from lifespec_compiler.plan import Plan
from lifespec_compiler.statistics.sequential import Counts

from . import lies
from .reality import NAME, Job, Reality, Server, server_name
from .store import DeniedError, Kinds, RefusedError, TakenError, Thing

Engine = Callable[[Plan, History, Observation, float], Step]


class CrashError(BaseException):
    """The process is killed here."""


class LostError(RefusedError):
    """The answer to a write never came: it may have been done, or not."""


class Faults(Protocol):
    """What may happen to a write."""

    def before(self, agent: Agent, verb: str, kind: str) -> None:
        """Raises CrashError or RefusedError instead of the write."""

    def after(self, agent: Agent, verb: str, kind: str) -> None:
        """Raises CrashError or LostError after the write."""


class Agent:
    """One process. It remembers nothing that it could not read again."""

    def __init__(self, name: str, reality: Reality, engine: Engine, faults: Faults) -> None:
        self.name = name
        self.reality = reality
        self.engine = engine
        self.faults = faults
        self.lag: Mapping[str, int] = {}
        """By kind: how many writes its cache is behind."""
        self.lags = 0
        """Ticks until it has caught up."""
        self.tried: set[tuple[str, object]] = set()
        """Effects that were refused in this tick: they are asked for again in the next one."""
        self.waits = False
        """Whether it has just read all there is, and had nothing to do."""
        self.restart()

    def fall_behind(self, lag: Mapping[str, int], ticks: int) -> None:
        """Its cache shows an older state, for some time."""
        self.lag, self.lags = lag, ticks

    def catch_up(self) -> bool:
        """Time goes on; whether the cache is still behind."""
        self.tried.clear()
        self.lags = max(0, self.lags - 1)
        if self.lags == 0:
            self.lag = {}
        return bool(self.lag)

    def restart(self) -> None:
        """Forget everything."""
        self.history = History()
        self.shown = 0
        self.seen: Kinds = {}
        self.owners: set[str] = set()  # the UIDs of all lifecycles of this name that the ledger knows

    # -- one turn --------------------------------------------------------------------------------------------------

    def turn(self) -> bool:
        """Do the next thing; whether there may be another one right away."""
        found = self.decide()
        self.waits = isinstance(found, Wait) and not self.lag
        if isinstance(found, Wait):
            return False
        try:
            self.do(found)
        except (TakenError, DeniedError):
            if isinstance(found, Record):
                return False  # somebody else has decided
            self.tried.add(effect_key(found))  # back off, and go on with what else there is
        except RefusedError:
            return False  # back off: what stands there is read in the next tick
        return True

    def decide(self) -> Step:
        """What to do; anything but waiting on fresh readings only."""
        if self.reality.uid is None:
            return Wait(None, "there is no lifecycle")
        if any(self.lag.values()):
            cached = {kind: self.reality.store.seen(behind).get(kind, {}) for kind, behind in self.lag.items()}
            found = self.ask({**self.reality.store.kinds, **cached})
            if found is not None:
                self.reality.fired["stale cache"] += 1
                if isinstance(found, Wait):
                    return found
        fresh = self.ask(self.reality.store.kinds)
        assert fresh is not None
        return fresh

    def ask(self, kinds: Kinds) -> Step | None:
        """The engine's answer to a state; None where that is older than what this agent knows to be decided."""
        decisions = kinds.get("decision", {})
        if len(decisions) < self.history.sequence:
            self.reality.fired["older than known"] += 1
            return None
        while (following := decisions.get(str(self.history.sequence + 1))) is not None:
            self.history = fold(self.history, following.body)
            self.owners.add(following.owner)
        self.seen = kinds
        found = self.engine(self.reality.plan, self.history, self.observe(kinds), self.reality.clock)
        if isinstance(found, Wait):
            self.shown = self.closed()
        return found

    # -- reading ---------------------------------------------------------------------------------------------------

    def observe(self, kinds: Kinds) -> Observation:
        """What the engine is shown of a state, and what the metrics' source says."""
        reality, history = self.reality, self.history
        route = kinds.get("route", {}).get(NAME)
        rollout, run = history.rollout, history.run
        candidate = rollout.revision if rollout else None
        trainings = [thing for thing in self._own(kinds, "job") if thing.name.startswith("train-")]
        jobs = [thing.body._replace(state="failed") if thing.deleting else thing.body for thing in trainings]
        evaluations = {
            thing.name.removeprefix("evaluate-"): thing.body.state
            for thing in self._own(kinds, "job")
            if thing.name.startswith("evaluate-")
        }
        reports = kinds.get("report", {})
        offline = reports.get(server_name(candidate)) if candidate else None
        made = reports.get(server_name(run.revision)) if run and run.revision else None
        counted, windows = self.measured(candidate, route.body if route else Route())
        lifecycle = kinds["lifecycle"][NAME] if NAME in kinds.get("lifecycle", {}) else None
        return Observation(
            {thing.body.revision: thing.body.state for thing in self._own(kinds, "server")},
            route.body if route else Route(),
            counted,
            windows,
            offline.body if offline else None,
            tuple(thing.body for thing in kinds.get("request", {}).values()),
            reality.created,
            tuple(reality.alarms[-10:]),
            reality.new_rows,
            {job.run: job.state for job in jobs},
            next((job.revision for job in jobs if run and job.run == run.id), None),
            made.body if made else None,
            frozenset(kinds.get("proposal", {})),
            uid=lifecycle.owner if lifecycle else "",
            deleting=bool(lifecycle and lifecycle.body.deleting),
            annotated="sha256:" + "0" * 64 if reality.mismatched else None,
            pinned=frozenset(thing.body.run for thing in trainings if thing.pinned),
            tried=frozenset(self.tried),
            evaluations=evaluations,
        )

    def measured(self, candidate: Revision | None, route: Route) -> tuple[tuple[Counted, ...], tuple[Window, ...]]:
        """Counts since the route was set, and the windows that have closed since the engine last waited."""
        reality = self.reality
        if candidate is None or route.candidate != candidate:
            return (), ()
        honest = [
            Counted(
                check.name,
                candidate,
                Counts(*reality.counts["candidate"]),
                Counts(*reality.counts["stable"]),
                reality.time,
            )
            for check in reality.plan.checks
            if check.kind == "gate" and check.tier != "offline"
        ]
        closed = self.closed()
        numbers = range(max(0, min(self.shown, closed - 1)), closed)
        empty = [0, 0, 0, 0]
        windows, first = [], reality.first_traffic or 0.0
        for check in reality.plan.checks:
            if check.kind == "guard" and check.window:
                for number in numbers:
                    counts = reality.windows[number] if number < len(reality.windows) else empty
                    since = first + number * check.window
                    windows.append(
                        Window(check.name, candidate, number, since, Counts(*counts[:2]), Counts(*counts[2:]))
                    )
        if reality.lie is not None and (honest or windows):
            return lies.told(reality, honest, windows)
        reality.shown.update(numbers)
        return tuple(honest), tuple(windows)

    def closed(self) -> int:
        """The windows that are over, by its own clock too: it asks for no others until their time comes."""
        width, first = self.reality.window, self.reality.first_traffic
        if width is None or first is None:
            return 0
        return max(0, min(self.reality.closed(), int((self.reality.clock + AHEAD - first) // width)))

    def _own(self, kinds: Kinds, kind: str) -> list[Thing]:
        """The things of a kind that belong to the lifecycle, whichever name they have."""
        return [thing for thing in kinds.get(kind, {}).values() if self.ours(thing)]

    def ours(self, thing: Thing) -> bool:
        """Whether it belongs to the lifecycle, or to one that had its name before."""
        return thing.owner == self.reality.uid or thing.owner in self.owners

    # -- writing ---------------------------------------------------------------------------------------------------

    def do(self, found: Step) -> None:
        """Carry an effect out. Raises RefusedError where the store does not want it, or does not answer."""
        if isinstance(found, Record):
            self.create("decision", str(found.entry.sequence), found.entry)
        elif isinstance(found, Deploy):
            self.create("server", server_name(found.revision), Server(found.revision))
        elif isinstance(found, Remove):
            self.delete("server", server_name(found.revision))
        elif isinstance(found, Direct):
            self.direct(found.route)
        elif isinstance(found, Evaluate):
            name = found.name or f"offline-{server_name(found.revision)}"
            self.create("job", f"evaluate-{name}", Job(name, found.revision))
        elif isinstance(found, Train):
            self.create("job", f"train-{found.run}", Job(found.run), pinned=True)
        elif isinstance(found, Propose):
            self.create("proposal", found.run, found.revision)
        else:
            self.more(found)

    def more(self, found: Any) -> None:
        """Effects that only some lifecycles ask for."""
        name = type(found).__name__
        if name == "Stop":
            self.delete("job", f"train-{found.run}")
        elif name == "Unpin":
            self.unpin("job", f"train-{found.run}")
        elif name == "LetGo":
            self.delete("lifecycle", NAME)
        else:
            raise AssertionError(f"nobody carries out {name}")

    def direct(self, route: Route) -> None:
        """Set the route; servers that get traffic are stamped first, so that nobody deletes them on older knowledge."""
        before = self.seen.get("route", {}).get(NAME)
        if route.candidate is not None and (route.weight or route.mirror):
            thing = self.seen.get("server", {}).get(server_name(route.candidate))
            if thing is not None and thing.body.stamp != route.sequence:
                self.update(thing, thing.body._replace(stamp=route.sequence))
        if before is None:
            self.create("route", NAME, route)
        else:
            self.update(before, route)

    def create(self, kind: str, name: str, body: Any, *, pinned: bool = False) -> None:
        """A thing of ours; that it is there already is as good, if it is ours."""
        if kind == "server" and self.reality.denied:  # whatever else might happen to the write, it never was one
            self.reality.fired["servers denied"] += 1
            raise DeniedError(f"{kind}/{name}")
        self.faults.before(self, "create", kind)
        owner = self.reality.uid or ""
        try:
            self.reality.store.create(self.name, kind, name, owner, body, pinned=pinned, seen=self.seen)
        except TakenError:
            stands = self.reality.store.get(kind, name)
            if stands is None or not self.ours(stands) or kind == "decision":
                raise
        self.faults.after(self, "create", kind)

    def update(self, thing: Thing, body: Any) -> None:
        """A thing of ours, as it was read."""
        self.faults.before(self, "update", thing.kind)
        if not self.ours(thing):
            raise RefusedError(f"{thing.kind}/{thing.name} is somebody else's")
        self.reality.store.update(self.name, thing, body, seen=self.seen)
        self.faults.after(self, "update", thing.kind)

    def delete(self, kind: str, name: str) -> None:
        """A thing of ours, as it was read."""
        thing = self.known(kind, name)
        self.faults.before(self, "delete", kind)
        self.reality.store.delete(self.name, thing, seen=self.seen)
        self.faults.after(self, "delete", kind)

    def unpin(self, kind: str, name: str) -> None:
        """Take the finalizer off a thing of ours, as it was read."""
        thing = self.known(kind, name)
        self.faults.before(self, "update", kind)
        self.reality.store.unpin(self.name, thing, seen=self.seen)
        self.faults.after(self, "update", kind)

    def known(self, kind: str, name: str) -> Thing:
        """A thing of ours, as it was read. Raises RefusedError."""
        thing = self.seen.get(kind, {}).get(name)
        if thing is None or not self.ours(thing):
            raise RefusedError(f"{kind}/{name} is not there, or somebody else's")
        return thing
