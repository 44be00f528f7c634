"""Findings as SARIF 2.1.0, which code scanning, editors and security dashboards read."""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Mapping
from importlib.metadata import version
from typing import Any, Final
from urllib.parse import quote

from lifespec_compiler.rules import Waived
from lifespec_runtime.cli.exit_codes import ExitCode
from lifespec_runtime.cli.report import printable
from lifespec_schema.findings import Finding, Place, Span, show_path

from .report import Report
from .sarif_fixes import replacement
from .sarif_rules import LEVELS, SITE, descriptors
from .words import fingerprints, text

SCHEMA: Final = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
ROOT: Final = "%SRCROOT%"


def render(report: Report) -> bytes:
    """The log: one run, all rules, a result for each finding, waived ones with why they are suppressed."""
    rules = descriptors()
    indexes = {rule["id"]: index for index, rule in enumerate(rules)}
    told = _told(report)
    prints = fingerprints(told)
    results = [
        _result(finding, waivers, indexes, known, report)
        for (finding, waivers), known in zip(told.items(), prints, strict=True)
    ]
    released = version("lifespec")
    driver = {
        "name": "lifespec",
        "version": released,
        "semanticVersion": released,
        "informationUri": SITE,
        "rules": rules,
    }
    run = {
        "tool": {"driver": driver},
        "invocations": [_invocation(report.exit_code)],
        "originalUriBaseIds": {ROOT: {"description": {"text": "The root of the repository."}}},
        "columnKind": "unicodeCodePoints",
        "results": results,
    }
    log = {"$schema": SCHEMA, "version": "2.1.0", "runs": [run]}
    return (json.dumps(log, indent=2) + "\n").encode()


def _told(report: Report) -> Mapping[Finding, list[Waived]]:
    """All findings in order, each with the waivers that cover it."""
    told: dict[Finding, list[Waived]] = {finding: [] for finding in report.findings}
    for each in report.waived:
        told.setdefault(each.finding, []).append(each)
    return told


def _invocation(code: ExitCode) -> dict[str, object]:
    """Findings are what the tool is there for; not to have read a file is no success."""
    return {"executionSuccessful": code in (ExitCode.CLEAN, ExitCode.FINDINGS), "exitCode": int(code)}


def _result(
    finding: Finding, waivers: Iterable[Waived], indexes: Mapping[str, int], fingerprint: str, report: Report
) -> dict[str, Any]:
    result: dict[str, Any] = {
        "ruleId": finding.rule,
        "level": LEVELS[finding.severity],
        "message": {"text": text(finding)},
        "locations": [_location(finding.place, report)],
        # The name that GitHub compares by, and one that says what it is made of.
        "partialFingerprints": {"primaryLocationLineHash": f"{fingerprint}:1", "lifespecPath/v1": fingerprint},
    }
    if finding.rule in indexes:
        result["ruleIndex"] = indexes[finding.rule]
    if finding.related:
        related = (_location(place, report, message={"text": printable(about)}) for about, place in finding.related)
        result["relatedLocations"] = _once(related)
    fix = _fix(finding, report)
    if fix:
        result["fixes"] = [fix]
    # An empty list says that suppressions are known, and that there is none.
    result["suppressions"] = _once(_suppression(each, report) for each in waivers)
    return result


def _once(items: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    """The items without repetitions, which SARIF does not allow."""
    kept: list[dict[str, Any]] = []
    for item in items:
        if item not in kept:
            kept.append(item)
    return kept


def _suppression(each: Waived, report: Report) -> dict[str, Any]:
    waiver = each.waiver
    return {
        "kind": "inSource",
        "status": "accepted",
        "justification": printable(f"{waiver.reason} (waived by {waiver.owner} until {waiver.expires})"),
        "location": _location(each.place, report),
    }


def _fix(finding: Finding, report: Report) -> dict[str, Any] | None:
    change = replacement(finding, report.files)
    if change is None or finding.fix is None:
        return None
    region, inserted = change
    edit = {"deletedRegion": _region(region), "insertedContent": {"text": inserted}}
    title = printable(finding.fix.title) + ("" if finding.fix.safe else " (to be looked at)")
    return {
        "description": {"text": title},
        "artifactChanges": [{"artifactLocation": _artifact(finding.place, report), "replacements": [edit]}],
    }


def _location(place: Place, report: Report, **more: object) -> dict[str, Any]:
    region = _region(place.span) if place.span else {"startLine": 1}  # code scanning takes no result without a line
    location: dict[str, Any] = {
        "physicalLocation": {"artifactLocation": _artifact(place, report), "region": region},
        **more,
    }
    if place.path:
        location["logicalLocations"] = [{"fullyQualifiedName": printable(show_path(place.path))}]
    return location


def _artifact(place: Place, report: Report) -> dict[str, str]:
    path = os.path.normpath(report.folder + place.file).replace(os.sep, "/")
    return {"uri": quote(os.fsencode(path)), "uriBaseId": ROOT}


def _region(span: Span) -> dict[str, int]:
    return {
        "startLine": span.line,
        "startColumn": span.column,
        "endLine": span.end_line,
        "endColumn": span.end_column,
    }
