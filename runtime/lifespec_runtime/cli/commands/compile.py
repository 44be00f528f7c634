"""`lifespec compile`: specs become manifests."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import MappingProxyType
from typing import Any, NamedTuple

import click

from lifespec_compiler.emit.destinations import Destination, destinations
from lifespec_compiler.emit.write import Problem, WriteError, check, refuse_obstacles, write
from lifespec_compiler.pipeline import all_project_findings, chosen_targets
from lifespec_compiler.targets import TARGETS
from lifespec_runtime.cli import options, report
from lifespec_runtime.cli.exit_codes import ExitCode
from lifespec_runtime.local.building import Wanted, build
from lifespec_runtime.local.processes import Run, processes, useful_processes
from lifespec_runtime.local.units import open_units
from lifespec_runtime.local.workspace import PROJECT_FILE, Workspace
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
@click.option("--jobs", type=click.IntRange(min=1), metavar="N", help="Processes; default: one for each processor.")
@options.output_format("text", "json")
def command(
    paths: tuple[str, ...],
    envs: tuple[str, ...],
    targets: tuple[str, ...],
    out: str | None,
    check_only: bool,
    force: bool,
    jobs: int | None,
    fmt: str,
) -> None:
    """Compile specs: files or folders, by default all of the project's.

    Nothing is written unless every spec compiles. Files that lifespec wrote earlier and that are no longer produced
    are removed, if all specs are compiled and nobody edited them. Workflows go where CI reads them, from the
    repository's root, or below --out.
    """
    workspace, starts, units = open_units(paths)
    options.check_environments(workspace, envs)
    options.check_names(targets, list(TARGETS), "--target")
    chosen = _choose_targets(workspace, targets)
    wanted = Wanted(workspace.root, workspace.files.get(PROJECT_FILE), envs, chosen)
    shared = workspace.covers_all and not envs
    progress = options.Progress(len(units), "compiling")
    whole = workspace.covers_all and not envs and not targets
    output = out or (workspace.project.value.spec.output if workspace.project else "generated/")
    folder = output if out else str(workspace.root / output)
    outcomes: list[Outcome] = []
    with (
        processes(jobs or useful_processes(len(units))) as run,
        build(workspace, starts, units, wanted, shared=shared, run=run, progress=progress) as built,
    ):
        findings = built.findings
        places = destinations(built.files, output.rstrip("/"), folder, out or str(workspace.root))
        if options.exit_code(findings, Severity.ERROR) is ExitCode.CLEAN:
            outcomes = _check(places, run, whole=whole) if check_only else _write(places, run, whole=whole, force=force)
    for outcome in outcomes:
        inside = outcome.place.folder
        findings += [_finding(found, "write-failed", Severity.ERROR, inside, workspace) for found in outcome.obstacles]
        findings += [_finding(found, "kept-file", Severity.WARNING, inside, workspace) for found in outcome.kept]
    found = report.ordered(findings, built.sources)
    files = _together(outcomes)
    if fmt == "json":
        click.echo(report.as_json(found, **files))
    else:
        workspace.files = built.sources
        options.print_findings(found, workspace, err=True)
        lines = [line for outcome in outcomes for line in outcome.lines()]
        click.echo("".join(f"{report.printable(line)}\n" for line in lines), nl=False)
    code = options.exit_code(found, Severity.ERROR)
    sys.exit(ExitCode.FINDINGS if code is ExitCode.CLEAN and files.get("differences") else code)


def _choose_targets(workspace: Workspace, only: tuple[str, ...]) -> tuple[str, ...]:
    """The targets to compile; adds what is wrong with the project to the findings."""
    workspace.findings += all_project_findings(workspace.project)
    if workspace.project is None:
        return ()
    chosen, pending = chosen_targets(workspace.project, only)
    workspace.findings += pending
    return tuple(chosen)


class Outcome(NamedTuple):
    """What compiling did to one folder, or would do."""

    place: Destination
    files: Mapping[str, list[Any]] = MappingProxyType({})
    """Lists of files, by what was done with them; `differences` where nothing was to be written."""
    obstacles: Sequence[Problem] = ()
    kept: Sequence[Problem] = ()

    def lines(self) -> list[str]:
        """What to tell people."""
        if "differences" in self.files:
            differences = self.files["differences"]
            many = f"{len(differences)} {'file is' if len(differences) == 1 else 'files are'} not fresh"
            told = [f"{difference['kind']}: {self.place.path(difference['path'])}" for difference in differences]
            return [*told, f"{many}; run `lifespec compile`" if told else f"{self.place.name}/ is fresh"]
        counts = [f"{len(paths)} {name}" for name, paths in self.files.items()]
        return [f"{self.place.name}/: {', '.join(counts)}"] if counts else []


def _check(places: Sequence[Destination], run: Run, *, whole: bool) -> list[Outcome]:
    outcomes = []
    for place in places:
        try:
            place.refuse_links()
            differences = check(place.folder, place.files, prune=whole, run=run)
            outcomes.append(Outcome(place, {"differences": [difference._asdict() for difference in differences]}))
        except WriteError as error:
            outcomes.append(Outcome(place, obstacles=error.problems))
    return outcomes


def _write(places: Sequence[Destination], run: Run, *, whole: bool, force: bool) -> list[Outcome]:
    """Writes all folders, or none: the output, which is by far the largest, comes first and is looked at once."""
    outcomes: list[Outcome] = []
    place = places[0]
    try:
        for place in places[1:]:
            place.refuse_links()
            refuse_obstacles(place.folder, place.files, prune=whole, force=force)
        for place in places:
            result = write(place.folder, place.files, prune=whole, force=force, run=run)
            files = {"written": [*result.written], "unchanged": [*result.unchanged], "removed": [*result.pruned]}
            outcomes.append(Outcome(place, files, kept=result.kept))
    except WriteError as error:
        outcomes.append(Outcome(place, obstacles=error.problems))
    return outcomes


def _together(outcomes: Sequence[Outcome]) -> dict[str, list[Any]]:
    """The lists of all folders; paths are relative to the output folder, of other folders to the repository."""
    together: dict[str, list[Any]] = {}
    for index, outcome in enumerate(outcomes):
        for name, entries in outcome.files.items():
            together.setdefault(name, []).extend(
                _outside(outcome.place, entry) if index else entry for entry in entries
            )
    return together


def _outside(place: Destination, entry: Any) -> Any:
    return {**entry, "path": place.path(entry["path"])} if isinstance(entry, dict) else place.path(entry)


def _finding(problem: Problem, rule: str, severity: Severity, folder: str, workspace: Workspace) -> Finding:
    file = Path(folder, problem.path)
    place = Place(Path(os.path.relpath(file, workspace.root)).as_posix())
    help_text = problem.help.replace("write with force", "compile with --force")
    return Finding(rule, severity, f"{problem.path or file} {problem.message}", place, help_text)
