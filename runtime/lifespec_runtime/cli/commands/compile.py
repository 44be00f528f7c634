"""`lifespec compile`: specs become manifests."""

from __future__ import annotations

import sys
from collections.abc import Sequence

import click

from lifespec_compiler.emit.write import Difference, WriteError, check, write
from lifespec_compiler.manifest import Manifest
from lifespec_compiler.pipeline import all_project_findings, chosen_targets, compile_all, plan_all
from lifespec_compiler.targets import TARGETS
from lifespec_runtime.cli import options
from lifespec_runtime.cli.exit_codes import ExitCode
from lifespec_runtime.local.workspace import Workspace
from lifespec_schema.findings import Finding, Place, Severity

EPILOG = """Examples:

\b
  lifespec compile specs/
  lifespec compile specs/ --check
  lifespec compile specs/churn/lifecycle.yaml --env production --out /tmp/look
"""


@click.command("compile", epilog=EPILOG)
@options.paths
@options.environment
@click.option("--target", "targets", multiple=True, metavar="NAME", help="Only this target; may be repeated.")
@click.option("--out", metavar="DIR", help="The folder to write; default: the project's `output`.")
@click.option("--check", "check_only", is_flag=True, help="Write nothing; exit 1 unless the folder is fresh.")
@click.option("--force", is_flag=True, help="Replace files that were edited by hand.")
@options.output_format("text", "json")
def command(
    paths: tuple[str, ...],
    envs: tuple[str, ...],
    targets: tuple[str, ...],
    out: str | None,
    check_only: bool,
    force: bool,
    fmt: str,
) -> None:
    """Compile specs: files or folders, by default `specs/`.

    Nothing is written unless every spec compiles. Files that lifespec wrote earlier and that are no longer produced
    are removed, if all specs are compiled and nobody edited them.
    """
    workspace = options.open_specs(paths)
    options.check_environments(workspace, envs)
    unknown = [name for name in targets if name not in TARGETS]
    if unknown:
        raise click.BadParameter(f"`{unknown[0]}` is not one of {', '.join(TARGETS)}", param_hint="--target")
    whole = workspace.covers_all and not envs and not targets
    manifests, findings = build(workspace, envs, targets, whole=whole)
    found = options.print_findings(findings, workspace, fmt, err=fmt == "text")
    code = options.exit_code(found, Severity.ERROR)
    if code is not ExitCode.CLEAN:
        sys.exit(code)
    output = out or (workspace.project.value.spec.output if workspace.project else "generated/")
    folder = output if out else str(workspace.root / output)
    try:
        if check_only:
            sys.exit(_report(check(folder, manifests, prune=whole), output, fmt))
        result = write(folder, manifests, prune=whole, force=force)
    except WriteError as error:
        options.print_findings(
            [_write_finding(problem) for problem in error.problems], workspace, fmt, err=fmt == "text"
        )
        sys.exit(ExitCode.USAGE)
    for kept in result.kept:
        click.echo(f"kept {kept.path}: {kept.message}; {kept.help}", err=True)
    if fmt == "text":
        counts = f"{len(result.written)} written, {len(result.unchanged)} unchanged, {len(result.pruned)} removed"
        click.echo(f"{output}: {counts}")


def build(
    workspace: Workspace, envs: Sequence[str], targets: Sequence[str], *, whole: bool
) -> tuple[list[Manifest], list[Finding]]:
    """The manifests of a workspace, and every reason why they must not be written."""
    findings = [*workspace.findings, *all_project_findings(workspace.project)]
    if workspace.project is None:
        return [], findings
    progress = options.Progress(len(workspace.bundles), "compiling")
    planned = plan_all(workspace.bundles, workspace.project, envs, progress)
    chosen, pending = chosen_targets(workspace.project, targets)
    findings += pending
    for item in planned:
        findings += item.findings
    manifests, problems = compile_all(planned, chosen, shared=whole)
    return manifests, [*findings, *problems]


def _report(differences: Sequence[Difference], output: str, fmt: str) -> ExitCode:
    if fmt == "text":
        for difference in differences:
            click.echo(f"{difference.kind}: {output.rstrip('/')}/{difference.path}")
        fresh = (
            f"{output} is fresh"
            if not differences
            else f"{len(differences)} files are not fresh; run `lifespec compile`"
        )
        click.echo(fresh)
    return ExitCode.FINDINGS if differences else ExitCode.CLEAN


def _write_finding(problem: object) -> Finding:
    path, message, help_text = (getattr(problem, name) for name in ("path", "message", "help"))
    return Finding("write-failed", Severity.ERROR, f"{path} {message}", Place(str(path)), str(help_text))
