"""Simulations as they could have gone, written by hand, and drawn at random."""

from __future__ import annotations

from typing import get_args

from hypothesis import strategies as st

from cases import plans_of, read_case
from lifespec_compiler.engine.values import Cause, Entry, Kind, Phase, Position, Revision
from lifespec_compiler.plan import Plan
from lifespec_compiler.simulate.outcome import (
    Answers,
    Batches,
    BatchRun,
    Change,
    Estimate,
    Look,
    Role,
    RunEnding,
    Simulation,
    Spread,
)

START = 1_800_000_000.0
NEW = Revision("sha256:" + "b" * 64, "sha256:" + "1" * 64)
MINUTE, HOUR, DAY = 60.0, 3600.0, 86400.0
HOSTILE = (
    "\x1b[31m</text><script>window.alien = 1</script> `code` ]]> & \"q\" 'a' %%{init: {}}%% end; x: y # 日本 \u202e\n"
    "- | a |"
)


def planned() -> Plan:
    documents = read_case("minimal")
    documents.spec["rollout"] = {
        "steps": [{"weight": "10%", "hold": "4h"}, {"weight": "50%", "hold": "12h"}],
        "guards": [{"metric": "errorRate", "max": "1%", "window": "15m"}],
    }
    return plans_of(documents)[-1]


class Recording:
    """A ledger and looks, in the order in which they are told."""

    def __init__(self) -> None:
        self.entries: list[Entry] = []
        self.looks: list[Look] = [Look(START, None, None, 0, 0, 0, 0, 0, 0)]

    def decides(
        self, at: float, kind: str, to: Position | None = None, stream: str = "churn-1", **more: object
    ) -> None:
        self.entries.append(
            Entry(len(self.entries) + 1, kind, START + at, "p", "q", stream, None, to, NEW, **more)  # type: ignore[arg-type]
        )

    def sees(self, at: float, phase: str | None, weight: int, *counts: int, drift: float = 0, mirror: int = 0) -> None:
        self.looks.append(Look(START + at, phase, None, weight, mirror, *counts, drift=drift))  # type: ignore[arg-type]

    def simulation(self, ending: str, *, bad: bool, lasts: float = DAY, **more: object) -> Simulation:
        given = {
            "scenario": "by-hand", "seed": 1, "began": START, "ended": START + lasts, "entries": tuple(self.entries),
            "looks": tuple(self.looks), "changes": (Change(START, "Git nominates the candidate model"),),
            "candidate_is_bad": bad, "ending": ending, "exposure": self.looks[-1].candidate,
            "bad_exposure": self.looks[-1].candidate_bad, "harmed_since": None, "detected_after": None, "retrains": 0,
            "suppressed": 0, "cpu_hours": None, "steps": 100,
        }  # fmt: skip
        return Simulation(**(given | more))  # type: ignore[arg-type]


def failing(window: int) -> Cause:
    path = "spec.rollout.guards[0].max"
    return Cause("guard-errorRate", path, "Fail", 0.021, 1120, "at most 0.01", window, 0.01)


def promoted() -> Simulation:
    told = Recording()
    told.decides(0, "nominate", Position("Offline"))
    told.decides(0, "advance", Position("Canary", 0, 10))
    told.decides(4 * HOUR, "advance", Position("Canary", 1, 50))
    told.decides(16 * HOUR, "advance", Position("Promoting", None, 100))
    told.decides(16 * HOUR, "finish", Position("Done", None, 100))
    told.sees(60, "Canary", 10, 0, 0, 40, 0)
    told.sees(4 * HOUR, "Canary", 50, 17_000, 40, 150_000, 380)
    told.sees(16 * HOUR, "Promoting", 100, 276_000, 700, 400_000, 900)
    told.sees(16.2 * HOUR, None, 0, 276_000, 700, 440_000, 1000)
    return told.simulation("promoted", bad=False)


def rolled_back() -> Simulation:
    told = Recording()
    told.decides(0, "nominate", Position("Offline"))
    told.decides(0, "advance", Position("Canary", 0, 10))
    told.decides(17 * MINUTE, "failure", causes=(failing(0),))
    told.decides(32 * MINUTE, "rollBack", Position("RollingBack"), causes=(failing(1),))
    told.decides(32 * MINUTE, "finish", Position("RolledBack"))
    told.sees(2 * MINUTE, "Canary", 10, 0, 0, 900, 2)
    told.sees(17 * MINUTE, "Canary", 10, 1_120, 23, 11_000, 25)
    told.sees(32 * MINUTE, None, 0, 2_178, 43, 22_000, 54)
    told.sees(40 * MINUTE, None, 0, 2_178, 43, 30_000, 70)
    return told.simulation("rolledBack", bad=True, harmed_since=START + 120, detected_after=1800.0)


def held() -> Simulation:
    told = Recording()
    told.decides(0, "nominate", Position("Offline"))
    told.decides(0, "advance", Position("Shadow"))
    told.decides(2 * DAY, "hold", Position("Held"), reason="undecided at the timeout")
    told.sees(60, "Shadow", 0, 0, 0, 40, 0, mirror=20)
    told.sees(2 * DAY, "Held", 0, 0, 0, 90_000, 200)
    return told.simulation("held", bad=False, lasts=4 * DAY)


def drifting(weeks: int = 52) -> Simulation:
    """A training every week, a rollout after every other."""
    told = Recording()
    for week in range(weeks):
        at, run, stream = week * 7 * DAY + DAY, f"weekly@{week}", f"churn-{week}"
        if week % 3 == 2:
            told.decides(at, "suppress", Position("Suppressed"), run, reason="the cooldown is not over")
            continue
        told.decides(at, "train", Position("Training"), run)
        told.decides(at + HOUR, "finish", Position("Done"), run)
        told.sees(at + HOUR, None, 0, week * 100, week, week * 9000, week * 20, drift=week / 20)
        told.decides(at + 2 * HOUR, "nominate", Position("Offline"), stream)
        told.decides(at + 2 * HOUR, "advance", Position("Canary", 0, 10), stream)
        told.sees(at + 3 * HOUR, "Canary", 10, week * 100 + 50, week, week * 9000 + 900, week * 20, drift=week / 20)
        told.decides(at + 9 * HOUR, "finish", Position("Done", None, 100), stream)
        told.sees(at + 9 * HOUR, None, 0, week * 100 + 60, week, week * 9000 + 990, week * 20, drift=week / 20)
    return told.simulation("none", bad=False, lasts=weeks * 7 * DAY, retrains=34, suppressed=17)


def silent() -> Simulation:
    return Recording().simulation("none", bad=False, changes=())


def scored() -> Simulation:
    """Batch serving: of four runs of the candidate one fails, one comes late, and one is stopped."""
    told = Recording()
    told.decides(0, "nominate", Position("Offline"))
    told.decides(120, "advance", Position("Shadow"))
    told.decides(4 * DAY, "rollBack", Position("RollingBack"), reason="undecided at the timeout")
    told.decides(4 * DAY, "finish", Position("RolledBack"))
    told.sees(120, "Shadow", 0, 0, 0, 0, 0)
    told.sees(4 * DAY, None, 0, 0, 0, 30_000, 31)
    runs = [_run("stable", day, 0.1, 10_000, 8 + day) for day in range(4)]
    runs += [_run("candidate", 0, 0.1, 10_000, 40), _run("candidate", 1, 0.1, 10_000, 0, "failed")]
    runs += [_run("candidate", 2, 1.05, 10_000, 55, late=True), _run("candidate", 3.9, 0.1, 10_000, 0, "stopped")]
    batches = Batches(2, 1, 1, 20_000, tuple(sorted(runs, key=lambda run: run.ended)))
    return told.simulation("rolledBack", bad=True, lasts=4.5 * DAY, batches=batches)


def _run(
    role: Role, day: float, takes: float, rows: int, bad: int, ending: RunEnding = "succeeded", *, late: bool = False
) -> BatchRun:
    at = START + (0.2 + day * 0.95) * DAY
    return BatchRun(at, at + takes * DAY, role, NEW, rows, bad, ending, late)


def hostile() -> Simulation:
    told = Recording()
    told.decides(0, "nominate", Position("Offline"))
    told.decides(0, "advance", Position("Canary", 7, 10))
    cause = Cause(HOSTILE, HOSTILE, "Fail", 1e300, 10**12, HOSTILE, reason=HOSTILE, slice=HOSTILE)
    told.decides(HOUR, "hold", Position("Held", 7, 10), causes=(cause,) * 3, reason=HOSTILE * 10, request=HOSTILE)
    told.sees(60, "Canary", 10, 10**12, 10**11, 10**13, 0)
    changes = (Change(START, HOSTILE), Change(START + HOUR, HOSTILE * 20))
    return told.simulation("held", bad=True, scenario=HOSTILE, changes=changes)


BY_HAND = {made.__name__: made for made in (promoted, rolled_back, held, drifting, silent, scored, hostile)}


def answers(*, bad: bool, runs: int = 200) -> Answers:
    def share(value: float) -> Estimate:
        return Estimate(value, max(0.0, value - 0.03), min(1.0, value + 0.03), runs, round(value * runs))

    def spread(median: float) -> Spread:
        worst = Estimate(1.2 * median, 1.1 * median, None, runs)
        return Spread(Estimate(median, 0.9 * median, 1.1 * median, runs), worst, 1.3 * median)

    return Answers(
        "by-hand", runs, 0.95, bad, share(0.065 if bad else 0.98), share(0.935 if bad else 0.02), share(0),
        None if bad else share(0.02), share(0.065) if bad else None, spread(2147), spread(42),
        spread(1800) if bad else None, spread(0), spread(12.5), 2000, ("traffic is the same at every hour",),
    )  # fmt: skip


times = st.floats(0, 400 * DAY)
phases = st.sampled_from(get_args(Phase))
positions = st.one_of(
    st.none(), st.builds(Position, phases, st.one_of(st.none(), st.integers(0, 5)), st.integers(0, 100))
)
kinds = st.sampled_from(get_args(Kind))
values = st.one_of(st.none(), st.floats(allow_nan=False, allow_infinity=False))
causes = st.builds(
    Cause, st.sampled_from(["guard-errorRate", "rocAuc", "x"]), st.text(max_size=30), st.sampled_from(["Pass", "Fail"]),
    values, st.integers(0, 10**9), st.text(max_size=30),
)  # fmt: skip


@st.composite
def batches(draw: st.DrawFn) -> Batches:
    """Batch runs, in the order in which they end."""
    found = []
    for at in sorted(draw(st.lists(times, max_size=12))):
        rows = draw(st.integers(1, 10**9))
        ending = draw(st.sampled_from(get_args(RunEnding)))
        role, bad, late = draw(st.sampled_from(get_args(Role))), draw(st.integers(0, rows)), draw(st.booleans())
        found.append(BatchRun(START + at - draw(st.floats(1, DAY)), START + at, role, NEW, rows, bad, ending, late))
    counts = [draw(st.integers(0, 100)) for _ in range(3)]
    return Batches(counts[0], counts[1], counts[2], draw(st.integers(0, 10**12)), tuple(found))


@st.composite
def simulations(draw: st.DrawFn) -> Simulation:
    """Anything that has the types of a simulation, in the order of time."""
    told = Recording()
    for at in sorted(draw(st.lists(times, max_size=25))):
        stream = draw(st.sampled_from(["churn-1", "churn-2", "weekly@1"]))
        more = {"causes": tuple(draw(st.lists(causes, max_size=3))), "reason": draw(st.text(max_size=60))}
        told.decides(at, draw(kinds), draw(positions), stream, **more)
    counts = [0, 0, 0, 0]
    for at in sorted(draw(st.lists(times, max_size=25))):
        counts = [count + draw(st.integers(0, 1000)) for count in counts]
        told.sees(
            at, draw(st.one_of(st.none(), phases)), draw(st.integers(0, 100)), *counts, drift=draw(st.floats(0, 3))
        )
    ending = draw(st.sampled_from(["promoted", "rolledBack", "rejected", "held", "open", "none"]))
    changes = tuple(Change(START + at, draw(st.text(max_size=40))) for at in sorted(draw(st.lists(times, max_size=4))))
    lasts = draw(st.floats(1, 500 * DAY))
    harmed = draw(st.one_of(st.none(), times.map(lambda at: START + at)))
    return told.simulation(
        ending, bad=draw(st.booleans()), lasts=lasts, changes=changes, scenario=draw(st.text(min_size=1, max_size=30)),
        harmed_since=harmed, detected_after=None if harmed is None else 60.0,
        batches=draw(st.one_of(st.none(), batches())), applies=draw(st.booleans()),
        foreign=draw(st.sampled_from([(), ("nobody waits for a row of a batch run: `latency` has no effect",)])),
    )  # fmt: skip
