from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import yaml
from click.testing import CliRunner

from lifecycles import plan_of, small
from lifespec_runtime.cli.app import lifespec

CSV = "customer_id,tenure,plan,churned\n" + "".join(
    f"c{index},{index % 40},{'basic' if index % 3 else 'pro'},{index % 4 == 0}\n" for index in range(200)
)
CUSTOMERS = small()["spec"]["data"]["sources"][0]


@pytest.fixture
def spec(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder of a spec whose data lies beside it."""
    folder = tmp_path / "specs" / "churn"
    (folder / ".data").mkdir(parents=True)
    write(folder)
    (folder / ".data" / "customers.csv").write_text(CSV)
    (tmp_path / "lifespec.yaml").write_text("apiVersion: lifespec.dev/v1alpha1\nkind: LifespecProject\nspec: {}\n")
    monkeypatch.chdir(tmp_path)
    return folder


def write(folder: Path, **changes):
    (folder / "lifecycle.yaml").write_text(yaml.safe_dump(small(**changes)))


def run(*arguments):
    done = CliRunner().invoke(lifespec, ["check-data", *map(str, arguments)], prog_name="lifespec")
    assert isinstance(done.exception, SystemExit | None), done.exception
    return done


def answer(*arguments):
    done = run(*arguments, "--format", "json")
    return done.exit_code, json.loads(done.stdout)


def test_a_copy_beside_the_spec_is_read_and_said_to_be_one(spec):
    done = run(spec)
    assert done.exit_code == 0, done.output
    assert "specs/churn/.data/customers.csv (a copy; --data reads another), 200 rows" in done.stdout
    assert "rules pass" in done.stdout


def test_without_a_copy_the_source_itself_is_read(spec):
    shutil.rmtree(spec / ".data")
    done = run(spec)
    assert done.exit_code == 2
    assert "s3://lake/customers/" in done.stdout
    assert "a copy" not in done.stdout


def test_json_says_everything(spec):
    code, report = answer(spec)
    assert (code, report["version"], report["complete"], report["findings"]) == (0, 1, True, [])
    (source,) = report["sources"]
    assert (source["rows"], source["copy"], source["unreadRows"]) == (200, True, 0)
    assert source["digest"].startswith("sha256:")
    assert source["profile"]["columns"]["plan"]["categories"]["named"] == {"basic": 133, "pro": 67}
    assert {rule["verdict"] for rule in source["rules"]} == {"Pass"}
    required = next(rule for rule in source["rules"] if rule["rule"] == "customer_id-required")
    assert required["path"] == "spec.data.sources[0].schema[0].primaryKey"
    assert {line["rule"] for line in report["readiness"]} >= {"labeledRows", "classes", "positiveShare"}


def test_a_broken_rule_fails_and_its_rows_are_named(spec):
    (spec / ".data" / "customers.csv").write_text(CSV + "c1,5,basic,True\n")
    done = run(spec)
    assert done.exit_code == 1
    assert "fail    customer_id-primaryKey  1 (= 0)" in done.stdout
    assert answer(spec)[0] == 1


def test_a_warning_fails_only_when_it_is_asked_to(spec):
    quality = [{"name": "few", "metric": "rowCount", "mustBeLessThan": 100, "severity": "warning"}]
    write(spec, data={"sources": [{**CUSTOMERS, "quality": quality}], "labels": {"column": "churned"}})
    done = run(spec)
    assert done.exit_code == 0
    assert "warn    few  200 (< 100)" in done.stdout
    assert run(spec, "--fail-on", "warning").exit_code == 1


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "data-empty"),
        (b"PAR1", "data-corrupt"),
        (CSV.encode("utf-16"), "data-bad-encoding"),
        (CSV.replace("tenure", "x").encode(), "data-missing-column"),
        (CSV.replace("c5,5,", "c5,five,").encode(), "data-wrong-type"),
        (CSV.encode() + b"c9\n", "data-bad-row"),
        (CSV.splitlines()[0].encode(), "data-empty"),
    ],
)
def test_broken_data_is_a_coded_finding_and_no_complete_report(content, code, spec):
    (spec / ".data" / "customers.csv").write_bytes(content)
    exit_code, report = answer(spec)
    assert exit_code == 1
    assert not report["complete"]
    assert code in {finding["rule"] for finding in report["findings"]}
    text = run(spec)
    assert f"error[{code}]" in text.stdout
    assert "Traceback" not in text.output


def test_of_data_that_broke_off_nothing_passes(spec):
    file = spec / ".data" / "customers.parquet"
    pq.write_table(pa.table({"customer_id": [f"c{index}" for index in range(9999)]}), file)
    file.write_bytes(file.read_bytes()[:-50])
    code, report = answer(spec)
    assert code == 1
    assert {rule["verdict"] for rule in report["sources"][0]["rules"]} == {"Error"}
    assert {rule["verdict"] for rule in report["readiness"]} <= {"Error", "Inconclusive"}
    assert (report["sources"][0]["rows"], report["sources"][0]["profile"]) == (None, None)


def test_another_file_may_be_named(spec, tmp_path):
    file = tmp_path / "more.jsonl"
    file.write_text('{"customer_id":"a","tenure":1,"plan":"basic","churned":true}\n')
    code, report = answer(spec, "--data", file)
    assert report["sources"][0]["rows"] == 1
    assert code == 1  # one class
    assert next(line for line in report["readiness"] if line["rule"] == "classes")["verdict"] == "Fail"


def test_data_is_of_one_source(spec):
    weather = {"name": "weather", "uri": "s3://lake/w/", "schema": [{"name": "rain", "logicalType": "number"}]}
    write(spec, data={"sources": [CUSTOMERS, weather], "labels": {"column": "churned"}})
    done = run(spec, "--data", "x.csv")
    assert done.exit_code == 2
    assert "name it with --source (customers, weather)" in done.stderr
    assert answer(spec, "--source", "customers")[1]["sources"][0]["name"] == "customers"
    assert run(spec, "--source", "wether").exit_code == 2


def test_ages_of_copies_are_judged_when_a_time_is_given(spec):
    source = {**CUSTOMERS, "freshness": "1h"}
    write(spec, data={"sources": [source], "labels": {"column": "churned"}})
    assert run(spec).exit_code == 0
    assert run(spec, "--now", "2100-01-01").exit_code == 1


class TestDask:
    def test_the_same_report_is_written(self, spec):
        once = answer(spec, "--now", "2026-11-01")
        again = answer(spec, "--now", "2026-11-01", "--engine", "dask")
        assert again == once

    def test_bad_data_has_the_same_exit_code(self, spec):
        (spec / ".data" / "customers.csv").write_bytes(CSV.encode() + b"c9\n")
        assert answer(spec, "--engine", "dask") == answer(spec)

    def test_a_scheduler_that_is_not_there_is_told_in_one_line(self, spec, monkeypatch):
        monkeypatch.setattr("lifespec_runtime.measure.engines.dask_engine.SECONDS_TO_ANSWER", 1)
        done = run(spec, "--engine", "dask", "--scheduler", "tcp://127.0.0.1:9")
        assert (done.exit_code, done.stdout) == (2, "")
        assert "no Dask worker of tcp://127.0.0.1:9 answers" in done.stderr

    def test_a_scheduler_is_of_dask(self, spec):
        assert run(spec, "--scheduler", "tcp://127.0.0.1:9").exit_code == 2


def test_profiles_are_written(spec, tmp_path):
    assert run(spec, "--profiles", tmp_path / "profiles").exit_code == 0
    profile = json.loads((tmp_path / "profiles" / "customers.profile.json").read_text())
    assert (profile["version"], profile["rows"]) == (1, 200)


def test_a_canonical_document_is_taken_as_jobs_have_it(spec, tmp_path):
    file = tmp_path / "lifecycle.json"
    file.write_text(json.dumps(plan_of(small()).canonical))
    code, report = answer(file, "--data", spec / ".data" / "customers.csv")
    assert (code, report["environment"], report["sources"][0]["rows"]) == (0, "production", 200)


def test_a_spec_with_errors_is_not_measured(spec):
    (spec / "lifecycle.yaml").write_text((spec / "lifecycle.yaml").read_text().replace("churned", "gone", 1))
    done = run(spec)
    assert done.exit_code == 1
    assert "error[" in done.stderr
    assert run(spec.parent / "nothing").exit_code == 2


def test_a_missing_extra_is_named_in_one_line(spec):
    code = (
        "import sys\n"
        "sys.modules['pyarrow'] = None\n"
        f"sys.argv = ['lifespec', 'check-data', {str(spec)!r}]\n"
        "from lifespec_runtime.cli import main\n"
        "main()\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], env={**os.environ}, capture_output=True, encoding="utf-8", check=False
    )
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == "check-data needs the extra `measure`: pip install 'lifespec[measure]'\n"


def test_a_file_is_checked_without_what_only_other_places_and_reports_need(spec):
    code = (
        "import sys\n"
        f"sys.argv = ['lifespec', 'check-data', {str(spec)!r}]\n"
        "from lifespec_runtime.cli import main\n"
        "try:\n"
        "    main()\n"
        "finally:\n"
        "    print({'pydantic', 'fsspec', 'pandas', 'scipy', 'asyncio'} & set(sys.modules), file=sys.stderr)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], env={**os.environ}, capture_output=True, encoding="utf-8", check=False
    )
    assert "rules pass" in done.stdout
    assert done.stderr == "set()\n"


def test_no_value_of_a_classified_column_reaches_any_output(spec, tmp_path):
    schema = [
        {**column, "classification": "pii", "enum": ["c1"]} if column["name"] == "customer_id" else column
        for column in CUSTOMERS["schema"]
    ]
    write(spec, data={"sources": [{**CUSTOMERS, "schema": schema}], "labels": {"column": "churned"}})
    (spec / ".data" / "customers.csv").write_text(CSV + "Zq7secret,5,basic,True\n")
    outputs = run(spec).output + run(spec, "--format", "json", "--profiles", tmp_path / "p").output
    assert "customer_id-enum" in outputs
    assert "Zq7secret" not in outputs + (tmp_path / "p" / "customers.profile.json").read_text()


def test_what_does_not_print_never_reaches_the_terminal(spec):
    (spec / ".data" / "customers.csv").write_text(CSV.replace("basic", "ba\x1b[2Jsic") + "c\x1b]0;x,1,a,maybe\n")
    assert "\x1b" not in run(spec).output


def rated(folder: Path, bob: str, **agreement):
    source = {
        **CUSTOMERS,
        "schema": [*CUSTOMERS["schema"], *({"name": n, "logicalType": "string"} for n in ("ann", "bob"))],
    }
    labels = {"column": "churned", "agreement": {"min": 0.8, **agreement}}
    write(folder, data={"sources": [source], "labels": labels})
    head, *rows = CSV.splitlines()
    said = [f"{row},{'yes' if index % 4 == 0 else 'no'},{bob}" for index, row in enumerate(rows)]
    said = [row.replace("=", "yes" if index % 4 == 0 else "no") for index, row in enumerate(said)]
    (folder / ".data" / "customers.csv").write_text("\n".join([f"{head},ann,bob", *said]) + "\n")


def agreement_line(report):
    return next(line for line in report["readiness"] if line["rule"] == "agreement")


def test_raters_who_agree_pass(spec):
    rated(spec, "=", raters=["ann", "customers.bob"])
    code, report = answer(spec)
    line = agreement_line(report)
    assert (code, line["verdict"], line["value"], line["samples"]) == (0, "Pass", 1.0, 200)
    assert line["interval"]["low"] < 1 <= line["interval"]["high"]


def test_raters_who_agree_by_chance_alone_fail(spec):
    rated(spec, "no", raters=["ann", "bob"])
    code, report = answer(spec)
    line = agreement_line(report)
    assert (code, line["verdict"], line["value"]) == (1, "Fail", 0.0)
    assert line["path"] == "spec.data.labels.agreement.min"
    assert "`ann` and `bob`" in line["note"]


def test_without_raters_their_agreement_is_unknown(spec):
    rated(spec, "=")
    code, report = answer(spec)
    line = agreement_line(report)
    assert (code, line["verdict"], line["severity"]) == (0, "Inconclusive", "info")
    assert line["note"].startswith("unknown: add `raters`")


def test_raters_who_rated_nothing_together_are_an_error(spec):
    rated(spec, "", raters=["ann", "bob"])
    code, report = answer(spec)
    line = agreement_line(report)
    assert (code, line["verdict"]) == (1, "Error")
    assert "no row was rated by both" in line["note"]
