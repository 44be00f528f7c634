"""Reads the files of a repository: specs, model versions, data contracts, the project file.

Files are named relative to the repository's root, so that findings and compiled bytes do not depend on the folder in
which a command was started.
"""

from __future__ import annotations

import os
from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from posixpath import dirname
from types import MappingProxyType
from typing import Final

from lifespec_compiler.plan import Bundle, Documents, Project, assemble, contract_files, is_ours, parse
from lifespec_schema.findings import Finding, Place, Severity
from lifespec_schema.loader import Document
from lifespec_schema.loader.limits import MAX_FILE_BYTES, MAX_FOLDER_BYTES

from . import places
from .places import PROJECT_FILE


@dataclass(slots=True)
class Workspace:
    """What a command works on: the files it read, the bundles in them, and what is wrong so far."""

    root: Path
    selected: tuple[str, ...]
    """The files and folders that were asked for, relative to the root."""
    files: dict[str, bytes] = field(default_factory=dict)
    bundles: list[Bundle] = field(default_factory=list)
    project: Project | None = None
    findings: list[Finding] = field(default_factory=list)

    @property
    def covers_all(self) -> bool:
        """Whether every spec of the project was asked for, so that what is missing may be taken for deleted."""
        specs = self.project.value.spec.specs.rstrip("/") if self.project else "specs"
        return any(choice in (".", specs) or specs.startswith(choice + "/") for choice in self.selected)


def open_workspace(paths: Sequence[str] = (), changed: Mapping[str, bytes] = MappingProxyType({})) -> Workspace:
    """Reads what `paths` name, files or folders, with what they refer to; without any, the project's specs.

    `changed` holds bytes that stand in place of what the files hold, by path from the root. Errors become findings.
    """
    workspace, starts, reader = begin(paths, changed)
    for name in spec_files(workspace, starts):
        reader.read(name)
    documents, findings = parse(workspace.files)
    contracts = reader.contracts(documents)
    more, contract_findings = parse(contracts)
    workspace.files.update(contracts)
    project_file = PROJECT_FILE if places.has_project_file(str(workspace.root)) else None
    unread: Documents = dict.fromkeys(reader.unread, ())
    bundles, project, assembled = assemble({**documents, **more, **unread}, project_file)
    workspace.bundles, workspace.project = bundles, project
    workspace.findings += [*findings, *contract_findings, *assembled]
    idle = [name for name, group in documents.items() if is_idle(group)]
    report_idle(workspace, starts, idle, empty=not bundles)
    return workspace


def begin(
    paths: Sequence[str], changed: Mapping[str, bytes] = MappingProxyType({})
) -> tuple[Workspace, list[Path], Reader]:
    """A workspace that holds the project file and no more, where to look for specs, and what reads them."""
    starts = [Path(os.path.abspath(path)) for path in paths]  # noqa: PTH100 - keeps links as they are, unlike resolve
    root = Path(places.find_root(str(starts[0] if starts else Path.cwd())))
    workspace = Workspace(root, ())
    reader = Reader(workspace, changed)
    if places.has_project_file(str(root)):
        reader.read(PROJECT_FILE)
    starts = starts or [_default_start(workspace)]
    workspace.selected = tuple(places.relative(str(start), str(root)) for start in starts)
    return workspace, starts, reader


def _default_start(workspace: Workspace) -> Path:
    """The project's folder of specs where there is one, else the folder in which the command was started."""
    documents, _ = parse(workspace.files)
    _, project, _ = assemble(documents, PROJECT_FILE if workspace.files else None)
    specs = workspace.root / (project.value.spec.specs if project else "specs")
    return Path(os.path.abspath(specs)) if places.is_folder(specs) else Path.cwd()  # noqa: PTH100 - as in open_workspace


def is_idle(documents: Sequence[Document]) -> bool:
    """Whether a file has documents, but none for lifespec."""
    return bool(documents) and not any(map(is_ours, documents))


def report_idle(workspace: Workspace, starts: Sequence[Path], idle: Container[str], *, empty: bool) -> None:
    """Reports each named file in which there is nothing for lifespec, and a run in which there was nothing at all."""
    help_text = "name a spec file or a folder with specs; `lifespec init` writes one"
    chosen = list(zip(starts, workspace.selected, strict=True))
    found = [name for start, name in chosen if name in idle and not places.is_folder(start)]
    if empty and not workspace.findings:
        found += [name for start, name in chosen if places.is_folder(start)]
    for name in found:
        message = f"there is no ModelLifecycle in {name}"
        workspace.findings.append(Finding("no-lifecycle", Severity.ERROR, message, Place(name), help_text))


def spec_files(workspace: Workspace, starts: Iterable[Path]) -> Iterator[str]:
    """The files that may hold specs, relative to the root; what stands in the way becomes a finding."""
    root = str(workspace.root)

    def failed(error: OSError) -> None:
        name = places.relative(error.filename, root)
        _report(workspace, "unreadable-file", name, f"cannot be read: {error.strerror}", "check its permissions")

    def linked(name: str) -> None:
        message = f"{name} is a link to a folder, so the specs in it are not read"
        help_text = "move the folder here; a spec that already is in this repository is read where it is"
        workspace.findings.append(Finding("linked-folder", Severity.INFO, message, Place(name), help_text))

    for start in map(str, starts):
        name = places.relative(start, root)
        if places.is_outside(name):
            _report(workspace, "outside-repository", name, f"lies outside {root}", "name files of one repository")
        else:
            yield from places.spec_files(root, start, failed, linked)


class Reader:
    """Reads files of the workspace once each, within the limits of each folder.

    What a folder's specs need is read together wherever they are compiled, so the limit is the same for every command.
    """

    def __init__(self, workspace: Workspace, changed: Mapping[str, bytes] = MappingProxyType({})) -> None:
        self.workspace = workspace
        self.changed = changed
        self.unread: dict[str, None] = {}
        """The files that may hold specs and could not be read; the findings say why."""
        self.bytes: dict[str, int] = {}
        """How many were read for each folder."""
        self.root = places.without_links(workspace.root)

    def read(self, name: str) -> None:
        """Adds a file to the workspace, or a finding that says why not."""
        content = self._content(name, [dirname(name)])
        if content is None:
            self.unread[name] = None
        else:
            self.workspace.files[name] = content

    def contracts(self, documents: Documents) -> dict[str, bytes]:
        """The contract files that lifecycles among the documents refer to, as far as they can be read."""
        wanted: dict[str, dict[str, None]] = {}
        for group in documents.values():
            for document in group:
                if document.value.get("kind") == "ModelLifecycle":
                    for name in contract_files(document):
                        wanted.setdefault(name, {})[dirname(document.file)] = None
        found = {}
        for name, folders in wanted.items():
            inside = not name.startswith(("../", "/")) and name not in self.workspace.files
            if inside and places.is_there(self.workspace.root / name):
                content = self._content(name, folders)
                if content is not None:
                    found[name] = content
        return found

    def _content(self, name: str, folders: Iterable[str]) -> bytes | None:
        """What a file holds, which some folders' specs need; None after a finding that says why not."""
        if name in self.workspace.files:
            return self.workspace.files[name]
        content = self._bytes(name)
        if content is None:
            return None
        for folder in folders:
            self.bytes[folder] = self.bytes.get(folder, 0) + len(content)
            if self.bytes[folder] > MAX_FOLDER_BYTES:
                message = f"makes more than {MAX_FOLDER_BYTES >> 20} MiB in one folder"
                _report(self.workspace, "folder-too-large", name, message, "put fewer specs into one folder")
                return None
        return content

    def _bytes(self, name: str) -> bytes | None:
        try:
            content = places.read_inside(self.root, name, MAX_FILE_BYTES + 1)
        except places.OutsideError as error:
            _report(self.workspace, "outside-repository", name, str(error), "remove the link")
            return None
        except places.NotAFileError as error:
            _report(self.workspace, "unreadable-file", name, str(error), "name a file or a folder")
            return None
        except OSError as error:
            missing = isinstance(error, FileNotFoundError)
            rule, help_text = (
                ("no-such-file", "check the path") if missing else ("unreadable-file", "check its permissions")
            )
            _report(self.workspace, rule, name, f"cannot be read: {error.strerror}", help_text)
            return None
        return self.changed.get(name, content)


def _report(workspace: Workspace, rule: str, name: str, message: str, help_text: str) -> None:
    workspace.findings.append(Finding(rule, Severity.ERROR, f"{name} {message}", Place(name), help_text))


TOOL_RULES: Final[Mapping[str, str]] = {
    "folder-too-large": "the files of one folder, with their contracts, are larger together than lifespec reads",
    "kept-file": "a file is no longer produced, but somebody edited it, so it stays",
    "linked-folder": "a folder is a link; links are not followed, so specs in it are not read",
    "no-lifecycle": "there is no spec in what was named",
    "no-such-file": "a file or folder does not exist",
    "outside-repository": "a file lies outside the repository, or a link leads there",
    "unreadable-file": "a file cannot be read: no permission, or not a regular file",
    "write-failed": "a file cannot be written: no permission, no space, or somebody else's file in its place",
}
"""Findings about the tool's own input and output rather than about a spec: the exit code for them is 2."""
