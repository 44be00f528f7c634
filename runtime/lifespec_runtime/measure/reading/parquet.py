"""Parquet. Only the columns of the contract are decoded."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, Final

from .arrow import Array, either, pa, positions, submodule, without
from .assemble import Assembler
from .columns import Chunk, Column
from .convert import is_text
from .encoding import foreign_value, invalid_values
from .files import DataFile, Part, Stream, reading
from .flaws import Flaw, UnreadableError
from .limits import BUFFER_BYTES, CHUNK_ROWS, MAX_COLUMNS, MAX_LINE_BYTES
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
            wanted = [column.name for column in columns if names.count(column.name) == 1]
            _refuse_long_values(opened, wanted, file)
            numbered = _numbered(opened, [column.name for column in columns if column.numbered])
            if numbered:
                opened = _opened(file, stream, metadata=opened.metadata, read_dictionary=numbered)
            assembler = Assembler(part, columns)
            for batch in opened.iter_batches(CHUNK_ROWS, row_groups=part.groups, columns=wanted, use_threads=False):
                yield _chunk({name: batch.column(name) for name in wanted}, batch.num_rows, assembler, log)
            if not opened.metadata.num_rows:
                kinds = {name: opened.schema_arrow.field(name).type for name in wanted}
                yield assembler.chunk(0, {name: pa.nulls(0, kind) for name, kind in kinds.items()}.get)
        except ARROW_ERRORS as error:
            raise UnreadableError(_corrupt(file, error)) from error


def _chunk(arrays: dict[str, Array], rows: int, assembler: Assembler, log: Log) -> Chunk:
    foreign: dict[str, Array] = {}
    arrays = {name: _decoded(values) for name, values in arrays.items()}
    for name, values in arrays.items():
        mask = invalid_values(values) if is_text(values.type) else None
        if mask is not None:
            foreign[name] = mask
    chunk = assembler.chunk(
        rows, {**arrays, **{name: _without(arrays[name], mask) for name, mask in foreign.items()}}.get
    )
    for name, mask in foreign.items():
        log.once(foreign_value(chunk.file, chunk.row(positions(mask, 1)[0]), name))
    return chunk._replace(
        wrong={**chunk.wrong, **{name: either(chunk.wrong.get(name), m) for name, m in foreign.items()}}
    )


def _decoded(values: Array) -> Array:
    """One by one the values of an Arrow dictionary of which some are no texts."""
    foreign = pa.types.is_dictionary(values.type) and invalid_values(values.dictionary) is not None
    return values.dictionary_decode() if foreign else values


def _without(values: Array, mask: Array) -> Array:
    """Texts without those that are none; kernels must not see these."""
    return without(values.cast(pa.large_binary()), mask).cast(pa.large_string())


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


def _opened(file: DataFile, stream: Stream, **more: object) -> Any:
    return submodule("parquet").ParquetFile(
        file.path or stream, page_checksum_verification=True, buffer_size=BUFFER_BYTES, pre_buffer=False, **more
    )


def _numbered(opened: Any, names: Sequence[str]) -> list[str]:
    """Those columns of texts that are written as numbers of different ones: each would take its length, four bytes."""
    found = dict.fromkeys(names, 0)
    groups = opened.metadata.num_row_groups
    if not names or opened.metadata.num_rows < groups * CHUNK_ROWS:  # numbers are each group's own: chunks end with it
        return []
    for group in range(groups):
        for place in range(opened.metadata.num_columns):
            chunk = opened.metadata.row_group(group).column(place)
            if chunk.path_in_schema in found:
                few = chunk.physical_type == "BYTE_ARRAY" and chunk.total_uncompressed_size < 4 * chunk.num_values
                found[chunk.path_in_schema] += few
    return [name for name, times in found.items() if groups and times == groups]


def _names(opened: Any, file: DataFile) -> list[str]:
    width = opened.metadata.num_columns
    if width > MAX_COLUMNS:
        message = f"the file has {width:,} columns; no more than {MAX_COLUMNS:,} are read"
        raise UnreadableError(Flaw("data-too-many-columns", message, file.name))
    return [str(name) for name in opened.schema_arrow.names]


def _refuse_long_values(opened: Any, wanted: Sequence[str], file: DataFile) -> None:
    """A page is decoded as a whole, so a value that is too long must be known before."""
    for group in range(opened.metadata.num_row_groups):
        for place in range(opened.metadata.num_columns):
            chunk = opened.metadata.row_group(group).column(place)
            if chunk.path_in_schema in wanted and chunk.total_uncompressed_size > MAX_LINE_BYTES * max(
                1, chunk.num_values
            ):
                message = f"values are longer than {MAX_LINE_BYTES >> 20} MiB"
                raise UnreadableError(Flaw("data-corrupt", message, file.name, column=chunk.path_in_schema))


def _corrupt(file: DataFile, error: BaseException) -> Flaw:
    told = str(error).partition("\n")[0]
    if "magic bytes" in told or "footer" in told or "too small" in told or "0 bytes" in told:
        return Flaw("data-corrupt", "the file is no Parquet, or breaks off before its end", file.name)
    return Flaw("data-corrupt", f"the file is damaged: {told[:160]}", file.name)
