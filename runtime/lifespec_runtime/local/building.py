"""Specs compiled folder by folder, in one process or several: to files, findings, and what the folders share."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import partial
from itertools import islice
from pathlib import Path
from typing import NamedTuple

from lifespec_compiler.emit.files import Files
from lifespec_compiler.emit.inventory import digest
from lifespec_compiler.emit.render import render
from lifespec_compiler.manifest import OUTPUT, Manifest, Root
from lifespec_compiler.pipeline import compile_one, compile_shared, plan_all, shared_sections
from lifespec_compiler.plan import DUPLICATE, Named, duplicates, named
from lifespec_compiler.plan.outline import Outline, outline, outlined
from lifespec_schema.findings import Finding
from lifespec_schema.loader import locate

from .places import PROJECT_FILE
from .processes import Run
from .units import Unit, open_unit
from .workspace import Workspace, report_idle

BATCH = 8
"""Folders that a process compiles before it reports."""


class Wanted(NamedTuple):
    """What is to be compiled, for every process alike."""

    root: Path
    project: bytes | None
    """The project file's content; None without one."""
    environments: tuple[str, ...]
    """Only these; all when empty."""
    targets: tuple[str, ...]


class Rendered(NamedTuple):
    """A file to be."""

    root: Root
    path: str
    data: bytes
    digest: str


class Compiled(NamedTuple):
    """What came of one folder's specs."""

    files: list[Rendered]
    findings: list[Finding]
    """With their positions."""
    sources: dict[str, bytes]
    """The files that the findings are about."""
    outlines: list[Outline]
    named: list[Named]
    idle: list[str]
    """Files in which nothing is for lifespec."""
    found: dict[str, str]
    """SHA-256 of each file of the folder, by name."""
    referred: dict[str, str]
    """The same of the contracts that these refer to."""


class Built(NamedTuple):
    """What came of all specs."""

    files: dict[Root, Files]
    findings: list[Finding]
    sources: dict[str, bytes]
    found: dict[str, str]
    """SHA-256 of each file that was found, by name."""
    referred: dict[str, str]
    """The same of the files that these refer to."""


@contextmanager
def build(
    workspace: Workspace,
    starts: Sequence[Path],
    units: Sequence[Unit],
    wanted: Wanted,
    *,
    shared: bool,
    run: Run,
    progress: Callable[[str], None],
) -> Iterator[Built]:
    """Compiles all units, in their order; `shared` adds the files that lifecycles share.

    The files of the result are there for as long as the context.
    """
    files: dict[Root, Files] = {OUTPUT: Files()}
    built = Built(files, [], dict(workspace.files), _digests(workspace.files), {})
    outlines: list[Outline] = []
    lifecycles: list[Named] = []
    idle: set[str] = set()
    try:
        for batch in run(partial(compile_units, wanted), _batches(units)):
            for unit in batch:
                for each in unit.files:
                    files.setdefault(each.root, Files()).add(each.path, each.data, each.digest)
                built.findings.extend(unit.findings)
                built.sources.update(unit.sources)
                outlines += unit.outlines
                lifecycles += unit.named
                idle.update(unit.idle)
                built.found.update(unit.found)
                built.referred.update(unit.referred)
                progress(unit.named[0].place.file if unit.named else "")
        if shared and workspace.project:
            value = workspace.project.value
            plans = [outlined(each, value) for each in outlines]
            for each in map(_rendered, compile_shared(plans, wanted.targets)):
                files.setdefault(each.root, Files()).add(each.path, each.data, each.digest)
        built.findings.extend(duplicates(lifecycles))
        workspace.findings += built.findings
        report_idle(workspace, starts, idle, empty=not lifecycles)
        built.findings[:] = dict.fromkeys(workspace.findings)
        yield built
    finally:
        for each in files.values():
            each.close()


def compile_units(wanted: Wanted, units: Sequence[Unit]) -> list[Compiled]:
    """Compiles the specs of some folders."""
    return [_compile_unit(wanted, unit) for unit in units]


def _compile_unit(wanted: Wanted, unit: Unit) -> Compiled:
    workspace, idle = open_unit(wanted.root, wanted.project, unit)
    findings = [found for found in workspace.findings if found.rule != DUPLICATE]  # the other may be in another folder
    files: list[Rendered] = []
    outlines: list[Outline] = []
    if workspace.project:
        sections = shared_sections(wanted.targets)
        for item in plan_all(workspace.bundles, workspace.project, wanted.environments):
            manifests, problems = compile_one(item, wanted.targets)
            findings += [*item.findings, *problems]
            files += map(_rendered, manifests)
            outlines += [outline(plan, sections) for plan in item.plans]
    findings = locate(dict.fromkeys(findings), {PROJECT_FILE: wanted.project or b"", **workspace.files})
    told = {place.file for found in findings for place in (found.place, *(place for _, place in found.related))}
    sources = {name: content for name, content in workspace.files.items() if name in told}
    digests = _digests(workspace.files)
    found = {name: digests.pop(name) for name in unit if name in digests}
    names = [named(bundle) for bundle in workspace.bundles]
    return Compiled(files, findings, sources, outlines, names, idle, found, digests)


def _digests(files: Mapping[str, bytes]) -> dict[str, str]:
    return {name: digest(content) for name, content in files.items()}


def _rendered(manifest: Manifest) -> Rendered:
    data = render(manifest)
    return Rendered(manifest.root, manifest.path, data, digest(data))


def _batches(units: Sequence[Unit]) -> Iterator[tuple[Unit, ...]]:
    rest = iter(units)
    while batch := tuple(islice(rest, BATCH)):
        yield batch
