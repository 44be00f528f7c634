"""`lifespec compile`: specs become manifests."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import MappingProxyType
from typing import Any, NamedTuple

import click

from lifespec_compiler.emit.write import Problem, WriteError, check, write
from lifespec_compiler.manifest import Manifest
from lifespec_compiler.pipeline import all_project_findings, chosen_targets, compile_all, plan_all
from lifespec_compiler.targets import TARGETS
from lifespec_runtime.cli import options, report
from lifespec_runtime.cli.exit_codes import ExitCode
from lifespec_runtime.local.workspace import Workspace, open_workspace
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
@click.option(
    "--target",
    "targets",
    multiple=True,
    metavar="NAME",
    shell_complete=options.completed(lambda: TARGETS),
    help="Only this target; may be repeated.",
)
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
    """Compile specs: files or folders, by default all of the project's.

    Nothing is written unless every spec compiles. Files that lifespec wrote earlier and that are no longer produced
    are removed, if all specs are compiled and nobody edited them.
    """
    workspace = open_workspace(paths)
    options.check_environments(workspace, envs)
    options.check_names(targets, list(TARGETS), "--target")
    whole = workspace.covers_all and not envs and not targets
    manifests, findings = build(workspace, envs, targets, whole=whole)
    output = out or (workspace.project.value.spec.output if workspace.project else "generated/")
    folder = output if out else str(workspace.root / output)
    outcome = Outcome()
    if options.exit_code(findings, Severity.ERROR) is ExitCode.CLEAN:
        try:
            outcome = _check(folder, manifests, whole) if check_only else _write(folder, manifests, whole, force=force)
        except WriteError as error:
            outcome = Outcome(obstacles=error.problems)
    findings += [_finding(problem, "write-failed", Severity.ERROR, folder, workspace) for problem in outcome.obstacles]
    findings += [_finding(problem, "kept-file", Severity.WARNING, folder, workspace) for problem in outcome.kept]
    found = report.ordered(findings, workspace.files)
    if fmt == "json":
        click.echo(report.as_json(found, **outcome.files))
    else:
        options.print_findings(found, workspace, err=True)
        click.echo("".join(f"{report.printable(line)}\n" for line in outcome.lines(output.rstrip("/"))), nl=False)
    code = options.exit_code(found, Severity.ERROR)
    sys.exit(ExitCode.FINDINGS if code is ExitCode.CLEAN and outcome.files.get("differences") else code)


class Outcome(NamedTuple):
    """What compiling did to the output folder, or would do."""

    files: Mapping[str, list[Any]] = MappingProxyType({})
    """Lists of files, by what was done with them; `differences` where nothing was to be written."""
    obstacles: Sequence[Problem] = ()
    kept: Sequence[Problem] = ()

    def lines(self, output: str) -> list[str]:
        """What to tell people."""
        if "differences" in self.files:
            differences = self.files["differences"]
            many = f"{len(differences)} {'file is' if len(differences) == 1 else 'files are'} not fresh"
            told = [f"{difference['kind']}: {output}/{difference['path']}" for difference in differences]
            return [*told, f"{many}; run `lifespec compile`" if told else f"{output}/ is fresh"]
        counts = [f"{len(paths)} {name}" for name, paths in self.files.items()]
        return [f"{output}/: {', '.join(counts)}"] if counts else []


def _check(folder: str, manifests: Sequence[Manifest], whole: bool) -> Outcome:
    differences = check(folder, manifests, prune=whole)
    return Outcome({"differences": [difference._asdict() for difference in differences]})


def _write(folder: str, manifests: Sequence[Manifest], whole: bool, *, force: bool) -> Outcome:
    result = write(folder, manifests, prune=whole, force=force)
    files = {"written": [*result.written], "unchanged": [*result.unchanged], "removed": [*result.pruned]}
    return Outcome(files, kept=result.kept)


def _finding(problem: Problem, rule: str, severity: Severity, folder: str, workspace: Workspace) -> Finding:
    file = Path(folder, problem.path)
    place = Place(Path(os.path.relpath(file, workspace.root)).as_posix())
    help_text = problem.help.replace("write with force", "compile with --force")
    return Finding(rule, severity, f"{problem.path or file} {problem.message}", place, help_text)


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
