"""What `lifespec compile` does when its answer is not known yet."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from posixpath import normpath
from types import MappingProxyType
from typing import Any, NamedTuple

from lifespec_compiler.emit.destinations import Destination, destinations
from lifespec_compiler.emit.problems import Problem, WriteError
from lifespec_compiler.emit.write import check, refuse_obstacles, write
from lifespec_compiler.manifest import CI_FOLDERS
from lifespec_compiler.pipeline import all_project_findings, chosen_targets
from lifespec_compiler.targets import TARGETS
from lifespec_runtime.local.building import Built, Wanted, build
from lifespec_runtime.local.memory import Answer, Basis, Made
from lifespec_runtime.local.places import PROJECT_FILE
from lifespec_runtime.local.processes import Run, processes, useful_processes
from lifespec_runtime.local.units import open_units
from lifespec_runtime.local.workspace import Workspace
from lifespec_schema.findings import Finding, Place, Severity

from . import options, report
from .exit_codes import ExitCode


class Request(NamedTuple):
    """What the command line asks for."""

    paths: tuple[str, ...]
    environments: tuple[str, ...]
    targets: tuple[str, ...]
    out: str | None
    format: str
    check_only: bool
    force: bool
    jobs: int | None


def compile_specs(request: Request) -> tuple[Answer, tuple[Basis, Answer] | None]:
    """Compiles, and writes or checks. The answer, and, if nothing was wrong, what it will be when nothing changes."""
    workspace, starts, units = open_units(request.paths)
    options.check_environments(workspace, request.environments)
    options.check_names(request.targets, list(TARGETS), "--target")
    chosen = _choose_targets(workspace, request.targets)
    wanted = Wanted(workspace.root, workspace.files.get(PROJECT_FILE), request.environments, chosen)
    shared = workspace.covers_all and not request.environments
    whole = shared and not request.targets
    progress = options.Progress(len(units), "compiling")
    output = request.out or (workspace.project.value.spec.output if workspace.project else "generated/")
    folder = output if request.out else str(workspace.root / output)
    outcomes: list[Outcome] = []
    made: list[Made] = []
    with (
        processes(request.jobs or useful_processes(len(units))) as run,
        build(workspace, starts, units, wanted, shared=shared, run=run, progress=progress) as built,
    ):
        findings = built.findings
        base = request.out or str(workspace.root)
        places = destinations(built.files, output.rstrip("/"), folder, base)
        if options.exit_code(findings, Severity.ERROR) is ExitCode.CLEAN:
            if request.check_only:
                outcomes = _check(places, run, whole=whole)
            else:
                outcomes = _write(places, run, whole=whole, force=request.force)
            made = _all_made(places, base, whole=whole)
    for outcome in outcomes:
        inside = outcome.place.folder
        findings += [_finding(found, "write-failed", Severity.ERROR, inside, workspace) for found in outcome.obstacles]
        findings += [_finding(found, "kept-file", Severity.WARNING, inside, workspace) for found in outcome.kept]
    found = report.ordered(findings, built.sources)
    answer = _answer(request, workspace, built, found, outcomes)
    if answer.code or any(outcome.kept for outcome in outcomes) or _fell_back(request, workspace):
        return answer, None
    origin = str(starts[0] if request.paths else Path.cwd())
    basis = Basis(origin, str(workspace.root), tuple(map(str, starts)), built.found, built.referred, tuple(made))
    return answer, (basis, _answer(request, workspace, built, found, [outcome.again() for outcome in outcomes]))


def _fell_back(request: Request, workspace: Workspace) -> bool:
    """Whether specs were looked for here because there is no folder of specs; one that appears changes that."""
    specs = workspace.project.value.spec.specs if workspace.project else "specs"
    return not request.paths and workspace.selected != (normpath(specs),)


def _answer(
    request: Request, workspace: Workspace, built: Built, found: Sequence[Finding], outcomes: Sequence[Outcome]
) -> Answer:
    files = _together(outcomes)
    code = options.exit_code(found, Severity.ERROR)
    code = ExitCode.FINDINGS if code is ExitCode.CLEAN and files.get("differences") else code
    if request.format == "json":
        return Answer(f"{report.as_json(found, **files)}\n", "", code)
    told = f"{report.as_text(found, built.sources, workspace.root)}\n" if found else ""
    lines = [line for outcome in outcomes for line in outcome.lines()]
    return Answer("".join(f"{report.printable(line)}\n" for line in lines), told, code)


def _all_made(places: Sequence[Destination], base: str, *, whole: bool) -> list[Made]:
    """What is to be in each folder that lifespec may write to, those in which nothing is of ours among them."""
    made = []
    for place in places:
        files = {path: content.digest for path, content in place.files.contents().items()}
        folder, inside = (place.base, place.name) if place.base else (place.folder, "")
        made.append(Made(os.path.abspath(folder), inside, files, whole))  # noqa: PTH100 - keeps links as they are
    others = [root for root in CI_FOLDERS if root not in {place.name for place in places}]
    return [*made, *(Made(os.path.abspath(base), root, None, whole=True) for root in others)]  # noqa: PTH100


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

    def again(self) -> Outcome:
        """What it would be if the same were done once more."""
        if "written" not in self.files:
            return self
        unchanged = sorted([*self.files["written"], *self.files["unchanged"]])
        return self._replace(files={"written": [], "unchanged": unchanged, "removed": []})

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
