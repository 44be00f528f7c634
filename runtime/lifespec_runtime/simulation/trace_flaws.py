"""What can be wrong with recorded metrics: coded, with the line where the file has lines."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import replace
from typing import Final

from lifespec_schema.findings import Finding, Place, Severity, Span

CODES: Final = {
    "trace-bad-count": "a count of recorded metrics is no whole number up to 2^53, is negative, or is above its total",
    "trace-bad-time": "a time of recorded metrics is neither seconds since 1970 nor RFC 3339 with a time zone",
    "trace-empty": "recorded metrics hold nothing of the candidate, or of one moment only",
    "trace-missing-column": "recorded metrics lack a column, or a row lacks a value, that is needed",
    "trace-mostly-errors": "recorded metrics say that most requests to stable failed: `good` counts failures",
    "trace-no-counter": "a recorded count falls again and again: it is no counter, or it is those of several servers",
    "trace-not-read": "recorded metrics are no CSV, no Parquet and no answer of Prometheus to a range query",
    "trace-several-models": "recorded metrics are of several models",
    "trace-too-long": "recorded metrics span more than a year",
    "trace-two-readings": "recorded metrics say two things about one moment",
    "trace-unknown-column": "recorded metrics have a column that means nothing here",
    "trace-unknown-revision": "it is not clear which recorded metrics are the candidate's and which are stable's",
}
"""Code -> where it is reported, as a clause."""
MOST: Final = 3
"""Findings of one code that are told of one file; the others are counted."""


class Flaws:
    """What is wrong with one file."""

    def __init__(self, file: str) -> None:
        self._file = file
        self._found: dict[str, list[Finding]] = defaultdict(list)
        self._more: Counter[str] = Counter()

    def add(self, code: str, message: str, advice: str, line: int = 1) -> None:
        """One more."""
        if len(self._found[code]) < MOST:
            place = Place(self._file, span=Span(line, 1, line, 2))
            self._found[code].append(Finding(code, Severity.ERROR, message, place, advice))
        else:
            self._more[code] += 1

    @property
    def findings(self) -> tuple[Finding, ...]:
        """Those that are told; the last one of a code says how many more there are."""
        told: list[Finding] = []
        for code, found in self._found.items():
            *others, last = found
            more = f"; and {self._more[code]:,} more like it" if self._more[code] else ""
            told += [*others, replace(last, message=last.message + more)]
        return tuple(told)
