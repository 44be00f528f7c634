"""Parquet. Only the columns of the contract are decoded."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from .arrow import pa, submodule
from .assemble import Assembler
from .columns import Chunk, Column
from .files import DataFile, reading
from .flaws import Flaw, UnreadableError
from .limits import BUFFER_BYTES, CHUNK_ROWS, MAX_COLUMNS
from .log import Log


def chunks(file: DataFile, columns: Sequence[Column], log: Log) -> Iterator[Chunk]:
    """The rows of a file."""
    with reading(file) as stream:
        try:
            opened: Any = submodule("parquet").ParquetFile(
                file.path or stream, page_checksum_verification=True, buffer_size=BUFFER_BYTES, pre_buffer=False
            )
            names = _names(opened, file)
            log.duplicates(file.name, names)
            wanted = [column.name for column in columns if column.name in names]
            assembler = Assembler(file, columns)
            for batch in opened.iter_batches(CHUNK_ROWS, columns=wanted):
                yield assembler.chunk(batch.num_rows, {name: batch.column(name) for name in wanted}.get)
            if not opened.metadata.num_rows:
                kinds = {name: opened.schema_arrow.field(name).type for name in wanted}
                yield assembler.chunk(0, {name: pa.nulls(0, kind) for name, kind in kinds.items()}.get)
        except (pa.ArrowException, OSError, ValueError, OverflowError) as error:
            raise UnreadableError(_corrupt(file, error)) from error


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
