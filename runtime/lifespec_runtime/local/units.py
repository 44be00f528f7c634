"""The specs of a repository folder by folder, so that thousands need no more memory than a few.

What belongs together stands in one folder: a lifecycle and its model version. What folders share, the project file and
data contracts, is parsed once for as long as its bytes are the same.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path
from posixpath import dirname

from lifespec_compiler.plan import Project, assemble, parse
from lifespec_schema.findings import Finding
from lifespec_schema.loader import Document

from .places import PROJECT_FILE, has_project_file
from .workspace import Reader, Workspace, begin, is_idle, spec_files

Unit = tuple[str, ...]
"""The files of one folder that may hold specs, relative to the root."""

Parsed = tuple[tuple[Document, ...], list[Finding]]


def open_units(paths: Sequence[str] = ()) -> tuple[Workspace, list[Path], list[Unit]]:
    """A workspace that holds the project alone, the files and folders in which it looks for specs, and the units."""
    workspace, starts, _ = begin(paths)
    names = dict.fromkeys(spec_files(workspace, starts))
    documents, findings = parse(workspace.files)
    _, workspace.project, assembled = assemble(
        documents, PROJECT_FILE if has_project_file(str(workspace.root)) else None
    )
    workspace.findings += [*findings, *assembled]
    by_folder: dict[str, list[str]] = {}
    for name in names:
        by_folder.setdefault(dirname(name), []).append(name)
    return workspace, starts, [tuple(unit) for unit in by_folder.values()]


def open_unit(root: Path, project: bytes | None, unit: Unit) -> tuple[Workspace, list[str]]:
    """A workspace with the specs of one folder, and those of its files in which nothing is for lifespec.

    `project` is the content of the project file; None without one.
    """
    workspace = Workspace(root, ())
    reader = Reader(workspace)
    for name in unit:
        reader.read(name)
    documents, findings = parse(workspace.files)
    contracts = reader.contracts(documents)
    for name, content in contracts.items():
        documents[name], found = _parsed(name, content)
        findings += found
    known = None
    if project is not None:
        documents[PROJECT_FILE], found, known = _project(project)
        findings += found
    documents |= dict.fromkeys(reader.unread, ())
    workspace.files.update(contracts)
    bundles, workspace.project, assembled = assemble(documents, PROJECT_FILE if project is not None else None, known)
    workspace.bundles = bundles
    workspace.findings += [*findings, *assembled]
    return workspace, [name for name in unit if is_idle(documents.get(name, ()))]


@lru_cache(maxsize=1)
def _project(content: bytes) -> tuple[tuple[Document, ...], list[Finding], Project | None]:
    """The documents of the project file; and the project, if there is nothing to be said of it."""
    documents, findings = parse({PROJECT_FILE: content})
    _, project, assembled = assemble(documents, PROJECT_FILE)
    return documents[PROJECT_FILE], findings, project if not assembled else None


@lru_cache(maxsize=64)
def _parsed(name: str, content: bytes) -> Parsed:
    documents, findings = parse({name: content})
    return documents[name], findings
