"""The replacing of files: all new bytes are on the disk before the first is put in place.

A run that is killed in between leaves a list from which the next one finishes the books.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

from lifespec_compiler.emit.files import Content
from lifespec_compiler.emit.folder import Folder
from lifespec_compiler.emit.inventory import INVENTORY, PENDING, load, serialise
from lifespec_compiler.emit.pieces import (
    Done,
    Piece,
    Whole,
    pieces,
    publish,
    remove_if_empty,
    stage,
    sync_directories,
    sync_staged,
)
from lifespec_compiler.emit.problems import ObstacleError, Problem, WriteError

MANY = 256
"""Files for which syncing the whole file system is cheaper than syncing each."""


def recover(out: Folder) -> dict[str, str]:
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


def commit(whole: Whole, changed: Mapping[str, Content], stale: list[str], inventory: Mapping[str, str]) -> None:
    """Replace, remove, and then, last of all, say so in the inventory."""
    out = whole.out
    record = serialise(inventory)
    if changed or stale:
        _install(out, PENDING, serialise({path: content.digest for path, content in changed.items()}))
        publish_all(whole, changed, stale, stage_all(whole, changed))
    if out.read(INVENTORY) != record:
        _install(out, INVENTORY, record)
    if changed or stale:
        out.remove(PENDING)
        out.sync_directory("")


def stage_all(whole: Whole, changed: Mapping[str, Content], *, keep_pending: bool = False) -> list[str]:
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


def _do_all(whole: Whole, work: Callable[[Piece], Done], changed: Mapping[str, Content], made: list[str]) -> None:
    """Do all pieces and collect the folders they made; raise WriteError, when all are done, if any went wrong."""
    problems: list[Problem] = []
    # In this process: a file system takes files from two no faster than from one.
    for done in map(work, pieces(whole, changed)):
        made += done.made
        problems += done.problems
    if problems:
        raise WriteError(*problems)


def publish_all(whole: Whole, changed: Mapping[str, Content], stale: list[str], made: list[str]) -> None:
    """Put all that was staged in place, remove what is stale, and have it on the disk."""
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
        for piece in pieces(whole, dict.fromkeys(sorted(touched))):
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
