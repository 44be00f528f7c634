"""Options that several commands share."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING, Any, Final, TypeVar

import click

from lifespec_runtime.local.memory import SWITCH

from .exit_codes import ExitCode

if TYPE_CHECKING:  # a command whose answer is remembered needs none of it
    from lifespec_runtime.local.workspace import Workspace
    from lifespec_schema.findings import Finding, Severity

NEVER: Final = "never"
"""What `--fail-on` says where values are reported and judged elsewhere."""

F = TypeVar("F", bound=Callable[..., Any])


def paths(function: F) -> F:
    """The specs to work on: files or folders; the project's specs when nothing is named."""
    return click.argument("paths", nargs=-1, type=click.Path(), metavar="[SPEC|FOLDER]...")(function)


def output_format(*names: str) -> Callable[[F], F]:
    """`--format`, with the formats that the command knows; the first is the default."""
    return click.option(
        "--format", "fmt", type=click.Choice(names), default=names[0], show_default=True, help="How to print."
    )


def cache(function: F) -> F:
    """`--no-cache`, to compute what might be remembered."""
    help_text = f"Give the answer again while nothing has changed; {SWITCH}=off is --no-cache."
    return click.option("--cache/--no-cache", "use_cache", default=True, show_default=True, help=help_text)(function)


def environment(function: F) -> F:
    """`--env`, for one environment instead of all."""
    return click.option(
        "--env",
        "envs",
        multiple=True,
        metavar="NAME",
        shell_complete=completed(environment_names),
        help="Only this environment; may be repeated.",
    )(function)


def environment_names() -> list[str]:
    """The environments of the project in which the command is started."""
    from lifespec_compiler.plan import environments
    from lifespec_runtime.local.workspace import open_workspace

    project = open_workspace().project
    return [environment.name for environment in environments(project)] if project else []


def completed(names: Callable[[], Iterable[str]]) -> Callable[[click.Context, click.Parameter, str], list[str]]:
    """Shell completion from names that are only looked up when the shell asks."""
    return lambda _ctx, _param, typed: [name for name in names() if name.startswith(typed)]


def check_environments(workspace: Workspace, names: Sequence[str]) -> None:
    """Refuses an environment that the project does not have."""
    if workspace.project and names:
        from lifespec_compiler.plan import environments

        check_names(names, [environment.name for environment in environments(workspace.project)], "--env")


def check_names(names: Iterable[str], known: Sequence[str], hint: str) -> None:
    """Refuses a name that is not one of those known."""
    for name in names:
        if name not in known:
            from lifespec_schema.loader.escape import show_value

            raise click.BadParameter(f"`{show_value(name)}` is not one of {', '.join(known)}", param_hint=hint)


def print_findings(findings: Sequence[Finding], workspace: Workspace, *, err: bool = False) -> list[Finding]:
    """Prints findings in order, for people, and returns them so."""
    from . import report

    found = report.ordered(findings, workspace.files)
    if found:
        click.echo(report.as_text(found, workspace.files, workspace.root), err=err)
    return found


def exit_code(findings: Sequence[Finding], fail_on: Severity) -> ExitCode:
    """The exit code that findings mean."""
    from lifespec_runtime.local.workspace import TOOL_RULES

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


class Doing:
    """A line on standard error that says what is being done, on a terminal only, until `end`."""

    def __init__(self) -> None:
        self.shown = sys.stderr.isatty()
        self._line = ""

    def __call__(self, what: str) -> None:
        """This comes next."""
        if self.shown:
            self.end()
            self._line = f"{what} …"
            click.echo(self._line, nl=False, err=True)

    def end(self) -> None:
        """Take the line away."""
        if self._line:
            click.echo("\r" + " " * len(self._line) + "\r", nl=False, err=True)
            self._line = ""
