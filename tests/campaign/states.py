"""The page docs/deciding/states.md: the moves that the engine declares, and which of them the campaign really made."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from lifespec_compiler.engine.transitions import ROLLOUT, RUN
from lifespec_compiler.engine.values import Phase

PAGE: Final = Path(__file__).parents[2] / "docs" / "deciding" / "states.md"
Moves = Mapping[Phase | None, Mapping[Phase, str]]
Move = tuple[Phase | None, Phase]


def declared() -> set[Move]:
    """Every move that the ledger's fold accepts."""
    return {(before, after) for moves in (ROLLOUT, RUN) for before, others in moves.items() for after in others}


def page(taken: Counter[Move]) -> str:
    """The whole page."""
    never = sorted(declared() - taken.keys(), key=lambda move: (move[0] or "", move[1]))
    lines = [
        "# The states of the engine",
        "",
        "Made from `lifespec_compiler/engine/transitions.py`, which the ledger's fold obeys: another move is refused.",
        "A test compares this page with the code, and with the moves that [the campaign](campaign.md) really made.",
        "",
        "## A rollout",
        "",
        *_diagram(ROLLOUT),
        "",
        "## A run: one training",
        "",
        *_diagram(RUN),
        "",
        "## Why",
        "",
        "| from | to | why | made in the tests' campaign |",
        "| --- | --- | --- | --- |",
        *_rows(ROLLOUT, taken),
        *_rows(RUN, taken),
        "",
        "## Never made",
        "",
        "Declared, but made by no run of the campaign that the tests have:",
        "",
        *(f"- {before or 'the start'} → {after}" for before, after in never),
        *(["- none"] if not never else []),
    ]
    return "\n".join(lines) + "\n"


def _diagram(moves: Moves) -> list[str]:
    arrows = [f"  {before or '[*]'} --> {after}" for before, others in moves.items() for after in others]
    phases = {after for others in moves.values() for after in others}
    ends = [f"  {phase} --> [*]" for phase in sorted(phases - {before for before in moves if before})]
    return ["```mermaid", "stateDiagram-v2", *arrows, *ends, "```"]


def _rows(moves: Moves, taken: Counter[Move]) -> list[str]:
    return [
        f"| {before or 'the start'} | {after} | {why} | {_times(taken[before, after])} |"
        for before, others in moves.items()
        for after, why in others.items()
    ]


def _times(count: int) -> str:
    """Roughly: the page is not to change with every seed."""
    if count == 0:
        return "never"
    return "often" if count >= 20 else "yes"
