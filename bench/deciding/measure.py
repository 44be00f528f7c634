"""Measures the engine within one process and prints the figures as JSON: `measure.py PART`.

The parts: `step`, once and again beside an empty function of the same arguments; `rollout` and `year`, simulated; and
`ledger`, ledgers of growing length.
"""

from __future__ import annotations

import gc
import itertools
import json
import os
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median
from typing import Any
from unittest.mock import patch

from lifespec_compiler.engine.history import fold
from lifespec_compiler.engine.observation import Observation
from lifespec_compiler.engine.state import History
from lifespec_compiler.engine.step import step
from lifespec_compiler.engine.values import Entry, Position
from lifespec_compiler.plan import Plan, assemble, environments, parse, plan
from lifespec_compiler.simulate import simulation
from lifespec_compiler.simulate.nominating import nominating
from lifespec_compiler.simulate.reading import read_scenario
from lifespec_compiler.simulate.script import script_of
from lifespec_schema.scenario import Scenario

MINUTE = 60.0
ROUNDS = 15
SCENARIO = """
apiVersion: lifespec.dev/v1alpha1
kind: Scenario
metadata: {name: bench}
spec:
  about: Nothing is wrong with any candidate.
  duration: %s
  changes: [{at: 31d, every: 31d, lasting: 1h, nominate: another}]
"""
Case = tuple[Plan, History, Observation, float]


def empty(plan: Plan, history: History, seen: Observation, now: float) -> None:
    """What a call costs that does nothing."""


def read_plan() -> Plan:
    """The plan of the spec beside this file."""
    read, findings = parse({"lifecycle.yaml": Path(__file__).with_name("lifecycle.yaml").read_bytes()})
    bundles, project, more = assemble(read, None)
    if project is None or not bundles:
        raise ValueError([*findings, *more])
    made, problems = plan(bundles[0], project, environments(project)[-1])
    if made is None:
        raise ValueError(problems)
    return nominating(made, "sha256:" + "c" * 64, "rows-1")


def lasting(days: int) -> Scenario:
    """One rollout after the other, for so many days."""
    scenario, findings = read_scenario("bench.yaml", (SCENARIO % f"{days}d").encode())
    if scenario is None:
        raise ValueError(findings)
    return scenario


def asked_of(made: Plan, days: int, every: int) -> list[Case]:
    """What the engine is asked on the way of a rollout: each so many times, from the first to the last."""
    found: list[Case] = []
    calls = itertools.count(1)

    def remembering(*asked: Any) -> Any:
        if next(calls) % every == 0:
            found.append(asked)
        return step(*asked)

    with patch.object(simulation, "step", remembering):
        simulation.simulate(made, lasting(days), 1)
    return found


def timed(function: Callable[..., object], asked: list[Case]) -> float:
    """CPU seconds of one call."""
    start = time.process_time()
    for each in asked:
        function(*each)
    return (time.process_time() - start) / len(asked)


def in_turn(asked: list[Case]) -> dict[str, float]:
    """Seconds of `step`, and of nothing: medians of rounds, one beside the other."""
    gc.collect()
    gc.disable()
    asked = asked * (2000 // len(asked))
    rounds = [(timed(step, asked), timed(empty, asked)) for _ in range(ROUNDS)]
    gc.enable()
    return {"step": median(one for one, _ in rounds), "floor": median(other for _, other in rounds)}


def steps() -> dict[str, Any]:
    """The cost of a step on the way of a rollout."""
    asked = asked_of(read_plan(), 30, 211)
    return {**in_turn(asked), "cases": len(asked)}


def rollout() -> dict[str, Any]:
    """A rollout of 30 days, until it is promoted: medians of three."""
    made, scenario = read_plan(), lasting(31)
    used = []
    for _ in range(2):
        start = time.process_time()
        simulation.simulate(made, scenario, 1)
        used.append(time.process_time() - start)
    start = time.process_time()
    found = simulation.simulate(made, scenario, 1)
    used.append(time.process_time() - start)
    began = next(entry.at for entry in found.entries if entry.kind == "advance")
    ended = next(entry.at for entry in found.entries if entry.kind == "finish")
    lasted = (ended - began) / 86400
    return {"seconds": median(used), "steps": found.steps, "days": lasted, "ending": found.ending}


def year() -> dict[str, Any]:
    """The memory of a simulated year, by month."""
    run = simulation.Run(script_of(read_plan(), lasting(365)), 1)
    readings: list[tuple[float, int]] = []
    began, ended = run.world.now, threading.Event()

    def watch() -> None:
        while not ended.wait(0.05):
            readings.append(((run.world.now - began) / 86400, resident()))

    watcher = threading.Thread(target=watch)
    watcher.start()
    start = time.process_time()
    found = run.run()
    used = time.process_time() - start
    ended.set()
    watcher.join()
    months = [[size for day, size in readings if 30.4 * month <= day < 30.4 * (month + 1)] for month in range(12)]
    sizes = [median(each) for each in months if each]
    return {"seconds": used, "steps": found.steps, "entries": len(found.entries), "months": sizes}


def resident() -> int:
    """Bytes of memory that this process has now."""
    return int(Path("/proc/self/statm").read_bytes().split()[1]) * os.sysconf("SC_PAGE_SIZE")


def ledger() -> list[dict[str, Any]]:
    """The cost of a step, and of folding an entry, after ledgers of growing length."""
    made = read_plan()
    plan_now, history, seen, now = asked_of(made, 2, 100)[-1]
    found = []
    for length in (10, 100, 1000, 10_000, 100_000):
        before = History()
        start = time.process_time()
        for number in range(1, length + 1):
            before = fold(before, entry(made, number, now))
        folded = (time.process_time() - start) / length
        whole = before._replace(stable=history.stable, rollout=history.rollout, nominated=history.nominated)
        asked = [(plan_now, whole, seen, now)]
        found.append({"entries": length, "fold": folded, **in_turn(asked)})
    return found


def entry(made: Plan, number: int, now: float) -> Entry:
    """An entry of a ledger without an open rollout: in turn an answered request, and a trigger that was suppressed."""
    hashes = made.hashes.plan, made.hashes.policy
    at = now - 10**7 + number * MINUTE
    if number % 2:
        return Entry(number, "answer", at, *hashes, request=f"request-{number}", reason="stale")
    return Entry(number, "suppress", at, *hashes, stream=f"monthly@{at:.0f}", to=Position("Suppressed"))


PARTS: dict[str, Callable[[], object]] = {"step": steps, "rollout": rollout, "year": year, "ledger": ledger}

if __name__ == "__main__":
    print(json.dumps(PARTS[sys.argv[1]]()))
