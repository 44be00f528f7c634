"""Files in parts that can be read by themselves, on several machines, with the rows numbered as in the whole file.

Parquet is divided between row groups. A text is divided between lines, where a line is certain to be a row: it is not
compressed, it has no blank lines, no carriage return within a line, and, if it is CSV, no quotes. Any other file is one
part.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from typing import Final, NamedTuple

from . import parquet
from .files import FORMATS, DataFile, Part, reading, reading_part
from .flaws import UnreadableError
from .limits import MAX_LINE_BYTES

PART_ROWS: Final = 1 << 20
"""Rows of a part of Parquet, where row groups are not larger."""
PART_BYTES: Final = 64 << 20
"""Bytes of a part of text."""
_BLOCK: Final = 1 << 20
_NO_ROW: Final = re.compile(rb"\n[ \t\v\f]*\r?\n|\r[^\n]|\v|\f|\x1c|\x1d|\x1e|\x85")
_COMPRESSED: Final = (".gz", ".bz2", ".xz")


class Size(NamedTuple):
    """What tells whether a part of text is one."""

    lines: int
    certain: bool
    """Whether each of its lines is a row."""


Sizes = Callable[[Sequence[Part], str], Iterable[Size]]
"""Measures parts of text of a format, wherever that is done."""


def divided(
    files: Sequence[DataFile], form: str, sizes: Sizes, rows: int = PART_ROWS, size: int = PART_BYTES
) -> list[Part]:
    """The files in parts, in order. What is wrong with a file is found when its part is read."""
    known = FORMATS[form]
    if known == "parquet":
        return [part for file in files for part in parquet.parts(file, rows)]
    cut = {place: _cut(file, size) for place, file in enumerate(files) if file.size > size}
    wanted = [part for parts in cut.values() for part in parts]
    measured = iter(list(sizes(wanted, known)))
    found: list[Part] = []
    for place, file in enumerate(files):
        mine = [(part, next(measured)) for part in cut.get(place, ())]
        found += _numbered(mine, 1 if known == "jsonl" else 0) if mine else [Part(file)]
    return found


def size_of(part: Part, form: str) -> Size:
    """Counts the lines of a part of text."""
    lines, before, certain = 0, b"\n" if not part.start else b"", True
    try:
        with reading_part(part) as stream:
            while certain and (block := stream.read(_BLOCK)):
                known = before + block
                values = _without_names(block) if not part.start and not lines else block
                certain = not _NO_ROW.search(known) and not (form == "csv" and b'"' in values)
                lines += block.count(b"\n")
                before = known[-256:]
    except UnreadableError:
        certain = False  # reading the file tells why
    return Size(lines, certain)


def _without_names(start: bytes) -> bytes:
    """The lines after a header, in which names may be quoted."""
    header, _, rest = start.partition(b"\n")
    return start if header.count(b'"') % 2 else rest


def _cut(file: DataFile, size: int) -> list[Part]:
    """The file cut after lines; none where it cannot be."""
    if file.name.lower().endswith(_COMPRESSED):
        return []
    cuts = [0]
    try:
        with reading(file) as stream:
            while cuts[-1] + size < file.size:
                stream.seek(cuts[-1] + size)
                passed = 0
                while (block := stream.read(_BLOCK)) and b"\n" not in block and passed < MAX_LINE_BYTES:
                    passed += len(block)
                if b"\n" not in block:
                    return []
                cuts.append(cuts[-1] + size + passed + block.index(b"\n") + 1)
    except UnreadableError:
        return []
    cuts = [cut for cut in cuts if cut < file.size]
    return [Part(file, 1, None, start, end) for start, end in zip(cuts, [*cuts[1:], None], strict=True)]


def _numbered(parts: Sequence[tuple[Part, Size]], first: int) -> list[Part]:
    """The parts of one file with the number of the first row of each; `first` is the number of the first line."""
    if not all(size.certain for _, size in parts):
        return [Part(parts[0][0].file)]
    found = []
    line = first
    for part, size in parts:
        found.append(part._replace(first_row=max(1, line)))
        line += size.lines
    return found
