"""The record of a measuring run, and where it goes outside of a cluster."""

from __future__ import annotations

import json
import os
import sys

import pytest
import yaml
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st

from cases import CASES, plans_of, read_case
from lifespec_compiler.plan import plan_canonical
from lifespec_compiler.targets.kubernetes.measuring import lifecycle_file
from lifespec_runtime.cli.app import lifespec
from lifespec_runtime.measure.record import NOWHERE, TooManyError, identified, lifecycle_report, read_input
from lifespec_schema.records.report import LifecycleReport, Measurement

ROWS = "tenure,churned\n1,true\n2,false\n,false\n"
UID = "0f8fad5b-d9cb-469f-a165-70867728950e"


@pytest.fixture
def plan():
    return plans_of(read_case("full"))[-1]


@pytest.fixture
def mounted(tmp_path):
    """The canonical lifecycle as it is mounted into a Job, and its data beside it."""
    (tmp_path / "customers.csv").write_text(ROWS)
    documents = read_case("full")
    documents.spec["data"]["sources"][0].update(uri=(tmp_path / "customers.csv").as_uri(), format="csv")
    file = tmp_path / "lifecycle.json"
    file.write_text(lifecycle_file(plans_of(documents)[-1])["data"]["lifecycle.json"])
    return file


@pytest.fixture
def run(monkeypatch):
    """`run(*arguments)`: check-data, as far from a cluster as can be."""
    for name in ("KUBERNETES_SERVICE_HOST", "KUBERNETES_SERVICE_PORT", "LIFESPEC_SERVICE_ACCOUNT", "LIFESPEC_JOB"):
        monkeypatch.delenv(name, raising=False)
    return lambda *arguments: CliRunner().invoke(lifespec, ["check-data", *map(str, arguments)])


@pytest.mark.parametrize("case", sorted(path.name for path in CASES.iterdir()))
def test_the_plan_of_a_mounted_lifecycle_has_the_hashes_of_the_one_that_was_compiled(case):
    for plan in plans_of(read_case(case)):
        again, problems = plan_canonical(json.loads(lifecycle_file(plan)["data"]["lifecycle.json"]))
        assert again, problems
        assert again.hashes == plan.hashes


@pytest.mark.parametrize(("name", "read"), [("report.yaml", yaml.safe_load), ("report.json", json.loads)])
def test_a_file_holds_a_valid_report(name, read, mounted, run, tmp_path):
    done = run(mounted, "--report", tmp_path / name, "--stream", "run-7")
    assert done.exit_code == 0, done.output
    report = LifecycleReport.model_validate(read((tmp_path / name).read_text()))
    assert (report.spec.uid, report.spec.stream, report.spec.tier) == (NOWHERE, "run-7", "data")
    assert [each.uri for each in report.spec.inputs] == [(tmp_path / "customers.csv").as_uri()]
    assert {"customers.tenure-type", "readiness.missingShare"} <= {each.check for each in report.spec.measurements}
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted(["customers.csv", "lifecycle.json", name])


def test_the_exit_code_is_that_of_the_data_whatever_is_written(mounted, run, tmp_path):
    (tmp_path / "customers.csv").write_text(ROWS + "x,true\n")
    done = run(mounted, "--report", tmp_path / "report.json", "--fail-on", "never")
    assert done.exit_code == 1
    assert (tmp_path / "report.json").exists()


def test_never_fails_for_no_rule(mounted, run):
    long_ago = ("--now", "2099-01-01")
    assert run(mounted, *long_ago).exit_code == 1, "the data is older than its freshness"
    assert run(mounted, *long_ago, "--fail-on", "never").exit_code == 0


def test_data_that_is_not_there_leaves_no_file(mounted, run, tmp_path):
    (tmp_path / "customers.csv").unlink()
    assert run(mounted, "--report", tmp_path / "report.json").exit_code == 2
    assert not (tmp_path / "report.json").exists()


@pytest.mark.parametrize("place", ["nowhere/report.json", ".", f"{'long' * 80}/report.json"])
def test_what_can_be_no_file_is_refused_before_anything_is_read(place, mounted, run, tmp_path):
    done = run(mounted, "--report", tmp_path / place)
    assert (done.exit_code, "a file cannot be written to" in done.output) == (2, True)
    assert "tenure" not in done.output


def test_a_file_that_cannot_be_written_is_an_error_with_a_code(mounted, run, tmp_path):
    done = run(mounted, "--report", tmp_path / f"{'long' * 80}.json")
    assert (done.exit_code, "error[report-not-written]" in done.output) == (2, True)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["customers.csv", "lifecycle.json"]


def test_a_pipe_that_nobody_reads_is_not_waited_for_nor_replaced(mounted, run, tmp_path):
    os.mkfifo(tmp_path / "report.json")
    done = run(mounted, "--report", tmp_path / "report.json")
    assert (done.exit_code, "error[report-not-written]" in done.output) == (2, True)
    assert (tmp_path / "report.json").is_fifo()


def test_a_pipe_that_somebody_reads_gets_the_report(mounted, run, tmp_path):
    os.mkfifo(tmp_path / "report.json")
    reader = os.open(tmp_path / "report.json", os.O_RDONLY | os.O_NONBLOCK)
    assert run(mounted, "--report", tmp_path / "report.json").exit_code == 0
    assert json.loads(os.read(reader, 2**16))["kind"] == "LifecycleReport"
    os.close(reader)
    assert (tmp_path / "report.json").is_fifo()


def test_a_link_stays_one_and_the_report_is_where_it_leads(mounted, run, tmp_path):
    (tmp_path / "report.json").symlink_to("elsewhere.json")
    assert run(mounted, "--report", tmp_path / "report.json").exit_code == 0
    assert (tmp_path / "report.json").is_symlink()
    assert json.loads((tmp_path / "elsewhere.json").read_bytes())["kind"] == "LifecycleReport"


def test_outside_of_a_pod_the_cluster_is_an_error_with_a_code(mounted, run):
    done = run(mounted, "--report", "cluster")
    assert (done.exit_code, "error[cluster-no-account]" in done.output) == (2, True)
    assert "tenure" not in done.output, "nothing is measured for a report that cannot be written"


def test_without_its_library_the_cluster_is_one_line(mounted, run, monkeypatch):
    for name in ("kubernetes", "kubernetes.client", "kubernetes.config"):
        monkeypatch.setitem(sys.modules, name, None)
    done = run(mounted, "--report", "cluster")
    assert (done.exit_code, done.output) == (
        2,
        "--report cluster needs the extra `agent`: pip install 'lifespec[agent]'\n",
    )


@pytest.mark.parametrize("stream", ["A run", "-run", "x" * 321, "run/7"])
def test_a_stream_that_no_report_can_have_is_refused_at_once(stream, mounted, run):
    assert run(mounted, "--stream", stream).exit_code == 2


def test_a_report_has_the_name_of_its_contents_or_of_its_stream(plan):
    def name(value, stream=None):
        found = [Measurement(check="customers.minRows", value=value, samples=5)]
        return lifecycle_report(plan, tier="data", measurements=found, stream=stream).metadata.name

    assert name(5) == name(5) != name(6)
    assert name(5, "run-7") == name(6, "run-7") != name(5, "run-8")
    assert name(5, "weekly@1800400000") == name(6, "weekly@1800400000") != name(5, "weekly@1800400001")
    assert name(5).startswith("churn-data-")


def test_more_than_a_report_has_room_for_is_an_error_and_not_cut(plan):
    many = [Measurement(check=f"rule-{number}", samples=0) for number in range(513)]
    with pytest.raises(TooManyError, match="513"):
        lifecycle_report(plan, tier="data", measurements=many)
    assert lifecycle_report(plan, tier="data", measurements=many[1:])


def test_identified_changes_uid_and_name_and_nothing_else(plan):
    report = lifecycle_report(plan, tier="data", measurements=())
    found = identified(report, uid=UID, name="churn-check-data-1")
    assert (found.spec.uid, found.metadata.name) == (UID, "churn-check-data-1")
    assert found.spec.model_copy(update={"uid": NOWHERE}) == report.spec
    assert identified(report, uid=UID).metadata == report.metadata


DIGEST = f"sha256:{'a' * 64}"


@pytest.mark.parametrize(
    ("uri", "shown"),
    [
        ("s3://lake/customers/*.parquet", "s3://lake/customers/*.parquet"),
        ("https://user:secret@example.com/rows.csv?sig=secret#secret", "https://example.com/rows.csv"),
        ("https://example.com", "https://example.com"),
        ("file:///data/a b.csv", "file:///data/a%20b.csv"),
        ("file:///data/what?.csv", "file:///data/what?.csv"),
        ("S3://lake/x", "s3://lake/x"),
    ],
)
def test_an_input_is_named_without_what_is_secret(uri, shown):
    assert read_input(uri, DIGEST).uri == shown


def test_a_path_becomes_a_uri(monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    assert read_input("data/ä.csv", DIGEST).uri == "file://./data/%C3%A4.csv"
    assert read_input(str(tmp_path / "data/ä.csv"), DIGEST).uri == "file://./data/%C3%A4.csv"
    assert read_input("/lake/ä.csv", DIGEST).uri == "file:///lake/%C3%A4.csv"


@given(st.text(min_size=1, max_size=600).filter(lambda text: "\0" not in text))
def test_every_path_has_a_uri_that_a_report_can_hold(path):
    assert read_input(f"s3://{path}", DIGEST).digest == DIGEST
