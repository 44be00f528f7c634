"""One run: a reality, agents in it, what goes wrong, and the judges of it all."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final

from lifespec_compiler.engine import step as engine_step
from lifespec_compiler.engine.case import Step, Wait
from lifespec_compiler.engine.history import History
from lifespec_compiler.engine.observation import Observation, Request, Verb
from lifespec_compiler.engine.values import Revision
from lifespec_compiler.plan import Plan
from virtual.observer import RUN_ENDS, Observer, ViolationError

from .agent import Agent, CrashError, Engine, LostError
from .guardian import Guardian
from .plans import STABLE, planned, plans_by_hash
from .reality import NAME, START, TICK, Reality, Server, server_name
from .store import RefusedError

MOST_TURNS: Final = 60
"""Effects of all agents in one tick; more would be an engine that does not come to rest."""
SETTLED_TICKS: Final = 4
"""Ticks within which the candidate has no more traffic than was decided, if nothing disturbs that."""
QUIET_TICKS: Final = 10
LONGEST: Final = 400
"""Ticks within which everything has come to rest after the last fault."""

CRASHES: Final = ("crash before", "crash after")
HOWS: Final = (*CRASHES, "answer lost", "conflict", "unavailable")
"""What may happen to a write."""


class Placed:
    """Faults at numbered writes of the agents, counted from when this was made."""

    def __init__(self, fired: Counter[str], disturb: Callable[[], None]) -> None:
        self.fired = fired
        self.disturb = disturb
        self.count = 0
        self.at: dict[int, str] = {}
        self.trace: list[str] = []

    def arm(self, how: str, after: int = 0, times: int = 1) -> None:
        """Let it happen to a write to come, and to those that follow it."""
        for number in range(times):
            self.at[self.count + after + number] = how

    def before(self, agent: Agent, verb: str, kind: str) -> None:
        how = self.at.get(self.count)
        self.count += 1
        self.trace.append(f"{verb} {kind}")
        if how in ("crash before", "conflict", "unavailable"):
            self.fired[how] += 1
            self.disturb()
            if how == "crash before":
                raise CrashError(agent.name)
            raise RefusedError(how)

    def after(self, agent: Agent, verb: str, kind: str) -> None:  # noqa: ARG002
        how = self.at.get(self.count - 1)
        if how in ("crash after", "answer lost"):
            self.fired[how] += 1
            self.disturb()
            raise CrashError(agent.name) if how == "crash after" else LostError(how)


def engine(plan: Plan, history: History, seen: Observation, now: float) -> Step:
    """The engine as it is now: a mutant may have changed it since this was imported."""
    return engine_step.step(plan, history, seen, now)


@dataclass
class Run:
    """All of it."""

    reality: Reality
    engine: Engine = engine
    agent: type[Agent] = Agent
    observer: Observer = field(default_factory=Observer)

    def __post_init__(self) -> None:
        self.observer.plans = plans_by_hash()
        self.observer.evidence = self.reality
        self.guardian = Guardian(self.reality, self.observer)
        self.placed = Placed(self.fired, self.disturb)
        self.agents = [self.agent("agent-0", self.reality, self.engine, self.placed)]
        self.pausing: int | None = None
        self.travel: int | None = None
        self.fresh_after: float = 0.0
        self.triggers: set[str] = set()
        self.ticks = 0
        self.stood: object = None
        self.scripted = 0
        """Writes until the script of a trace was over."""
        self.rested = 0
        """Ticks from the last fault until nothing was written any more."""
        self.waited = False
        """Whether, in this tick, an agent read all there is and had nothing more to do."""
        self.undisturbed_since = 0

    @property
    def fired(self) -> Counter[str]:
        """Faults that really happened, by kind."""
        return self.reality.fired

    def disturb(self) -> None:
        """Something goes wrong now: what takes its time may take it anew."""
        self.undisturbed_since = self.ticks

    def tick(self) -> None:
        """Time goes on, and every agent does all that it wants to."""
        self.reality.tick()
        self.ticks += 1
        active = list(self.agents)
        self.waited = False
        for _ in range(MOST_TURNS * len(self.agents)):
            if not active:
                break
            agent = active[self.reality.random.randrange(len(active))] if len(active) > 1 else active[0]
            if not self._turn(agent):
                active.remove(agent)
        else:
            raise ViolationError("L1", f"the engine does not come to rest: {MOST_TURNS} effects in a tick")
        for agent in self.agents:
            if agent.catch_up():
                self.disturb()
        self._judge()

    def ticking(self, ticks: int) -> None:
        """Many of them."""
        for _ in range(ticks):
            self.tick()

    def _turn(self, agent: Agent) -> bool:
        try:
            if self.pausing is not None and len(self.agents) > 1:
                return self._paused(agent)
            went_on = agent.turn()
        except CrashError:
            self.disturb()
            agent.restart()
            if self.travel is not None:
                agent.fall_behind(dict.fromkeys(self.reality.store.kinds, self.travel), 1 + self.travel % 5)
                self.fired["older than before the crash"] += 1
                self.travel = None
            return True
        self.waited = self.waited or agent.waits
        return went_on

    def _paused(self, agent: Agent) -> bool:
        """It stops between reading and writing, while the others go on, for some ticks."""
        found = agent.decide()
        if isinstance(found, Wait):
            return False
        ticks, self.pausing = self.pausing or 0, None
        self.fired["paused between reading and writing"] += 1
        self.disturb()
        others = [other for other in self.agents if other is not agent]
        mine, self.agents = self.agents, others
        for other in others:
            while other.turn():
                pass
        self.ticking(ticks)
        self.agents = mine
        self.disturb()
        try:
            agent.do(found)
        except RefusedError:
            self.fired["overtaken"] += 1
        return False

    def _judge(self) -> None:
        """What must be so some time after anything was decided, or went wrong."""
        rollout, route = self.observer.state.rollout, self.reality.route
        stands = (rollout.id, rollout.highest, rollout.down) if rollout else None
        if stands != self.stood:
            self.stood = stands
            self.disturb()
        if self.reality.uid is None or self.ticks - self.undisturbed_since <= SETTLED_TICKS:
            return
        if self.observer.state.stable is None:
            return  # nothing else serves
        exposed = route.weight if route.candidate is not None and route.candidate != self.observer.state.stable else 0
        if rollout is not None and rollout.down and exposed:
            raise ViolationError("L2", f"{exposed} % for {SETTLED_TICKS} ticks after the decision to roll back")
        allowed = rollout.highest if rollout is not None and rollout.revision == route.candidate else 0
        if exposed > allowed:
            raise ViolationError("S1", f"{exposed} % stand for {SETTLED_TICKS} ticks, {allowed} % was passed")

    # -- the end ---------------------------------------------------------------------------------------------------

    def mend(self) -> None:
        """All faults stop."""
        self.placed.at.clear()
        self.pausing = self.travel = None
        self.agents = self.agents[:1]
        for agent in self.agents:
            agent.fall_behind({}, 0)
        reality = self.reality
        reality.lie, reality.skew, reality.frozen_at, reality.mismatched, reality.denied = None, 0.0, None, False, False
        stable = self.observer.state.stable
        taken = stable and reality.store.get("server", server_name(stable))
        if taken and not isinstance(taken.body, Server):
            reality.store.delete("other", taken)  # no other name will do for what serves: a person frees it
        for truth in reality.truths.values():
            truth.error_rate, truth.never_ready, truth.degraded = 0.001, False, False
        self.disturb()

    def rest(self) -> int:
        """Go on until nothing is written any more; the number of ticks that it took."""
        began, quiet, writes = self.ticks, 0, self.guardian.writes
        while quiet < QUIET_TICKS or self._expects():
            if self.ticks - began > LONGEST:
                raise ViolationError("L1", f"not at rest {LONGEST} ticks after the last fault")
            self.tick()
            quiet = quiet + 1 if self.guardian.writes == writes else 0
            writes = self.guardian.writes
        return self.ticks - began - QUIET_TICKS

    def _expects(self) -> bool:
        """Whether something must still happen without anybody doing anything."""
        if self.reality.uid is None:
            return False
        rollout = self.observer.state.rollout
        if rollout is not None:
            return rollout.position.phase != "Held" and not self._asks()
        return any(phase not in RUN_ENDS for phase in self.observer.runs.values())

    def _asks(self) -> bool:
        """Whether an approval is waited for."""
        approval = self.reality.plan.spec.rollout.approval
        return approval is not None

    def finish(self) -> None:
        """All faults stop; a person answers what a person is asked; and then nothing is left open. Raises."""
        self.mend()
        self.rested = self.rest()
        self._answer("approve" if self.reality.seed % 2 and self._asks() else "abort")
        self._answer("abort")
        self._ended()
        if self.reality.uid is None:
            self.reality.create()
            self.rest()
            self._answer("abort")
            self._ended()

    def _answer(self, verb: Verb) -> None:
        """What a person says to a rollout that waits for one."""
        rollout = self.observer.state.rollout
        if rollout is None or self.reality.uid is None:
            return
        if rollout.position.phase != "Held" and not self._asks():
            raise ViolationError("L1", f"it rests at {rollout.position.phase}")
        self.reality.ask(Request(f"end-{len(self.reality.requests)}", verb, rollout.id, at=self.reality.clock))
        self.disturb()
        self.rest()

    def _ended(self) -> None:
        state, reality = self.observer.state, self.reality
        lifecycle = reality.store.get("lifecycle", NAME)
        if lifecycle is None:
            return
        if lifecycle.body.deleting:
            raise ViolationError("L6", "the deletion does not end")
        self.observer.at_rest(self.triggers, reality.requests)
        if state.rollout is not None:
            raise ViolationError("L1", f"it rests at {state.rollout.position.phase}")
        alone = self._alone()
        route = reality.route._replace(candidate=None, weight=0) if alone else reality.route
        if (route.candidate, route.weight, route.mirror) != (None, 0, 0) or route.stable != state.stable:
            raise ViolationError("L1", f"it rests with the route {route}")
        if state.stable is not None and reality.standing(state.stable) != "ready":
            raise ViolationError("S4", "stable does not serve")
        ours = {
            thing.body.revision
            for thing in reality.store.all("server").values()
            if thing.owner in self.guardian.uids and isinstance(thing.body, Server)
        }
        if ours != {one for one in (state.stable, alone) if one}:
            raise ViolationError("L1", f"servers are left: {len(ours)}")
        version = reality.plan.spec.model_version
        if version is not None and (self.observer.heard is None or self.observer.heard.model != version.digest):
            raise ViolationError("L1", "what Git says was not heard")

    def _alone(self) -> Revision | None:
        """A first model that goes on serving, since the one that was to take over did not."""
        candidate, entries = self.reality.route.candidate, self.observer.entries
        if self.observer.state.stable is not None or candidate is None or self.reality.standing(candidate) is None:
            return None
        ends = [entry.to.phase for entry in entries if entry.to and entry.revision == candidate and entry.stream]
        return None if set(ends) & {"RollingBack", "Rejected"} else candidate


def begun(plan: Plan, *, seed: int = 0, engine: Engine = engine, agent: type[Agent] = Agent) -> Run:
    """A run in which nothing has happened yet."""
    return Run(Reality(plan, seed), engine, agent)


_SERVING: list[Run] = []


def serving(*, seed: int = 0, engine: Engine = engine, agent: type[Agent] = Agent, policy: str = "canary") -> Run:
    """A run in which the first model has become stable. How it did is the real engine's doing, once a process."""
    if not _SERVING:
        first = begun(planned(STABLE))
        first.rest()
        _SERVING.append(first)
    first = _SERVING[0]
    old = first.reality
    reality = Reality(planned(STABLE, policy), seed, old.store.copy(), time=old.time)
    reality.began = dict(old.began)
    known = first.observer
    observer = Observer(
        states=list(known.states),
        entries=list(known.entries),
        streams=set(known.streams),
        directed_for=known.directed_for,
        heard=known.heard,
    )
    reality.measured = dict(old.measured)
    return Run(reality, engine, agent, observer)


__all__ = ["HOWS", "START", "TICK", "Run", "begun", "serving"]
