"""What is told of a judged run, in every format."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from pathlib import Path
from xml.etree import ElementTree as ET

import jsonschema
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import evaluations
from formats.drawn import HOSTILE, texts
from judging.reports import interval, planned, report
from lifespec_compiler.judging import Expected, judge, skipped
from lifespec_runtime.cli.evaluation_report import FORMATS, Evaluated, Problem, exit_code, located, render
from lifespec_runtime.cli.evaluation_report.schema import evaluation_schema
from lifespec_runtime.cli.exit_codes import ExitCode
from lifespec_schema.findings import Place, Severity, Span
from lifespec_schema.records.report import LifecycleReport

SCHEMA = Path(__file__).parents[3] / "schema/json-schema/lifecycle-report.json"
GATES = (
    {"metric": "rocAuc", "min": 0.8, "name": "auc", "against": "stable", "maxRegression": 0.01, "confidence": "95%"},
    {"metric": "recall", "min": "60%", "slices": ["plan"], "name": "recall"},
)
PLAN = planned(*GATES, latency={"p99": "40ms"})
MEASURED = (
    {"check": "auc", "value": 0.8313, "interval": interval(0.81, 0.85)},
    {"check": "auc", "quantity": "difference", "value": -0.02, "interval": interval(-0.03, -0.011)},
    {"check": "recall", "value": 0.61},
    {"check": "recall", "slice": "plan=basic", "value": 0.55, "rows": 300, "samples": 51},
    {"check": "recall", "slice": "plan=pro", "value": 0.9, "rows": 30},
    {"check": "latency.p99", "samples": 0, "reason": "the model did not answer"},
)


def evaluated(*measured, stable=True, plan=PLAN, **more):
    whole, expected = report(*(measured or MEASURED)), Expected(stable=stable)
    return Evaluated(plan, whole, judge(plan, whole, expected), skipped(plan, expected), **more)


@pytest.fixture(scope="session")
def problems(judge):
    """`problems(document)` lists what is wrong with it by the schema that Jenkins reads."""
    judge("xmlschema")
    import xmlschema  # a judge

    schema = xmlschema.XMLSchema10(str(judge("junit").path))
    return lambda document: [error.reason for error in schema.iter_errors(document.partition("?>\n")[2])]


def test_the_text_has_a_line_for_each_bound_and_says_what_did_not_pass():
    places = {
        found.path: Place("specs/churn/lifecycle.yaml", found.path, span=Span(41, 20, 41, 24))
        for found in evaluated().verdicts
    }
    text = re.sub("\x1b\\[[0-9;]*m", "", render("text", evaluated(places=places)))
    lines = text.splitlines()
    assert [line.split()[0] for line in lines[3:9]] == ["pass", "FAIL", "pass", "FAIL", "unclear", "ERROR"]
    assert "recall [plan=basic] fails: 0.55, must be ≥ 0.6" in lines
    assert "  --> specs/churn/lifecycle.yaml:41:20" in lines
    assert lines[-1] == "Fail: 2 of 6 bounds pass, 2 fail, 1 could not be measured, 1 unclear"


def test_what_a_first_model_is_not_held_to_is_said():
    text = render("text", evaluated(stable=False))
    (line,) = [line for line in text.splitlines() if "skip " in line]
    assert line.split()[1:3] == ["skip", "auc"] or line.split()[0:2] == ["skip", "auc"]
    assert "at most 0.01 worse than stable" in line
    assert text.endswith("1 was skipped: there is no stable model to compare with")
    (skip,) = json.loads(render("json", evaluated(stable=False)))["skipped"]
    assert (skip["check"], skip["path"]) == ("auc", "spec.evaluation.offline.gates[0].maxRegression")


def test_json_holds_the_report_as_it_is_written_and_every_verdict():
    document = json.loads(render("json", evaluated()))
    assert (document["version"], document["outcome"], document["lifecycle"]) == (1, "Fail", "churn")
    assert LifecycleReport.model_validate(document["report"]) == evaluated().report
    jsonschema.Draft202012Validator(json.loads(SCHEMA.read_bytes())).validate(document["report"])
    (basic,) = [found for found in document["verdicts"] if found["slice"] == "plan=basic"]
    assert basic == {
        "check": "recall",
        "slice": "plan=basic",
        "quantity": "value",
        "outcome": "Fail",
        "severity": "error",
        "value": 0.55,
        "samples": 51,
        "interval": None,
        "threshold": {"operator": "must_be_greater_or_equal_to", "value": 0.6, "unit": "ratio", "words": "≥ 0.6"},
        "reason": "",
        "path": "spec.evaluation.offline.gates[1].min",
        "file": None,
        "line": None,
        "column": None,
    }


@pytest.mark.parametrize("stable", [True, False])
@pytest.mark.parametrize("of", [None, evaluations.mortgage, evaluations.rates])
def test_json_is_what_its_schema_takes(stable, of):
    schema = json.loads((SCHEMA.parent / "evaluation.json").read_bytes())
    assert schema == evaluation_schema()
    jsonschema.Draft202012Validator.check_schema(schema)
    validator = jsonschema.Draft202012Validator(schema)
    places = {
        found.path: Place("specs/churn/lifecycle.yaml", found.path, span=Span(41, 20, 41, 24))
        for found in evaluated().verdicts
    }
    problems = (Problem("evaluation-failed", "the model broke off", "model", "look at its log"),)
    found = evaluated(stable=stable, places=places, problems=problems)
    if of is not None:
        made = of()
        found = Evaluated(made.plan, made.report, made.verdicts, detail=made.detail)
    document = json.loads(render("json", found))
    validator.validate(document)
    for key in document:
        assert list(validator.iter_errors({name: part for name, part in document.items() if name != key})), key
    assert list(validator.iter_errors({**document, "more": 1}))


def test_junit_has_a_case_for_each_bound(problems):
    document = render("junit", evaluated(stable=False))
    assert problems(document) == []
    root = ET.fromstring(document)  # noqa: S314 - our own
    assert (root.get("tests"), root.get("failures"), root.get("errors")) == ("6", "2", "1")
    kinds = {(case.get("classname"), case.get("name")): [child.tag for child in case] for case in root.iter("testcase")}
    assert kinds["recall", "≥ 0.6 [plan=pro]"] == ["failure"], "what is undecided is no pass"
    assert kinds["auc", "at most 0.01 worse than stable"] == ["skipped"]


def test_nothing_to_judge_is_a_case_too(problems):
    nothing = Evaluated(PLAN, report(), ())
    assert problems(render("junit", nothing)) == []
    assert exit_code(nothing) is ExitCode.FINDINGS


def test_markdown_shows_what_did_not_pass_and_folds_the_rest():
    above, _, below = render("markdown", evaluated()).partition("<details>")
    assert above.startswith("### ❌ growth/churn: offline fails\n\n2 of 6 bounds pass, 2 fail")
    assert above.count("\n| ") == 2 + 4
    assert below.count("\n| ") == 2 + 6
    assert below.endswith("</details>")


def test_a_comment_fits_however_many_slices_there_are():
    gate = {"metric": "recall", "min": "60%", "slices": ["plan"], "name": "recall"}
    many = [{"check": "recall", "slice": f"plan={'x' * 900}{number}", "value": 0.1} for number in range(500)]
    document = render("markdown", evaluated({"check": "recall", "value": 0.9}, *many, plan=planned(gate)))
    assert len(document) < 130_000
    assert "more, in the report." in document


def test_github_annotates_the_line_of_the_bound():
    places = {
        found.path: Place("specs/churn/lifecycle.yaml", found.path, span=Span(41, 20, 41, 24))
        for found in evaluated().verdicts
    }
    lines = render("github", evaluated(places=places)).splitlines()
    assert lines[1].startswith("::error title=Fail%3A recall [plan=basic],file=specs/churn/lifecycle.yaml,line=41,")
    assert [line.split(" ")[0] for line in lines[:-1]] == ["::error", "::error", "::warning", "::error"]


def test_bounds_are_found_in_the_files_that_they_are_written_in():
    source = b"apiVersion: x\nspec:\n  evaluation:\n    offline:\n      gates:\n        - {metric: rocAuc, min: 0.8}\n"
    verdicts = evaluated().verdicts[:1]
    (place,) = located(PLAN, verdicts, {"lifecycle.yaml": source}).values()
    assert (place.file, place.span and place.span.line) == ("lifecycle.yaml", 6)
    assert located(PLAN, verdicts, {}) == {}


@pytest.mark.parametrize(
    ("measured", "least", "code"),
    [
        ({"value": 0.9}, Severity.ERROR, ExitCode.CLEAN),
        ({"value": 0.1}, Severity.ERROR, ExitCode.FINDINGS),
        ({"samples": 0}, Severity.ERROR, ExitCode.FINDINGS),
        ({"value": 0.1}, None, ExitCode.CLEAN),
    ],
)
def test_only_a_pass_exits_with_zero(measured, least, code):
    plan = planned({"metric": "rocAuc", "min": 0.8, "name": "auc"})
    assert exit_code(evaluated({"check": "auc", **measured}, plan=plan, least=least)) is code


def test_what_kept_from_measuring_is_told_everywhere(problems):
    plan = planned({"metric": "rocAuc", "min": 0.8, "name": "auc"})
    hurt = evaluated(
        {"check": "auc", "value": 0.9}, plan=plan, problems=(Problem("data-corrupt", "it breaks off", "a.csv"),)
    )
    for form in FORMATS:
        assert "it breaks off" in render(form, hurt)
        assert "data-corrupt" in render(form, hurt)
    assert exit_code(hurt) is ExitCode.FINDINGS
    assert problems(render("junit", hurt)) == []


def hostile(text):
    """A judged run with a text in every place that is not lifespec's own."""
    measured = [
        {"check": "recall", "value": 0.1, "reason": text[:1024]},
        {"check": "recall", "slice": f"plan={text}"[:1024], "value": 0.1, "rows": 200},
        {"check": "recall", "slice": "plan=b", "samples": 1, "rows": 200, "reason": text[:1024]},
    ]
    measured = [{key: value for key, value in item.items() if value} for item in measured]
    plan = planned(GATES[1])
    whole = evaluated(*measured, plan=plan)
    shown = [found._replace(reason=text, slice=found.slice and f"plan={text}") for found in whole.verdicts]
    place = Place(text or "x", span=Span(1, 1, 1, 2))
    return whole._replace(
        verdicts=tuple(shown),
        places={found.path: place for found in shown},
        problems=(Problem("data-corrupt", text, text, text),),
        plan=replace(plan, environment="e"),
    )


def without_surrogates(text):
    return text.encode("utf-8", "ignore").decode()


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_texts_are_texts_everywhere(text, problems):
    check_hostile(without_surrogates(text), problems)


@settings(max_examples=40)
@given(texts.map(without_surrogates))
def test_no_text_changes_the_structure(problems, text):
    check_hostile(text, problems)


def check_hostile(text, problems):
    run = hostile(text)
    document = render("junit", run)
    assert problems(document) == []
    assert len(list(ET.fromstring(document).iter("testcase"))) == len(run.verdicts) + 1  # noqa: S314 - our own
    markdown = render("markdown", run)
    rows = [line for line in markdown.splitlines() if line.startswith("|")]
    assert len(rows) == (2 + 1) + (2 + len(run.verdicts)) * 2
    for table in (rows[:3], rows[3 : 5 + len(run.verdicts)], rows[5 + len(run.verdicts) :]):
        assert len({len(re.findall(r"(?<!\\)\|", row)) for row in table}) == 1
    assert re.findall(r"</?[a-z]+", re.sub("`[^`\n]*`", "", markdown)) == [
        "<details",
        "<summary",
        "</summary",
        "</details",
    ]
    commands = render("github", run).splitlines()
    assert len(commands) == len(run.verdicts) + 2
    assert all(line.startswith(("::error ", "::warning ")) for line in commands[:-1])
    assert json.loads(render("json", run))["verdicts"][0]["reason"] == text
    plain = re.sub("\x1b\\[[0-9;]*m", "", render("text", run))
    assert all(line.isprintable() for line in plain.split("\n"))


@given(st.lists(st.sampled_from(MEASURED), max_size=8))
def test_the_same_values_are_the_same_text(measured):
    for form in FORMATS:
        assert render(form, evaluated(*measured)) == render(form, evaluated(*measured))
