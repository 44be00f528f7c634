"""What can be wrong with recorded metrics: coded, with the line where the file has lines."""

from __future__ import annotations

from typing import Final

from lifespec_schema.findings import Finding, Place, Severity, Span

CODES: Final = {
    "trace-bad-count": "a count of recorded metrics is no whole number, is negative, or is above its total",
    "trace-bad-time": "a time of recorded metrics is neither seconds since 1970 nor RFC 3339",
    "trace-empty": "recorded metrics hold nothing of the candidate, or of one moment only",
    "trace-missing-column": "recorded metrics lack a column that is needed",
    "trace-not-read": "recorded metrics are no CSV, no Parquet and no answer of Prometheus to a range query",
    "trace-unknown-revision": "recorded metrics are of a revision that is neither the candidate nor stable",
}
"""Code -> where it is reported, as a clause."""
MOST: Final = 20
"""Findings that are told of one file."""


class Flaws:
    """What is wrong with one file, up to a number that somebody reads."""

    def __init__(self, file: str) -> None:
        self.file = file
        self.findings: list[Finding] = []

    def add(self, code: str, message: str, advice: str, line: int = 1, column: int = 1) -> None:
        """One more."""
        if len(self.findings) < MOST:
            span = Span(line, column, line, column + 1)
            place = Place(self.file, span=span)
            self.findings.append(Finding(code, Severity.ERROR, message, place, advice))
