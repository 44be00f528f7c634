"""The digest of a folder: one name for all of its bytes, the same wherever it lies."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import NamedTuple

from .errors import broken


class Listed(NamedTuple):
    """A file of a folder."""

    path: str
    """From the folder on, with slashes."""
    sha256: str


def listing(folder: Path) -> list[Listed]:
    """The files of a folder, in the order of their paths' UTF-8.

    Raises `ModelError` where the folder is missing, has no file, or holds anything but files and folders.
    """
    if folder.is_symlink() or not folder.is_dir():
        raise broken("trainer-no-model", "there is no folder of a model", str(folder))
    files = []
    for path in folder.rglob("*"):
        if path.is_symlink() or not (path.is_file() or path.is_dir()):
            message = "a model is made of files and folders, and holds something else"
            raise broken("trainer-no-model", message, str(path))
        if path.is_file():
            files.append((path.relative_to(folder).as_posix(), path))
            if not files[-1][0].isprintable():  # nor are bytes that are no UTF-8
                raise broken("trainer-no-model", "the name of a file of the model does not print", str(folder))
    if not files:
        raise broken("trainer-no-model", "the folder of the model is empty", str(folder))
    return [Listed(name, _sha256(path)) for name, path in sorted(files, key=lambda item: item[0].encode())]


def canonical(files: list[Listed]) -> bytes:
    """The listing as JSON (RFC 8785), whose SHA-256 is the digest."""
    return json.dumps([file._asdict() for file in files], separators=(",", ":"), ensure_ascii=False).encode()


def digest(files: list[Listed]) -> str:
    """The digest of a folder with these files, `sha256:<hex>`."""
    return f"sha256:{hashlib.sha256(canonical(files)).hexdigest()}"


def file_digest(path: Path) -> str:
    """The digest of one file's bytes, `sha256:<hex>`."""
    return f"sha256:{_sha256(path)}"


def _sha256(path: Path) -> str:
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()
