"""What `check-data` says to other programs, and the report that it writes."""

from __future__ import annotations

import json
import re
from pathlib import Path
from xml.etree import ElementTree as ET

import jsonschema
import pytest
import yaml
from click.testing import CliRunner

from judges.crd import validators
from lifecycles import plan_of, small
from lifespec_compiler.judging import Expected, judge, overall
from lifespec_runtime.cli.app import lifespec
from lifespec_schema.records.report import LifecycleReport

SCHEMA = Path(__file__).parents[3] / "schema"
ROWS = "customer_id,tenure,plan,churned\n" + "".join(
    f"c{index},{index % 40},{'basic' if index % 3 else 'pro'},{index % 4 == 0}\n" for index in range(200)
)
SOURCE = {
    **small()["spec"]["data"]["sources"][0],
    "quality": [
        {"name": "few", "metric": "rowCount", "mustBeLessThan": 100, "severity": "warning"},
        {"metric": "nullValues", "column": "tenure", "mustBeLessThan": "5%"},
    ],
    "outliers": [{"column": "tenure", "method": "iqr", "action": "report"}],
    "freshness": "1d",
}
DATA = {"sources": [SOURCE], "labels": {"column": "churned"}, "readiness": {"minLabeledRows": 300}}


@pytest.fixture
def spec(tmp_path, monkeypatch) -> Path:
    """The folder of a spec whose data lies beside it: one rule fails, one warns."""
    folder = tmp_path / "specs" / "churn"
    (folder / ".data").mkdir(parents=True)
    (folder / "lifecycle.yaml").write_text(yaml.safe_dump(small(data=DATA)))
    (folder / ".data" / "customers.csv").write_text(ROWS)
    (tmp_path / "lifespec.yaml").write_text("apiVersion: lifespec.dev/v1alpha1\nkind: LifespecProject\nspec: {}\n")
    monkeypatch.chdir(tmp_path)
    return folder


def run(*arguments):
    done = CliRunner().invoke(lifespec, ["check-data", *map(str, arguments)], prog_name="lifespec")
    assert isinstance(done.exception, SystemExit | None), done.exception
    return done


def test_junit_is_what_jenkins_reads(spec, judge):
    judge("xmlschema")
    import xmlschema  # a judge

    schema = xmlschema.XMLSchema10(str(judge("junit").path))
    done = run(spec, "--format", "junit")
    assert done.exit_code == 1
    assert [error.reason for error in schema.iter_errors(done.stdout.partition("?>\n")[2])] == []
    root = ET.fromstring(done.stdout)  # noqa: S314 - our own
    assert [suite.get("name") for suite in root] == ["customers", "readiness"]
    (failed,) = [case for case in root.iter("testcase") if case.find("failure") is not None]
    assert failed.get("classname") == "readiness.labeledRows"
    assert failed[0].get("message") == "200, must be ≥ 300; 100 % of the rows have a label"
    assert "specs/churn/lifecycle.yaml:" in (failed[0].text or "")


def test_a_warning_is_a_case_that_passed_unless_it_is_asked_to_fail(spec):
    for least, kind in (("error", "system-out"), ("warning", "failure"), ("never", "system-out")):
        document = run(spec, "--format", "junit", "--fail-on", least).stdout
        (case,) = [
            found
            for found in ET.fromstring(document).iter("testcase")  # noqa: S314 - our own
            if found.get("classname") == "customers.few"
        ]
        assert [child.tag for child in case] == [kind]


def test_markdown_is_short_and_names_what_fails(spec):
    above, _, below = run(spec, "--format", "markdown").stdout.partition("<details>")
    assert above.startswith("### ❌ growth/churn: data fails\n")
    assert "| ❌ | `readiness.labeledRows` | 200 |" in above
    assert "| 💬 | `customers.few` | 200 |" in above
    assert "`customers.tenure-type`" not in above
    assert "`customers.tenure-type`" in below


def test_github_gets_the_line_of_the_rule(spec):
    lines = run(spec, "--format", "github").stdout.splitlines()
    errors = [line for line in lines if line.startswith("::error ")]
    assert len(errors) == 1
    assert re.match(r"::error title=Fail%3A readiness.labeledRows,file=specs/churn/lifecycle.yaml,line=\d+,", errors[0])
    assert lines[-1].startswith("10 of 12 bounds pass, 1 fail, 1 fail without consequence")


def test_broken_data_is_an_error_in_every_format(spec):
    (spec / ".data" / "customers.csv").write_bytes(b"PAR1")
    for form in ("junit", "markdown", "github"):
        done = run(spec, "--format", form)
        assert done.exit_code == 1
        assert "data-corrupt" in done.stdout
        assert "Traceback" not in done.output


@pytest.mark.parametrize("now", [[], ["--now", "2030-01-01"]])
@pytest.mark.parametrize("content", [ROWS, ROWS + "c9\n", "PAR1", ROWS.replace("tenure", "x", 1)])
def test_the_report_that_is_written_is_valid_and_judged_as_it_was_shown(now, content, spec):
    (spec / ".data" / "customers.csv").write_text(content)
    shown = json.loads(run(spec, "--format", "json", "--report", "report.json", *now).stdout)
    document = json.loads(Path("report.json").read_bytes())
    jsonschema.Draft202012Validator(json.loads((SCHEMA / "json-schema/lifecycle-report.json").read_bytes())).validate(
        document
    )
    assert list(of_the_cluster(document)) == []
    report = LifecycleReport.model_validate(document)
    rules = [*shown["sources"][0]["rules"], *shown["readiness"]]
    told = {rule["rule"]: rule["verdict"] for rule in rules if rule["bound"] and rule["verdict"] != "Measured"}
    verdicts = judge(plan_of(small(data=DATA)), report, Expected(tier="data"))
    found = {verdict.check.partition(".")[2]: verdict.outcome for verdict in verdicts}
    if not now:
        found.pop("freshness")  # of a copy it is told and not judged
    assert found == told
    assert overall(verdicts) in ("Fail", "Error")


def of_the_cluster(document):
    """What the definition in the cluster says against a document."""
    (validator,) = [found for key, found in validators(SCHEMA / "crds").items() if "LifecycleReport" in str(key)]
    return validator.iter_errors(document)


def test_a_report_with_a_verdict_would_be_refused(spec):
    run(spec, "--report", "report.json")
    document = json.loads(Path("report.json").read_bytes())
    document["spec"]["measurements"][0]["verdict"] = "Pass"
    assert list(of_the_cluster(document))
