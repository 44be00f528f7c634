from __future__ import annotations

import json
import os
from importlib.metadata import version
from urllib.parse import unquote_to_bytes

import pytest
from hypothesis import given, settings
from jsonschema.validators import validator_for

from formats.drawn import reports
from lifespec_compiler.rules import RULES
from lifespec_runtime.cli.codes import codes
from lifespec_runtime.cli.formats import Report, render
from lifespec_schema.findings import Finding, Fix, Place, Severity, Span

FILE = "specs/churn/lifecycle.yaml"
FINDING = Finding(
    "toothless-rollback", Severity.WARNING, "no guard", Place(FILE, ("spec", "rollout"), span=Span(2, 3, 2, 9))
)


@pytest.fixture(scope="session")
def problems(judge):
    """`problems(log)` lists what is wrong with it by the standard's schema."""
    schema = json.loads((judge("sarif").path / "sarif-schema-2.1.0.json").read_bytes())
    kind = validator_for(schema)
    validator = kind(schema, format_checker=kind.FORMAT_CHECKER)
    return lambda log: [error.message for error in validator.iter_errors(log)]


def run_of(report):
    (run,) = json.loads(render("sarif", report))["runs"]
    return run


def result_of(finding, **more):
    (result,) = run_of(Report([finding], **more))["results"]
    return result


@pytest.mark.usefixtures("repository")
def test_what_lint_says_is_sarif(lint, problems):
    out, code = lint("sarif")
    log = json.loads(out)
    assert problems(log) == []
    assert code == 0
    results = log["runs"][0]["results"]
    assert {"expired-waiver", "toothless-rollback", "placeholder-digest"} <= {result["ruleId"] for result in results}
    for result in results:
        physical = result["locations"][0]["physicalLocation"]
        assert physical["artifactLocation"]["uri"] == "models/specs/churn/lifecycle.yaml"
        assert physical["region"]["startLine"] > 0
    assert lint("sarif")[0] == out


def test_the_schema_can_refuse(problems):
    log = json.loads(render("sarif", Report([FINDING])))
    log["runs"][0]["results"][0]["level"] = "bad"
    assert problems(log)


@settings(max_examples=30)
@given(report=reports)
def test_every_report_is_sarif_and_loses_nothing(report, problems):
    rendered = render("sarif", report)
    assert rendered.isascii()
    log = json.loads(rendered)
    assert problems(log) == []
    results = log["runs"][0]["results"]
    told = list(dict.fromkeys([*report.findings, *(each.finding for each in report.waived)]))
    assert [(result["ruleId"], result["message"]["text"].split("\n")[0].isprintable()) for result in results] == [
        (finding.rule, True) for finding in told
    ]
    for result, finding in zip(results, told, strict=True):
        uri = result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"]
        assert unquote_to_bytes(uri) == os.fsencode(os.path.normpath(report.folder + finding.place.file))
    assert len({result["partialFingerprints"]["primaryLocationLineHash"] for result in results}) == len(results)


def test_all_rules_are_described_whether_they_found_anything_or_not():
    driver = run_of(Report([]))["tool"]["driver"]
    assert driver["version"] == version("lifespec")
    described = {rule["id"]: rule for rule in driver["rules"]}
    assert list(described)[: len(RULES)] == list(RULES)
    assert described.keys() == {*RULES, *codes()}
    for rule in driver["rules"]:
        assert all(rule[key] for key in ("shortDescription", "fullDescription", "help", "helpUri"))
        assert rule["defaultConfiguration"]["level"] in ("error", "warning", "note")
    for rule in RULES.values():
        assert "## Use instead" in described[rule.id]["help"]["markdown"]


@pytest.mark.usefixtures("repository")
def test_a_result_points_to_its_rule(lint):
    run = json.loads(lint("sarif")[0])["runs"][0]
    rules = run["tool"]["driver"]["rules"]
    assert run["results"]
    assert [rules[result["ruleIndex"]]["id"] for result in run["results"]] == [
        result["ruleId"] for result in run["results"]
    ]


def test_what_is_waived_is_suppressed_with_its_reason(lint, repository):
    results = json.loads(lint("sarif")[0])["runs"][0]["results"]
    suppressed = [result for result in results if result["suppressions"]]
    assert {result["ruleId"] for result in suppressed} == {"placeholder-digest"}
    for result in suppressed:
        (suppression,) = result["suppressions"]
        assert suppression["status"] == "accepted"
        assert "No registry yet" in suppression["justification"]
        assert "jo until 2099-01-31" in suppression["justification"]
        line = suppression["location"]["physicalLocation"]["region"]["startLine"]
        assert "placeholder-digest" in (repository / FILE).read_text().splitlines()[line - 1]
    assert all(result["suppressions"] == [] for result in results if result["ruleId"] != "placeholder-digest")


def test_a_fix_is_an_edit_that_does_what_fix_does(lint, repository):
    before = (repository / FILE).read_text()
    results = json.loads(lint("sarif")[0])["runs"][0]["results"]
    (fixed,) = (result for result in results if result["ruleId"] == "unused-waiver")
    (replacement,) = fixed["fixes"][0]["artifactChanges"][0]["replacements"]
    after = applied(before, replacement["deletedRegion"], replacement["insertedContent"]["text"])
    lint("github", "--fix")
    assert (repository / FILE).read_text() == after
    assert "retrain-storm" not in after


def applied(text, region, inserted):
    lines = text.splitlines(keepends=True)
    start, end = (
        sum(map(len, lines[: region[f"{which}Line"] - 1])) + region[f"{which}Column"] - 1 for which in ("start", "end")
    )
    return text[:start] + inserted + text[end:]


@pytest.mark.parametrize(
    ("before", "value"),
    [
        pytest.param(b"spec:\r\n  a: 1\r\n  b: 2\r\n", None, id="a line with CR LF"),
        pytest.param(b"\xef\xbb\xbfspec: {a: 1, b: 2}\n", 3, id="after a byte order mark"),
        pytest.param("spec: {b: '日本💥', a: 1}\n".encode(), "ß", id="after wide characters"),
        pytest.param(b"spec:\n  b: 2\n", "new", id="where nothing stands"),
    ],
)
def test_an_edit_counts_as_editors_count(before, value):
    from lifespec_runtime.local.splice import spliced

    place = Place("a.yaml", ("spec",), span=Span(1, 1, 1, 5))
    finding = Finding("unused-waiver", Severity.WARNING, "wrong", place, fix=Fix("mend", ("spec", "a"), value))
    (fix,) = result_of(finding, files={"a.yaml": before})["fixes"]
    (change,) = fix["artifactChanges"][0]["replacements"]
    text = applied(before.decode().removeprefix("\ufeff"), change["deletedRegion"], change["insertedContent"]["text"])
    assert text.encode() == (spliced(before, 0, ("spec", "a"), value) or b"").removeprefix(b"\xef\xbb\xbf")


def test_a_fix_that_needs_a_look_says_so():
    finding = Finding(
        "unknown-rule", Severity.WARNING, "m", Place("a.yaml", ("a",)), fix=Fix("write `b`", ("a",), "b", safe=False)
    )
    assert result_of(finding, files={"a.yaml": b"a: c\n"})["fixes"][0]["description"]["text"].endswith(
        "(to be looked at)"
    )


def test_fingerprints_stay_where_lines_move_and_differ_elsewhere():
    moved = FINDING.place._replace(span=Span(80, 1, 80, 2))
    prints = [
        result_of(Finding(rule, FINDING.severity, message, place))["partialFingerprints"]["lifespecPath/v1"]
        for rule, message, place in (
            (FINDING.rule, FINDING.message, FINDING.place),
            (FINDING.rule, FINDING.message, moved),
            ("another", FINDING.message, FINDING.place),
            (FINDING.rule, "another", FINDING.place),
            (FINDING.rule, FINDING.message, FINDING.place._replace(path=("spec", "serving"))),
            (FINDING.rule, FINDING.message, FINDING.place._replace(file="another.yaml")),
        )
    ]
    assert prints[0] == prints[1]
    assert len(set(prints)) == 5


def test_comments_above_a_finding_change_no_fingerprint(lint, repository):
    def prints():
        results = json.loads(lint("sarif")[0])["runs"][0]["results"]
        return sorted(result["partialFingerprints"]["primaryLocationLineHash"] for result in results)

    before = prints()
    file = repository / FILE
    file.write_text("# a comment\n\n" + file.read_text())
    assert prints() == before
    assert len(set(before)) == len(before)


@pytest.mark.usefixtures("repository")
def test_not_to_have_read_a_file_is_no_success(lint):
    out, code = lint("sarif", "specs/none.yaml")
    (run,) = json.loads(out)["runs"]
    assert code == 2
    assert run["invocations"] == [{"executionSuccessful": False, "exitCode": 2}]
    assert [result["ruleId"] for result in run["results"]] == ["no-such-file"]
    assert run["results"][0]["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] == "models/specs/none.yaml"


def test_nothing_found_is_a_run_without_results(problems):
    log = json.loads(render("sarif", Report([])))
    assert problems(log) == []
    assert log["runs"][0]["results"] == []
    assert log["runs"][0]["invocations"] == [{"executionSuccessful": True, "exitCode": 0}]
