"""`lifespec lint`: what is wrong with specs, where, and what to do."""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime
from typing import NamedTuple

import click

from lifespec_compiler.pipeline import Planned, all_project_findings, chosen_targets, plan_all
from lifespec_compiler.rules import Context, Waived, judge_lifecycle, severities
from lifespec_compiler.targets import TARGETS, unsupported
from lifespec_runtime.cli import options, report
from lifespec_runtime.cli.exit_codes import ExitCode
from lifespec_runtime.cli.formats import FORMATS, Report, located, render
from lifespec_runtime.local.workspace import Workspace, open_workspace
from lifespec_schema.findings import Finding, Place, Severity

EPILOG = """Examples:

\b
  lifespec lint specs/
  lifespec lint specs/churn/lifecycle.yaml --format json
  lifespec lint --quiet --fail-on error
  lifespec lint --fix --diff
  lifespec lint --format sarif > lifespec.sarif
"""


@click.command("lint", epilog=EPILOG)
@options.paths
@options.environment
@options.output_format("text", "json", *FORMATS)
@click.option(
    "--fail-on",
    type=click.Choice([severity.value for severity in Severity]),
    help="The least severity that fails; default: the project's, else warning.",
)
@click.option("--quiet", "-q", is_flag=True, help="Print only what fails; the last line still counts everything.")
@click.option("--fix", is_flag=True, help="Apply safe fixes, and lint what came of it.")
@click.option("--unsafe-fixes", "unsafe", is_flag=True, help="With those that a person should look at; implies --fix.")
@click.option("--diff", is_flag=True, help="Show what fixing would change, and change nothing; implies --fix.")
@click.option(
    "--today",
    type=click.DateTime(["%Y-%m-%d"]),
    metavar="YYYY-MM-DD",
    help="The day on which waivers are judged; default: today, UTC.",
)
def command(
    paths: tuple[str, ...],
    envs: tuple[str, ...],
    fmt: str,
    fail_on: str | None,
    quiet: bool,
    fix: bool,
    unsafe: bool,
    diff: bool,
    today: datetime | None,
) -> None:
    """Check specs: files or folders, by default all of the project's.

    Exits 1 when a finding is at or above --fail-on, 2 when files cannot be read or written. With --fix it is judged by
    what is left; with --diff it exits 1 when there is anything to fix. With --format sarif findings exit 0: who reads
    the report decides what fails.

    Formats: sarif for code scanning, github for annotations in a workflow, gitlab for its code quality report, junit
    for any CI's view of tests, json for programs of your own.
    """
    if diff and fmt != "text":
        raise click.UsageError("--diff prints a diff; leave out --format")
    workspace = open_workspace(paths)
    options.check_environments(workspace, envs)
    day = today.date() if today else datetime.now(UTC).date()
    fixed: list[Finding] = []
    if fix or unsafe or diff:
        before = workspace
        workspace, fixed, linted, blotted = _fixed(before, paths, envs, day, unsafe=unsafe)
        if diff:
            changes, concealed = _difference(before.files, workspace.files, blotted)
            click.echo(changes, nl=False)
            if concealed:
                click.echo("asterisks stand in place of secrets, so this is no patch to apply: use --fix", err=True)
            code = options.exit_code(linted.findings, Severity.ERROR)
            sys.exit(code if code in (ExitCode.USAGE, ExitCode.INTERNAL) else bool(changes))
        linted.findings.extend(_written(before, workspace))
    else:
        linted = lint(workspace, envs, day)
    findings, planned, _ = linted
    lint_options = workspace.project.value.spec.lint if workspace.project else None
    least = Severity(fail_on or (lint_options.fail_on if lint_options else Severity.WARNING))
    shown = [finding for finding in findings if not quiet or finding.severity.rank >= least.rank]
    if fmt == "json":
        more = {"fixed": report.json_of(report.ordered(fixed, {}))} if fix or unsafe else {}
        click.echo(report.as_json(report.ordered(shown, workspace.files), **more))
    elif fmt in FORMATS:
        code = options.exit_code(findings, least)
        click.echo(render(fmt, _report(shown, linted, workspace, least, code)), nl=False)
        click.echo("".join(f"fixed {_told(finding)}\n" for finding in fixed), nl=False, err=True)
        sys.exit(ExitCode.CLEAN if fmt == "sarif" and code is ExitCode.FINDINGS else code)
    else:
        options.print_findings(shown, workspace)
        click.echo("".join(f"fixed {_told(finding)}\n" for finding in fixed), nl=False)
        click.echo(report.summary(findings, f"{len(planned)} spec{'' if len(planned) == 1 else 's'}"))
        click.echo("" if fixed else _fixable(findings), nl=False)
    sys.exit(options.exit_code(findings, least))


def _report(shown: Sequence[Finding], linted: Linted, workspace: Workspace, least: Severity, code: ExitCode) -> Report:
    """What other programs are told."""
    from lifespec_runtime.local.repository import folder_in_repository

    return Report(
        findings=report.ordered(shown, workspace.files),
        files=workspace.files,
        waived=located(linted.waived, workspace.files),
        specs=[item.bundle.lifecycle.file for item in linted.planned],
        least=least,
        folder=folder_in_repository(workspace.root),
        exit_code=code,
    )


class Fixed(NamedTuple):
    """What fixing came to, in memory."""

    workspace: Workspace
    applied: list[Finding]
    linted: Linted
    """What is found in it."""
    blotted: Mapping[str, str]
    """By line of a file, before or after, with something that must not be shown: the line without it."""


def _fixed(workspace: Workspace, paths: tuple[str, ...], envs: tuple[str, ...], today: date, *, unsafe: bool) -> Fixed:
    """The workspace as it is when the fixes are applied."""
    from lifespec_runtime.local.fixing import fix_all

    fresh, linted = workspace, Linted([], [], [])
    blotted: dict[str, str] = {}

    def relint(changed: Mapping[str, bytes]) -> list[Finding]:
        nonlocal fresh, linted
        fresh = open_workspace(paths, changed) if changed else workspace
        linted = lint(fresh, envs, today)
        blotted.update(report.blotted([*linted.findings, *(one.finding for one in linted.waived)], fresh.files))
        return report.ordered(linted.findings, fresh.files)

    result = fix_all(workspace.files, relint, unsafe=unsafe)
    return Fixed(fresh, result.applied, linted._replace(findings=result.findings), blotted)


def _written(before: Workspace, after: Workspace) -> list[Finding]:
    """Writes the files that fixing changed; a finding for each that cannot be written."""
    from lifespec_runtime.local.fixing import rewrite

    changed = {name: content for name, content in after.files.items() if content != before.files.get(name)}
    return [
        Finding(
            "write-failed",
            Severity.ERROR,
            f"{problem.path or before.root} {problem.message}",
            Place(problem.path),
            "nothing was fixed; make the edits by hand, or lint again when the file can be replaced",
        )
        for problem in rewrite(before.root, before.files, changed)
    ]


def _told(finding: Finding) -> str:
    """Where a fix was applied, and what it did."""
    span = finding.place.span
    place = f"{finding.place.file}:{span.line}:{span.column}" if span else finding.place.file
    return report.printable(f"{place}: {finding.rule}: {finding.fix.title if finding.fix else ''}")


def _fixable(findings: Sequence[Finding]) -> str:
    """How many findings a fix would mend, as a line; empty without any."""
    safe = sum(bool(finding.fix and finding.fix.safe) for finding in findings)
    unsafe = sum(bool(finding.fix and not finding.fix.safe) for finding in findings)
    told = [f"{safe} with --fix"] if safe else []
    told += [f"{unsafe} {'more ' if safe else ''}with --unsafe-fixes"] if unsafe else []
    return f"fixable: {', '.join(told)}\n" if told else ""


def _difference(
    before: Mapping[str, bytes], after: Mapping[str, bytes], blotted: Mapping[str, str]
) -> tuple[str, bool]:
    """What changed, as a patch, and whether something is blotted out in it."""
    import re
    from difflib import unified_diff

    lines: list[str] = []
    for name in sorted(after):
        if before.get(name) != after[name]:
            old, new = (re.findall("[^\n]*\n|[^\n]+", content.decode()) for content in (before[name], after[name]))
            lines += unified_diff(old, new, f"a/{name}", f"b/{name}")
    shown = [
        line[:1] + re.sub("[^\r\n\ufeff]+", lambda part: blotted.get(part[0], part[0]), line[1:]) for line in lines
    ]
    text = "".join(line if line.endswith("\n") else f"{line}\n\\ No newline at end of file\n" for line in shown)
    return text, shown != lines


class Linted(NamedTuple):
    """What was found in a workspace, and what was looked at."""

    findings: list[Finding]
    planned: list[Planned]
    waived: list[Waived]


def lint(workspace: Workspace, envs: tuple[str, ...], today: date) -> Linted:
    """Everything there is to say about a workspace."""
    findings = [*workspace.findings, *all_project_findings(workspace.project)]
    if workspace.project is None:
        return Linted(findings, [], [])
    progress = options.Progress(len(workspace.bundles), "linting")
    planned = plan_all(workspace.bundles, workspace.project, envs, progress)
    targets, pending = chosen_targets(workspace.project)
    findings += pending
    levels, unknown = severities(workspace.project)
    findings += unknown
    capabilities = {name: target.CAPABILITIES for name, target in TARGETS.items()}
    context = Context(
        chosen={name: capabilities[name] for name in targets},
        others={name: capabilities[name] for name in capabilities if name not in targets},
        severities=levels,
    )
    waived: list[Waived] = []
    for item in planned:
        findings += item.findings
        findings += [found for made in item.plans for found in unsupported(made, targets)]
        partial = bool(envs) or any(finding.severity is Severity.ERROR for finding in item.findings)
        if item.plans:
            judged = judge_lifecycle(item.plans, context._replace(partial=partial), today)
            findings += judged.findings
            waived += judged.waived
    return Linted(list(dict.fromkeys(findings)), planned, waived)
