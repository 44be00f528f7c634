"""Runs by a script, by name; each is run again with a fault at every one of its writes."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cache
from typing import Any, Final

from lifespec_compiler.engine.observation import Alarm, Request

from .agent import Agent, Engine
from .plans import NEW, OTHER, STABLE, planned, revision
from .reality import NAME, Server, renominate
from .run import Run, begun, serving
from .run import engine as present


def _first(run: Run) -> None:
    renominate(run.reality, STABLE, "canary")


def _promoted(run: Run) -> None:
    renominate(run.reality, NEW, "canary")


def _shadowed(run: Run) -> None:
    renominate(run.reality, NEW, "shadowed")


def _shadowed_then_whole(run: Run) -> None:
    renominate(run.reality, NEW, "shadowed-blue-green")


def _paused_in_shadow(run: Run) -> None:
    renominate(run.reality, NEW, "shadowed")
    run.ticking(5)
    _ask(run, "pause")
    run.ticking(3)
    _ask(run, "resume")


def _training_refused(run: Run) -> None:
    """Its Job cannot be created, because somebody has one of that name; then the lifecycle is deleted."""
    reality = run.reality
    renominate(reality, STABLE, "trained-direct")
    reality.alarms.append(Alarm("inputs", reality.time, "Fail"))
    reality.store.create("other", "job", f"train-drifted@{reality.time:.0f}", "uid-of-others", "theirs")
    run.ticking(3)
    reality.delete()
    run.disturb()
    run.ticking(3)


def _blue_green(run: Run) -> None:
    renominate(run.reality, NEW, "blue-green")


def _rolled_back(run: Run) -> None:
    run.reality.truths[revision(NEW)].error_rate = 0.2
    renominate(run.reality, NEW, "canary")
    run.ticking(12)


def _rolled_back_by_a_guard(run: Run) -> None:
    """Harm for half an hour, under a policy without gates; it is well again afterwards."""
    renominate(run.reality, NEW, "ungated")
    run.reality.truths[revision(NEW)].error_rate = 0.02
    run.ticking(9)


def _rolled_back_late(run: Run) -> None:
    """It gets bad when it has all traffic already."""
    renominate(run.reality, NEW, "blue-green")
    run.ticking(8)
    run.reality.truths[revision(NEW)].error_rate = 0.2
    run.ticking(12)


def _harm_in_two_steps(run: Run) -> None:
    """One window fails in each step, which is one more than may."""
    renominate(run.reality, NEW, "ungated")
    truth = run.reality.truths[revision(NEW)]
    for quiet in (4, 8):
        run.ticking(quiet)
        truth.error_rate = 0.04
        run.ticking(1)
        truth.error_rate = 0.001
    run.ticking(3)


def _aborted_late(run: Run) -> None:
    renominate(run.reality, NEW, "blue-green")
    run.ticking(10)
    _ask(run, "abort")


def _lowered(run: Run) -> None:
    """Somebody lowers the candidate's traffic by hand."""
    renominate(run.reality, NEW, "canary")
    run.ticking(6)
    route = run.reality.store.get("route", NAME)
    assert route is not None
    run.reality.store.update("other", route, route.body._replace(weight=4), guarded=False)
    run.disturb()
    run.ticking(4)


def _unknown_state(run: Run) -> None:
    """A server is in a state that nobody knows."""
    renominate(run.reality, NEW, "canary")
    run.ticking(6)
    found = run.reality.server(revision(NEW))
    assert found is not None
    run.reality.store.update("other", found, found.body._replace(state="Exploded"), guarded=False)
    for agent in run.agents:
        agent.turn()


def _stale_request(run: Run) -> None:
    renominate(run.reality, NEW, "canary")
    run.ticking(6)
    run.reality.ask(Request("of-yesterday", "abort", "churn-of-yesterday", at=run.reality.clock))
    run.ticking(4)


def _stale_servers(run: Run) -> None:
    """The candidate's servers fail while the cache still shows them ready, right before more traffic is due."""
    renominate(run.reality, NEW, "canary")
    run.ticking(8)
    run.reality.truths[revision(NEW)].degraded = True
    run.agents[0].fall_behind({"server": 3}, 4)
    run.ticking(6)


def _two_series(run: Run) -> None:
    renominate(run.reality, NEW, "canary")
    run.reality.lie = "counts in two series"
    run.ticking(20)


def _rejected(run: Run) -> None:
    run.reality.truths[revision(NEW)].offline = 0.7
    renominate(run.reality, NEW, "canary")


def _aborted(run: Run) -> None:
    renominate(run.reality, NEW, "canary")
    run.ticking(6)
    _ask(run, "abort")


def _paused(run: Run) -> None:
    renominate(run.reality, NEW, "canary")
    run.ticking(6)
    _ask(run, "pause")
    run.ticking(4)
    _ask(run, "resume")


def _approved(run: Run) -> None:
    renominate(run.reality, NEW, "approved")
    run.ticking(32)
    _ask(run, "approve")
    run.ticking(4)


def _superseded(run: Run) -> None:
    renominate(run.reality, NEW, "canary")
    run.ticking(6)
    renominate(run.reality, OTHER, "canary")


def _policy_changed(run: Run) -> None:
    renominate(run.reality, NEW, "canary")
    run.ticking(14)
    renominate(run.reality, NEW, "looser")


def _trained(run: Run) -> None:
    renominate(run.reality, STABLE, "trained-direct")
    run.reality.makes = revision(NEW)
    run.reality.alarms.append(Alarm("inputs", run.reality.time, "Fail"))
    run.triggers.add(f"drifted@{run.reality.time:.0f}")
    run.ticking(40)


def _trained_for_git(run: Run) -> None:
    renominate(run.reality, STABLE, "trained-by-pull-request")
    run.reality.makes = revision(NEW)
    run.reality.new_rows = 5000
    run.ticking(14)


def _trained_again(run: Run) -> None:
    """The first training fails; the next one does not."""
    renominate(run.reality, STABLE, "trained-direct")
    for makes in (None, revision(NEW)):
        run.reality.makes = makes
        run.reality.alarms += [Alarm("inputs", run.reality.time - 1, "Pass"), Alarm("inputs", run.reality.time, "Fail")]
        run.triggers.add(f"drifted@{run.reality.time:.0f}")
        run.ticking(40)


def _never_ready(run: Run) -> None:
    renominate(run.reality, NEW, "canary")
    run.reality.truths[revision(NEW)].never_ready = True
    run.ticking(30)


def _flapped(run: Run) -> None:
    """Git goes to another model, and back."""
    renominate(run.reality, NEW, "canary")
    run.ticking(6)
    renominate(run.reality, OTHER, "canary")
    run.ticking(4)
    renominate(run.reality, NEW, "canary")


def _reverted(run: Run) -> None:
    renominate(run.reality, NEW, "canary")
    run.ticking(6)
    renominate(run.reality, STABLE, "canary")


def _suppressed(run: Run) -> None:
    renominate(run.reality, STABLE, "trained-direct")
    for _ in range(2):
        run.reality.alarms += [Alarm("inputs", run.reality.time - 1, "Pass"), Alarm("inputs", run.reality.time, "Fail")]
        run.triggers.add(f"drifted@{run.reality.time:.0f}")
        run.ticking(10)


def _deleted(run: Run) -> None:
    renominate(run.reality, NEW, "canary")
    run.ticking(6)
    run.reality.delete()
    run.ticking(6)


def _without_data(run: Run) -> None:
    renominate(run.reality, NEW, "canary")
    run.reality.lie = "source down"
    run.ticking(20)


def _ask(run: Run, verb: Any) -> None:
    rollout = run.observer.state.rollout
    run.reality.ask(
        Request(f"r{len(run.reality.requests)}", verb, rollout.id if rollout else None, at=run.reality.clock)
    )
    run.disturb()


def _job_vanished(run: Run) -> None:
    """Others delete a training's Job before anybody has seen it."""
    renominate(run.reality, STABLE, "trained-direct")
    run.reality.makes = revision(NEW)
    run.reality.alarms.append(Alarm("inputs", run.reality.time, "Fail"))
    run.triggers.add(f"drifted@{run.reality.time:.0f}")
    while not (jobs := [job for name, job in run.reality.store.all("job").items() if name.startswith("train-")]):
        run._turn(run.agents[0])
    run.reality.store.delete("other", jobs[0], guarded=False)
    run.disturb()
    run.ticking(10)


def _denied(run: Run) -> None:
    """Stable's servers are deleted, and a quota lets nobody make them again, while the candidate fails."""
    renominate(run.reality, NEW, "canary")
    run.ticking(6)
    stable = run.observer.state.stable
    servers = run.reality.server(stable) if stable else None
    assert servers is not None
    run.reality.denied = True
    run.reality.store.delete("other", servers, guarded=False)
    run.reality.truths[revision(NEW)].degraded = True
    run.disturb()
    run.ticking(6)


def _silent_source(run: Run) -> None:
    """Of the second step nothing is told but a window of the first."""
    renominate(run.reality, NEW, "ungated")
    while not any(entry.kind == "advance" and entry.to and entry.to.step == 1 for entry in run.observer.entries):
        run.tick()
    run.reality.lie = "one window for ever"
    run.ticking(20)


TRACES: Final[Mapping[str, Callable[[Run], None]]] = {
    "first model": _first,
    "promoted": _promoted,
    "shadowed": _shadowed,
    "shadowed, then all at once": _shadowed_then_whole,
    "paused in shadow": _paused_in_shadow,
    "blue-green": _blue_green,
    "rolled back": _rolled_back,
    "rolled back by a guard": _rolled_back_by_a_guard,
    "harm in two steps": _harm_in_two_steps,
    "aborted late": _aborted_late,
    "lowered by others": _lowered,
    "unknown state": _unknown_state,
    "stale request": _stale_request,
    "stale servers": _stale_servers,
    "two series": _two_series,
    "rolled back late": _rolled_back_late,
    "rejected": _rejected,
    "aborted": _aborted,
    "paused and resumed": _paused,
    "approved": _approved,
    "superseded": _superseded,
    "policy changed": _policy_changed,
    "trained": _trained,
    "trained for Git": _trained_for_git,
    "trained again": _trained_again,
    "never ready": _never_ready,
    "flapped": _flapped,
    "reverted": _reverted,
    "suppressed": _suppressed,
    "deleted": _deleted,
    "without data": _without_data,
    "Job vanished": _job_vanished,
    "denied": _denied,
    "silent source": _silent_source,
}

RARE: Final[Mapping[str, Callable[[Run], None]]] = {"training refused, then deleted": _training_refused}
"""More of them, which end otherwise when they are delayed: they are for moves that are seldom made."""


def traced(
    name: str, faults: Mapping[int, str] | None = None, *, engine: Engine = present, agent: type[Agent] = Agent
) -> Run:
    """A trace with faults at numbered writes, to its end. Raises ViolationError."""
    run = (
        begun(planned(STABLE), engine=engine, agent=agent)
        if name == "first model"
        else serving(engine=engine, agent=agent)
    )
    run.placed.at.update(faults or {})
    (TRACES.get(name) or RARE[name])(run)
    run.rest()
    run.scripted = run.placed.count
    run.finish()
    return run


def ended(run: Run) -> dict[str, Any]:
    """What must be the same as in the run without faults: what there is, and how often each thing came and went."""
    store, state = run.reality.store, run.observer.state
    return {
        "stable": state.stable,
        "route": run.reality.route[:4],
        "servers": sorted(
            thing.body.revision for thing in store.all("server").values() if isinstance(thing.body, Server)
        ),
        "jobs": sorted(store.all("job")),
        "proposals": sorted(store.all("proposal")),
        "decisions": [
            (entry.kind, entry.to.phase if entry.to else None)
            for entry in run.observer.entries
            if entry.kind != "failure"
        ],
        "came and went": {
            what: count
            for what, count in run.guardian.made.items()
            if not what.startswith("update") and " decision/" not in what
        },
    }


@cache
def reference(name: str) -> tuple[dict[str, Any], tuple[str, ...]]:
    """How a trace ends without faults, and its writes."""
    run = traced(name)
    return ended(run), tuple(run.placed.trace[: run.scripted])
