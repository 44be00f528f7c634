"""A run of the engine on files, killed with SIGKILL and begun again until it ends.

Each life of the run is a process of its own that knows nothing but two files: the ledger, and the world, which stands
for a cluster: every effect is there whole or not at all. Every second kill comes after a random time, the others at
each of the places around a write in turn: those that last for microseconds are hit as well, and lines are torn.
"""

from __future__ import annotations

import argparse
import io
import json
import mmap
import os
import pickle
import random
import signal
import struct
import sys
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple, NoReturn

from lifespec_compiler.engine.case import Record, Wait
from lifespec_compiler.engine.history import fold, fold_all
from lifespec_compiler.engine.observation import Alarm
from lifespec_compiler.engine.step import step
from lifespec_compiler.engine.values import Revision
from lifespec_compiler.plan import Plan
from lifespec_compiler.simulate.truth import Truth
from lifespec_compiler.simulate.world import World
from lifespec_runtime.ledger import file as files
from lifespec_runtime.ledger.record import Subject
from virtual.lifecycle import NEW_MODEL, OTHER_MODEL, STABLE_MODEL, planned, report

HOUR, TICK = 3600.0, 600.0
ENDS = 20 * HOUR
TRAINED = "sha256:" + "d" * 64
SPEC: dict[str, Any] = {
    "rollout": {"steps": [{"weight": "10%", "hold": "1h"}, {"weight": "50%", "hold": "2h"}]},
    "retraining": {"triggers": [{"name": "drifted", "monitor": "inputs"}], "cooldown": "1d", "nominate": "direct"},
}
PLACES = (
    "at rest, or deciding",
    "before an entry is appended",
    "in the middle of an entry's line",
    "after the line, before it is synced",
    "after it is synced, before append returns",
    "between decision and effect",
    "while an effect is written",
    "after an effect, before it is known",
    "while time passes",
)
RESTING, APPENDING, TORN, WRITTEN, SYNCED, DECIDED, ACTING, ACTED, PASSING = range(len(PLACES))
MOST_LIVES = 100


NOWHERE = (-1, -1)


class Place:
    """Where the process is, and how often it came to each place: in memory that outlives it."""

    def __init__(self) -> None:
        self._numbers = struct.Struct(f"{3 + len(PLACES)}i")
        self._shared = mmap.mmap(-1, self._numbers.size)

    def begin(self, fatal: tuple[int, int]) -> None:
        """Before a life: at which place, and when it comes there for which time, it kills itself."""
        self._shared[:] = self._numbers.pack(RESTING, *fatal, *[0 for _ in PLACES])

    def __call__(self, place: int) -> None:
        """The process comes to a place."""
        _, *fatal, counts = self._told()
        number = counts[place]
        counts[place] += 1
        self._shared[:] = self._numbers.pack(place, *fatal, *counts)
        if fatal == [place, number]:
            os.kill(os.getpid(), signal.SIGKILL)

    @property
    def now(self) -> int:
        """Where it is, or was."""
        return self._told()[0]

    @property
    def counts(self) -> list[int]:
        """How often it came to each place."""
        return self._told()[3]

    def _told(self) -> tuple[int, int, int, list[int]]:
        place, fatal, number, *counts = self._numbers.unpack(self._shared[:])
        return place, fatal, number, counts


class Lifecycle(NamedTuple):
    """What all lives of all runs know: the specs, and what is true of the models."""

    plans: tuple[tuple[float, Plan], ...]
    """From when on each is what Git has."""

    @property
    def subject(self) -> Subject:
        return Subject(self.plans[0][1].namespace, self.plans[0][1].name)

    def begin(self) -> World:
        """The world before anything is decided."""
        plan = self.plans[0][1]
        truths = {}
        for model in (STABLE_MODEL, NEW_MODEL, OTHER_MODEL, TRAINED):
            truth = Truth(error_rate=0.2 if model == OTHER_MODEL else 0.001)
            truth.offline = report(plan, model, 0.9)
            truths[Revision(model, plan.hashes.serving)] = truth
        world = World(plan, truths)
        world.makes = Revision(TRAINED, plan.hashes.serving)
        return world

    def happen(self, world: World) -> None:
        """What people and monitors do by now."""
        since = world.now - world.created
        world.plan = next(plan for start, plan in reversed(self.plans) if since >= start)
        if since >= 12 * HOUR and not world.alarms:
            world.alarms.append(Alarm("inputs", world.now, "Fail"))


def lifecycle() -> Lifecycle:
    models = ((0.0, STABLE_MODEL), (4 * HOUR, NEW_MODEL), (9 * HOUR, OTHER_MODEL))
    return Lifecycle(tuple((start, planned(model, **SPEC)) for start, model in models))


class Saved:
    """The world in a file that is replaced whole."""

    def __init__(self, file: Path, known: Lifecycle, place: Place) -> None:
        self._file, self._known, self._place = file, known, place
        self._plans = [plan for _, plan in known.plans]

    def load(self) -> World:
        if not self._file.exists():
            return self._known.begin()
        unpickler = pickle.Unpickler(io.BytesIO(self._file.read_bytes()))  # noqa: S301 - our own file
        unpickler.persistent_load = lambda number: self._plans[number]  # type: ignore[method-assign]
        found = unpickler.load()
        assert isinstance(found, World)
        return found

    def save(self, world: World, doing: int) -> None:
        self._place(doing)
        buffer = io.BytesIO()
        pickler = pickle.Pickler(buffer)
        pickler.persistent_id = self._number  # type: ignore[method-assign]
        pickler.dump(world)
        unfinished = self._file.with_suffix(".new")
        unfinished.write_bytes(buffer.getvalue())
        self._place(doing)
        unfinished.replace(self._file)

    def _number(self, found: object) -> int | None:
        return next((number for number, plan in enumerate(self._plans) if plan is found), None)


def live(known: Lifecycle, folder: Path, place: Place) -> None:
    """One life: from what the files say to the end of the run."""
    saved = Saved(folder / "world", known, place)
    ledger = files.FileLedger(folder / "ledger.jsonl", known.subject)
    world, history = saved.load(), fold_all(ledger.entries())
    while world.now < world.created + ENDS:
        place(RESTING)
        known.happen(world)
        found = step(world.plan, history, world.observe(history), world.now)
        if isinstance(found, Record):
            place(APPENDING)
            history = fold(history, ledger.append(found.entry))
            place(DECIDED)
        elif isinstance(found, Wait):
            world.rest()
            world.advance(TICK)
            saved.save(world, PASSING)
        else:
            world.apply(found)
            saved.save(world, ACTING)
            place(ACTED)


def break_writes(place: Place) -> None:
    """Have places around the writes of the ledger; half a line is written before one of them."""
    write, fsync = os.write, os.fsync

    def torn(descriptor: int, data: Any) -> int:
        done = write(descriptor, data[: len(data) // 2])
        place(TORN)
        done += write(descriptor, data[done:])
        place(WRITTEN)
        return done

    def synced(descriptor: int) -> None:
        fsync(descriptor)
        place(SYNCED)

    files.os = _Os(torn, synced)  # type: ignore[assignment]


class _Os:
    """The module `os` for the ledger's file, with other writes."""

    def __init__(self, write: Callable[[int, Any], int], fsync: Callable[[int], None]) -> None:
        self.write, self.fsync = write, fsync

    def __getattr__(self, name: str) -> Any:
        return getattr(os, name)


def born(known: Lifecycle, folder: Path, place: Place, fatal: tuple[int, int] = NOWHERE) -> int:
    """A life in a process of its own; its number."""
    place.begin(fatal)
    child = os.fork()
    if not child:
        _live_and_die(known, folder, place)
    return child


def _live_and_die(known: Lifecycle, folder: Path, place: Place) -> NoReturn:
    code = 1
    try:
        break_writes(place)
        live(known, folder, place)
        code = 0
    finally:
        os._exit(code)


def ended(child: int) -> bool:
    """Wait for a life; whether it came to its end. Raises where it failed."""
    _, status = os.waitpid(child, 0)
    if os.WIFSIGNALED(status):
        assert os.WTERMSIG(status) == signal.SIGKILL
        return False
    assert os.waitstatus_to_exitcode(status) == 0, "the run failed by itself"
    return True


class End(NamedTuple):
    """What is there after a run."""

    ledger: bytes
    route: Any
    servers: Any
    jobs: Any
    proposed: Any
    now: float


def ends_early(ledger: Path) -> bool:
    """Whether there is something behind the last line feed."""
    return ledger.exists() and ledger.read_bytes()[-1:] not in (b"", b"\n")


def end_of(folder: Path, known: Lifecycle, place: Place) -> End:
    world = Saved(folder / "world", known, place).load()
    ledger = (folder / "ledger.jsonl").read_bytes()
    return End(ledger, world.route, sorted(world.servers), sorted(world.jobs), sorted(world.proposed), world.now)


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("--kills", type=int, required=True)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--folder", type=Path, required=True)
    asked = parser.parse_args(arguments)
    chance, known, place = random.Random(asked.seed), lifecycle(), Place()
    whole = asked.folder / "whole"
    whole.mkdir()
    begun, used = time.monotonic(), sum(os.times()[2:4])
    assert ended(born(known, whole, place))
    seconds, used = time.monotonic() - begun, sum(os.times()[2:4]) - used
    counts = place.counts
    expected = end_of(whole, known, place)
    hit: Counter[str] = Counter()
    kills = recovered = runs = different = torn = 0
    while kills < asked.kills:
        folder = asked.folder / f"run{runs}"
        folder.mkdir()
        runs += 1
        left = chance.randint(1, 4)
        for _ in range(MOST_LIVES):
            by_time = kills % 2 == 0
            wanted = left > 0 and kills < asked.kills
            kind = kills // 2 % len(PLACES)
            fatal = (kind, chance.randrange(counts[kind]))
            child = born(known, folder, place, fatal if wanted and not by_time else NOWHERE)
            begun = time.monotonic()
            if wanted and by_time:
                time.sleep(chance.uniform(0, seconds))
                os.kill(child, signal.SIGKILL)
            if ended(child):
                seconds = min(seconds, time.monotonic() - begun)
                break
            kills += 1
            left -= 1
            hit[PLACES[place.now]] += 1
            recovered += ends_early(folder / "ledger.jsonl")
        else:
            raise AssertionError("it does not come to its end")
        found = files.read(folder / "ledger.jsonl")
        torn += found.torn is not None
        different += end_of(folder, known, place) != expected
    told = {
        "kills": kills,
        "runs": runs,
        "seconds": round(used, 2),
        "places": sum(counts),
        "hit": {each: hit[each] for each in PLACES},
        "recovered": recovered,
        "torn": torn,
        "different": different,
        "entries": expected.ledger.count(b"\n"),
        "kinds": sorted({decision.entry.kind for decision in files.read(whole / "ledger.jsonl").decisions}),
    }
    print(json.dumps(told))  # noqa: T201 - the test reads it
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
