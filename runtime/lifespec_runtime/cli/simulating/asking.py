"""What is asked for on the command line: scenarios by name or file, how many runs, a share."""

from __future__ import annotations

from functools import wraps
from pathlib import Path
from typing import TYPE_CHECKING, Final, NamedTuple

import click

from lifespec_runtime.cli import options
from lifespec_runtime.cli.report import printable
from lifespec_runtime.local.places import is_there

from .files import content, refuse

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from click.shell_completion import CompletionItem

    from lifespec_schema.scenario import Scenario

ALL: Final = "all"
MOST_RUNS: Final = 1_000_000


def scenario_names() -> list[str]:
    """What `--scenario` knows by name."""
    from lifespec_compiler.simulate.reading import names

    return [*names(), ALL]


def complete_scenario(_context: click.Context, _parameter: click.Parameter, typed: str) -> list[CompletionItem]:
    """Names that a shell may offer; where none fits, its own names of files."""
    from click.shell_completion import CompletionItem

    offered = (CompletionItem(name) for name in scenario_names() if name.startswith(typed))
    return [CompletionItem(typed, type="file"), *offered]


def share(_context: click.Context, _parameter: click.Parameter, value: str | None) -> float | None:
    """A share, as `5%` or `0.05`."""
    if value is None:
        return None
    from decimal import Decimal

    try:
        found = float(Decimal(value.removesuffix("%")) / (100 if value.endswith("%") else 1))
    except (ArithmeticError, ValueError):
        found = -1.0
    if not 0 <= found <= 1:
        raise click.BadParameter(f"`{printable(value)}` is no share, such as `5%`")
    return found


def list_scenarios(context: click.Context, _parameter: click.Parameter, value: bool) -> None:  # noqa: FBT001 - click's
    """Prints the scenarios that lifespec brings, and ends."""
    if not value or context.resilient_parsing:
        return
    from lifespec_compiler.simulate.reading import built_in, names

    widest = max(map(len, names()))
    for name in names():
        click.echo(f"{click.style(name.ljust(widest), bold=True)}  {built_in(name).spec.about}")
    context.exit()


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


def runs(function: Callable[..., object]) -> Callable[..., object]:
    """The options that say how many runs, which the command gets as `runs`."""

    @wraps(function)
    def wrapped(*, runs: int, seed: int, jobs: int | None, **more: object) -> object:
        return function(runs=Runs(runs, seed, jobs), **more)

    for option in reversed(_RUN_OPTIONS):
        wrapped = option(wrapped)
    return wrapped


def scenarios(wanted: Sequence[str]) -> list[Scenario]:
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
        elif Path(each).suffix in (".yaml", ".yml", ".json") or is_there(each):
            found[each] = _read(each)
        else:
            options.check_names([each], scenario_names(), "--scenario")
    return list(found.values())


def _read(file: str) -> Scenario:
    from lifespec_compiler.simulate.reading import read_scenario

    data = content(file, "--scenario")
    scenario, findings = read_scenario(file, data)
    if scenario is None:
        refuse(findings, {file: data})
    return scenario
