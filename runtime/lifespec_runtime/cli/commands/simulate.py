"""`lifespec simulate`: what a spec's policy would do, before any real traffic depends on it."""

from __future__ import annotations

import gc
import sys
from functools import wraps
from pathlib import Path
from typing import TYPE_CHECKING, Final, NamedTuple, NoReturn

import click

from lifespec_runtime.cli import options
from lifespec_runtime.cli.exit_codes import ExitCode
from lifespec_runtime.cli.report import printable

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from lifespec_runtime.cli.one_plan import Chosen
    from lifespec_runtime.cli.simulation_report import Simulated
    from lifespec_schema.findings import Finding
    from lifespec_schema.scenario import Scenario

ALL: Final = "all"
HEALTHY: Final = "healthy"
FORMATS: Final = ("text", "json", "markdown", "mermaid")
EXTRA: Final = "Parquet needs the extra `measure`: pip install 'lifespec[measure]'"
LIBRARIES: Final = ("pyarrow", "numpy", "pandas")
MOST_RUNS: Final = 1_000_000

EPILOG = """Examples:

\b
  lifespec simulate specs/churn/
  lifespec simulate specs/churn/ --scenario double-errors --runs 200
  lifespec simulate specs/churn/ --scenario scenarios/launch.yaml --svg rollout.svg
  lifespec simulate specs/churn/ --trace june.csv --svg june.svg
  lifespec simulate specs/churn/ --scenario healthy --ledger ledgers/churn.jsonl
  lifespec simulate specs/ --runs 50 --fail-above 5% --format markdown
  lifespec simulate --list-scenarios
"""


def _names() -> list[str]:
    from lifespec_compiler.simulate.reading import names

    return [*names(), ALL]


def _share(_context: click.Context, _parameter: click.Parameter, value: str | None) -> float | None:
    if value is None:
        return None
    from decimal import Decimal, InvalidOperation

    try:
        found = float(Decimal(value.removesuffix("%")) / (100 if value.endswith("%") else 1))
    except InvalidOperation:
        found = -1.0
    if not 0 <= found <= 1:
        raise click.BadParameter(f"`{printable(value)}` is no share, such as `5%`")
    return found


class Runs(NamedTuple):
    """How many runs, from which seed on, side by side in how many processes."""

    number: int
    seed: int
    jobs: int | None


_RUN_OPTIONS: Final = (
    click.option(
        "--runs",
        type=click.IntRange(1, MOST_RUNS),
        default=1,
        show_default=True,
        help="How many runs of each scenario the answers rest on.",
    ),
    click.option(
        "--seed",
        type=click.IntRange(0),
        default=1,
        show_default=True,
        help="Of the first run; the same seed, the same run.",
    ),
    click.option("--jobs", type=click.IntRange(1), help="Processes that run side by side; default: as many as help."),
)


def _runs(function: Callable[..., object]) -> Callable[..., object]:
    """The options that say how many runs, which the command gets as `runs`."""

    @wraps(function)
    def wrapped(*, runs: int, seed: int, jobs: int | None, **more: object) -> object:
        return function(runs=Runs(runs, seed, jobs), **more)

    for option in reversed(_RUN_OPTIONS):
        wrapped = option(wrapped)
    return wrapped


@click.command("simulate", epilog=EPILOG)
@click.argument("spec", type=click.Path(), required=False, metavar="SPEC|FOLDER")
@click.option(
    "--scenario",
    "scenarios",
    multiple=True,
    metavar="NAME|FILE",
    shell_complete=options.completed(_names),
    help="What is true in the simulation: a name, a file, or `all`; may be repeated. Default: all without drift.",
)
@click.option(
    "--trace",
    metavar="FILE",
    help="Replay recorded metrics: CSV, Parquet, or Prometheus' answer to a range query as JSON.",
)
@_runs
@click.option("--env", "environment", metavar="NAME", help="The environment; default: where models are trained.")
@click.option("--svg", metavar="FILE|FOLDER", help="Write pictures, too: into a folder where there are several.")
@click.option(
    "--ledger", metavar="FILE", help="Record the decisions of the first run, for `lifespec why`; one scenario."
)
@click.option(
    "--fail-above",
    metavar="SHARE",
    callback=_share,
    help="Exit 1 where more than this share of a scenario's runs promotes a bad candidate or stops a good one.",
)
@click.option("--list-scenarios", "listed", is_flag=True, help="List the scenarios that lifespec brings, and end.")
@options.output_format(*FORMATS)
def command(
    spec: str | None,
    scenarios: tuple[str, ...],
    trace: str | None,
    runs: Runs,
    environment: str | None,
    svg: str | None,
    ledger: str | None,
    fail_above: float | None,
    listed: bool,
    fmt: str,
) -> None:
    """Simulate what a spec's policy would do: the engine that decides in the cluster, in a world of known truth.

    The clock is virtual, and requests, errors, drift and people come from a scenario; their chance from a seed. One
    scenario shows its timeline with every decision and why, and what many runs say together: exposure, time to detect,
    how often a good candidate is stopped or a bad one promoted. Several scenarios are a line each.
    """
    from lifespec_runtime.cli.one_plan import all_plans
    from lifespec_runtime.cli.simulation_report import render

    gc.enable()
    if listed:
        _list()
        return
    if spec is None:
        raise click.UsageError("name a spec, or a folder with specs; --list-scenarios lists what can be simulated")
    chosen = all_plans(spec, environment)
    _check_facts(chosen)
    asked = _scenarios(scenarios if trace is None else scenarios or (HEALTHY,))
    if trace is not None and (len(asked) > 1 or runs.number > 1):
        raise click.UsageError("--trace replays what happened: one scenario for what was not recorded, and one run")
    if ledger is not None and len(asked) * len(chosen) != 1:
        raise click.UsageError("--ledger needs one spec and one scenario: a ledger is of one lifecycle")
    found = _simulate(chosen, asked, runs) if trace is None else _replay(chosen, asked[0], trace)
    if svg is not None:
        _draw(found, Path(svg))
    if ledger is not None:
        _record(found[0], chosen[0], ledger)
    click.echo(render(fmt, found))
    wrong = fail_above is not None and any(each.wrong > fail_above for each in found)
    sys.exit(ExitCode.FINDINGS if wrong else ExitCode.CLEAN)


def _list() -> None:
    """Prints the scenarios that lifespec brings."""
    from lifespec_compiler.simulate.reading import built_in, names

    widest = max(map(len, names()))
    for name in names():
        click.echo(f"{click.style(name.ljust(widest), bold=True)}  {built_in(name).spec.about}")


def _check_facts(chosen: Sequence[Chosen]) -> None:
    """Refuses a spec that does not say what a simulation has to know."""
    from lifespec_compiler.simulate.reading import missing_facts
    from lifespec_runtime.cli import report

    findings = [(finding, each) for each in chosen for finding in missing_facts(each.plan)]
    for finding, each in findings:
        ordered = report.ordered([finding], each.files)
        click.echo(report.as_text(ordered, each.files, each.root), err=True)
    if findings:
        sys.exit(ExitCode.FINDINGS)


def _scenarios(wanted: Sequence[str]) -> list[Scenario]:
    """The scenarios by name, or from files; broken ones are told, and end the process."""
    from lifespec_compiler.simulate.reading import built_in, names

    found: dict[str, Scenario] = {}
    if not wanted:  # half a year of drift and trainings takes as long as all the others
        found = {name: built_in(name) for name in names() if not built_in(name).spec.drift}
    for each in wanted:
        if each == ALL:
            found |= {name: built_in(name) for name in names()}
        elif each in names():
            found[each] = built_in(each)
        elif Path(each).suffix in (".yaml", ".yml", ".json") or Path(each).exists():
            found[each] = _read(each)
        else:
            options.check_names([each], [*names(), ALL], "--scenario")
    return list(found.values())


def _read(file: str) -> Scenario:
    from lifespec_compiler.simulate.reading import read_scenario

    data = _content(file, "--scenario")
    scenario, findings = read_scenario(file, data)
    if scenario is None:
        _refuse(findings, {file: data})
    return scenario


def _simulate(chosen: Sequence[Chosen], scenarios: Sequence[Scenario], runs: Runs) -> list[Simulated]:
    """All of it; on a terminal with a line that counts."""
    from lifespec_compiler.simulate.answers import answer
    from lifespec_runtime.cli.simulation_report import Simulated
    from lifespec_runtime.simulation.running import Task, simulated

    found = []
    for each in chosen:
        for scenario in scenarios:
            progress = options.Progress(runs.number, f"{each.plan.name}, {scenario.metadata.name}: run")
            made = list(simulated(Task(each.plan, scenario), *runs, progress))
            found.append(Simulated(each.plan, made[0], answer(each.plan, made)))
    return found


def _replay(chosen: Sequence[Chosen], scenario: Scenario, file: str) -> list[Simulated]:
    """What would have been decided on recorded metrics; the scenario says what was not recorded."""
    from lifespec_compiler.simulate.answers import answer
    from lifespec_compiler.simulate.replaying import replay
    from lifespec_runtime.cli.simulation_report import Simulated
    from lifespec_runtime.simulation.traces import read_trace

    data = _content(file, "--trace")
    try:
        trace, findings = read_trace(file, data)
    except ModuleNotFoundError as error:
        if (error.name or "").partition(".")[0] not in LIBRARIES:
            raise
        click.echo(EXTRA, err=True)
        sys.exit(ExitCode.USAGE)
    if trace is None:
        _refuse(findings, {})
    made = [(each.plan, replay(each.plan, trace, scenario)) for each in chosen]
    return [Simulated(plan, found, answer(plan, [found]), recorded=True) for plan, found in made]


def _content(file: str, option: str) -> bytes:
    try:
        return Path(file).read_bytes()
    except OSError as error:
        message = f"`{printable(file)}` cannot be read: {error.strerror or error}"
        raise click.BadParameter(message, param_hint=option) from error


def _refuse(findings: Sequence[Finding], files: Mapping[str, bytes]) -> NoReturn:
    """Prints what is wrong with a file, and ends the process."""
    from lifespec_runtime.cli import report

    click.echo(report.as_text(report.ordered(findings, files), files, Path.cwd()), err=True)
    sys.exit(ExitCode.FINDINGS)


def _draw(found: Sequence[Simulated], path: Path) -> None:
    """Writes a picture, or a folder of them."""
    from lifespec_runtime.simulation.svg import svg
    from lifespec_runtime.simulation.table import rows

    several = len(found) > 1 or path.is_dir()
    try:
        if several:
            path.mkdir(exist_ok=True)
        for each in found:
            name = f"{each.plan.name}-{each.simulation.scenario}.svg"
            drawn = svg(each.story, rows(each.answers), each.rests_on)
            (path / name if several else path).write_bytes(drawn.encode())
    except OSError as error:
        click.echo(f"error[picture-not-written]: {printable(str(path))}: {error.strerror or error}", err=True)
        sys.exit(ExitCode.USAGE)


def _record(first: Simulated, chosen: Chosen, ledger: str) -> None:
    """Writes the first run's decisions into a ledger of their own, which must not be there yet."""
    from lifespec_runtime.cli.ledgers import told
    from lifespec_runtime.ledger.file import FileLedger
    from lifespec_runtime.ledger.record import Subject

    if Path(ledger).exists():
        raise click.BadParameter(f"`{printable(ledger)}` is there already", param_hint="--ledger")
    with told():
        written = FileLedger(ledger, Subject(chosen.plan.namespace, chosen.plan.name))
        for entry in first.simulation.entries:
            written.append(entry)
