"""Where the data of a lifecycle is read: as an option says, else in a copy beside the spec, else where it lies."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from . import options
from .one_plan import Chosen

if TYPE_CHECKING:
    from lifespec_runtime.measure.contracts.check import Location

F = TypeVar("F", bound=Callable[..., Any])


def data(function: F) -> F:
    """`--data`, once for each source that is read elsewhere."""
    help_text = "Read this source's data here: a file, a folder or a pattern; NAME may be left out where there is one."
    return click.option("--data", "written", multiple=True, metavar="[NAME=]URI", help=help_text)(function)


def places(chosen: Chosen, written: Sequence[str]) -> dict[str, Location]:
    """The place of every source."""
    from lifespec_runtime.measure.contracts.check import Location
    from lifespec_runtime.measure.reading.files import format_of

    sources = {source.name: source for source in chosen.plan.spec.data.sources}
    found = {
        name: copy_of(chosen.folder, name) or Location(source.uri or "", source.format, copy=False)
        for name, source in sources.items()
    }
    for value in written:
        name, equals, uri = value.partition("=")
        if not equals or "/" in name or name not in sources:
            if len(sources) != 1:
                options.check_names([name] if equals else [], list(sources), "--data")
                raise click.UsageError(f"--data is of one source: write NAME=URI ({', '.join(sources)})")
            name, uri = next(iter(sources)), value
        found[name] = Location(uri, format_of(uri) or sources[name].format, copy=True)
    return found


def copy_of(folder: Path | None, source: str) -> Location | None:
    """The copy of a source in `.data/<source>.<format>` beside its spec, where there is one."""
    from lifespec_runtime.measure.contracts.check import Location
    from lifespec_runtime.measure.reading.files import SUFFIXES

    for form, ends in SUFFIXES.items() if folder else ():
        for end in ends:
            file = Path(folder or "") / ".data" / f"{source}{end}"
            if os.path.isfile(file):  # noqa: PTH113 - pathlib raises where one may not look
                shown = file.relative_to(Path.cwd()) if file.is_relative_to(Path.cwd()) else file
                return Location(str(shown), form, copy=True)
    return None


def told(found: dict[str, Location]) -> list[str]:
    """A line for each copy that is read in place of its source."""
    from .report import printable

    return [f"{name}: {printable(place.uri)} (a copy)" for name, place in found.items() if place.copy]
