"""What may go wrong: each has a name, the rows of the fault matrix that it belongs to, and does it to a run."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final, get_args

from lifespec_compiler.engine.observation import Alarm, Request, Route, Verb

from .lies import LIES
from .plans import MODELS, NEW, POLICIES, UID, planned, report, revision
from .reality import NAME, TICK, Job, Server, another, nominated, renominate, server_name
from .run import HOWS

if TYPE_CHECKING:
    from random import Random

    from .run import Run

DAY: Final = 86400.0


@dataclass(frozen=True)
class Fault:
    """One way in which things go wrong."""

    name: str
    rows: str
    """Of the fault matrix."""
    do: Callable[[Run, Random], None]
    kinds: tuple[str, ...] = field(default=())
    """The names that it is counted under; default: its own, whenever it is done."""


def _policy(run: Run) -> str:
    plan = run.reality.plan
    return next((name for name in POLICIES if planned(nominated(run.reality), name) is plan), "canary")


# -- writes, readings, processes -----------------------------------------------------------------------------------


def _write(how: str, times: int = 1) -> Callable[[Run, Random], None]:
    def do(run: Run, random: Random) -> None:
        run.placed.arm(how, random.randrange(8), times)
        run.disturb()

    return do


def _crash_twice(run: Run, random: Random) -> None:
    run.placed.arm(random.choice(("crash before", "crash after")), random.randrange(6), 2)


def _stale(run: Run, random: Random) -> None:
    behind = random.choice((1, 2, 3, 5, 10, 25, 50))
    random.choice(run.agents).fall_behind(dict.fromkeys(run.reality.store.kinds, behind), random.randrange(1, 7))
    run.disturb()


def _unobserved(run: Run, random: Random) -> None:
    kinds = random.sample(("server", "route", "job", "report", "request", "proposal"), 2)
    lag = {kind: random.randrange(1, 30) for kind in kinds}
    random.choice(run.agents).fall_behind(lag, random.randrange(1, 7))
    run.fired["observations dropped"] += 1
    run.disturb()


def _caught_up(run: Run, _random: Random) -> None:
    for agent in run.agents:
        agent.fall_behind({}, 0)


def _time_travel(run: Run, random: Random) -> None:
    run.travel = random.randrange(1, 51)
    run.placed.arm("crash after", random.randrange(6))
    run.disturb()


def _second(run: Run, _random: Random) -> None:
    if len(run.agents) < 2:
        run.agents.append(run.agent(f"agent-{run.ticks}", run.reality, run.engine, run.placed))
    else:
        del run.agents[0]  # the one that leads is replaced, and what it knew is lost
    run.disturb()


def _pause(run: Run, random: Random) -> None:
    if len(run.agents) < 2:
        _second(run, random)
    run.pausing = random.choice((0, 0, 1, 3, 12))
    run.disturb()


# -- clocks --------------------------------------------------------------------------------------------------------


def _jump(seconds: float) -> Callable[[Run, Random], None]:
    def do(run: Run, _random: Random) -> None:
        run.reality.skew += seconds
        run.disturb()

    return do


def _freeze(run: Run, _random: Random) -> None:
    reality = run.reality
    reality.frozen_at = reality.time if reality.frozen_at is None else None
    run.disturb()


def _glitch(run: Run, random: Random) -> None:
    before, run.reality.skew = run.reality.skew, random.choice((10 * 365 * DAY, -DAY, 2 * 3600.0))
    run.tick()
    run.reality.skew = before
    run.disturb()


def _summer_time(run: Run, _random: Random) -> None:
    """A schedule at half past two, on the night in which that time is skipped, or comes twice."""
    renominate(run.reality, nominated(run.reality), "trained-nightly")
    for _ in range(3):
        run.reality.time += DAY - 10 * TICK
        run.ticking(10)


# -- Git -----------------------------------------------------------------------------------------------------------


def _another_model(run: Run, random: Random) -> None:
    renominate(run.reality, another(random, than=nominated(run.reality)), _policy(run))


def _policy_changed(run: Run, random: Random) -> None:
    renominate(run.reality, nominated(run.reality), random.choice(list(POLICIES)))


def _gate_loosened(run: Run, random: Random) -> None:
    renominate(run.reality, nominated(run.reality), random.choice(("looser", "ungated")))


def _flapping(run: Run, random: Random) -> None:
    policy, last = _policy(run), nominated(run.reality)
    for _ in range(random.choice((4, 20, 100))):
        renominate(run.reality, another(random), policy)
        for agent in run.agents:
            if random.random() < 0.3:
                run._turn(agent)
    renominate(run.reality, last, policy)
    run.disturb()


def _no_version(run: Run, _random: Random) -> None:
    renominate(run.reality, None, _policy(run))
    run.tick()
    run.disturb()


def _mismatch(run: Run, _random: Random) -> None:
    run.reality.mismatched = not run.reality.mismatched


def _deleted(run: Run, random: Random) -> None:
    """Deleted, and sometimes created anew: while the finalizer waits, right after, or much later."""
    run.reality.delete()
    run.fired["deleted, and created again"] += 1
    run.disturb()
    run.ticking(random.choice((0, 1, 5)))
    if random.random() < 0.2:
        lifecycle = run.reality.store.get("lifecycle", NAME)
        if lifecycle is not None:  # the finalizer is removed by hand
            run.reality.store.delete("user", lifecycle)
            run.fired["finalizer removed by hand"] += 1
    if random.random() < 0.8:
        run.reality.create()
    if run.reality.uid not in (UID, None):
        run.fired["created again"] += 1


# -- others who edit -----------------------------------------------------------------------------------------------


def _edit_route(change: Callable[[Route, Random], Route]) -> Callable[[Run, Random], None]:
    def do(run: Run, random: Random) -> None:
        thing = run.reality.store.get("route", NAME)
        if thing is None:
            return
        changed = change(thing.body, random)
        if changed != thing.body:
            run.reality.store.update("other", thing, changed, guarded=False)
            run.fired["route edited by others"] += 1
            run.disturb()

    return do


def _poisoned(route: Route, random: Random) -> Route:
    field_, value = random.choice(
        (
            ("weight", 150),
            ("weight", -20),
            ("mirror", 400),
            ("sequence", 10**9),
            ("sequence", -1),
            ("since", 1e18),
            ("since", -1e18),
            ("stable", None),
            ("candidate", revision(another(random))),
        )
    )
    return route._replace(**{field_: value})  # type: ignore[arg-type]


def _server_deleted(run: Run, random: Random) -> None:
    ours = [thing for thing in run.reality.store.all("server").values() if thing.owner == run.reality.uid]
    if ours:
        run.reality.store.delete("other", random.choice(ours), guarded=False)
        run.fired["servers deleted by others"] += 1
        run.disturb()


def _server_poisoned(run: Run, random: Random) -> None:
    ours = [thing for thing in run.reality.store.all("server").values() if isinstance(thing.body, Server)]
    if ours:
        thing = random.choice(ours)
        run.reality.store.update("other", thing, thing.body._replace(state="Exploded"), guarded=False)
        run.fired["state that nobody knows"] += 1


def _job_poisoned(run: Run, random: Random) -> None:
    jobs = [thing for thing in run.reality.store.all("job").values() if isinstance(thing.body, Job)]
    if jobs:
        thing = random.choice(jobs)
        run.reality.store.update("other", thing, thing.body._replace(state="succeeded"), guarded=False)
        run.fired["job marked done by others"] += 1


def _job_deleted(run: Run, random: Random) -> None:
    jobs = [thing for thing in run.reality.store.all("job").values() if isinstance(thing.body, Job)]
    if jobs:
        run.reality.store.delete("other", random.choice(jobs), guarded=False)
        run.fired["job deleted by others"] += 1


def _report_forged(run: Run, random: Random) -> None:
    """A report that is of another revision, or impossible, lies where the candidate's should."""
    of = revision(another(random))
    forged = report(revision(another(random, than=of.model)), random.choice((0.99, 5.0, -1.0)), samples=10**9)
    name, store = server_name(of), run.reality.store
    stands = store.get("report", name)
    if stands is None:
        store.create("other", "report", name, run.reality.uid or "", forged)
        run.fired["report forged"] += 1


def _squatter(run: Run, random: Random) -> None:
    """Somebody else has something of the name that ours would have."""
    name = server_name(revision(another(random)))
    if run.reality.store.get("server", name) is None:
        run.reality.store.create("other", "server", name, "uid-of-others", "theirs")
        run.fired["name taken by others"] += 1


def _denied(run: Run, _random: Random) -> None:
    run.reality.denied = not run.reality.denied
    run.disturb()


# -- models, pods, metrics -----------------------------------------------------------------------------------------


def _errors(run: Run, random: Random) -> None:
    run.reality.truths[revision(random.choice(MODELS))].error_rate = random.choice((0.02, 0.2))


def _health(run: Run, _random: Random) -> None:
    for truth in run.reality.truths.values():
        truth.error_rate, truth.never_ready, truth.degraded = 0.001, False, False


def _never_ready(run: Run, random: Random) -> None:
    run.reality.truths[revision(random.choice((NEW, MODELS[2])))].never_ready = True
    run.disturb()


def _stable_degraded(run: Run, _random: Random) -> None:
    stable = run.observer.state.stable
    if stable is not None:
        run.reality.truths[stable].degraded = True
        run.fired["stable degraded"] += 1
        run.disturb()


def _candidate_crashes(run: Run, _random: Random) -> None:
    rollout = run.observer.state.rollout
    if rollout is not None:
        run.reality.truths[rollout.revision].degraded = True
        run.fired["candidate crashes"] += 1
        run.disturb()


def _bad_offline(run: Run, random: Random) -> None:
    run.reality.truths[revision(another(random))].offline = random.choice((0.7, 0.95))


def _lie(name: str) -> Callable[[Run, Random], None]:
    def do(run: Run, _random: Random) -> None:
        run.reality.lie = None if run.reality.lie == name else name

    return do


def _truth(run: Run, _random: Random) -> None:
    run.reality.lie = None


# -- triggers and people -------------------------------------------------------------------------------------------


def _alarm(run: Run, random: Random) -> None:
    reality = run.reality
    renominate(reality, nominated(reality), random.choice(("trained-direct", "trained-by-pull-request")))
    reality.makes = random.choice((revision(another(random)), None))
    alarm = Alarm("inputs", reality.time, "Fail")
    reality.alarms += [Alarm("inputs", reality.time - 1, "Pass"), *[alarm] * 100]
    run.tick()
    retraining, lifecycle = reality.plan.spec.retraining, run.reality.store.get("lifecycle", NAME)
    heard = retraining is not None and lifecycle is not None and not lifecycle.body.deleting
    known = alarm.until <= reality.clock + TICK / 5  # one of the future is none
    if heard and known and not reality.mismatched and run.waited:
        run.triggers.add(f"drifted@{alarm.until:.0f}")


def _replayed(run: Run, random: Random) -> None:
    if run.reality.alarms:
        run.reality.alarms += [random.choice(run.reality.alarms)] * 100
        run.fired["old alarm replayed"] += 1


def _rows(run: Run, random: Random) -> None:
    renominate(run.reality, nominated(run.reality), random.choice(("trained-direct", "trained-by-pull-request")))
    run.reality.new_rows = random.choice((10, 5000))
    run.reality.makes = revision(another(random))


def _request(run: Run, random: Random) -> None:
    verb = random.choice(get_args(Verb))
    _ask(run, random, verb)


def _requests_at_once(run: Run, random: Random) -> None:
    for verb in random.sample(get_args(Verb), 4):
        _ask(run, random, verb)


def _ask(run: Run, random: Random, verb: Any) -> None:
    rollout = run.observer.state.rollout
    known = random.choice((rollout.id if rollout else None, rollout.id if rollout else None, "churn-of-yesterday"))
    subject = revision(another(random)) if verb in ("retry", "break-glass") else None
    name = f"r{len(run.reality.requests):03}"
    run.reality.ask(Request(name, verb, known, subject, "ada", "because", at=run.reality.clock))
    run.fired[f"request: {verb}"] += 1
    run.disturb()


FAULTS: Final[tuple[Fault, ...]] = (
    *(Fault(f"write: {how}", "F1 F6 F8 F9", _write(how), (how,)) for how in HOWS),
    Fault("20 conflicts in a row", "F6", _write("conflict", 20), ("conflict",)),
    Fault("crash again while restarting", "F2", _crash_twice, ("crash before", "crash after")),
    Fault("stale cache", "F3", _stale, ("stale cache",)),
    Fault("observations dropped", "F5", _unobserved, ("stale cache",)),
    Fault("caught up", "F5", _caught_up),
    Fault("time travel on restart", "F4", _time_travel, ("older than before the crash", "older than known")),
    Fault("two engines", "F15", _second),
    Fault("paused between reading and writing", "F15", _pause, ("paused between reading and writing", "overtaken")),
    Fault("clock + 1 h", "F14", _jump(3600.0)),
    Fault("clock - 1 h", "F14", _jump(-3600.0)),
    Fault("clock + 10 years", "F14", _jump(10 * 365 * DAY)),
    Fault("clock stands still", "F14", _freeze),
    Fault("clock wrong for a moment", "F14", _glitch),
    Fault("days of a nightly schedule", "F14", _summer_time),
    Fault("another model", "F16", _another_model),
    Fault("another policy", "F16", _policy_changed),
    Fault("gate loosened or removed", "F16", _gate_loosened),
    Fault("spec flaps", "F17", _flapping),
    Fault("no model in Git", "F16", _no_version),
    Fault(
        "deleted, and created again",
        "F18",
        _deleted,
        ("deleted, and created again", "created again", "finalizer removed by hand"),
    ),
    Fault("plan hash differs", "F21", _mismatch),
    Fault(
        "traffic lowered by others",
        "F19",
        _edit_route(lambda route, _: route._replace(weight=route.weight // 2)),
        ("route edited by others",),
    ),
    Fault(
        "traffic raised by others",
        "F19",
        _edit_route(lambda route, _: route._replace(weight=100) if route.candidate else route),
        ("route edited by others",),
    ),
    Fault("route poisoned", "F20", _edit_route(_poisoned), ("route edited by others",)),
    Fault("servers deleted by others", "F19", _server_deleted, ("servers deleted by others",)),
    Fault("state that nobody knows", "F20", _server_poisoned, ("state that nobody knows",)),
    Fault("job marked done by others", "F19", _job_poisoned, ("job marked done by others",)),
    Fault("job deleted by others", "F19 F26", _job_deleted, ("job deleted by others",)),
    Fault("report forged", "F20", _report_forged, ("report forged",)),
    Fault("name taken by others", "F18", _squatter, ("name taken by others",)),
    Fault("servers denied", "F22", _denied, ("servers denied",)),
    Fault("errors", "F23", _errors),
    Fault("healthy again", "F23", _health),
    Fault("pods never ready", "F23", _never_ready),
    Fault("stable degraded", "F23", _stable_degraded, ("stable degraded",)),
    Fault("candidate crashes", "F23", _candidate_crashes, ("candidate crashes",)),
    Fault("another offline value", "F23", _bad_offline),
    *(Fault(f"metrics: {name}", "F12 F13", _lie(name), (f"metrics: {name}",)) for name in LIES),
    Fault("metrics tell the truth again", "F12", _truth),
    Fault("alarm, 100 times", "F26", _alarm),
    Fault("old alarm replayed", "F26", _replayed, ("old alarm replayed",)),
    Fault("rows for a training", "F26", _rows),
    Fault("request at a bad moment", "people", _request, tuple(f"request: {verb}" for verb in get_args(Verb))),
    Fault("requests at once", "people", _requests_at_once, tuple(f"request: {verb}" for verb in get_args(Verb))),
)


def kinds() -> list[str]:
    """Everything that is counted."""
    return list(dict.fromkeys(kind for fault in FAULTS for kind in fault.kinds or (fault.name,)))


def strike(run: Run, fault: Fault, random: Random) -> None:
    """Do it, and count it where it counts by itself."""
    if not fault.kinds:
        run.fired[fault.name] += 1
    fault.do(run, random)


def table() -> str:
    """The rows of the fault matrix, and what belongs to them."""
    rows: dict[str, list[str]] = {}
    for fault in FAULTS:
        rows.setdefault(fault.rows, []).append(fault.name)
    lines = [f"| {row} | {'; '.join(names)} |" for row, names in sorted(rows.items())]
    return "\n".join(["| rows | faults |", "| --- | --- |", *lines])
