"""What can be wrong with an output folder, and in which words it is said."""

from __future__ import annotations

import errno
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from os import stat_result
from typing import NamedTuple

_HELP = {
    errno.ENOSPC: "free some space on that file system",
    errno.EDQUOT: "free some space: the quota is used up",
    errno.EFBIG: "raise the limit on the size of files",
    errno.EACCES: "check the permissions of the output folder",
    errno.EPERM: "check the permissions of the output folder",
    errno.EROFS: "choose an output folder that can be written",
    errno.ENOTDIR: "choose an output folder that is a folder",
    errno.EMFILE: "raise the limit on open files",
}


class Problem(NamedTuple):
    """Why something in the output folder was not written or removed. `path` is relative to it, empty for itself."""

    path: str
    message: str
    help: str


class WriteError(Exception):
    """The output could not be written; `problems` says what stands in the way, sorted by path."""

    def __init__(self, *problems: Problem) -> None:
        self.problems = tuple(sorted(problems))
        super().__init__("; ".join(f"{problem.path or '.'}: {problem.message}" for problem in self.problems))


class ObstacleError(WriteError):
    """Something that is not a plain file or folder of its own stands where one is expected."""


@contextmanager
def reported(path: str) -> Iterator[None]:
    """Whatever the system refuses meanwhile is a WriteError about this path."""
    try:
        yield
    except OSError as error:
        reason = error.strerror or str(error)
        advice = _HELP.get(error.errno or 0, "see what the system says about this path")
        raise WriteError(Problem(path, f"cannot be read or written: {reason}", advice)) from error


def check_regular(path: str, status: stat_result) -> None:
    """Raise ObstacleError unless it is a regular file that no other path shows."""
    if stat.S_ISLNK(status.st_mode):
        message = "is a symbolic link"
    elif stat.S_ISDIR(status.st_mode):
        message = "is a folder, but a file is to be written there"
    elif not stat.S_ISREG(status.st_mode):
        message = "is not a regular file"
    elif status.st_nlink > 1:
        message = "has more than one hard link, so other paths show the same file"
    else:
        return
    raise ObstacleError(Problem(path, message, "remove it, or choose another output folder"))
