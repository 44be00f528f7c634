"""A judged run as JUnit XML: a suite for each check or source of data, a case for each bound and slice.

A Fail and an Inconclusive are failures, since neither lets a model through; an Error is an error. What fails without
consequence is a case that passed and tells what was found, what a first model is not held to is skipped.
"""

from __future__ import annotations

from itertools import groupby
from xml.etree import ElementTree as ET

from lifespec_compiler.judging import Verdict
from lifespec_compiler.judging.contract import SCORECARD
from lifespec_runtime.cli.report import printable

from . import words
from .evaluated import NO_STABLE, Evaluated


def render(evaluated: Evaluated) -> str:
    """The document. It holds no times, so that the same values are the same text."""
    root = ET.Element("testsuites", name=f"{evaluated.plan.namespace}/{evaluated.plan.name}")
    if evaluated.problems:
        suite = ET.SubElement(root, "testsuite", name="reading")
        suite.extend(_problems(evaluated))
    for name, verdicts in groupby(evaluated.verdicts, key=lambda verdict: _suite(evaluated, verdict)):
        suite = ET.SubElement(root, "testsuite", name=printable(name))
        suite.extend(_case(evaluated, verdict) for verdict in verdicts)
    if evaluated.skipped:
        suite = ET.SubElement(root, "testsuite", name="first model")
        suite.extend(_skipped(evaluated))
    if not len(root):
        suite = ET.SubElement(root, "testsuite", name="nothing was judged")
        ET.SubElement(suite, "testcase", name="nothing was judged", classname="lifespec")
    for suite in root:
        _count(suite)
    _count(root)
    del root.attrib["skipped"]  # counted by suites only
    ET.indent(root)
    return "<?xml version='1.0' encoding='utf-8'?>\n" + ET.tostring(root, encoding="unicode")


def _suite(evaluated: Evaluated, verdict: Verdict) -> str:
    if evaluated.report.spec.tier != "data":
        return verdict.check
    match verdict.path:
        case ("spec", "data", "sources", int(index), *_):
            return evaluated.plan.spec.data.sources[index].name
    return SCORECARD


def _case(evaluated: Evaluated, verdict: Verdict) -> ET.Element:
    name = f"{verdict.words} [{verdict.slice}]" if verdict.slice else verdict.words
    case = ET.Element("testcase", name=printable(name), classname=printable(verdict.check))
    line = words.told(verdict)
    text = f"{line}\n{printable(evaluated.where(verdict.path))}"
    if verdict.outcome == "Pass" or not evaluated.counts(verdict):
        ET.SubElement(case, "system-out").text = text if verdict.outcome == "Pass" else f"{verdict.outcome}: {text}"
    else:
        kind = "error" if verdict.outcome == "Error" else "failure"
        ET.SubElement(case, kind, type=verdict.outcome, message=line).text = text
    return case


def _problems(evaluated: Evaluated) -> list[ET.Element]:
    cases = []
    for problem in evaluated.problems:
        case = ET.Element("testcase", name=f"{problem.code}: {printable(problem.place)}", classname="reading")
        message = printable(problem.message)
        ET.SubElement(case, "error", type=problem.code, message=message).text = printable(problem.help) or message
        cases.append(case)
    return cases


def _skipped(evaluated: Evaluated) -> list[ET.Element]:
    cases = []
    for requirement in evaluated.skipped:
        case = ET.Element("testcase", name=printable(requirement.words), classname=printable(requirement.check))
        ET.SubElement(case, "skipped").text = NO_STABLE
        cases.append(case)
    return cases


def _count(element: ET.Element) -> None:
    cases = list(element.iter("testcase"))
    element.set("tests", str(len(cases)))
    for name, kind in (("failures", "failure"), ("errors", "error"), ("skipped", "skipped")):
        element.set(name, str(sum(case.find(kind) is not None for case in cases)))
