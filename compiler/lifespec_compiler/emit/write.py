"""Put manifests into an output folder: every file is old or new at any moment, and other people's files are let be."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Mapping
from typing import Literal, NamedTuple

from lifespec_compiler.emit.files import Content, Files
from lifespec_compiler.emit.folder import Folder, ObstacleError, Problem, WriteError
from lifespec_compiler.emit.inventory import INVENTORY, PENDING, digest, load, serialise
from lifespec_compiler.emit.pieces import (
    Done,
    Piece,
    Run,
    look,
    pieces,
    publish,
    remove_if_empty,
    stage,
    sync_directories,
    sync_staged,
)
from lifespec_compiler.manifest import Manifest

Output = Iterable[Manifest] | Files
"""What is to be in a folder: manifests, or what was rendered from them."""

MANY = 256
"""Files for which syncing the whole file system is cheaper than syncing each."""

__all__ = ["Difference", "Problem", "WriteError", "WriteResult", "check", "refuse_obstacles", "write"]


class WriteResult(NamedTuple):
    """What `write` did. Paths are relative to the output folder and sorted."""

    written: tuple[str, ...]
    unchanged: tuple[str, ...]
    pruned: tuple[str, ...]
    kept: tuple[Problem, ...]
    """Files that are no longer produced but were edited or replaced since lifespec wrote them, so they stay."""


class Difference(NamedTuple):
    """One file, by its path in the output folder, that `write` would create, replace or remove."""

    path: str
    kind: Literal["missing", "differs", "stale"]


def write(
    folder: str | os.PathLike[str],
    manifests: Output,
    *,
    force: bool = False,
    record: bool = True,
    prune: bool = True,
    run: Run = map,
) -> WriteResult:
    """Make the folder hold exactly these manifests, beside files that are not ours.

    Nothing is replaced before all new bytes are on the disk. Files whose bytes are equal are not touched. Files that an
    earlier run wrote and that are no longer produced are removed if nobody edited them. `force` replaces and removes
    also what was edited or was never ours, but never follows or replaces a link. Without `record` the files are a gift:
    they are the user's from then on, so no inventory is kept, nothing is removed, and what exists is not replaced.
    Without `prune` the manifests are a part of the whole: what an earlier run wrote besides them stays ours and stays.
    `run` divides the reading of what is there between processes.

    Raises ManifestError for manifests that cannot be written anywhere, WriteError if something stands in the way: a
    link, an edited file, a file that is not ours, or the system. Then nothing was replaced, unless the system failed
    halfway through the renames; each file is then old or new, and the next run finishes.
    """
    files = _contents(manifests)
    with Folder.create(folder) as out:
        out.lock()
        ours = _recover(out) if record else {}
        whole = _Whole(folder, out, run)
        comparison = _compare(whole, files, ours if prune else _within(ours, files), force=force)
        if comparison.obstacles or comparison.conflicts:
            raise WriteError(*comparison.obstacles, *comparison.conflicts)
        changed = {path: files[path] for path in sorted(comparison.missing + comparison.differing)}
        if record:
            rest = {} if prune else ours
            _commit(whole, changed, comparison.stale, {**rest, **_inventory(files, ours, comparison.kept)})
        else:
            _publish_all(whole, changed, [], _stage_all(whole, changed, keep_pending=True))
        return WriteResult(tuple(changed), tuple(comparison.equal), tuple(comparison.stale), tuple(comparison.kept))


def check(folder: str | os.PathLike[str], manifests: Output, *, prune: bool = True, run: Run = map) -> list[Difference]:
    """What `write` would change, sorted by path; empty if the folder is fresh, the inventory included.

    Changes nothing. Raises as `write` does, but an edited file, or one that is not ours, is only a difference.
    """
    files = _contents(manifests)
    out = Folder.open(folder)
    if out is None:
        return [Difference(path, "missing") for path in files]
    with out:
        ours, pending = load(out)
        comparison = _compare(_Whole(folder, out, run), files, ours if prune else _within(ours, files), force=False)
        if comparison.obstacles:
            raise WriteError(*comparison.obstacles)
        differing = comparison.differing + [problem.path for problem in comparison.conflicts]
        stale = comparison.stale + [problem.path for problem in comparison.kept]
        inventory = {**({} if prune else ours), **_inventory(files, ours, comparison.kept)}
        recorded = out.read(INVENTORY)
    differences = [Difference(path, "missing") for path in comparison.missing]
    differences += [Difference(path, "differs") for path in differing]
    differences += [Difference(path, "stale") for path in stale]
    if recorded is None:
        differences.append(Difference(INVENTORY, "missing"))
    elif recorded != serialise(inventory):
        differences.append(Difference(INVENTORY, "differs"))
    if pending is not None:
        differences.append(Difference(PENDING, "stale"))
    return sorted(differences)


def refuse_obstacles(
    folder: str | os.PathLike[str], manifests: Output, *, force: bool = False, prune: bool = True
) -> None:
    """Raise what `write` would raise before it replaces anything; for folders that are to be written all or none."""
    out = Folder.open(folder)
    if out is None:
        return
    with out:
        files = _contents(manifests)
        ours, _ = load(out)
        comparison = _compare(_Whole(folder, out, map), files, ours if prune else _within(ours, files), force=force)
    if comparison.obstacles or comparison.conflicts:
        raise WriteError(*comparison.obstacles, *comparison.conflicts)


class _Comparison(NamedTuple):
    missing: list[str]
    differing: list[str]
    equal: list[str]
    stale: list[str]
    kept: list[Problem]
    conflicts: list[Problem]
    obstacles: list[Problem]


class _Whole(NamedTuple):
    """The whole folder, held open, and how its pieces are worked on."""

    folder: str | os.PathLike[str]
    out: Folder
    run: Run


def _contents(output: Output) -> dict[str, Content]:
    return (output if isinstance(output, Files) else Files.of(output)).contents()


def _compare(whole: _Whole, files: Mapping[str, Content], ours: Mapping[str, str], *, force: bool) -> _Comparison:
    result = _Comparison([], [], [], [], [], [], [])
    out = whole.out
    for found in (found for part in whole.run(look, pieces(whole.folder, out, dict.fromkeys(files))) for found in part):
        path = found.path
        if found.obstacles:
            result.obstacles.extend(found.obstacles)
        elif found.digest is None:
            result.missing.append(path)
        elif found.digest == files[path].digest:
            result.equal.append(path)
        elif force or found.digest == ours.get(path):
            result.differing.append(path)
        else:
            result.conflicts.append(_edited(path) if path in ours else _foreign(path))
    for path in sorted(ours.keys() - files.keys()):
        try:
            data = out.read(path)
        except ObstacleError as error:
            result.kept.append(Problem(path, f"is no longer produced, and {error}", "remove it by hand"))
            continue
        if data is None:
            continue
        if force or digest(data) == ours[path]:
            result.stale.append(path)
        else:
            message = "is no longer produced, and was edited since lifespec wrote it"
            result.kept.append(Problem(path, message, "remove it, or write with force"))
    return result


def _within(ours: Mapping[str, str], files: Mapping[str, Content]) -> dict[str, str]:
    return {path: recorded for path, recorded in ours.items() if path in files}


def _edited(path: str) -> Problem:
    message = "was edited since lifespec wrote it"
    return Problem(path, message, "move the edit into the spec, then remove the file or write with force")


def _foreign(path: str) -> Problem:
    message = "exists, and lifespec did not write it"
    return Problem(path, message, "move it, choose another output folder, or write with force")


def _inventory(files: Mapping[str, Content], ours: Mapping[str, str], kept: Iterable[Problem]) -> dict[str, str]:
    """What the inventory must say: all that is produced, and what had to stay, with the digest that we once wrote."""
    inventory = {path: content.digest for path, content in files.items()}
    inventory.update((problem.path, ours[problem.path]) for problem in kept)
    return inventory


def _recover(out: Folder) -> dict[str, str]:
    """Finish the books of a run that was killed, so that only the inventory needs to be asked from here on."""
    ours, pending = load(out)
    out.discard(INVENTORY)
    out.discard(PENDING)
    if pending is not None:
        for path in pending:
            _discard_leftover(out, path)
        _install(out, INVENTORY, serialise(ours))
        out.remove(PENDING)
        out.sync_directory("")
    return ours


def _discard_leftover(out: Folder, path: str) -> None:
    try:
        out.discard(path)
    except ObstacleError:
        # A link stands on the way since that run: what lies behind it is not ours to remove.
        return


def _commit(whole: _Whole, changed: Mapping[str, Content], stale: list[str], inventory: Mapping[str, str]) -> None:
    """Replace, remove, and then, last of all, say so in the inventory."""
    out = whole.out
    record = serialise(inventory)
    if changed or stale:
        _install(out, PENDING, serialise({path: content.digest for path, content in changed.items()}))
        _publish_all(whole, changed, stale, _stage_all(whole, changed))
    if out.read(INVENTORY) != record:
        _install(out, INVENTORY, record)
    if changed or stale:
        out.remove(PENDING)
        out.sync_directory("")


def _stage_all(whole: _Whole, changed: Mapping[str, Content], *, keep_pending: bool = False) -> list[str]:
    """Have all new bytes on the disk beside the old files, and return the folders made; on a failure leave no trace."""
    made: list[str] = []
    try:
        _do_all(whole, stage, changed, made)
        if not (len(changed) > MANY and whole.out.sync_file_system()):
            _do_all(whole, sync_staged, changed, made)
    except BaseException as error:
        # An interrupted run may come to no end here: then the next one clears up.
        _abandon(whole.out, changed, made, keep_pending=keep_pending or not isinstance(error, WriteError))
        raise
    return made


def _do_all(whole: _Whole, work: Callable[[Piece], Done], changed: Mapping[str, Content], made: list[str]) -> None:
    """Do all pieces and collect the folders they made; raise WriteError, when all are done, if any went wrong."""
    problems: list[Problem] = []
    # In this process: a file system takes files from two no faster than from one.
    for done in map(work, pieces(whole.folder, whole.out, changed)):
        made += done.made
        problems += done.problems
    if problems:
        raise WriteError(*problems)


def _publish_all(whole: _Whole, changed: Mapping[str, Content], stale: list[str], made: list[str]) -> None:
    out = whole.out
    try:
        _do_all(whole, publish, changed, made)
    except BaseException:
        _abandon(out, changed, made, keep_pending=True)
        raise
    for path in stale:
        out.remove(path)
    touched = {_parent(path) for path in (*changed, *stale, *made)}
    emptied = {_parent(path) for path in stale}
    while emptied:
        gone = {directory for directory in emptied if directory and out.remove_if_empty(directory)}
        emptied = {_parent(directory) for directory in gone}
        touched |= emptied
    if not (len(changed) > MANY and out.sync_file_system()):
        for piece in pieces(whole.folder, out, dict.fromkeys(sorted(touched))):
            sync_directories(piece)


def _abandon(out: Folder, changed: Iterable[str], made: Iterable[str], *, keep_pending: bool) -> None:
    """Remove what was staged; with `keep_pending` the next run is told which of the files have already arrived."""
    try:
        for path in changed:
            out.discard(path)
        remove_if_empty(out, made)
        if not keep_pending:
            out.remove(PENDING)
    except WriteError:
        # The failure that led here is the one to report; the pending list is still there, so the next run cleans up.
        return


def _install(out: Folder, name: str, data: bytes) -> None:
    """Replace one of our own lists, on the disk when this returns."""
    try:
        out.stage(name, data)
        out.sync_staged(name)
        out.publish(name)
    except BaseException:
        out.discard(name)
        raise
    out.sync_directory("")


def _parent(path: str) -> str:
    return path.rpartition("/")[0]
