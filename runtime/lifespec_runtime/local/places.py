"""Where the files of a repository are, and how they are read: without YAML, and without anything heavy.

Names are relative to the repository's root. Nothing outside the root is ever read, and no link that leads there is
followed.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Callable, Iterator
from typing import Any

from lifespec_compiler.emit.inventory import INVENTORY

PROJECT_FILE = "lifespec.yaml"
MODEL_FILE = "model.yaml"

Failed = Callable[[OSError], Any]
Linked = Callable[[str], Any]

_READ = os.O_RDONLY | getattr(os, "O_BINARY", 0) | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0)
"""Without following a link that has taken the file's place, or waiting for who writes to a pipe in its place."""


class OutsideError(Exception):
    """A file lies outside the repository; the message says how."""


class NotAFileError(Exception):
    """What should be a file is a folder, a device or the like."""


def find_root(start: str) -> str:
    """The nearest folder upwards with a project file, else with a Git repository, else `start` itself."""
    folder = start if os.path.isdir(start) else os.path.dirname(start)
    for mark in (PROJECT_FILE, ".git"):
        candidate = folder
        while True:
            if os.path.exists(os.path.join(candidate, mark)):
                return candidate
            above = os.path.dirname(candidate)
            if above == candidate:
                break
            candidate = above
    return folder


def has_project_file(root: str) -> bool:
    """Whether there is something under the project file's name, be it readable or not."""
    return os.path.lexists(os.path.join(root, PROJECT_FILE))


def is_folder(path: str | os.PathLike[str]) -> bool:
    """Whether there is a folder; pathlib raises where one may not look."""
    return os.path.isdir(path)


def is_there(path: str | os.PathLike[str]) -> bool:
    """Whether there is anything, or may be: what one may not look at is told when it is read."""
    try:
        os.stat(path)
    except (FileNotFoundError, NotADirectoryError, ValueError):  # a NUL is in no name
        return False
    except OSError:
        return True
    return True


def relative(path: str, root: str) -> str:
    """`path` as the repository names it."""
    return os.path.relpath(path, root).replace(os.sep, "/")


def is_outside(name: str) -> bool:
    """Whether a name leads out of the repository by itself."""
    return name == ".." or name.startswith("../")


def spec_files(root: str, start: str, failed: Failed, linked: Linked | None = None) -> Iterator[str]:
    """The files that may hold specs: `start`, or those in the folder `start`.

    `failed` hears of folders that cannot be read, `linked` of the names of those that are links and not followed: what
    they lead to is outside, or is found where it is.
    """
    if os.path.isdir(start):
        yield from _walk(root, start, failed, linked)
        return
    yield relative(start, root)
    folder = os.path.dirname(start)
    beside = os.path.join(folder, MODEL_FILE)
    if start == beside:
        yield from _walk(root, folder, failed, linked)
    elif os.path.isfile(beside):
        yield relative(beside, root)


def _walk(root: str, folder: str, failed: Failed, linked: Linked | None) -> Iterator[str]:
    """The YAML files under a folder that may hold specs: neither data contracts, nor hidden, nor compiled."""
    for place, folders, names in os.walk(folder, onerror=failed):
        if INVENTORY in names:
            folders.clear()
            continue
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        found = sorted(name for name in names if _may_hold_specs(name))
        here = relative(place, root)
        for name in folders if linked else ():
            if linked and os.path.islink(os.path.join(place, name)):
                linked(relative(os.path.join(place, name), root))
        yield from (name if here == "." else f"{here}/{name}" for name in found)


def _may_hold_specs(name: str) -> bool:
    is_contract = name.endswith((".odcs.yaml", ".odcs.yml"))
    return name.endswith((".yaml", ".yml")) and not is_contract and not name.startswith(".")


def without_links(root: str | os.PathLike[str]) -> str:
    """A folder's path without links; as it is where the system does not tell where one leads."""
    try:
        return os.path.realpath(root)
    except OSError:
        return os.path.abspath(root)


def read_inside(real_root: str, name: str, most: int) -> bytes:
    """The first `most` bytes of a file of the repository whose root, without links, is `real_root`.

    Raises OutsideError, NotAFileError, or OSError where the system refuses.
    """
    real = os.path.realpath(os.path.join(real_root, name), strict=True)
    if os.path.commonpath((real_root, real)) != real_root:
        raise OutsideError("leads out of the repository")
    # Looked at before it is opened, since opening a device may do something, and after, since it may be another.
    _check_regular(os.stat(real))
    with open(os.open(real, _READ), "rb", buffering=0) as file:
        status = os.fstat(file.fileno())
        _check_regular(status)
        return file.read(min(status.st_size + 1, most))


def _check_regular(status: os.stat_result) -> None:
    if not stat.S_ISREG(status.st_mode):
        raise NotAFileError("is not a regular file")
