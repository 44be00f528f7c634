"""Findings as JUnit XML, which every CI system shows: a suite for each file, a case for each finding.

A finding that fails the run is a failure. One that does not is a case that passed and tells what was found, a waived
one is skipped, and a file without any is one passed case, so that nobody takes "no findings" for "not looked at".
"""

from __future__ import annotations

from collections.abc import Iterable
from xml.etree import ElementTree as ET

from lifespec_compiler.rules import Waived
from lifespec_runtime.cli.report import printable
from lifespec_runtime.local.workspace import TOOL_RULES
from lifespec_schema.findings import Finding, Place

from .report import Report
from .words import file_name, position, text

ERRORS = frozenset([*TOOL_RULES, "internal-error"])
"""What kept lifespec from looking, rather than what it saw."""


def render(report: Report) -> bytes:
    """The document. It holds no times, so that the same findings are the same bytes."""
    root = ET.Element("testsuites", name="lifespec")
    places = [*(Place(name) for name in report.specs), *(finding.place for finding in report.findings)]
    names = sorted(
        {file_name(report.folder, place) for place in (*places, *(each.finding.place for each in report.waived))}
    )
    for name in names:
        cases = [
            _case(finding, report) for finding in report.findings if file_name(report.folder, finding.place) == name
        ]
        cases += [
            _skipped(each, report) for each in report.waived if file_name(report.folder, each.finding.place) == name
        ]
        suite = ET.SubElement(root, "testsuite", name=name)
        suite.extend(cases or [ET.Element("testcase", name="no findings", classname=name)])
        _count(suite, [suite])
    _count(root, root)
    del root.attrib["skipped"]  # counted by suites only
    ET.indent(root)
    document: bytes = ET.tostring(root, encoding="utf-8", xml_declaration=True)
    return document + b"\n"


def _named(finding: Finding, report: Report) -> ET.Element:
    span = finding.place.span
    place = f" at {span.line}:{span.column}" if span else ""
    return ET.Element("testcase", name=finding.rule + place, classname=file_name(report.folder, finding.place))


def _case(finding: Finding, report: Report) -> ET.Element:
    case = _named(finding, report)
    told = f"{printable(position(finding.place))}: {finding.severity}: {text(finding)}"
    if finding.severity.rank < report.least.rank:
        ET.SubElement(case, "system-out").text = told
    else:
        kind = "error" if finding.rule in ERRORS else "failure"
        ET.SubElement(case, kind, type=finding.rule, message=printable(finding.message)).text = told
    return case


def _skipped(each: Waived, report: Report) -> ET.Element:
    case = _named(each.finding, report)
    waiver = each.waiver
    why = f"waived by {waiver.owner} until {waiver.expires}: {waiver.reason}"
    ET.SubElement(case, "skipped").text = f"{printable(why)}\n{text(each.finding)}"
    return case


def _count(element: ET.Element, suites: Iterable[ET.Element]) -> None:
    cases = [case for suite in suites for case in suite.iter("testcase")]
    element.set("tests", str(len(cases)))
    for name, kind in (("failures", "failure"), ("errors", "error"), ("skipped", "skipped")):
        element.set(name, str(sum(case.find(kind) is not None for case in cases)))
