"""Rendered files on their way to a folder. What is more than some MiB waits on the disk, not in memory."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, NamedTuple, Self

from lifespec_compiler.emit.inventory import digest
from lifespec_compiler.emit.render import check_spelling, render
from lifespec_compiler.manifest import Manifest, ManifestError

if TYPE_CHECKING:
    from tempfile import _TemporaryFileWrapper

HELD_BYTES = 48 * 1024 * 1024
"""What is held in memory; of more, each file goes to the disk."""


class Content(NamedTuple):
    """What is to be in a file: the SHA-256 of the bytes, and the bytes or where they wait."""

    digest: str
    data: bytes | None
    spool: str = ""
    offset: int = 0
    length: int = 0

    def read(self) -> bytes:
        """The bytes."""
        if self.data is not None:
            return self.data
        with open(self.spool, "rb") as file:  # noqa: PTH123 - pathlib is not on the way to compile
            file.seek(self.offset)
            return file.read(self.length)


class Files:
    """The files of one folder, by path, until `close`."""

    def __init__(self) -> None:
        self._contents: dict[str, Content] = {}
        self._spellings: dict[str, tuple[str, bool]] = {}
        self._fault: ManifestError | None = None
        self._held = 0
        self._spool: _TemporaryFileWrapper[bytes] | None = None

    @classmethod
    def of(cls, manifests: Iterable[Manifest]) -> Self:
        """All manifests, rendered. Raises ManifestError as `render` does."""
        files = cls()
        for manifest in manifests:
            data = render(manifest)
            files.add(manifest.path, data, digest(data))
        return files

    def close(self) -> None:
        """Give back what waits on the disk."""
        if self._spool:
            self._spool.close()

    def add(self, path: str, data: bytes, sha256: str) -> None:
        """One more file. If it cannot exist beside the others on every system, `contents` says so."""
        fault = self._fault_of(path)
        if fault:
            self._fault = self._fault or fault
            return
        self._contents[path] = self._kept(data, sha256)

    def contents(self) -> dict[str, Content]:
        """Every file's content, sorted by path; to be read before `close`.

        Raises ManifestError if not all of them can exist side by side.
        """
        if self._fault:
            raise self._fault
        if self._spool:
            self._spool.flush()
        return {path: self._contents[path] for path in sorted(self._contents)}

    def _fault_of(self, path: str) -> ManifestError | None:
        if path in self._contents:
            return ManifestError(f"output path {path}: made twice")
        try:
            check_spelling(path, self._spellings)
        except ManifestError as error:
            return error
        return None

    def _kept(self, data: bytes, sha256: str) -> Content:
        if self._held + len(data) <= HELD_BYTES:
            self._held += len(data)
            return Content(sha256, data)
        if self._spool is None:
            from tempfile import NamedTemporaryFile

            self._spool = NamedTemporaryFile(prefix="lifespec-")  # noqa: SIM115 - closed by `close`
        offset = self._spool.tell()
        self._spool.write(data)
        return Content(sha256, None, self._spool.name, offset, len(data))
