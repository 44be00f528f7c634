"""The work on an output folder in pieces; those that only read may be done by any process of a run.

A piece opens the folder anew, and makes sure that it is still the same one. What goes wrong in one that writes is
returned, so that all pieces come to an end before anybody clears up.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, NamedTuple

from lifespec_compiler.emit.files import Content
from lifespec_compiler.emit.folder import Folder
from lifespec_compiler.emit.inventory import digest
from lifespec_compiler.emit.problems import ObstacleError, Problem, WriteError

Run = Callable[[Callable[[Any], Any], Iterable[Any]], Iterable[Any]]
"""Does something with every piece, in any process, and gives the results in order: `map`, or something as good."""

PIECE = 256
"""Files of one piece."""


class Whole(NamedTuple):
    """The whole folder, held open, and how its pieces are worked on."""

    folder: str | os.PathLike[str]
    out: Folder
    run: Run


class Piece(NamedTuple):
    """Some of what is to be done with the files of a folder."""

    folder: str
    identity: tuple[int, int]
    entries: tuple[tuple[str, Any], ...]
    """Paths, with what the work needs to know of each."""

    def open(self) -> Folder:
        """The folder. Raises WriteError if another one has taken its place."""
        found = Folder.open(self.folder)
        if found is None or found.identity != self.identity:
            advice = "let nobody else move the folder meanwhile"
            raise WriteError(Problem("", "the output folder was replaced while it was written", advice))
        return found


def pieces(whole: Whole, entries: Mapping[str, Any]) -> Iterator[Piece]:
    """All entries, in pieces; neighbours in one folder mostly share one."""
    listed = tuple(entries.items())
    for start in range(0, len(listed), PIECE):
        yield Piece(os.fspath(whole.folder), whole.out.identity, listed[start : start + PIECE])


class Found(NamedTuple):
    """What is at a path."""

    path: str
    digest: str | None
    """SHA-256 of the file's bytes; None if there is none."""
    obstacles: tuple[Problem, ...] = ()


def look(piece: Piece) -> list[Found]:
    """What is at each of the paths."""
    with piece.open() as out:
        return [_look(out, path) for path, _ in piece.entries]


def _look(out: Folder, path: str) -> Found:
    try:
        data = out.read(path)
    except ObstacleError as error:
        return Found(path, None, error.problems)
    return Found(path, None if data is None else digest(data))


class Done(NamedTuple):
    """What a piece of writing did: the folders that it made, and what went wrong."""

    made: tuple[str, ...]
    problems: tuple[Problem, ...] = ()


def stage(piece: Piece) -> Done:
    """Write the contents beside the files that they will replace; not yet synced."""
    contents: tuple[tuple[str, Content], ...] = piece.entries
    with piece.open() as out:
        try:
            for path, content in contents:
                out.stage(path, content.read())
        except WriteError as error:
            return Done(tuple(out.made), error.problems)
        except BaseException:
            remove_if_empty(out, out.made)
            raise
        return Done(tuple(out.made))


def sync_staged(piece: Piece) -> Done:
    """Have what was staged on the disk."""
    with piece.open() as out:
        try:
            for path, _ in piece.entries:
                out.sync_staged(path)
        except WriteError as error:
            return Done((), error.problems)
    return Done(())


def publish(piece: Piece) -> Done:
    """Put what was staged in place."""
    with piece.open() as out:
        try:
            for path, _ in piece.entries:
                out.publish(path)
        except WriteError as error:
            return Done((), error.problems)
    return Done(())


def sync_directories(piece: Piece) -> None:
    """Have the entries of folders on the disk."""
    with piece.open() as out:
        for directory, _ in piece.entries:
            out.sync_directory(directory)


def remove_if_empty(out: Folder, made: Iterable[str]) -> None:
    """Remove folders in which nothing is, the innermost first."""
    for directory in sorted(made, key=lambda path: path.count("/"), reverse=True):
        out.remove_if_empty(directory)
