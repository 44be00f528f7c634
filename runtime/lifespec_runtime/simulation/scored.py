"""What a picture draws of batch serving: whose output is used, and the runs of the candidate beside stable's."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import TYPE_CHECKING, Final

from .stretches import Stretch
from .tones import Tone
from .traffic import Level, Seen
from .words import plural

if TYPE_CHECKING:
    from lifespec_compiler.simulate.outcome import Batches, BatchRun, Simulation

ROLES: Final = ("candidate", "stable")
"""Whose runs there are: `Stretch.stream` says it."""


def runs(simulation: Simulation, end: float) -> Iterator[Stretch]:
    """The runs that ended by then, in words."""
    for run in _ended(simulation, end):
        late = "late, " if run.late else ""
        what = plural(run.rows, "row") if run.ending == "succeeded" else run.ending
        tone: Tone = "fail" if run.ending == "failed" else "wait" if run.late or run.ending == "stopped" else "plain"
        yield Stretch(run.began, run.ended, f"{late}{what}", tone, run.role)


def rows(simulation: Simulation, end: float) -> Iterator[Seen]:
    """How many rows each run scored, and how many of them failed."""
    for run in _ended(simulation, end):
        counts = (run.rows, run.bad) if run.ending == "succeeded" else (0, 0)
        candidate, stable = (counts, (0, 0)) if run.role == "candidate" else ((0, 0), counts)
        yield Seen(run.began, run.ended, candidate[0], candidate[1], stable[0], stable[1], 0.0, 0.0)


def outputs(simulation: Simulation, levels: Sequence[Level], end: float) -> Iterator[Stretch]:
    """Whose rows people use: the output pointer moves when a candidate is promoted."""
    stables = (run for run in _ended(simulation, end) if run.role == "stable")
    served = any(entry.at < simulation.began for entry in simulation.entries) or any(stables)
    names: list[tuple[float, str]] = []
    for level in levels:
        served = served or level.serving
        name = "candidate's" if level.weight else "stable's" if served else "nobody's"
        if not names or names[-1][1] != name:
            names.append((level.at, name))
    for (start, name), (stop, _) in pairwise([*names, (end, "")]):
        yield Stretch(start, stop, name, "pass" if name == "candidate's" else "plain", name)


def compared(simulation: Simulation, batches: Batches) -> Iterator[str]:
    """What became of the candidate's runs, in sentences."""
    if simulation.ending == "none":
        return
    many = (
        plural(batches.compared, "of its runs was", "of its runs were") if batches.compared else "None of its runs was"
    )
    yield f"{many} compared with stable's."
    troubles = ((batches.failed, "failed"), (batches.late, "came late"))
    told = [f"{plural(count, 'run')} {how}" for count, how in troubles if count]
    if told:
        yield f"{' and '.join(told)}."
    if simulation.exposure:
        used = plural(simulation.exposure, "row that it scored was", "rows that it scored were")
        yield f"{used} used, {simulation.bad_exposure:,} of them failed."
    elif simulation.ending in ("rolledBack", "rejected") and batches.rows:
        yield f"Nobody used the {plural(batches.rows, 'row')} that it scored."


def _ended(simulation: Simulation, end: float) -> Iterator[BatchRun]:
    if simulation.batches is not None:
        yield from (run for run in simulation.batches.runs if run.ended <= end)
