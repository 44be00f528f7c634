"""The ledger that a command is asked about, and how the command ends where it is broken."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, TypeVar

import click

from lifespec_runtime.ledger.errors import LedgerError
from lifespec_runtime.ledger.places import FOLDER, ledger_files

from .exit_codes import ExitCode
from .report import printable

if TYPE_CHECKING:
    from lifespec_runtime.ledger.file import Recorded

F = TypeVar("F", bound=Callable[..., Any])


def option(function: F) -> F:
    """`--ledger`, which the command gets as `where`."""
    return click.option(
        "--ledger",
        "where",
        type=click.Path(),
        default=FOLDER,
        show_default=True,
        metavar="FILE|FOLDER",
        help="The ledger, or a folder with one for each lifecycle.",
    )(function)


def specs(function: F) -> F:
    """`--spec`, which the command gets as `paths`."""
    return click.option(
        "--spec",
        "paths",
        multiple=True,
        type=click.Path(),
        metavar="SPEC|FOLDER",
        help="The spec of the lifecycle; default: the project's specs.",
    )(function)


def ledgers(where: str) -> list[Recorded]:
    """What the ledgers say; that one of them ends early is told."""
    from lifespec_runtime.ledger.file import read

    found = [read(file) for file in ledger_files(where)]
    for each in found:
        if each.torn is not None:
            place = f"{each.file}:{each.torn.line}"
            message = f"the last line ends early ({each.torn.length} bytes): it was never a decision"
            click.echo(f"warning[ledger-torn-tail]: {printable(place)}: {message}", err=True)
    return found


@contextmanager
def told() -> Iterator[None]:
    """Ends the process where a ledger cannot be used: a coded line, with file, line and column."""
    try:
        yield
    except LedgerError as error:
        head = click.style(f"error[{error.code}]", fg="red", bold=True)
        click.echo(f"{head}: {printable(error.message)}\n  --> {printable(error.place)}", err=True)
        if error.advice:
            click.echo(f"  help: {error.advice}", err=True)
        sys.exit(ExitCode.USAGE)
