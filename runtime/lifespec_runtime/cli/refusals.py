"""How a measuring command ends where data or a model are not what they must be: a coded line, and an exit code."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Final, NoReturn

import click

from lifespec_runtime.measure.reading.flaws import UNREACHED, Flaw

from .exit_codes import ExitCode
from .report import printable

EXTRA: Final = "this command needs the extra `measure`: pip install 'lifespec[measure]'"
LIBRARIES: Final = ("pyarrow", "numpy", "fsspec", "pandas", "sklearn", "scipy")
SETUP: Final = UNREACHED | {
    *(
        "model-unreachable",
        "store-refused",
        "tracking-refused",
        "trainer-exists",
        "trainer-no-command",
        "trainer-no-engine",
    )
}
"""What is wrong with the call or its surroundings, rather than with data or a model."""
LINES: Final = 12


@contextmanager
def refusals() -> Iterator[None]:
    """Ends the process where what happens inside finds data or a model wanting, or a library missing."""
    try:
        from lifespec_runtime.measure.models import ModelError
        from lifespec_runtime.measure.rows import FlawedDataError
    except ModuleNotFoundError as error:
        _missing(error)
    try:
        yield
    except FlawedDataError as error:
        refuse(error.flaws, error.untold)
    except ModelError as error:
        refuse([error.flaw], tail=error.tail)
    except ModuleNotFoundError as error:
        _missing(error)


def refuse(flaws: Sequence[Flaw], untold: int = 0, tail: str = "") -> NoReturn:
    """Prints what is wrong, and ends the process: 2 where the call or its surroundings are, else 1."""
    for flaw in flaws:
        click.echo("\n".join(flaw_text(flaw)), err=True)
    if untold:
        click.echo(f"… and {untold:,} more like these", err=True)
    if tail.strip():
        click.echo("the last that it wrote:", err=True)
        click.echo("\n".join(tail_lines(tail)), err=True)
    sys.exit(ExitCode.USAGE if any(flaw.code in SETUP for flaw in flaws) else ExitCode.FINDINGS)


def flaw_text(flaw: Flaw) -> list[str]:
    """A flaw for people."""
    head = click.style(f"error[{flaw.code}]", fg="red", bold=True)
    place = printable(flaw.file) + (f", row {flaw.row}" if flaw.row is not None else "")
    place += f", column `{printable(flaw.column)}`" if flaw.column is not None else ""
    lines = [f"{head}: {printable(flaw.message)}", f"  --> {place}"]
    return [*lines, f"  help: {printable(flaw.help)}"] if flaw.help else lines


def tail_lines(tail: str) -> list[str]:
    """The last lines of what a user's command wrote, escaped."""
    return [f"  | {printable(line.rstrip()[:200])}" for line in tail.strip().splitlines()[-LINES:]]


def _missing(error: ModuleNotFoundError) -> NoReturn:
    if (error.name or "").partition(".")[0] not in LIBRARIES:
        raise error
    click.echo(EXTRA, err=True)
    sys.exit(ExitCode.USAGE)
