"""What is told in every format, and the way to the format that tells it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from importlib import import_module
from typing import Final, NamedTuple

from lifespec_compiler.rules import Waived
from lifespec_runtime.cli.exit_codes import ExitCode
from lifespec_runtime.cli.report import order
from lifespec_schema.findings import Finding, Severity
from lifespec_schema.loader import locate

FORMATS: Final = ("sarif", "github", "gitlab", "junit")
"""The formats. Each is a module of this package with `render(report) -> bytes`: UTF-8, the same for the same report."""


class Report(NamedTuple):
    """The findings of one run, and what a format may need to tell them."""

    findings: Sequence[Finding]
    """In order, with their spans."""
    files: Mapping[str, bytes] = {}
    """The files that findings lie in, by the name that places give them."""
    waived: Sequence[Waived] = ()
    specs: Sequence[str] = ()
    """The files of the lifecycles that were looked at."""
    least: Severity = Severity.WARNING
    """The least severity that fails."""
    folder: str = ""
    """The way from the Git repository's root to the folder that places start from, with a slash at its end."""
    exit_code: ExitCode = ExitCode.CLEAN


def located(waived: Sequence[Waived], files: Mapping[str, bytes]) -> list[Waived]:
    """What is waived, each once and in order, with the lines and columns of the finding and of the waiver."""
    once = list(dict.fromkeys(waived))
    places = [Finding("", Severity.INFO, "", each.place) for each in once]
    found = locate([*(each.finding for each in once), *places], files)
    pairs = zip(once, found[: len(once)], found[len(once) :], strict=True)
    placed = [each._replace(finding=finding, place=waiver.place) for each, finding, waiver in pairs]
    return sorted(placed, key=lambda each: (*order(each.finding), each.place))


def render(name: str, report: Report) -> bytes:
    """The report in one of `FORMATS`."""
    rendered: bytes = import_module(f"{__package__}.{name}").render(report)
    return rendered
