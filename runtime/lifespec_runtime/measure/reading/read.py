"""Data of any kind that lifespec reads, as chunks of the contract's columns."""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
from typing import Final

from . import csv, json_lines, parquet
from .columns import Chunk, Column
from .files import FORMATS, DataFile, Part, data_files
from .flaws import Flaw, UnreadableError
from .log import Log

Reader = Callable[[Part, Sequence[Column], Log], Iterator[Chunk]]
_READERS: Final[dict[str, Reader]] = {"parquet": parquet.chunks, "csv": csv.chunks, "jsonl": json_lines.chunks}


def find(uri: str, form: str) -> list[DataFile]:
    """The files at `uri` that hold data of a source's format; an `UnreadableError` where there are none."""
    known = FORMATS.get(form)
    if known is None:
        help_text = "name a copy of it as Parquet, CSV or JSON lines with --data"
        raise UnreadableError(Flaw("data-format", f"lifespec does not read `{form}` yet", uri, help=help_text))
    return data_files(uri, known)


def read(files: Sequence[DataFile], form: str, columns: Sequence[Column], log: Log) -> Generator[Chunk, None, None]:
    """The rows of the files, in order; an `UnreadableError` where one cannot be read to its end."""
    return read_parts(map(Part, files), form, columns, log)


def read_parts(parts: Iterable[Part], form: str, columns: Sequence[Column], log: Log) -> Generator[Chunk, None, None]:
    """The rows of the parts, in order; an `UnreadableError` where one cannot be read to its end."""
    reader = _READERS[FORMATS[form]]
    for part in parts:
        yield from reader(part, columns, log)
