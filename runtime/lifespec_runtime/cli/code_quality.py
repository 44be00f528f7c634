"""Findings as GitLab's code quality report: a list of issues that the merge request shows beside the lines."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from typing import Final

from lifespec_schema.findings import Finding, Severity, show_path

SEVERITIES: Final[Mapping[Severity, str]] = {
    Severity.ERROR: "critical",
    Severity.WARNING: "minor",
    Severity.INFO: "info",
}


def as_code_quality(findings: Sequence[Finding]) -> str:
    """The report, plain ASCII. An issue is the same one wherever its line moves, so its fingerprint has no line."""
    return json.dumps([_issue(finding) for finding in findings], indent=2)


def _issue(finding: Finding) -> dict[str, object]:
    place = finding.place
    begin, _, end, _ = place.span or (1, 1, 1, 1)
    identity = [place.file, place.document, show_path(place.path), place.on_key, finding.rule, finding.message]
    return {
        "description": f"{finding.message}: {finding.help}" if finding.help else finding.message,
        "check_name": finding.rule,
        "fingerprint": hashlib.sha256(json.dumps(identity).encode()).hexdigest(),
        "severity": SEVERITIES[finding.severity],
        "location": {"path": place.file, "lines": {"begin": begin, "end": end}},
    }
