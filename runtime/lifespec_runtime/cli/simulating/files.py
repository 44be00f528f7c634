"""The files of a simulation: what is read, pictures and a ledger that are written."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

import click

from lifespec_runtime.cli import outputs
from lifespec_runtime.cli.exit_codes import ExitCode
from lifespec_runtime.cli.report import printable
from lifespec_runtime.local.places import is_folder
from lifespec_runtime.local.plain import read_file, write_file

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from lifespec_runtime.cli.one_plan import Chosen
    from lifespec_runtime.cli.simulation_report import Simulated
    from lifespec_schema.findings import Finding


def content(file: str, option: str) -> bytes:
    """What stands in a file that an option names."""
    try:
        return read_file(Path(file))
    except OSError as error:
        message = f"`{printable(file)}` cannot be read: {error.strerror or error}"
        raise click.BadParameter(message, param_hint=option) from error


def refuse(findings: Sequence[Finding], files: Mapping[str, bytes]) -> NoReturn:
    """Prints what is wrong with a file, and ends the process."""
    from lifespec_runtime.cli import report

    click.echo(report.as_text(report.ordered(findings, files), files, Path.cwd()), err=True)
    sys.exit(ExitCode.FINDINGS)


def draw(found: Sequence[Simulated], path: Path) -> None:
    """Writes a picture, or a folder of them."""
    from lifespec_runtime.simulation.svg import svg
    from lifespec_runtime.simulation.table import rows

    several = len(found) > 1 or is_folder(path)
    try:
        if several:
            path.mkdir(exist_ok=True)
        for each in found:
            name = f"{each.plan.name}-{each.simulation.scenario}.svg"
            drawn = svg(each.story, rows(each.answers), each.rests_on, each.answers.assumptions)
            write_file(path / name if several else path, drawn.encode())
    except OSError as error:
        outputs.end(path, error, "picture-not-written")


def check_pictures(svg: str, *, several: bool) -> None:
    """Refuses several pictures where there is a file."""
    if several and os.path.lexists(svg) and not is_folder(svg):
        message = f"several pictures need a folder, and `{printable(svg)}` is a file"
        raise click.BadParameter(message, param_hint="--svg")


def make_room(ledger: str) -> None:
    """Makes the folder of a new ledger; refuses one that is there already, or whatever else has its name."""
    if os.path.lexists(ledger):
        message = f"`{printable(ledger)}` is there already: name another file, or delete it"
        raise click.BadParameter(message, param_hint="--ledger")
    folder = Path(ledger).parent
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        outputs.end(folder, error, "ledger-not-written")


def record(first: Simulated, chosen: Chosen, ledger: str) -> None:
    """Writes the first run's decisions into a ledger of their own."""
    from lifespec_runtime.cli.ledgers import told
    from lifespec_runtime.ledger.file import FileLedger
    from lifespec_runtime.ledger.record import Subject

    make_room(ledger)
    with told():
        written = FileLedger(ledger, Subject(chosen.plan.namespace, chosen.plan.name))
        for entry in first.simulation.entries:
            written.append(entry)
