"""Findings as people and machines read them."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping, Sequence
from pathlib import Path

import click

from lifespec_schema.findings import Finding, Severity, Span, show_path
from lifespec_schema.loader import locate, show_value, source_lines

COLOURS = {Severity.ERROR: "red", Severity.WARNING: "yellow", Severity.INFO: "cyan"}


def ordered(findings: Sequence[Finding], files: Mapping[str, bytes]) -> list[Finding]:
    """The findings with lines and columns, by file and place."""

    def key(finding: Finding) -> tuple[str, Span, int, str, str]:
        span = finding.place.span or Span(0, 0, 0, 0)
        return finding.place.file, span, -finding.severity.rank, finding.rule, finding.message

    return sorted(dict.fromkeys(locate(list(findings), files)), key=key)


def as_text(findings: Sequence[Finding], files: Mapping[str, bytes], root: Path) -> str:
    """Each finding with the line it is about, and what to do."""
    lines = {
        name: source_lines(content) for name, content in files.items() if any(f.place.file == name for f in findings)
    }
    return "\n".join(_block(finding, lines.get(finding.place.file, []), root) for finding in findings)


def summary(findings: Sequence[Finding], what: str) -> str:
    """One line that counts."""
    counts = [(severity, sum(finding.severity is severity for finding in findings)) for severity in COLOURS]
    told = [
        f"{count} {severity if count == 1 or severity is Severity.INFO else severity + 's'}"
        for severity, count in counts
        if count
    ]
    return f"{', '.join(told) or 'no findings'} in {what}"


def as_json(findings: Sequence[Finding]) -> str:
    """The stable machine format; `version` rises when a key changes its meaning."""
    return json.dumps(
        {"version": 1, "findings": [_json(finding) for finding in findings]}, indent=2, ensure_ascii=False
    )


def _json(finding: Finding) -> dict[str, object]:
    place = finding.place
    span = place.span
    position = (
        {"line": span.line, "column": span.column, "endLine": span.end_line, "endColumn": span.end_column}
        if span
        else {}
    )
    return {
        "rule": finding.rule,
        "severity": finding.severity.value,
        "message": finding.message,
        "help": finding.help,
        "file": place.file,
        "document": place.document,
        "path": show_path(place.path),
        **position,
    }


def _block(finding: Finding, lines: Sequence[str], root: Path) -> str:
    colour = COLOURS[finding.severity]
    head = click.style(f"{finding.severity}[{finding.rule}]", fg=colour, bold=True) + f": {show_value(finding.message)}"
    shown = os.path.relpath(root / finding.place.file)
    span = finding.place.span
    if span is None:
        parts = [head, f"  --> {show_value(shown)}"]
    else:
        parts = [head, f"  --> {show_value(shown)}:{span.line}:{span.column}"]
        if 0 < span.line <= len(lines):
            parts += _excerpt(lines[span.line - 1], span, colour)
    if finding.help:
        parts.append(f"  {click.style('help', bold=True)}: {show_value(finding.help)}")
    return "\n".join(parts) + "\n"


def _excerpt(line: str, span: Span, colour: str) -> list[str]:
    number = str(span.line)
    margin = " " * len(number)
    start, end = span.column - 1, len(line) if span.end_line > span.line else span.end_column - 1
    offset = max(0, start - 80)
    text = "".join(character if character.isprintable() else " " for character in line)[offset : offset + 140]
    width = max(1, min(end - start, len(text) - (start - offset), 60))
    carets = " " * (start - offset) + click.style("^" * width, fg=colour)
    return [f" {margin} |", f" {number} | {text}", f" {margin} | {carets}"]
