"""Which rule of the harness catches which mistake, and where first: the page docs/deciding/detection.md."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Final, NamedTuple

from .agent import Agent, Engine
from .mutants import people, traffic, verdicts
from .mutants.mutant import Mutant, mutated
from .naive import step as naive
from .run import engine as present
from .run import serving
from .seeds import Failure, outcome
from .traces import TRACES, ended, reference, traced

PAGE: Final = Path(__file__).parents[2] / "docs" / "deciding" / "detection.md"
SEEDS: Final = 400
"""Runs in which a mistake must show at the latest, where no script shows it."""
FEW: Final = 60
"""Runs in which it is looked for where a script shows it."""
MUTANTS: Final[tuple[Mutant, ...]] = (*traffic.MUTANTS, *verdicts.MUTANTS, *people.MUTANTS)


class Detection(NamedTuple):
    """How a mistake came out."""

    trace: str | None = None
    """The first trace, without any fault, that breaks a rule or ends otherwise."""
    trace_rule: str | None = None
    seed: int | None = None
    """The first run with faults that breaks a rule."""
    seed_rule: str | None = None

    @property
    def caught(self) -> bool:
        """Whether it came out at all."""
        return self.trace is not None or self.seed is not None


def detected(mutant: Mutant) -> Detection:
    """How a mutant comes out."""
    serving()  # what all runs start from is made by the engine as it is
    for name in TRACES:
        reference(name)
    with mutated(mutant):
        return _found(present, mutant.agent)


def detected_baseline() -> Detection:
    """How the engine of an afternoon comes out."""
    serving()
    return _found(naive, Agent)


def _found(engine: Engine, agent: type[Agent]) -> Detection:
    trace, trace_rule = _in_traces(engine, agent)
    for seed in range(SEEDS if trace is None else FEW):
        found = outcome(seed, engine=engine, agent=agent)
        if isinstance(found, Failure):
            return Detection(trace, trace_rule, seed, found.rule)
    return Detection(trace, trace_rule)


def _in_traces(engine: Engine, agent: type[Agent]) -> tuple[str | None, str | None]:
    for name in TRACES:
        try:
            if ended(traced(name, engine=engine, agent=agent)) != reference(name)[0]:
                return name, "ends otherwise"
        except AssertionError as error:
            return name, getattr(error, "rule", "the harness")
        except Exception:  # noqa: BLE001 - the engine is total: whatever it raises is its failure
            return name, "total"
    return None, None


def page(found: Iterable[tuple[Mutant, Detection]], baseline: Detection) -> str:
    """The whole page."""
    rows = [(mutant, detection) for mutant, detection in found]
    caught = sum(detection.caught for _, detection in rows)
    lines = [
        "# What the harness catches",
        "",
        "Each line is a mistake that was put into the engine, or into what carries its effects out, after a published",
        "case of another system, or, where none is named, a rule or a fault. *Script*: the first of the runs by a",
        "script that breaks a rule, or ends otherwise than with the engine as it is. *Seed*: the",
        "first run of `make campaign` that breaks a rule; —: none of the",
        f"first {FEW}. The rules are those of [the campaign](campaign.md). This page is made by a test, which runs all",
        "of it again and compares.",
        "",
        f"{caught} of {len(rows)} mistakes are caught.",
        "",
        "| mistake | after | script | rule | seed | rule |",
        "| --- | --- | --- | --- | --- | --- |",
        *(_row(f"`{mutant.name}`: {mutant.mistake}", mutant.case, detection) for mutant, detection in rows),
        _row(
            "**a naive engine**: state in the route, acts before it records, no data is good",
            "what one writes in an afternoon",
            baseline,
        ),
    ]
    return "\n".join(lines) + "\n"


def _row(what: str, case: str, found: Detection) -> str:
    seed = "—" if found.seed is None else str(found.seed)
    cells = (what, case, found.trace or "—", found.trace_rule or "—", seed, found.seed_rule or "—")
    return f"| {' | '.join(cells)} |"
