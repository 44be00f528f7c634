"""Findings as people and machines read them."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import click

from lifespec_schema.findings import Finding, Fix, Place, Severity, Span, show_path
from lifespec_schema.loader import locate, show_value, source_lines

COLOURS = {Severity.ERROR: "red", Severity.WARNING: "yellow", Severity.INFO: "cyan"}


def ordered(findings: Sequence[Finding], files: Mapping[str, bytes]) -> list[Finding]:
    """The findings with lines and columns, by file and place; their texts are fit for any format."""
    return sorted(map(_fit_to_print, dict.fromkeys(locate(list(findings), files))), key=order)


def _fit_to_print(finding: Finding) -> Finding:
    """The finding, with escapes for what people wrote that does not print."""
    if finding.message.isprintable() and finding.help.isprintable():
        return finding
    return replace(finding, message=printable(finding.message), help=printable(finding.help))


def order(finding: Finding) -> tuple[str, Span, int, str, str]:
    """The key by which findings are sorted."""
    span = finding.place.span or Span(0, 0, 0, 0)
    return finding.place.file, span, -finding.severity.rank, finding.rule, finding.message


def as_text(findings: Sequence[Finding], files: Mapping[str, bytes], root: Path) -> str:
    """Each finding with the line it is about, and what to do."""
    lines = {
        name: source_lines(content) for name, content in files.items() if any(f.place.file == name for f in findings)
    }
    for finding in findings:
        if finding.concealed and finding.place.span:
            _blot_out(lines.get(finding.place.file, []), finding.place.span)
    return "\n".join(_block(finding, lines.get(finding.place.file, []), root) for finding in findings)


def blotted(findings: Sequence[Finding], files: Mapping[str, bytes]) -> dict[str, str]:
    """By line in which there is something that must not be shown, as it stands in a file: the line without it."""
    lines: dict[str, str] = {}
    for finding in locate([finding for finding in findings if finding.concealed], files):
        if finding.place.span and finding.place.file in files:
            written = source_lines(files[finding.place.file])
            shown = [lines.get(line, line) for line in written]
            _blot_out(shown, finding.place.span)
            lines |= {line: fit for line, fit in zip(written, shown, strict=True) if line != fit}
    return lines


def _blot_out(lines: list[str], span: Span) -> None:
    """Puts asterisks over a value that must not be shown, whichever finding shows its line."""
    for number in range(span.line, min(span.end_line, len(lines)) + 1):
        line = lines[number - 1]
        start = span.column - 1 if number == span.line else 0
        end = span.end_column - 1 if number == span.end_line else len(line)
        lines[number - 1] = line[:start] + "*" * (end - start) + line[end:]


def summary(findings: Sequence[Finding], what: str) -> str:
    """One line that counts."""
    counts = [(severity, sum(finding.severity is severity for finding in findings)) for severity in COLOURS]
    told = [
        f"{count} {severity if count == 1 or severity is Severity.INFO else severity + 's'}"
        for severity, count in counts
        if count
    ]
    return f"{', '.join(told) or 'no findings'} in {what}"


def as_json(findings: Sequence[Finding], **more: object) -> str:
    """The stable machine format, plain ASCII; `version` rises when a key changes its meaning."""
    return json.dumps({"version": 1, "findings": json_of(findings), **more}, indent=2)


def json_of(findings: Sequence[Finding]) -> list[dict[str, object]]:
    """Findings as JSON values; every key is always there."""
    return [
        {
            "rule": finding.rule,
            "severity": finding.severity.value,
            "message": finding.message,
            "help": finding.help,
            **_place(finding.place),
            "related": [{"message": text, **_place(place)} for text, place in finding.related],
            "fix": _fix(finding.fix) if finding.fix else None,
        }
        for finding in findings
    ]


def _place(place: Place) -> dict[str, object]:
    line, column, end_line, end_column = place.span or (None, None, None, None)
    return {
        "file": place.file,
        "document": place.document,
        "path": show_path(place.path),
        "line": line,
        "column": column,
        "endLine": end_line,
        "endColumn": end_column,
    }


def _fix(fix: Fix) -> dict[str, object]:
    return {"title": fix.title, "path": show_path(fix.path), "value": fix.value, "safe": fix.safe}


def printable(text: str) -> str:
    """`text` as a terminal may get it: what does not print is escaped."""
    return text if text.isprintable() else "".join(show_value(character) for character in text)


def _block(finding: Finding, lines: Sequence[str], root: Path) -> str:
    colour = COLOURS[finding.severity]
    head = click.style(f"{finding.severity}[{finding.rule}]", fg=colour, bold=True)
    parts = [f"{head}: {printable(finding.message)}", f"  --> {_shown(finding.place, root)}"]
    span = finding.place.span
    if span and span.line <= len(lines):
        parts += _excerpt(lines[span.line - 1], span, colour)
    parts += [
        f"  {click.style('note', bold=True)}: {printable(text)} --> {_shown(place, root)}"
        for text, place in finding.related
    ]
    if finding.help:
        parts.append(f"  {click.style('help', bold=True)}: {printable(finding.help)}")
    return "\n".join(parts) + "\n"


def _shown(place: Place, root: Path) -> str:
    position = f":{place.span.line}:{place.span.column}" if place.span else ""
    return printable(os.path.relpath(root / place.file)) + position


def _excerpt(line: str, span: Span, colour: str) -> list[str]:
    number = str(span.line)
    margin = " " * len(number)
    start, end = span.column - 1, len(line) if span.end_line > span.line else span.end_column - 1
    first = max(0, start - 80)
    text = "".join(character if character.isprintable() else " " for character in line[first : first + 140])
    marked = text[start - first : end - first][:60]
    carets = " " * _cells(text[: start - first]) + click.style("^" * max(1, _cells(marked)), fg=colour)
    return [f" {margin} |", f" {number} | {text}", f" {margin} | {carets}"]


def _cells(text: str) -> int:
    """How many columns of a terminal a text takes: wide characters take two, combining ones none."""
    if text.isascii():
        return len(text)
    from unicodedata import category, east_asian_width

    widths = (0 if category(c) in {"Mn", "Me"} else 2 if east_asian_width(c) in "WF" else 1 for c in text)
    return sum(widths)
