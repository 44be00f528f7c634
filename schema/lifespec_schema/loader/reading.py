"""Reading one file: check the bytes, build the values, collect every finding."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lifespec_schema.loader.builder import Builder
from lifespec_schema.loader.positions import locate
from lifespec_schema.loader.report import Position, Report
from lifespec_schema.loader.text import position_at, prepare

if TYPE_CHECKING:
    from lifespec_schema.findings import Finding
    from lifespec_schema.loader.document import Document
    from lifespec_schema.loader.text import Source


def read(file: str, data: bytes) -> tuple[tuple[Document, ...], tuple[Finding, ...]]:
    """Return the YAML documents of one file and what is wrong with it, sorted by position; it never raises.

    `file` only names the file in findings, which carry spans already. A document is also returned if it has findings
    that leave its structure readable, so that later checks can find more; but where a finding is an error, the value is
    only a guess and must not be compiled. Without any document there is at least one error.
    """
    report = Report(file)
    source = prepare(data, report)
    if source is None:
        return (), tuple(report.findings())
    builder = Builder(file, source, report)
    if builder.run():
        if builder.is_empty:
            report.add("empty-document", "the file has no content", Position(), "write a document, or remove the file")
        if source.separators:
            _refuse_separators(source, builder.quoted, report)
    return tuple(builder.documents), tuple(locate(report.findings(), {file: data}))


def _refuse_separators(source: Source, quoted: list[tuple[int, int]], report: Report) -> None:
    from bisect import bisect_right

    text = source.data.decode().removeprefix("\ufeff")
    starts = [start for start, _ in quoted]
    for index in source.separators:
        before = bisect_right(starts, index) - 1
        if before < 0 or quoted[before][1] <= index:
            character = source.restore[ord(text[index])]
            report.add(
                "line-separator",
                f"U+{ord(character):04X} is a line break to YAML 1.1 and none to YAML 1.2",
                Position() if report.is_full else position_at(text, index, index + 1),
                "delete it; if a value needs it, write it in double quotes",
            )
