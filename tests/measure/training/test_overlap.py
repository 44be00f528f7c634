"""Rows of the test split that the training split has too, under another key."""

from __future__ import annotations

import json

import pyarrow.parquet as pq
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from lifespec_runtime.measure.contracts import check
from lifespec_runtime.measure.splits import split
from lifespec_runtime.measure.training.overlap import overlap
from rowsets import customers, customers_plan, rows_of

RANDOM = {"strategy": "random", "train": "60%", "validation": "20%", "test": "20%"}


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.tuples(st.one_of(st.none(), st.integers(0, 12)), st.booleans()), min_size=60, max_size=150))
def test_it_counts_what_comparing_every_pair_of_rows_counts(tmp_path, values):
    plan = customers_plan(RANDOM, features=["tenure"])
    table = customers(len(values), tenure=[tenure for tenure, _ in values], churned=[churned for _, churned in values])
    rows = rows_of(plan, tmp_path, customers=table)
    divided = split(plan, rows)
    known = list(zip(*(rows.column(f"customers.{name}").to_pylist() for name in ("tenure", "churned")), strict=True))
    learnt = {known[place] for place in divided.train}
    assert overlap(plan, rows, divided) == sum(known[place] in learnt for place in divided.test)


class TestScorecard:
    """`check-data` tells what `split` would."""

    def line(self, project, *arguments):
        found = json.loads(project.run("check-data", project.folder, "--format", "json", *arguments).stdout)
        return next((line for line in found["readiness"] if line["rule"] == "splitOverlap"), None)

    def test_the_line_says_what_split_says(self, project):
        project.write(data={"splits": RANDOM}, features=["plan"])
        found = self.line(project)
        told = project.run("split", project.folder, "--out", project.root / "out").output
        assert found is not None
        assert found["value"] > 0
        assert f"{found['value']:g} of the test split" in told.replace(",", "")
        assert (found["verdict"], found["bound"], found["path"]) == ("Measured", None, "spec.data.splits")
        assert found["note"].endswith(f"of the {found['samples']:,} rows of the test split")
        assert project.run("check-data", project.folder, "--report", project.root / "report.json").exit_code == 0
        report = json.loads((project.root / "report.json").read_text())["spec"]["measurements"]
        assert [one["value"] for one in report if one["check"] == "readiness.splitOverlap"] == [found["value"]]

    def test_there_is_none_of_more_rows_than_are_read_at_once(self, project, monkeypatch):
        project.write(data={"splits": RANDOM}, features=["plan"])
        monkeypatch.setattr(check, "MOST_DIVIDED", 10)
        assert self.line(project) is None

    def test_there_is_none_of_rows_too_few_to_divide(self, project):
        project.write(data={"splits": RANDOM}, features=["plan"])
        pq.write_table(customers(1), project.folder / ".data" / "customers.parquet")
        assert self.line(project) is None
