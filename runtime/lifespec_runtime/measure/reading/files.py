"""Where data lies: a file, a folder of files or a pattern, on a disk or in any storage that fsspec reaches."""

from __future__ import annotations

import gzip
import hashlib
import lzma
import os
import stat
import zlib
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import partial
from importlib import import_module
from typing import Any, BinaryIO, Final, NamedTuple

from .flaws import Flaw, UnreadableError

SUFFIXES: Final = {
    "parquet": (".parquet", ".pq"),
    "csv": (".csv", ".csv.gz", ".csv.bz2", ".csv.xz"),
    "jsonl": (".jsonl", ".ndjson", ".json", ".jsonl.gz", ".ndjson.gz", ".json.gz"),
}
"""By format: how the names of its files end."""

FORMATS: Final = {"parquet": "parquet", "csv": "csv", "jsonl": "jsonl", "json": "jsonl"}
"""By a source's format: the format of its files, as far as lifespec reads it."""


class DataFile(NamedTuple):
    """A file with rows."""

    name: str
    """As it is told to people."""
    open: Callable[[], BinaryIO]
    size: int
    modified: datetime | None
    """When it was last written, UTC; None where the storage does not say."""
    path: str | None
    """Where it is on this machine, as it is; None elsewhere, or where it is compressed."""
    partition: dict[str, str]
    """Columns that its folders tell, as `day=2026-11-01/` does."""


def format_of(name: str) -> str | None:
    """The format that a file's name tells."""
    return next((form for form, ends in SUFFIXES.items() if name.lower().endswith(ends)), None)


def data_files(uri: str, form: str) -> list[DataFile]:
    """The files of a format at `uri`, in the order of their names; an `UnreadableError` where there is none."""
    if (plain := _plain(uri)) is not None:
        return [plain]
    fsspec: Any = import_module("fsspec")  # it ships no types
    try:
        system, path = fsspec.core.url_to_fs(uri)
        paths = _paths(system, path, form)
        return [_file(system, uri, path, found) for found in paths]
    except UnreadableError:
        raise
    except FileNotFoundError:
        raise UnreadableError(Flaw("data-no-such-file", "there is no such file or folder", uri)) from None
    except (ImportError, ValueError) as error:
        missing = missing_library(uri) if isinstance(error, ImportError) else None
        message, help_text = missing or (_told(error), _INSTALL)
        raise UnreadableError(Flaw("data-no-library", message, uri, help=help_text)) from error
    except Exception as error:  # every storage has errors of its own
        raise UnreadableError(Flaw("data-unreachable", _told(error), uri)) from error


_INSTALL = "install the package that fsspec names for this kind of storage"
_EXTRAS: Final = {"s3": "s3", "s3a": "s3", "gs": "gcs", "gcs": "gcs", "abfs": "azure", "abfss": "azure", "az": "azure"}
"""By the scheme of a storage: the extra that brings its package."""


def missing_library(uri: str) -> tuple[str, str] | None:
    """What to say where the package for a kind of storage is missing, and what to do; None where no extra brings it."""
    scheme = uri.partition("://")[0].lower()
    extra = _EXTRAS.get(scheme)
    if extra is None:
        return None
    return f"{scheme}:// needs the extra `{extra}`", f"pip install 'lifespec[measure,{extra}]'"


def _plain(uri: str) -> DataFile | None:
    """The file on this machine that `uri` names, if it is no link and not compressed; else None.

    It spares the import of fsspec, which takes longer than checking ten thousand rows.
    """
    if not uri.lower().endswith(_PLAIN) or uri.startswith("~") or any(mark in uri for mark in ("::", "://", *_MARKS)):
        return None
    path = os.path.abspath(uri)  # noqa: PTH100 - `resolve` follows links
    try:
        found = os.lstat(path)
    except (OSError, ValueError):
        return None
    if not stat.S_ISREG(found.st_mode):
        return None
    written = datetime.fromtimestamp(found.st_mtime, UTC)
    return DataFile(uri, partial(_open, path), found.st_size, written, path if _is_parquet(path) else None, {})


def _open(path: str) -> BinaryIO:
    return open(path, "rb")  # noqa: PTH123 - whoever asked for it closes it


_MARKS: Final = "*?["
_PLAIN: Final = tuple(end for ends in SUFFIXES.values() for end in ends if end.count(".") == 1)


def _is_parquet(path: str) -> bool:
    return path.endswith(SUFFIXES["parquet"])


def _told(error: BaseException) -> str:
    return f"{type(error).__name__}: {error}".partition("\n")[0][:200]


def _paths(system: Any, path: str, form: str) -> list[str]:
    ends = SUFFIXES[form]
    if any(mark in path for mark in _MARKS):
        found = sorted(system.glob(path))
    elif system.isdir(path):
        found = sorted(name for name in system.find(path) if not _is_hidden(name[len(path) :]))
        found = [name for name in found if name.lower().endswith(ends)]
    else:
        found = [path] if system.exists(path) else []
    if not found:
        what = (
            f"there is no file that ends in {' or '.join(ends[:2])}" if system.isdir(path) else "there is no such file"
        )
        raise UnreadableError(Flaw("data-no-such-file", what, path))
    return found


def _is_hidden(name: str) -> bool:
    return any(part.startswith((".", "_")) and "=" not in part for part in name.split("/"))


def _file(system: Any, uri: str, root: str, path: str) -> DataFile:
    info = system.info(path)
    if info.get("type") == "other":  # reading a pipe would wait for a writer, and a second time for another
        raise UnreadableError(Flaw("data-unreachable", "this is a pipe or a device, and no file", path))
    written = info.get("mtime") or info.get("LastModified") or info.get("last_modified") or info.get("updated")
    if isinstance(written, (int, float)):
        written = datetime.fromtimestamp(written, UTC)
    folders = [part.partition("=") for part in path[len(root) :].split("/")[:-1] if "=" in part]
    name = uri if path == root else f"{uri.rstrip('/')}/{path[len(root) :].lstrip('/')}"
    compression = None if _is_parquet(path) else "infer"
    return DataFile(
        name,
        partial(system.open, path, "rb", compression=compression),  # it travels to other processes
        int(info.get("size") or 0),
        written.astimezone(UTC) if isinstance(written, datetime) else None,
        path if compression is None and "file" in system.protocol else None,
        {key: value for key, _, value in folders},
    )


class Part(NamedTuple):
    """Some rows of a file, one after the other, that can be read by themselves; all of them, if nothing is said."""

    file: DataFile
    first_row: int = 1
    """The number of its first row in the file."""
    groups: tuple[int, ...] | None = None
    """Of Parquet: the row groups."""
    start: int = 0
    """Of text: where its first line begins, in bytes."""
    end: int | None = None
    """Of text: where its last line ends; None: at the end of the file."""


class Stream:
    """An open file, to its end or a place before. Whatever its storage raises becomes an `UnreadableError`."""

    end: int | None = None
    """Where reading stops; None: at the end of the file."""

    def __init__(self, file: DataFile, opened: BinaryIO) -> None:
        self._file, self._opened = file, opened

    @property
    def closed(self) -> bool:
        """Whether it is closed."""
        return self._opened.closed

    def read(self, size: int = -1) -> bytes:
        """So many of the next bytes; fewer at the end."""
        with _told_as_flaw(self._file):
            if self.end is not None:
                left = max(0, self.end - self._opened.tell())
                size = left if size < 0 else min(size, left)
            return self._opened.read(size)

    def seek(self, place: int, whence: int = 0) -> int:
        """Goes to a place."""
        with _told_as_flaw(self._file):
            return self._opened.seek(place, whence)

    def tell(self) -> int:
        """The place."""
        return self._opened.tell()

    def readable(self) -> bool:
        """It is."""
        return True

    def seekable(self) -> bool:
        """Whether places can be gone to."""
        return self._opened.seekable()

    def close(self) -> None:
        """Closes it."""
        self._opened.close()


@contextmanager
def reading(file: DataFile) -> Iterator[Stream]:
    """The open file."""
    with _told_as_flaw(file):
        opened = file.open()
    with opened:
        yield Stream(file, opened)


@contextmanager
def reading_part(part: Part) -> Iterator[Stream]:
    """The open file of a part of text, at its start; it ends where the part does."""
    with reading(part.file) as stream:
        if part.start:
            stream.seek(part.start)
        stream.end = part.end
        yield stream


@contextmanager
def _told_as_flaw(file: DataFile) -> Iterator[None]:
    try:
        yield
    except FileNotFoundError as error:
        raise UnreadableError(Flaw("data-no-such-file", "there is no such file", file.name)) from error
    except (EOFError, zlib.error, lzma.LZMAError, gzip.BadGzipFile) as error:
        raise UnreadableError(Flaw("data-corrupt", f"the compressed file is damaged: {error}", file.name)) from error
    except Exception as error:  # every storage has errors of its own
        code = "data-corrupt" if isinstance(error, OSError) and error.errno is None else "data-unreachable"
        raise UnreadableError(Flaw(code, _told(error), file.name)) from error


def digest(files: Sequence[DataFile], digests: Sequence[str] | None = None) -> str:
    """What was read, as `sha256:<hex>`: of the file, or of the names and digests of the files.

    `digests` are those of the files, where they are known.
    """
    known = [file_digest(file) for file in files] if digests is None else digests
    if len(files) == 1:
        return f"sha256:{known[0]}"
    whole = hashlib.sha256()
    for file, one in zip(files, known, strict=True):
        whole.update(f"{file.name.rpartition('/')[2]} {one}\n".encode())
    return f"sha256:{whole.hexdigest()}"


def file_digest(file: DataFile) -> str:
    """The SHA-256 of a file's content, in hexadecimal digits; of a compressed one, of what it holds."""
    with reading(file) as stream:
        found = hashlib.sha256()
        while part := stream.read(1 << 20):
            found.update(part)
        return found.hexdigest()
