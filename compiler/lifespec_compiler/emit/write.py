"""Put manifests into an output folder: every file is old or new at any moment, and other people's files are let be."""

from __future__ import annotations

import os
from collections.abc import Iterable
from typing import Literal, NamedTuple

from lifespec_compiler.emit.commit import commit, publish_all, recover, stage_all
from lifespec_compiler.emit.comparison import compare, inventory_of, within
from lifespec_compiler.emit.files import Content, Files
from lifespec_compiler.emit.folder import Folder
from lifespec_compiler.emit.inventory import INVENTORY, PENDING, load, serialise
from lifespec_compiler.emit.pieces import Run, Whole
from lifespec_compiler.emit.problems import Problem, WriteError
from lifespec_compiler.manifest import Manifest

Output = Iterable[Manifest] | Files
"""What is to be in a folder: manifests, or what was rendered from them."""


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
        ours = recover(out) if record else {}
        whole = Whole(folder, out, run)
        comparison = compare(whole, files, ours if prune else within(ours, files), force=force)
        if comparison.obstacles or comparison.conflicts:
            raise WriteError(*comparison.obstacles, *comparison.conflicts)
        changed = {path: files[path] for path in sorted(comparison.missing + comparison.differing)}
        if record:
            rest = {} if prune else ours
            commit(whole, changed, comparison.stale, {**rest, **inventory_of(files, ours, comparison.kept)})
        else:
            publish_all(whole, changed, [], stage_all(whole, changed, keep_pending=True))
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
        comparison = compare(Whole(folder, out, run), files, ours if prune else within(ours, files), force=False)
        if comparison.obstacles:
            raise WriteError(*comparison.obstacles)
        differing = comparison.differing + [problem.path for problem in comparison.conflicts]
        stale = comparison.stale + [problem.path for problem in comparison.kept]
        inventory = {**({} if prune else ours), **inventory_of(files, ours, comparison.kept)}
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
        comparison = compare(Whole(folder, out, map), files, ours if prune else within(ours, files), force=force)
    if comparison.obstacles or comparison.conflicts:
        raise WriteError(*comparison.obstacles, *comparison.conflicts)


def _contents(output: Output) -> dict[str, Content]:
    return (output if isinstance(output, Files) else Files.of(output)).contents()
