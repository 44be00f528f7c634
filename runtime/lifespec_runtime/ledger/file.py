"""A ledger in a file of its own, for processes that may be killed at any moment, and for several at once."""

from __future__ import annotations

import errno
import fcntl
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final, NamedTuple

from lifespec_compiler.emit.problems import ObstacleError, check_regular
from lifespec_compiler.engine.ledger import place_of
from lifespec_compiler.engine.values import Entry

from .errors import LedgerError
from .fitting import fitted
from .lines import MOST_BYTES, Decision, Torn, check_length, decisions, line_of, same, split
from .record import Subject, UnrecordableError, record, subject_of

LONGEST_WAIT: Final = 30.0
"""Seconds for the lock; who holds it writes one line."""
_WRITE: Final = os.O_RDWR | os.O_CREAT | os.O_APPEND | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC
_READ: Final = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC
_ADVICE: Final = {
    errno.EACCES: "check its permissions",
    errno.EPERM: "check its permissions",
    errno.ENAMETOOLONG: "choose a shorter name",
    errno.ENOSPC: "free some space on that file system",
}


class Recorded(NamedTuple):
    """What a ledger's file says."""

    file: str
    subject: Subject | None
    """None where nothing is recorded yet."""
    decisions: tuple[Decision, ...]
    torn: Torn | None

    @property
    def entries(self) -> tuple[Entry, ...]:
        """The entries, the first one first."""
        return tuple(decision.entry for decision in self.decisions)


def read(path: str | os.PathLike[str]) -> Recorded:
    """What a ledger's file says now; the file is left as it is. Raises LedgerError."""
    file = os.fspath(path)
    with _opened(file, _READ, "ledger-not-read") as descriptor:
        _lock(descriptor, fcntl.LOCK_SH, file)
        content = _read_from(descriptor, 0)
    lines, rest = split(content)
    found = tuple(decisions(lines, file))
    check_length(rest, file, len(lines) + 1)
    torn = Torn(len(lines) + 1, rest) if rest else None
    return Recorded(file, subject_of(found[-1].document) if found else None, found, torn)


class FileLedger:
    """Appends to a file, and reads what others append to it. What it returns is on the disk.

    Any number of processes may have one of the same file; a lock is held for as long as a line takes. Made for one
    thread.
    """

    def __init__(self, path: str | os.PathLike[str], subject: Subject) -> None:
        self._file = os.fspath(path)
        self._subject = subject
        self._entries: list[Entry] = []
        self._last: Decision | None = None
        self._read = 0
        self._identity: tuple[int, int] | None = None
        self.torn: list[Torn] = []
        """What was cut off, since it stood behind the last whole line."""

    def entries(self) -> tuple[Entry, ...]:
        """All entries, the first one first. Raises LedgerError."""
        with self._locked() as descriptor:
            self._catch_up(descriptor)
        return tuple(self._entries)

    def append(self, entry: Entry) -> Entry:
        """The entry that stands at this entry's sequence: itself, or the one that was recorded there before.

        Of itself, what a record has no room for is cut (`fitting`). Raises GapError where an entry before it is
        missing, LedgerError where it cannot be recorded.
        """
        with self._locked() as descriptor:
            self._catch_up(descriptor)
            known = self._entries
            place = place_of(entry, known[0].sequence if known else None, len(known))
            if place == len(known):
                self._write(descriptor, entry)
        return known[place]

    @contextmanager
    def _locked(self) -> Iterator[int]:
        with _opened(self._file, _WRITE, "ledger-not-written") as descriptor:
            _lock(descriptor, fcntl.LOCK_EX, self._file)
            status = os.fstat(descriptor)
            identity = (status.st_dev, status.st_ino)
            if identity != _identity_of(self._file) or self._identity not in (None, identity):
                raise self._replaced("another file stands in its place")
            if status.st_size < self._read:
                raise self._replaced("it is shorter than it was")
            if self._identity is None:
                _sync_folder(self._file)
                self._identity = identity
            yield descriptor

    def _catch_up(self, descriptor: int) -> None:
        """Read what was appended meanwhile. It is on the disk before anybody acts on it, whoever wrote it."""
        content = _read_from(descriptor, self._read)
        if not content:
            return
        lines, rest = split(content)
        known = len(self._entries)
        found = decisions(lines, self._file, after=known, before=self._last)
        check_length(rest, self._file, known + len(lines) + 1)
        if found and not same(subject_of(found[-1].document), self._subject):
            message = f"the ledger is not of {self._subject.namespace}/{self._subject.name}"
            raise LedgerError("ledger-mixed", message, self._file, advice="keep one ledger for each lifecycle")
        if rest:
            os.ftruncate(descriptor, self._read + len(content) - rest)
            self.torn.append(Torn(known + len(lines) + 1, rest))
        os.fsync(descriptor)
        self._entries += (decision.entry for decision in found)
        self._last = found[-1] if found else self._last
        self._read += len(content) - rest

    def _write(self, descriptor: int, entry: Entry) -> None:
        entry = fitted(entry)
        try:
            document = record(entry, self._subject)
        except UnrecordableError as error:
            raise LedgerError("ledger-not-written", str(error), self._file) from error
        line = line_of(document)
        try:
            written = 0
            while written < len(line):
                written += os.write(descriptor, line[written:])
            os.fsync(descriptor)
        except OSError:
            os.ftruncate(descriptor, self._read)  # whoever asks again finds it as it was
            raise
        self._entries.append(entry)
        self._last = Decision(entry, document, len(self._entries))
        self._read += len(line)

    def _replaced(self, how: str) -> LedgerError:
        help_text = "a ledger is only ever appended to: bring it back as it was, and start again"
        return LedgerError("ledger-replaced", how, self._file, advice=help_text)


@contextmanager
def _opened(file: str, flags: int, code: str) -> Iterator[int]:
    """Whatever the system refuses meanwhile is a LedgerError with this code."""
    try:
        descriptor = os.open(file, flags, 0o644)
        try:
            check_regular("", os.fstat(descriptor))
            yield descriptor
        finally:
            os.close(descriptor)
    except ObstacleError as error:
        [problem] = error.problems
        raise LedgerError(code, problem.message, file, advice="name a file of its own") from error
    except OSError as error:
        raise _refused(code, file, error) from error


def _refused(code: str, file: str, error: OSError) -> LedgerError:
    if error.errno == errno.ELOOP:
        return LedgerError(code, "is a symbolic link", file, advice="name the file itself")
    if error.errno == errno.ENOENT:
        advice = (
            "make its folder first"
            if code == "ledger-not-written"
            else "`lifespec simulate SPEC --scenario NAME --ledger FILE` writes one"
        )
        return LedgerError(code, "there is no such file or folder", file, advice=advice)
    advice = _ADVICE.get(error.errno or 0, "see what the system says about this path")
    return LedgerError(code, f"cannot be used: {error.strerror or error}", file, advice=advice)


def _lock(descriptor: int, how: int, file: str) -> None:
    until = time.monotonic() + LONGEST_WAIT
    while True:
        try:
            fcntl.flock(descriptor, how | fcntl.LOCK_NB)
        except BlockingIOError as error:
            if time.monotonic() > until:
                message = f"another process has held its lock for {LONGEST_WAIT:.0f} s"
                raise LedgerError("ledger-busy", message, file, advice="end that process") from error
            time.sleep(0.001)
        else:
            return


def _identity_of(file: str) -> tuple[int, int] | None:
    try:
        status = os.lstat(file)
    except FileNotFoundError:
        return None
    return status.st_dev, status.st_ino


def _read_from(descriptor: int, start: int) -> bytes:
    """All from there on, or so much that its last line is certainly longer than any decision."""
    found, rest = [], 0
    while rest <= MOST_BYTES and (part := os.pread(descriptor, 2**20, start)):
        found.append(part)
        start += len(part)
        rest = len(part) - part.rfind(b"\n") - 1 + (rest if b"\n" not in part else 0)
    return b"".join(found)


def _sync_folder(file: str) -> None:
    """Have the file's name on the disk, too."""
    folder = os.open(Path(file).absolute().parent, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
