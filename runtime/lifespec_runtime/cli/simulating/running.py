"""The runs: of scenarios, or of what was recorded."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Final

import click

from lifespec_runtime.cli import options
from lifespec_runtime.cli.exit_codes import ExitCode

from .files import content, refuse

if TYPE_CHECKING:
    from collections.abc import Sequence

    from lifespec_runtime.cli.one_plan import Chosen
    from lifespec_runtime.cli.simulation_report import Simulated
    from lifespec_schema.scenario import Scenario

    from .asking import Runs

EXTRA: Final = "Parquet needs the extra `measure`: pip install 'lifespec[measure]'"
LIBRARIES: Final = ("pyarrow", "numpy", "pandas")


def check_facts(chosen: Sequence[Chosen], *, replayed: bool) -> None:
    """Refuses a spec that does not say what a simulation has to know, or that knows no recorded metrics."""
    from lifespec_compiler.simulate.reading import missing_facts, unreplayable
    from lifespec_runtime.cli import report

    check = unreplayable if replayed else missing_facts
    findings = [(finding, each) for each in chosen for finding in check(each.plan)]
    for finding, each in findings:
        ordered = report.ordered([finding], each.files)
        click.echo(report.as_text(ordered, each.files, each.root), err=True)
    if findings:
        sys.exit(ExitCode.FINDINGS)


def run_scenarios(
    chosen: Sequence[Chosen], scenarios: Sequence[Scenario], runs: Runs, *, named: bool
) -> list[Simulated]:
    """All of it; on a terminal with a line that counts. What nobody `named` and does not apply is left out."""
    from lifespec_compiler.simulate.answers import answer
    from lifespec_compiler.simulate.foreign import foreign
    from lifespec_runtime.cli.simulation_report import Simulated
    from lifespec_runtime.simulation.running import Task, simulated

    found = []
    for each in chosen:
        fitting = [one for one in scenarios if named or foreign(each.plan, one).applies]
        left_out = ", ".join(one.metadata.name for one in scenarios if one not in fitting)
        if left_out:
            click.echo(f"note: these do not apply to {each.plan.name} and are left out: {left_out}", err=True)
        for scenario in fitting:
            progress = options.Progress(runs.number, f"{each.plan.name}, {scenario.metadata.name}: run")
            made = list(simulated(Task(each.plan, scenario), *runs, progress))
            found.append(Simulated(each.plan, made[0], answer(each.plan, made), about=scenario.spec.about))
    return found


def replay_trace(chosen: Sequence[Chosen], scenario: Scenario, file: str, candidate: str | None) -> list[Simulated]:
    """What would have been decided on recorded metrics; the scenario says what was not recorded.

    `candidate`: as `read_trace` has it.
    """
    from lifespec_compiler.simulate.answers import answer
    from lifespec_compiler.simulate.replaying import replay
    from lifespec_runtime.cli.simulation_report import Simulated
    from lifespec_runtime.simulation.traces import read_trace

    data = content(file, "--trace")
    try:
        trace, findings = read_trace(file, data, candidate=candidate)
    except ModuleNotFoundError as error:
        if (error.name or "").partition(".")[0] not in LIBRARIES:
            raise
        click.echo(EXTRA, err=True)
        sys.exit(ExitCode.USAGE)
    if trace is None:
        refuse(findings, {file: data} if _has_lines(file, data) else {})
    made = [(each.plan, replay(each.plan, trace, scenario)) for each in chosen]
    return [Simulated(plan, found, answer(plan, [found]), recorded=True) for plan, found in made]


def _has_lines(file: str, data: bytes) -> bool:
    """Whether a finding's line can be shown."""
    if not file.lower().endswith(".csv"):
        return False
    try:
        data.decode()
    except UnicodeDecodeError:
        return False
    return True


def too_often_wrong(found: Sequence[Simulated], most: float | None) -> bool:
    """Whether a scenario was decided wrongly in more than this share of its runs; those are told."""
    from lifespec_runtime.cli.report import printable
    from lifespec_runtime.simulation.words import percent, plural

    if most is None:
        return False
    wrong = [each for each in found if each.wrong > most]
    for each in wrong:
        runs = plural(each.answers.runs, "run")
        often = f"{percent(each.wrong, each.wrong - most)} of {runs} decided wrongly, more than {percent(most)}"
        click.echo(f"{each.plan.name}, {printable(each.simulation.scenario)}: {often}", err=True)
    return bool(wrong)
