"""Findings as GitLab's code quality report: a list of issues that the merge request shows beside the lines."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Final

from lifespec_schema.findings import Finding, Severity

from .report import Report
from .words import file_name, fingerprints, text

SEVERITIES: Final[Mapping[Severity, str]] = {
    Severity.ERROR: "critical",
    Severity.WARNING: "minor",
    Severity.INFO: "info",
}


def render(report: Report) -> bytes:
    """The report, plain ASCII. An issue is the same one wherever its line moves, so its fingerprint has no line."""
    prints = fingerprints(report.findings)
    issues = [_issue(finding, known, report) for finding, known in zip(report.findings, prints, strict=True)]
    return (json.dumps(issues, indent=2) + "\n").encode()


def _issue(finding: Finding, fingerprint: str, report: Report) -> dict[str, object]:
    begin, _, end, _ = finding.place.span or (1, 1, 1, 1)
    return {
        "description": text(finding).replace("\n", ": "),
        "check_name": finding.rule,
        "fingerprint": fingerprint,
        "severity": SEVERITIES[finding.severity],
        "location": {"path": file_name(report.folder, finding.place), "lines": {"begin": begin, "end": end}},
    }
