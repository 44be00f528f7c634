"""Findings as workflow commands, which GitHub Actions shows as annotations beside the lines.

GitHub shows ten annotations of each level of a step; the log has all of them.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from lifespec_runtime.cli.report import summary
from lifespec_schema.findings import Finding, Severity

from .report import Report
from .words import file_name, text

COMMANDS: Final[Mapping[Severity, str]] = {
    Severity.ERROR: "error",
    Severity.WARNING: "warning",
    Severity.INFO: "notice",
}
_DATA: Final = str.maketrans({"%": "%25", "\r": "%0D", "\n": "%0A"})
_PROPERTY: Final = str.maketrans({"%": "%25", "\r": "%0D", "\n": "%0A", ":": "%3A", ",": "%2C"})


def render(report: Report) -> bytes:
    """A command for each finding, and a last line that counts."""
    specs = f"{len(report.specs)} spec{'' if len(report.specs) == 1 else 's'}"
    lines = [_command(finding, report) for finding in report.findings]
    return "".join(f"{line}\n" for line in [*lines, summary(report.findings, specs)]).encode()


def _command(finding: Finding, report: Report) -> str:
    properties: dict[str, object] = {"title": finding.rule, "file": file_name(report.folder, finding.place)}
    if finding.place.span:
        line, column, end_line, end_column = finding.place.span
        properties |= {"line": line, "endLine": end_line}
        if line == end_line:  # GitHub takes no columns for more lines than one
            properties |= {"col": column, "endColumn": end_column}
    written = ",".join(f"{name}={str(value).translate(_PROPERTY)}" for name, value in properties.items())
    return f"::{COMMANDS[finding.severity]} {written}::{text(finding).translate(_DATA)}"
