"""`lifespec lint`: what is wrong with specs, where, and what to do."""

from __future__ import annotations

import sys
from datetime import UTC, date, datetime

import click

from lifespec_compiler.pipeline import Planned, all_project_findings, chosen_targets, plan_all
from lifespec_compiler.rules import Context, lint_lifecycle, severities
from lifespec_compiler.targets import TARGETS
from lifespec_runtime.cli import options, report
from lifespec_runtime.local.workspace import Workspace, open_workspace
from lifespec_schema.findings import Finding, Severity

EPILOG = """Examples:

\b
  lifespec lint specs/
  lifespec lint specs/churn/lifecycle.yaml --format json
  lifespec lint --quiet --fail-on error
"""


@click.command("lint", epilog=EPILOG)
@options.paths
@options.environment
@options.output_format("text", "json")
@click.option(
    "--fail-on",
    type=click.Choice([severity.value for severity in Severity]),
    help="The least severity that fails; default: the project's, else warning.",
)
@click.option("--quiet", "-q", is_flag=True, help="Print only what fails; the last line still counts everything.")
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
    today: datetime | None,
) -> None:
    """Check specs: files or folders, by default all of the project's.

    Exits 1 when a finding is at or above --fail-on, 2 when files cannot be read.
    """
    workspace = open_workspace(paths)
    options.check_environments(workspace, envs)
    day = today.date() if today else datetime.now(UTC).date()
    findings, planned = lint(workspace, envs, day)
    lint_options = workspace.project.value.spec.lint if workspace.project else None
    least = Severity(fail_on or (lint_options.fail_on if lint_options else Severity.WARNING))
    shown = [finding for finding in findings if not quiet or finding.severity.rank >= least.rank]
    if fmt == "json":
        click.echo(report.as_json(report.ordered(shown, workspace.files)))
    else:
        options.print_findings(shown, workspace)
        click.echo(report.summary(findings, f"{len(planned)} spec{'' if len(planned) == 1 else 's'}"))
    sys.exit(options.exit_code(findings, least))


def lint(workspace: Workspace, envs: tuple[str, ...], today: date) -> tuple[list[Finding], list[Planned]]:
    """Everything there is to say about a workspace."""
    findings = [*workspace.findings, *all_project_findings(workspace.project)]
    if workspace.project is None:
        return findings, []
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
    for item in planned:
        findings += item.findings
        if item.plans:
            findings += lint_lifecycle(item.plans, context, today)
    return list(dict.fromkeys(findings)), planned
