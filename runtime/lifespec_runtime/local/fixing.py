"""Applies the fixes of findings to the files they were found in, in rounds, and writes the files whole."""

from __future__ import annotations

import stat
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path as FilePath
from typing import NamedTuple, cast

from lifespec_compiler.emit.folder import Folder
from lifespec_compiler.emit.problems import Problem, WriteError
from lifespec_schema.findings import Finding, Fix, Path
from lifespec_schema.loader import JSON

Lint = Callable[[Mapping[str, bytes]], list[Finding]]
"""What is found when these bytes stand in place of some of the files."""

MOST_ROUNDS = 20
"""Fixes that still find work after so many rounds undo one another."""


@dataclass(slots=True)
class Fixed:
    """What fixing did, in memory."""

    files: dict[str, bytes] = field(default_factory=dict)
    """The files that changed, with their new bytes."""
    applied: list[Finding] = field(default_factory=list)
    """The findings whose fixes were applied, with the places that they had then."""
    findings: list[Finding] = field(default_factory=list)
    """What is found in the fixed files."""


class _Task(NamedTuple):
    """One fix and the finding that it mends."""

    finding: Finding
    fix: Fix

    @property
    def document(self) -> tuple[str, int]:
        """The document that the fix edits."""
        return self.finding.place.file, self.finding.place.document


def wanted(finding: Finding, *, unsafe: bool) -> bool:
    """Whether a finding has a fix that may be applied."""
    return finding.fix is not None and (finding.fix.safe or unsafe)


def fix_all(files: Mapping[str, bytes], lint: Lint, *, unsafe: bool) -> Fixed:
    """Applies fixes and lints again until there is nothing left to apply.

    Fixes that touch one another wait for the next round, which then knows what the first one did. A fix that cannot be
    applied without touching anything else is left alone, and its finding stays.
    """
    result = Fixed(findings=lint({}))
    seen: set[frozenset[tuple[str, bytes]]] = set()
    for _ in range(MOST_ROUNDS):
        changed, applied = _round({**files, **result.files}, result.findings, unsafe=unsafe)
        state = frozenset({**result.files, **changed}.items())
        if not applied or state in seen:
            break
        seen.add(state)
        result.files |= changed
        result.applied += applied
        result.findings = lint(result.files)
    result.files = {name: content for name, content in result.files.items() if content != files.get(name)}
    return result


def _round(
    files: Mapping[str, bytes], findings: Sequence[Finding], *, unsafe: bool
) -> tuple[dict[str, bytes], list[Finding]]:
    from .splice import spliced  # only needed where there is something to fix

    changed: dict[str, bytes] = {}
    applied: list[Finding] = []
    for task in _apart(findings, unsafe=unsafe):
        file, document = task.document
        content = changed.get(file, files.get(file))
        after = spliced(content, document, task.fix.path, cast("JSON", task.fix.value)) if content is not None else None
        if after is not None and after != content:
            changed[file] = after
            applied.append(task.finding)
    return changed, applied[::-1]


def _apart(findings: Sequence[Finding], *, unsafe: bool) -> list[_Task]:
    """The fixes of one round: none inside another, the last item of a list first, so that indexes stay right."""
    tasks: dict[tuple[str, int], list[_Task]] = {}
    for finding in findings:
        if finding.fix is not None and wanted(finding, unsafe=unsafe):
            task = _Task(finding, finding.fix)
            others = tasks.setdefault(task.document, [])
            if not any(_touch(task.fix.path, other.fix.path) for other in others):
                others.append(task)
    return [task for group in tasks.values() for task in sorted(group, key=_position, reverse=True)]


def _touch(one: Path, other: Path) -> bool:
    shorter = min(len(one), len(other))
    return one[:shorter] == other[:shorter]


def _position(task: _Task) -> tuple[tuple[int, str], ...]:
    return tuple((part, "") if isinstance(part, int) else (-1, part) for part in task.fix.path)


def rewrite(root: FilePath, before: Mapping[str, bytes], after: Mapping[str, bytes]) -> tuple[Problem, ...]:
    """Puts new bytes in the place of files below `root`; gives what stands in the way, and then nothing is changed.

    Each file is old or new at any moment, with the permissions that it had. A file that is no longer as it was read,
    and anything that is a link, is not touched.
    """
    if not after:
        return ()
    try:
        with Folder.create(root) as folder:
            edited = [name for name in after if folder.read(name) != before[name]]
            if edited:
                return tuple(Problem(name, "was changed by somebody else meanwhile", "lint again") for name in edited)
            _replace(folder, root, after)
    except WriteError as error:
        return error.problems
    return ()


def _replace(folder: Folder, root: FilePath, files: Mapping[str, bytes]) -> None:
    try:
        for name, content in files.items():
            mode = stat.S_IMODE((root / name).lstat().st_mode)
            folder.stage(name, content, mode=mode)
        for name in files:
            folder.sync_staged(name)
        for name in files:
            folder.publish(name)
    finally:
        for name in files:
            folder.discard(name)
    for directory in dict.fromkeys(name.rpartition("/")[0] for name in files):
        folder.sync_directory(directory)
