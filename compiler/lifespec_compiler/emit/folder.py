"""One output folder, held by descriptor, so that nothing in it can lead a write elsewhere.

The folder's own path is resolved once, when it is opened. Below it every component is opened from its parent's
descriptor without following links; a link, a file with other hard links, or anything that is not a regular file is an
obstacle that is reported, never replaced. Needs a POSIX system.
"""

from __future__ import annotations

import errno
import fcntl
import hashlib
import os
import stat
import sys
from collections.abc import Callable
from contextlib import suppress
from typing import Self

from lifespec_compiler.emit.problems import ObstacleError, Problem, WriteError, check_regular, reported

_DIRECTORY = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW
_READ = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK
_CREATE = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW
_FILE_MODE = 0o644
_DIRECTORY_MODE = 0o755


class Folder:
    """An open output folder. All paths are relative to it, with `/` between segments, and already validated.

    Every method raises WriteError if the system refuses, ObstacleError if the path leads through or to a link.
    """

    def __init__(self, descriptor: int) -> None:
        self._root = descriptor
        self._chain: list[tuple[str, int]] = []
        self.made: list[str] = []
        """The folders that were created here, parents first."""

    @classmethod
    def open(cls, folder: str | os.PathLike[str]) -> Self | None:
        """The folder, or None if it does not exist. A link that is given here is followed, once."""
        with reported(""):
            try:
                return cls(os.open(folder, os.O_RDONLY | os.O_DIRECTORY))
            except FileNotFoundError:
                return None

    @classmethod
    def create(cls, folder: str | os.PathLike[str]) -> Self:
        """The folder, made if it does not exist, with the folders above it."""
        found = cls.open(folder)
        if found is not None:
            return found
        with reported(""):
            _make_root(os.fspath(folder))
            return cls(os.open(folder, os.O_RDONLY | os.O_DIRECTORY))

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._leave(0)
        os.close(self._root)

    @property
    def identity(self) -> tuple[int, int]:
        """What tells this folder from every other one on the machine."""
        status = os.fstat(self._root)
        return status.st_dev, status.st_ino

    def lock(self) -> None:
        """Keep other writers out until the folder is closed, or this process ends in whatever way."""
        try:
            with reported(""):
                fcntl.flock(self._root, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except WriteError as error:
            if isinstance(error.__cause__, BlockingIOError):
                advice = "wait until it is done, or give each its own output folder"
                raise WriteError(Problem("", "another process is writing to the output folder", advice)) from error
            raise

    def read(self, path: str) -> bytes | None:
        """The file's bytes, or None if there is none."""
        with reported(path):
            directory = self._directory(_parent(path))
            if directory is None:
                return None
            name = _name(path)
            try:
                # Looked at before it is opened, since opening a device or a pipe may already do something.
                check_regular(path, os.stat(name, dir_fd=directory, follow_symlinks=False))
                descriptor = os.open(name, _READ, dir_fd=directory)
            except FileNotFoundError:
                return None
            try:
                status = os.fstat(descriptor)
                check_regular(path, status)
                return _read_all(descriptor, status.st_size)
            finally:
                os.close(descriptor)

    def stage(self, path: str, data: bytes, mode: int = _FILE_MODE) -> None:
        """Write `data` beside the file, under a temporary name; nobody sees it until `publish`."""
        with reported(path):
            directory = self._make_directory(_parent(path))
            name = _staging_name(path)
            try:
                descriptor = os.open(name, _CREATE, 0o600, dir_fd=directory)
            except FileExistsError:
                os.unlink(name, dir_fd=directory)
                descriptor = os.open(name, _CREATE, 0o600, dir_fd=directory)
            try:
                os.fchmod(descriptor, mode)
                rest = memoryview(data)
                while rest:
                    rest = rest[os.write(descriptor, rest) :]
                _start_writing(descriptor)
            finally:
                os.close(descriptor)

    def sync_staged(self, path: str) -> None:
        """Have the staged bytes on the disk."""
        with reported(path):
            descriptor = os.open(_staging_name(path), _READ, dir_fd=self._existing(_parent(path)))
            try:
                os.fsync(descriptor)
            finally:
                os.close(descriptor)

    def publish(self, path: str) -> None:
        """Put what was staged in the file's place, in one step."""
        with reported(path):
            directory = self._existing(_parent(path))
            os.replace(_staging_name(path), _name(path), src_dir_fd=directory, dst_dir_fd=directory)

    def discard(self, path: str) -> None:
        """Remove what was staged for the path, if anything was."""
        with reported(path):
            self._unlink(_parent(path), _staging_name(path))

    def remove(self, path: str) -> None:
        """Remove the file, if it is there."""
        with reported(path):
            self._unlink(_parent(path), _name(path))

    def remove_if_empty(self, directory: str) -> bool:
        """Remove a folder unless something is in it; says whether it is gone."""
        with reported(directory):
            above = self._directory(_parent(directory))
            if above is None:
                return True
            try:
                os.rmdir(_name(directory), dir_fd=above)
            except FileNotFoundError:
                return True
            except OSError as error:
                if error.errno in (errno.ENOTEMPTY, errno.EEXIST):
                    return False
                raise
            return True

    def sync_directory(self, directory: str) -> None:
        """Have the folder's entries (names, not contents) on the disk, if it still exists."""
        with reported(directory):
            descriptor = self._directory(directory)
            if descriptor is not None:
                os.fsync(descriptor)

    def sync_file_system(self) -> bool:
        """Have all that was written here on the disk, in one go; False where the system cannot do that."""
        function = _syncfs()
        if function is None:
            return False
        with reported(""):
            function(self._root)
        return True

    def _unlink(self, parent: str, name: str) -> None:
        directory = self._directory(parent)
        if directory is None:
            return
        try:
            os.unlink(name, dir_fd=directory)
        except FileNotFoundError:
            return

    def _existing(self, directory: str) -> int:
        descriptor = self._directory(directory)
        if descriptor is None:
            raise FileNotFoundError(errno.ENOENT, "the folder was removed meanwhile")
        return descriptor

    def _directory(self, directory: str) -> int | None:
        """The folder's descriptor, good until the next call; the way to it stays open, since neighbours come next."""
        descriptor, missing = self._descend(directory)
        return None if missing else descriptor

    def _make_directory(self, directory: str) -> int:
        descriptor, missing = self._descend(directory)
        for segment in missing:
            try:
                os.mkdir(segment, _DIRECTORY_MODE, dir_fd=descriptor)
            except FileExistsError:  # another process of this run has just made it
                descriptor = self._enter(segment, descriptor)
                continue
            self.made.append("/".join([*(name for name, _ in self._chain), segment]))
            descriptor = self._enter(segment, descriptor)
            inherited = stat.S_IMODE(os.fstat(descriptor).st_mode) & ~0o777
            os.fchmod(descriptor, inherited | _DIRECTORY_MODE)
        return descriptor

    def _descend(self, directory: str) -> tuple[int, list[str]]:
        """Open as much of the way as exists: the last descriptor and the segments that are missing."""
        segments = directory.split("/") if directory else []
        common = 0
        while common < min(len(segments), len(self._chain)) and self._chain[common][0] == segments[common]:
            common += 1
        self._leave(common)
        descriptor = self._chain[-1][1] if self._chain else self._root
        for index in range(common, len(segments)):
            try:
                descriptor = self._enter(segments[index], descriptor)
            except FileNotFoundError:
                return descriptor, segments[index:]
        return descriptor, []

    def _enter(self, segment: str, parent: int) -> int:
        try:
            descriptor = os.open(segment, _DIRECTORY, dir_fd=parent)
        except OSError as error:
            if error.errno not in (errno.ENOTDIR, errno.ELOOP):
                raise
            path = "/".join([*(name for name, _ in self._chain), segment])
            is_link = stat.S_ISLNK(os.stat(segment, dir_fd=parent, follow_symlinks=False).st_mode)
            message = "is a symbolic link" if is_link else "is not a folder, but files are to be written below it"
            raise ObstacleError(Problem(path, message, "remove it, or choose another output folder")) from error
        self._chain.append((segment, descriptor))
        return descriptor

    def _leave(self, depth: int) -> None:
        while len(self._chain) > depth:
            os.close(self._chain.pop()[1])


def _read_all(descriptor: int, size: int) -> bytes:
    parts = [os.read(descriptor, size + 1)]
    while parts[-1]:
        parts.append(os.read(descriptor, size + 1))
    return b"".join(parts)


def _start_writing(descriptor: int) -> None:
    """Have the system begin to write the file to the disk, so that a sync that follows later finds it done."""
    if sys.platform == "linux":
        with suppress(OSError):  # only advice: a file system may not know it
            os.posix_fadvise(descriptor, 0, 0, os.POSIX_FADV_DONTNEED)


def _syncfs() -> Callable[[int], None] | None:
    """Linux's system call, which Python does not offer: one instead of one for each of thousands of files."""
    if sys.platform != "linux":
        return None
    import ctypes

    library = ctypes.CDLL(None, use_errno=True)
    if not hasattr(library, "syncfs"):
        return None

    def syncfs(descriptor: int) -> None:
        if library.syncfs(descriptor):
            number = ctypes.get_errno()
            raise OSError(number, os.strerror(number))

    return syncfs


def _make_root(folder: str) -> None:
    from pathlib import Path

    path = Path(folder)
    missing = []
    while not path.exists():
        missing.append(path)
        path = path.parent
    for path in reversed(missing):
        path.mkdir()
        path.chmod(_DIRECTORY_MODE)


def _staging_name(path: str) -> str:
    """Made from the file's name, so that what a killed run left behind can be found again."""
    return f".lifespec-{hashlib.sha256(_name(path).encode()).hexdigest()[:24]}.tmp"


def _parent(path: str) -> str:
    return path.rpartition("/")[0]


def _name(path: str) -> str:
    return path.rpartition("/")[2]
