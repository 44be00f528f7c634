"""Collecting one file's findings."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from lifespec_schema.findings import Finding, Path, Place, Severity, Span
from lifespec_schema.loader.limits import MAX_FINDINGS

if TYPE_CHECKING:
    from yaml.events import Event

START = Span(1, 1, 1, 1)
"""Where a finding about a file as a whole points."""


class Position(NamedTuple):
    """Where a finding lies: its span, and as far as known the document and the path inside."""

    span: Span = START
    document: int = 0
    path: Path = ()


def span_of(event: Event) -> Span:
    """Return the span of one of the parser's events; libyaml counts characters, from 0."""
    start, end = event.start_mark, event.end_mark
    if start is None or end is None:
        return START
    return Span(start.line + 1, start.column + 1, end.line + 1, end.column + 1)


class Report:
    """The findings of one file, in the order in which they were found, bounded in number."""

    def __init__(self, file: str) -> None:
        self.file = file
        self._findings: list[Finding] = []
        self._hidden = 0

    @property
    def is_full(self) -> bool:
        """Whether further findings are only counted, so that their positions need not be worked out."""
        return len(self._findings) >= MAX_FINDINGS

    def add(
        self,
        rule: str,
        message: str,
        at: Position,
        help_: str,
        *,
        severity: Severity = Severity.ERROR,
        related: tuple[tuple[str, Place], ...] = (),
    ) -> None:
        """Add a finding; beyond the limit it is only counted."""
        if self.is_full:
            self._hidden += 1
            return
        place = Place(self.file, at.path, at.document, span=at.span)
        self._findings.append(Finding(rule, severity, message, place, help_, related))

    def findings(self) -> list[Finding]:
        """Return what was found, sorted by position."""
        found = sorted(self._findings, key=lambda finding: finding.place.span or START)
        if self._hidden:
            message = f"{self._hidden} more findings in this file are not shown"
            place = Place(self.file, span=START)
            help_ = "mend the ones above first; they often have one cause"
            found.append(Finding("too-many-findings", Severity.ERROR, message, place, help_))
        return found
