"""Files that people name on the command line: nobody waits for the other end of a pipe, and no device is read."""

from __future__ import annotations

import errno
import os
import stat
from contextlib import suppress
from pathlib import Path
from typing import BinaryIO, Final

MOST_BYTES: Final = 2**30
"""Of a file that is read whole."""
_READ: Final = os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC
_WRITE: Final = os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_NONBLOCK | os.O_CLOEXEC


def open_file(path: Path) -> BinaryIO:
    """A regular file, to be read and closed; links are followed. Raises OSError, for what is no such file as well."""
    _check_regular(path.stat())  # opening a device may do something
    file = os.fdopen(os.open(path, _READ), "rb")
    try:
        _check_regular(os.fstat(file.fileno()))
    except OSError:
        file.close()
        raise
    return file


def read_file(path: Path) -> bytes:
    """What a regular file holds. Raises OSError, for one that is too large as well."""
    with open_file(path) as file:
        if os.fstat(file.fileno()).st_size > MOST_BYTES:
            raise OSError(errno.EFBIG, f"it is larger than {MOST_BYTES >> 30} GiB")
        return file.read()


def write_file(path: Path, content: bytes) -> None:
    """Writes a file, or into a pipe that somebody reads, or a device. Raises OSError."""
    try:
        descriptor = os.open(path, _WRITE, 0o666)
    except OSError as error:
        if error.errno == errno.ENXIO:
            raise OSError(errno.ENXIO, "it is a pipe that nobody reads") from error
        raise
    os.set_blocking(descriptor, True)  # who reads the pipe may be slow
    with os.fdopen(descriptor, "wb") as file:
        file.write(content)


def write_whole(path: Path, content: bytes) -> None:
    """Writes a file so that it is there whole, or as it was. Links, pipes and devices stay what they are.

    Raises OSError.
    """
    if os.path.lexists(path) and not stat.S_ISREG(path.lstat().st_mode):
        write_file(path, content)
        return
    unfinished = path.with_name(f".lifespec.{os.getpid()}")
    try:
        write_file(unfinished, content)
        unfinished.replace(path)
    except OSError:
        with suppress(OSError):
            unfinished.unlink()
        raise


def _check_regular(status: os.stat_result) -> None:
    if not stat.S_ISREG(status.st_mode):
        raise OSError(errno.EINVAL, "it is not a regular file")
