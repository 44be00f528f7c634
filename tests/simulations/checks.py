"""Simulates the checks on live traffic: `python -m simulations.checks [--runs N] [--only PART] [--write FILE]`."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
from scipy import stats

from . import rollouts
from .always_valid import ERROR, KINDS, POWER, TRAFFIC, looked, sized

CHANCE = 0.01
"""How far simulated rollbacks may be from the closed form."""
Say = Callable[[str], None]


def _share(count: int, runs: int) -> str:
    low, high = stats.binomtest(count, runs).proportion_ci(0.95, "exact")
    return f"{count / runs:.2%} ({low:.2%} to {high:.2%})"


def errors(runs: int, say: Say) -> list[str]:
    """The table of errors; what exceeds the nominal error is returned."""
    say("| metric | bound | candidate, a minute | harm was seen | harmlessness was seen |")
    say("| --- | --- | ---: | --- | --- |")
    wrong = []
    for number, kind in enumerate(KINDS):
        for traffic in TRAFFIC:
            found = looked(kind, traffic, runs, np.random.default_rng(100 + number))
            shares = f"{_share(found.harm, runs)} | {_share(found.none, runs)}"
            say(f"| {kind.metric} | {kind.bound} | {traffic[0]:,} | {shares} |")
            wrong += [f"{kind.metric}, {kind.bound}, {traffic[0]:,}" for count in found if count > ERROR * runs]
    return wrong


def power(runs: int, say: Say) -> list[str]:
    """The table of sizes."""
    say("| metric | bound | truth | fixed size | ours, 80% found | ratio | ours, median | ratio |")
    say("| --- | --- | ---: | ---: | ---: | ---: | ---: | ---: |")
    for number, kind in enumerate(KINDS):
        found = sized(kind, runs, np.random.default_rng(200 + number))
        often, median = (float(np.quantile(found.ours, share)) for share in (POWER, 0.5))
        say(
            f"| {kind.metric} | {kind.bound} | {kind.harm:.4g} | {found.fixed:,} | {often:,.0f} | "
            f"{often / found.fixed:.2f} | {median:,.0f} | {median / found.fixed:.2f} |"
        )
    return []


def guards(runs: int, say: Say) -> list[str]:
    """The table of rollbacks; what is a point or more from the closed form is returned."""
    say("| guard | `failureLimit` | windows | candidate | closed form | simulated |")
    say("| --- | ---: | --- | --- | ---: | ---: |")
    wrong = []
    for number, case in enumerate(rollouts.CASES):
        plan = rollouts.plan_of(case)
        exact = rollouts.closed_form(case, plan)
        found = rollouts.rolled_back(case, plan, runs, np.random.default_rng(300 + number)) / runs
        say(f"| {case.cells} | {exact:.2%} | {found:.2%} |")
        wrong += [case.name] if abs(found - exact) >= CHANCE else []
    return wrong


PARTS: dict[str, Callable[[int, Say], list[str]]] = {"errors": errors, "power": power, "guards": guards}


def write(page: Path, part: str, lines: list[str]) -> None:
    """A table in its place on the page."""
    begin, end = f"<!-- {part}: begin -->", f"<!-- {part}: end -->"
    before, _, rest = page.read_text("utf-8").partition(begin)
    table = "\n".join(lines)
    page.write_text(f"{before}{begin}\n\n{table}\n\n{end}{rest.partition(end)[2]}", "utf-8")


def main() -> int:
    """Prints the tables, and writes them; 1 where one is not as it must be."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=10_000)
    parser.add_argument("--only", choices=PARTS, action="append")
    parser.add_argument("--write", type=Path, help="the page to write the tables to")
    given = parser.parse_args()
    wrong = []
    for part in given.only or PARTS:
        lines: list[str] = []

        def say(line: str, lines: list[str] = lines) -> None:
            lines.append(line)
            sys.stdout.write(f"{line}\n")
            sys.stdout.flush()

        wrong += PARTS[part](given.runs, say)
        if given.write:
            write(given.write, part, lines)
    for name in wrong:
        sys.stdout.write(f"not as it must be: {name}\n")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
