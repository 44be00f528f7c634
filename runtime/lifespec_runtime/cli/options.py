"""Options that several commands share."""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from typing import Any, TypeVar

import click

from lifespec_runtime.local.workspace import TOOL_RULES, Workspace, open_workspace
from lifespec_schema.findings import Finding, Severity

from . import report
from .exit_codes import ExitCode

F = TypeVar("F", bound=Callable[..., Any])


def paths(function: F) -> F:
    """The specs to work on: files or folders; the project's `specs/` when nothing is named."""
    return click.argument("paths", nargs=-1, type=click.Path(), metavar="[SPEC|FOLDER]...")(function)


def output_format(*names: str) -> Callable[[F], F]:
    """`--format`, with the formats that the command knows; the first is the default."""
    return click.option(
        "--format", "fmt", type=click.Choice(names), default=names[0], show_default=True, help="How to print."
    )


def environment(function: F) -> F:
    """`--env`, for one environment instead of all."""
    return click.option("--env", "envs", multiple=True, metavar="NAME", help="Only this environment; may be repeated.")(
        function
    )


def open_specs(named: Sequence[str]) -> Workspace:
    """Opens the workspace of the named paths, or of `specs/` (else of the current folder) when there are none."""
    from pathlib import Path

    return open_workspace(named or (["specs"] if Path("specs").is_dir() else ["."]))


def check_environments(workspace: Workspace, names: Sequence[str]) -> None:
    """Refuses an environment that the project does not have."""
    from lifespec_compiler.pipeline import unknown_environments

    unknown = unknown_environments(workspace.project, names) if workspace.project else []
    if unknown:
        raise click.BadParameter(f"`{unknown[0]}` is not an environment of the project", param_hint="--env")


def print_findings(findings: Sequence[Finding], workspace: Workspace, fmt: str, *, err: bool = False) -> list[Finding]:
    """Prints findings in order and returns them so."""
    found = report.ordered(findings, workspace.files)
    if fmt == "json":
        click.echo(report.as_json(found), err=err)
    elif found:
        click.echo(report.as_text(found, workspace.files, workspace.root), err=err)
    return found


def exit_code(findings: Sequence[Finding], fail_on: Severity) -> ExitCode:
    """The exit code that findings mean."""
    failing = [finding for finding in findings if finding.severity.rank >= fail_on.rank]
    if any(finding.rule in TOOL_RULES for finding in failing):
        return ExitCode.USAGE
    if any(finding.rule == "internal-error" for finding in failing):
        return ExitCode.INTERNAL
    return ExitCode.FINDINGS if failing else ExitCode.CLEAN


class Progress:
    """A line on standard error that counts, on a terminal and for many specs only."""

    MANY = 20

    def __init__(self, total: int, what: str) -> None:
        self.total, self.what, self.done = total, what, 0
        self.shown = total >= self.MANY and sys.stderr.isatty()

    def __call__(self, name: str) -> None:
        """One more is done."""
        self.done += 1
        if self.shown:
            line = f"\r{self.what} {self.done}/{self.total} {name[:40]:<40}"
            click.echo(line if self.done < self.total else "\r" + " " * len(line) + "\r", nl=False, err=True)
