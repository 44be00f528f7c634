"""CSV as RFC 4180 has it. An unquoted empty value is missing, a quoted one is an empty text.

Which of comma, semicolon, tab and bar divides the values is told by the header. Everything is read as bytes first, so
that one value of a wrong type or encoding costs that value and not the file.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator, Sequence
from typing import Any, Final

from .arrow import Array, either, pa, positions, submodule, without
from .assemble import Assembler
from .columns import Chunk, Column
from .encoding import Utf8, first_bytes, foreign_value, foreign_values, refuse_other_encodings
from .files import DataFile, Part, reading, reading_part
from .flaws import Flaw, UnreadableError
from .limits import BLOCK_BYTES, MAX_COLUMNS, MAX_LINE_BYTES
from .log import Log

_DIVIDERS: Final = (",", ";", "\t", "|")
_START: Final = 1 << 20
_BOM = b"\xef\xbb\xbf"


def chunks(part: Part, columns: Sequence[Column], log: Log) -> Iterator[Chunk]:
    """The rows of a part of a file."""
    file = part.file
    before = b"" if not part.start else _first_line(file)
    with reading_part(part) as stream:
        start = before + first_bytes(stream, _START)
        if not part.start:
            refuse_other_encodings(start[:4096], file.name)
        start += b"\n" if len(start) < _START and b"\n" not in start else b""
        if not start.strip():
            raise UnreadableError(Flaw("data-empty", "the file is empty: it has not even a header", file.name))
        names, divider = _header(start, columns, file)
        log.duplicates(file.name, names)
        present = [column.name for column in columns if names.count(column.name) == 1]
        assembler = Assembler(part, columns, text=True)

        def refuse(row: Any) -> str:
            _note(row, assembler, log, part)
            return "skip"

        arrow_csv = submodule("csv")
        text = Utf8(start, stream)
        try:
            opened: Any = arrow_csv.open_csv(
                text,
                read_options=arrow_csv.ReadOptions(block_size=BLOCK_BYTES, use_threads=False),
                parse_options=arrow_csv.ParseOptions(
                    delimiter=divider, newlines_in_values=True, invalid_row_handler=refuse
                ),
                convert_options=arrow_csv.ConvertOptions(
                    column_types=dict.fromkeys(names, pa.string()),
                    include_columns=present or names[:1],
                    null_values=[""],
                    strings_can_be_null=True,
                    quoted_strings_can_be_null=False,
                    check_utf8=False,
                ),
            )
            rows = 0
            for batch in opened:
                rows += batch.num_rows
                if batch.num_rows:
                    yield _chunk(batch, present, assembler, text, log, file)
            if not rows:
                yield assembler.chunk(0, lambda name: pa.nulls(0, pa.string()) if name in present else None)
        except pa.ArrowInvalid as error:
            raise UnreadableError(_corrupt(file, error)) from error


def _chunk(batch: Any, present: Sequence[str], assembler: Assembler, text: Utf8, log: Log, file: DataFile) -> Chunk:
    texts: dict[str, Array] = {name: batch.column(name) for name in present}
    foreign: dict[str, Array] = {}
    for name, values in texts.items() if text.foreign else ():
        mask = foreign_values(values)
        if mask is not None:
            foreign[name] = mask
    chunk = assembler.chunk(batch.num_rows, {**texts, **{n: without(texts[n], m) for n, m in foreign.items()}}.get)
    for name, mask in foreign.items():
        log.once(foreign_value(file.name, chunk.row(positions(mask, 1)[0]), name))
    return chunk._replace(wrong={**chunk.wrong, **{n: either(chunk.wrong.get(n), m) for n, m in foreign.items()}})


def _note(row: Any, assembler: Assembler, log: Log, part: Part) -> None:
    number = row.number + part.first_row - 2 if row.number is not None else None  # the header is the first row
    if number is not None:
        assembler.skipped.append(number)
    message = f"the row has {row.actual_columns} values, and there are {row.expected_columns} columns"
    log.bad_row(Flaw("data-bad-row", message, part.file.name, number, help="quote values that hold the divider"))


def _first_line(file: DataFile) -> bytes:
    with reading(file) as stream:
        line, newline, _ = first_bytes(stream, _START).partition(b"\n")
    return line + newline


def _header(start: bytes, columns: Sequence[Column], file: DataFile) -> tuple[list[str], str]:
    line = start.removeprefix(_BOM)
    try:
        text = line.decode("utf-8", errors="surrogateescape")
    except UnicodeDecodeError:
        text = ""
    wanted = {column.name for column in columns}
    found: list[tuple[int, int, list[str], str]] = []
    for order, divider in enumerate(_DIVIDERS):
        names = _first_row(text, divider)
        if len(names) > MAX_COLUMNS:
            message = f"the header has {len(names):,} columns or more; no more than {MAX_COLUMNS:,} are read"
            raise UnreadableError(Flaw("data-too-many-columns", message, file.name))
        found.append((len(wanted & set(names)), -order, names, divider))
    _, _, names, divider = max(found)
    if any(not name.isprintable() for name in names):
        raise UnreadableError(Flaw("data-bad-encoding", "the header is no printable text in UTF-8", file.name))
    return names, divider


def _first_row(text: str, divider: str) -> list[str]:
    try:
        return next(csv.reader(text.splitlines(keepends=True), delimiter=divider), [])
    except csv.Error:
        return []


def _corrupt(file: DataFile, error: BaseException) -> Flaw:
    told = str(error).partition("\n")[0]
    if "straddling" in told or "block" in told:
        message = f"a row is longer than {MAX_LINE_BYTES >> 20} MiB, or a quote is never closed"
        return Flaw("data-corrupt", message, file.name)
    return Flaw("data-corrupt", f"the file is no CSV: {told[:160]}", file.name)
