"""`lifespec simulate`: what a spec's policy would do, before any real traffic depends on it."""

from __future__ import annotations

import gc
import sys
from pathlib import Path
from typing import Final

import click

from lifespec_runtime.cli import options
from lifespec_runtime.cli.exit_codes import ExitCode
from lifespec_runtime.cli.simulating import asking

HEALTHY: Final = "healthy"
FORMATS: Final = ("text", "json", "markdown", "mermaid")

EPILOG = """Examples:

\b
  lifespec simulate specs/churn/
  lifespec simulate specs/churn/ --scenario double-errors --runs 200
  lifespec simulate specs/churn/ --scenario scenarios/launch.yaml --svg rollout.svg
  lifespec simulate specs/churn/ --trace june.csv --svg june.svg
  lifespec simulate specs/churn/ --trace june.json --candidate 18732320bc54
  lifespec simulate specs/churn/ --scenario healthy --ledger ledgers/churn.jsonl
  lifespec simulate specs/ --runs 50 --fail-above 5% --format markdown
  lifespec simulate --list-scenarios
"""


@click.command("simulate", epilog=EPILOG)
@click.argument("spec", type=click.Path(), required=False, metavar="SPEC|FOLDER")
@click.option(
    "--scenario",
    "scenarios",
    multiple=True,
    metavar="NAME|FILE",
    shell_complete=asking.complete_scenario,
    help="What is true: a name, a file, or `all`; may be repeated. Default: all that apply, without drift.",
)
@click.option(
    "--trace",
    type=click.Path(),
    metavar="FILE",
    help="Replay recorded metrics: CSV, Parquet, or Prometheus' answer to a range query as JSON.",
)
@click.option(
    "--candidate",
    metavar="REVISION",
    help="With --trace of Prometheus: which `revision` is the candidate; default: the one that begins last.",
)
@asking.runs
@click.option(
    "--env",
    "environment",
    metavar="NAME",
    shell_complete=options.completed(options.environment_names),
    help="The environment; default: where models are trained.",
)
@click.option(
    "--svg",
    type=click.Path(),
    metavar="FILE|FOLDER",
    help="Write pictures, too: into a folder where there are several.",
)
@click.option(
    "--ledger",
    type=click.Path(),
    metavar="FILE",
    help="Record the decisions of the first run, for `lifespec why`; one scenario.",
)
@click.option(
    "--fail-above",
    metavar="SHARE",
    callback=asking.share,
    help="Exit 1 where more than this share of a scenario's runs promotes a bad candidate or stops a good one.",
)
@click.option(
    "--list-scenarios",
    is_flag=True,
    is_eager=True,
    expose_value=False,
    callback=asking.list_scenarios,
    help="List the scenarios that lifespec brings, and end.",
)
@options.output_format(*FORMATS)
def command(
    spec: str | None,
    scenarios: tuple[str, ...],
    trace: str | None,
    candidate: str | None,
    runs: asking.Runs,
    environment: str | None,
    svg: str | None,
    ledger: str | None,
    fail_above: float | None,
    fmt: str,
) -> None:
    """Simulate what a spec's policy would do: the engine that decides in the cluster, in a world of known truth.

    The clock is virtual, and requests, errors, drift and people come from a scenario; their chance from a seed. One
    scenario shows its timeline with every decision and why, and what many runs say together: exposure, time to detect,
    how often a good candidate is stopped or a bad one promoted. Several scenarios are a line each.
    """
    from lifespec_runtime.cli.one_plan import all_plans
    from lifespec_runtime.cli.simulating import files, running
    from lifespec_runtime.cli.simulation_report import render

    gc.enable()
    if spec is None:
        raise click.UsageError("name a spec, or a folder with specs; --list-scenarios lists what can be simulated")
    chosen = all_plans(spec, environment)
    running.check_facts(chosen, replayed=trace is not None)
    asked = asking.scenarios(scenarios if trace is None else scenarios or (HEALTHY,))
    if candidate is not None and (trace is None or not trace.lower().endswith(".json")):
        raise click.UsageError("--candidate needs --trace of Prometheus (.json); in a table, `revision` says it")
    if trace is not None and (len(asked) > 1 or runs.number > 1):
        raise click.UsageError("--trace replays what happened: one scenario for what was not recorded, and one run")
    if trace is not None and fail_above is not None:
        raise click.UsageError("--fail-above needs scenarios: whether a recorded candidate was bad, nobody knows")
    if ledger is not None and len(asked) * len(chosen) != 1:
        raise click.UsageError("--ledger needs one spec and one scenario: a ledger is of one lifecycle")
    if svg is not None:
        files.check_pictures(svg, several=len(asked) * len(chosen) > 1)
    if ledger is not None:
        files.make_room(ledger)
    found = (
        running.run_scenarios(chosen, asked, runs, named=bool(scenarios))
        if trace is None
        else running.replay_trace(chosen, asked[0], trace, candidate)
    )
    if svg is not None:
        files.draw(found, Path(svg))
    if ledger is not None:
        files.record(found[0], chosen[0], ledger)
    click.echo(render(fmt, found))
    sys.exit(ExitCode.FINDINGS if running.too_often_wrong(found, fail_above) else ExitCode.CLEAN)
