"""JSON lines: one object a line. A key that is not there is a missing value.

A block of lines that is as the contract says is parsed at once by Arrow; one that is not is parsed line by line, so
that one wrong value costs that value, and its row can be named.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from io import BytesIO
from typing import Any

from .arrow import pa, submodule
from .assemble import Assembler
from .columns import Chunk, Column
from .convert import Converted
from .encoding import first_bytes, refuse_other_encodings
from .files import DataFile, Part, Stream, reading_part
from .flaws import Flaw, UnreadableError
from .json_values import from_json
from .limits import BLOCK_BYTES, MAX_LINE_BYTES
from .log import Log

_NATIVE = ("string", "integer", "number", "boolean")


def chunks(part: Part, columns: Sequence[Column], log: Log) -> Iterator[Chunk]:
    """The rows of a part of a file."""
    file = part.file
    with reading_part(part) as stream:
        assembler = Assembler(part, columns)
        keys = _Keys(columns)
        line, rows = part.first_row - 1, 0
        for block in _blocks(stream, part):
            if not block.strip():
                continue  # a million blank lines are not worth a look each
            keys.look(block)
            table = None if _has_blank_lines(block) else _parsed(block, columns)
            if table is None:
                table, line = _line_by_line(block, columns, assembler, log, file, line)
            else:
                line += table.num_rows
            rows += table.num_rows
            if table.num_rows:
                yield assembler.chunk(table.num_rows, table.column)
        if not line:
            raise UnreadableError(Flaw("data-empty", "the file is empty", file.name))
        if not rows:
            yield assembler.chunk(0, lambda _: pa.nulls(0))
        if keys.missing:
            yield assembler.chunk(0, lambda name: None if name in keys.missing else pa.nulls(0))


class _Keys:
    """Which of the contract's columns no line has had so far."""

    def __init__(self, columns: Sequence[Column]) -> None:
        self.missing = {column.name for column in columns}

    def look(self, block: bytes) -> None:
        for name in tuple(self.missing):
            plain, escaped = (json.dumps(name, ensure_ascii=ascii_).encode() for ascii_ in (False, True))
            if re.search(rb"(?:%s|%s)\s*:" % (re.escape(plain), re.escape(escaped)), block):
                self.missing.discard(name)


def _blocks(stream: Stream, part: Part) -> Iterator[bytes]:
    """Whole lines, many at a time."""
    file = part.file
    rest = first_bytes(stream, 4096)
    if not part.start:
        refuse_other_encodings(rest, file.name)
    rest = rest.removeprefix(b"\xef\xbb\xbf")
    while more := stream.read(BLOCK_BYTES):
        whole, newline, after = more.rpartition(b"\n")
        if newline:
            yield rest + whole + newline
            rest = after
        else:
            rest += more
        if len(rest) > MAX_LINE_BYTES:
            message = f"a line is longer than {MAX_LINE_BYTES >> 20} MiB: the file is no JSON lines"
            raise UnreadableError(Flaw("data-corrupt", message, file.name))
    if rest.strip():
        yield rest


def _has_blank_lines(block: bytes) -> bool:
    return b"\n\n" in block or block.startswith(b"\n")


def _parsed(block: bytes, columns: Sequence[Column]) -> Any:
    """The block as a table; None where some value is not of the contract's type."""
    arrow_json = submodule("json")
    fields = [pa.field(column.name, column.arrow if column.type in _NATIVE else pa.string()) for column in columns]
    options = arrow_json.ParseOptions(explicit_schema=pa.schema(fields), unexpected_field_behavior="ignore")
    try:
        block.decode()
        table = arrow_json.read_json(
            BytesIO(block), arrow_json.ReadOptions(use_threads=False, block_size=len(block) + 1), options
        )
    except (pa.ArrowInvalid, UnicodeDecodeError):
        return None
    return table if table.num_rows == block.rstrip(b"\n").count(b"\n") + 1 else None


def _line_by_line(
    block: bytes, columns: Sequence[Column], assembler: Assembler, log: Log, file: DataFile, before: int
) -> tuple[Any, int]:
    """The block's readable lines as a table with a column of mixed values each, and the number of the last line."""
    records: list[dict[str, Any]] = []
    number = before
    for line in block.splitlines():
        if not line.strip():
            continue
        number += 1
        record = _record(line, file, number, log)
        if record is None:
            assembler.skipped.append(number)
        else:
            records.append(record)
    found = {column.name: from_json([record.get(column.name) for record in records], column) for column in columns}
    return _Converted(found, len(records)), number


def _record(line: bytes, file: DataFile, number: int, log: Log) -> dict[str, Any] | None:
    try:
        record = json.loads(line.decode())
    except UnicodeDecodeError:
        log.bad_row(Flaw("data-bad-encoding", "the line is not UTF-8", file.name, number))
        return None
    except (ValueError, RecursionError):
        log.bad_row(Flaw("data-bad-row", "the line is no JSON, or breaks off", file.name, number))
        return None
    if not isinstance(record, dict):
        log.bad_row(Flaw("data-bad-row", "the line is no JSON object", file.name, number))
        return None
    return record


class _Converted:
    """What a table is to an assembler: columns that are in the contract's types already."""

    def __init__(self, columns: dict[str, Converted], rows: int) -> None:
        self._columns, self.num_rows = columns, rows

    def column(self, name: str) -> Converted:
        return self._columns[name]
