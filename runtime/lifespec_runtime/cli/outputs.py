"""Files that a command writes where its caller says."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Final, NoReturn

import click

from lifespec_runtime.local.places import is_folder
from lifespec_runtime.local.plain import write_file

from .exit_codes import ExitCode
from .report import printable

CODES: Final = {
    "page-not-written": "a page cannot be written where it was asked for",
    "picture-not-written": "the picture of a simulation cannot be written where it was asked for",
    "profile-not-written": "the profile of a source cannot be written where it was asked for",
}
"""Code -> what is wrong."""


def place(_context: click.Context, _parameter: click.Parameter, value: str | None) -> Path | None:
    """The path of a file to write; one that could not be written is refused before anything is measured."""
    if value is None:
        return None
    return checked(value)


def checked(value: str, option: str | None = None) -> Path:
    """The same, of an option that is named here."""
    path = Path(value)
    if not path.name or not is_folder(path.parent) or is_folder(path):
        raise click.BadParameter(f"a file cannot be written to `{printable(value)}`", param_hint=option)
    return path


def write(path: Path, content: bytes, code: str) -> None:
    """Writes a file, or ends the process under a code."""
    try:
        write_file(path, content)
    except OSError as error:
        end(path, error, code)


def end(path: Path, error: OSError, code: str) -> NoReturn:
    """Says what the system refused, and ends the process."""
    click.echo(f"error[{code}]: {printable(str(path))}: {error.strerror or error}", err=True)
    sys.exit(ExitCode.USAGE)
