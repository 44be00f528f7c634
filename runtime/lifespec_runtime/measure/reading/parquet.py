"""Parquet. Only the columns of the contract are decoded."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, Final

from .arrow import pa, submodule
from .assemble import Assembler
from .columns import Chunk, Column
from .files import DataFile, Part, Stream, reading
from .flaws import Flaw, UnreadableError
from .limits import BUFFER_BYTES, CHUNK_ROWS, MAX_COLUMNS
from .log import Log

ARROW_ERRORS: Final = (pa.ArrowException, OSError, ValueError, OverflowError)
"""What Arrow raises of a file that is damaged."""


def chunks(part: Part, columns: Sequence[Column], log: Log) -> Iterator[Chunk]:
    """The rows of a part of a file."""
    file = part.file
    with reading(file) as stream:
        try:
            opened = _opened(file, stream)
            names = _names(opened, file)
            log.duplicates(file.name, names)
            wanted = [column.name for column in columns if column.name in names]
            assembler = Assembler(part, columns)
            for batch in opened.iter_batches(CHUNK_ROWS, row_groups=part.groups, columns=wanted, use_threads=False):
                yield assembler.chunk(batch.num_rows, {name: batch.column(name) for name in wanted}.get)
            if not opened.metadata.num_rows:
                kinds = {name: opened.schema_arrow.field(name).type for name in wanted}
                yield assembler.chunk(0, {name: pa.nulls(0, kind) for name, kind in kinds.items()}.get)
        except ARROW_ERRORS as error:
            raise UnreadableError(_corrupt(file, error)) from error


def parts(file: DataFile, rows: int) -> list[Part]:
    """The file in parts of whole row groups, of so many rows or a few more where row groups are not larger."""
    with reading(file) as stream:
        try:
            metadata = _opened(file, stream).metadata
            sizes = [int(metadata.row_group(group).num_rows) for group in range(metadata.num_row_groups)]
        except ARROW_ERRORS:
            return [Part(file)]  # reading it will tell what is wrong
    found: list[Part] = []
    groups: list[int] = []
    first = at = 1
    for group, size in enumerate(sizes):
        groups.append(group)
        at += size
        if at - first >= rows or group == len(sizes) - 1:
            found.append(Part(file, first, tuple(groups)))
            first, groups = at, []
    return found or [Part(file)]


def _opened(file: DataFile, stream: Stream) -> Any:
    return submodule("parquet").ParquetFile(
        file.path or stream, page_checksum_verification=True, buffer_size=BUFFER_BYTES, pre_buffer=False
    )


def _names(opened: Any, file: DataFile) -> list[str]:
    width = opened.metadata.num_columns
    if width > MAX_COLUMNS:
        message = f"the file has {width:,} columns; no more than {MAX_COLUMNS:,} are read"
        raise UnreadableError(Flaw("data-too-many-columns", message, file.name))
    return [str(name) for name in opened.schema_arrow.names]


def _corrupt(file: DataFile, error: BaseException) -> Flaw:
    told = str(error).partition("\n")[0]
    if "magic bytes" in told or "footer" in told or "too small" in told or "0 bytes" in told:
        return Flaw("data-corrupt", "the file is no Parquet, or breaks off before its end", file.name)
    return Flaw("data-corrupt", f"the file is damaged: {told[:160]}", file.name)
