from __future__ import annotations

from xml.etree import ElementTree as ET

import pytest
from hypothesis import given, settings

from formats.drawn import HOSTILE, reports
from lifespec_runtime.cli.formats import Report, render
from lifespec_schema.findings import Finding, Place, Severity, Span

PLACE = Place("a.yaml", span=Span(2, 3, 2, 9))


@pytest.fixture(scope="session")
def problems(judge):
    """`problems(document)` lists what is wrong with it by the schema that Jenkins reads."""
    judge("xmlschema")
    import xmlschema  # a judge

    schema = xmlschema.XMLSchema10(str(judge("junit").path))
    # A text may not declare an encoding.
    return lambda document: [error.reason for error in schema.iter_errors(document.partition("?>\n")[2] or document)]


def parsed(document):
    return ET.fromstring(document)  # noqa: S314 - our own


def cases(document):
    return list(parsed(document).iter("testcase"))


@pytest.mark.usefixtures("repository")
def test_what_lint_says_is_junit(lint, problems):
    out, code = lint("junit")
    assert problems(out.decode()) == []
    assert code == 1
    (suite,) = parsed(out)
    assert suite.get("name") == "models/specs/churn/lifecycle.yaml"
    skipped = [found.text or "" for found in suite.iter("skipped")]
    assert skipped
    assert all(text.startswith("waived by jo until 2099-01-31: No registry yet") for text in skipped)
    assert lint("junit")[0] == out


def test_the_schema_can_refuse(problems):
    assert problems("<testsuites><testsuite name='a'/></testsuites>")
    assert problems("<testsuites><testsuite name='a' tests='1'><testcase/></testsuite></testsuites>")


@settings(max_examples=60)
@given(report=reports)
def test_every_report_is_junit_and_loses_nothing(report, problems):
    rendered = render("junit", report)
    assert rendered.startswith(b"<?xml version='1.0' encoding='utf-8'?>\n")
    assert problems(rendered.decode()) == []
    told = [case for case in cases(rendered) if case.get("name") != "no findings"]
    assert len(told) == len(report.findings) + len(report.waived)
    assert sum(case.find("skipped") is not None for case in told) == len(report.waived)
    assert sum(case.find("failure") is not None or case.find("error") is not None for case in told) == sum(
        finding.severity.rank >= report.least.rank for finding in report.findings
    )
    root = parsed(rendered)
    assert int(root.attrib["tests"]) == sum(int(suite.attrib["tests"]) for suite in root) == len(cases(rendered))
    for name in ("failures", "errors"):
        assert int(root.attrib[name]) == sum(int(suite.attrib[name]) for suite in root)


@pytest.mark.parametrize("text", HOSTILE)
def test_a_hostile_text_is_text(text):
    finding = Finding("a-rule", Severity.ERROR, text, PLACE, text)
    (case,) = cases(render("junit", Report([finding])))
    assert [child.tag for child in case] == ["failure"]
    assert case[0].attrib["message"].isprintable()
    if text.isprintable():
        assert case[0].attrib["message"] == text


@pytest.mark.parametrize(
    ("least", "tag"),
    [(Severity.INFO, "failure"), (Severity.WARNING, "failure"), (Severity.ERROR, "system-out")],
)
def test_what_does_not_fail_passes_and_is_still_told(least, tag):
    (case,) = cases(render("junit", Report([Finding("a-rule", Severity.WARNING, "wrong", PLACE)], least=least)))
    assert [child.tag for child in case] == [tag]
    assert case[0].text == "a.yaml:2:3: warning: wrong"


@pytest.mark.parametrize("rule", ["no-such-file", "internal-error"])
def test_what_kept_lifespec_from_looking_is_an_error(rule):
    document = parsed(render("junit", Report([Finding(rule, Severity.ERROR, "wrong", Place("a.yaml"))])))
    assert (document.get("errors"), document.get("failures")) == ("1", "0")
    assert document[0][0][0].tag == "error"


def test_a_spec_without_findings_is_a_case_that_passed():
    (suite,) = parsed(render("junit", Report([], specs=["a.yaml"])))
    assert (suite.get("name"), suite.get("tests"), suite.get("failures")) == ("a.yaml", "1", "0")
    assert [(case.get("name"), len(case)) for case in suite] == [("no findings", 0)]
