"""The same contract on the same data, by datacontract-cli and Great Expectations: equal counts, or a row in the table.

Where the tools differ on purpose is told in docs/measuring/contracts.md, and asserted here.
"""

from __future__ import annotations

import json
import random
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from lifecycles import default_project
from lifespec_compiler.plan import Bundle, environments, parse, plan
from lifespec_runtime.measure.contracts.check import Location, check

PEERS = Path(__file__).parent / "peers"
NOW = datetime(2026, 11, 1, tzinfo=UTC)
ROWS = 5000
PLANS = ["basic", "plus", "pro"]
SHAPE = "^[a-z]{2}-[0-9]{3}$"


def table():
    """Rows of which some break each rule."""
    chance = random.Random(7)

    def often(good, *bad, every=40):
        return [chance.choice(bad) if chance.randrange(every) == 0 else good() for _ in range(ROWS)]

    identity = list(range(ROWS))
    for place in chance.sample(range(1, ROWS), 30):
        identity[place] = identity[place - 1]
    days = [date(2024, 1, 1) + timedelta(days=index % 300) for index in range(ROWS)]
    return pa.table(
        {
            "id": pa.array(identity, pa.int64()),
            "plan": often(lambda: chance.choice(PLANS), "gold", None, "Basic"),
            "code": often(lambda: f"ab-{chance.randrange(1000):03}", "abc-123", "ab-12", None, ""),
            "name": often(lambda: "n" * chance.randint(2, 9), "", "n", "n" * 12, None),
            "age": pa.array(often(lambda: chance.randint(0, 100), -5, 130, None), pa.int64()),
            "amount": pa.array(often(lambda: chance.random() * 100, -0.5, 100.5, None), pa.float64()),
            "note": often(lambda: "ok", "", "n/a", None),
            "day": pa.array([None if chance.randrange(50) == 0 else day for day in days], pa.date32()),
            "churned": pa.array([chance.random() < 0.3 for _ in range(ROWS)], pa.bool_()),
        }
    )


CONTRACT = {
    "apiVersion": "v3.1.0",
    "kind": "DataContract",
    "id": "rows",
    "version": "1.0.0",
    "status": "active",
    "schema": [
        {
            "name": "rows",
            "logicalType": "object",
            "properties": [
                {"name": "id", "logicalType": "integer", "required": True, "unique": True},
                {
                    "name": "plan",
                    "logicalType": "string",
                    "required": True,
                    "quality": [
                        {"metric": "invalidValues", "arguments": {"validValues": PLANS}, "mustBe": 0},
                        {"metric": "nullValues", "mustBeLessThan": 5, "unit": "percent"},
                    ],
                },
                {"name": "code", "logicalType": "string", "logicalTypeOptions": {"pattern": SHAPE}},
                {"name": "name", "logicalType": "string", "logicalTypeOptions": {"minLength": 2, "maxLength": 10}},
                {
                    "name": "age",
                    "logicalType": "integer",
                    "logicalTypeOptions": {"minimum": 0, "maximum": 120},
                    "quality": [{"metric": "nullValues", "mustBe": 0}],
                },
                {"name": "amount", "logicalType": "number", "logicalTypeOptions": {"minimum": 0, "maximum": 100}},
                {
                    "name": "note",
                    "logicalType": "string",
                    "quality": [
                        {"metric": "missingValues", "arguments": {"missingValues": ["", "n/a"]}, "mustBe": 0},
                        {"metric": "duplicateValues", "mustBeLessThan": 10},
                    ],
                },
                {"name": "day", "logicalType": "date", "required": True},
                {"name": "churned", "logicalType": "boolean", "required": True},
            ],
            "quality": [
                {"metric": "rowCount", "mustBeGreaterThan": ROWS},
            ],
        }
    ],
}
SPEC = {
    "apiVersion": "lifespec.dev/v1alpha1",
    "kind": "ModelLifecycle",
    "metadata": {"name": "rows", "namespace": "tests"},
    "spec": {
        "version": "1.0.0",
        "owner": {"team": "tests", "email": "tests@example.com"},
        "objective": {"problem": "binaryClassification"},
        "traffic": {"rps": 1},
        "data": {
            "sources": [{"name": "rows", "uri": "s3://lake/rows/", "contractRef": "contract.json"}],
            "labels": {"column": "churned"},
        },
        "features": ["plan"],
        "experiments": {"candidates": [{"name": "a", "image": f"registry.example.com/a@sha256:{'a' * 64}"}]},
        "evaluation": {"offline": {"gates": [{"metric": "rocAuc", "min": 0.8}]}},
        "serving": {"image": f"registry.example.com/b@sha256:{'b' * 64}", "latencyBudget": "1s"},
        "rollout": {
            "steps": [{"weight": "10%", "hold": "4h"}],
            "guards": [{"metric": "errorRate", "max": "1%", "window": "15m"}],
        },
    },
}
OURS = {
    "field_required": "{}-required",
    "field_unique": "{}-unique",
    "field_minimum": "{}-minimum",
    "field_maximum": "{}-maximum",
    "field_min_length": "{}-minLength",
    "field_max_length": "{}-maxLength",
    "field_regex": "{}-pattern",
    "field_null_values": "nullValues-{}",
    "field_missing_values": "missingValues-{}",
    "field_invalid_values": "invalidValues-{}",
    "field_duplicate_values": "duplicateValues-{}",
}
"""By datacontract-cli's type of check: our rule about the column."""


@pytest.fixture(scope="module")
def file(tmp_path_factory):
    path = tmp_path_factory.mktemp("peers") / "rows.parquet"
    pq.write_table(table(), path)
    return path


@pytest.fixture(scope="module")
def ours(file):
    """Our results by rule."""
    return {result.name: result for result in results(CONTRACT, file)}


def results(contract, file):
    """Our results for a contract on a Parquet file."""
    first = contract["schema"][0]["properties"][0]["name"]
    spec = {**SPEC, "spec": {**SPEC["spec"], "features": ["plan" if contract is CONTRACT else first]}}
    files = {"lifecycle.json": json.dumps(spec).encode(), "contract.json": json.dumps(contract).encode()}
    documents, findings = parse(files)
    assert not findings
    bundle = Bundle(documents["lifecycle.json"][0], {"contract.json": documents["contract.json"]})
    project = default_project()
    (environment,) = environments(project)
    made, _ = plan(bundle, project, environment)
    assert made is not None
    report = check(made, {"rows": Location(str(file), "parquet", copy=True)}, NOW, judge_copies=False)
    return report.sources[0].results


@pytest.fixture(scope="module")
def theirs(file, judge):
    """datacontract-cli's answers."""
    python = judge("datacontract-cli")
    job = [{"contract": CONTRACT, "data": str(file), "format": "parquet"}]
    done = python.run(str(PEERS / "hold.py"), text=json.dumps(job))
    assert done.returncode == 0, done.stderr[-2000:]
    (answers,) = json.loads(done.stdout.splitlines()[-1])
    return answers


def test_datacontract_cli_counts_the_same(ours, theirs):
    compared = set()
    for answer in theirs:
        name = OURS.get(answer["type"], "").format(answer["field"])
        if name not in ours or answer["type"] == "field_duplicate_values":
            continue
        rule = ours[name]
        count = round(rule.measured * ROWS / 100) if rule.bound.unit == "percent" else rule.measured
        if answer["type"] != "field_unique":  # they count the values that occur twice, we the rows
            assert count == answer["value"], (name, answer)
        assert (rule.verdict == "Pass") == (answer["result"] == "passed"), (name, answer)
        compared.add(name)
    assert len(compared) >= 16, compared
    assert sum(ours[name].verdict == "Fail" for name in compared) >= 10


def test_datacontract_cli_and_we_agree_on_the_number_of_rows(ours, theirs):
    answers = [(answer["value"], answer["result"]) for answer in theirs if answer["type"] == "row_count"]
    assert answers == [(ROWS, "failed")]
    assert (ours["rowCount"].measured, ours["rowCount"].verdict) == (ROWS, "Fail")


def test_datacontract_cli_counts_values_that_occur_twice_where_we_count_rows(ours, theirs):
    (answer,) = [answer for answer in theirs if answer["type"] == "field_duplicate_values"]
    notes = [note for note in table()["note"].to_pylist() if note is not None]
    assert answer["value"] == len({note for note in notes if notes.count(note) > 1})
    assert ours["duplicateValues-note"].measured == len(notes) - len(set(notes))


def small_contract(kind, **more):
    properties = [{"name": "x", "logicalType": kind, **more}, {"name": "churned", "logicalType": "boolean"}]
    quality = [{"metric": "rowCount", "mustBeBetween": [1, 4]}]
    return {
        **CONTRACT,
        "schema": [{"name": "rows", "logicalType": "object", "properties": properties, "quality": quality}],
    }


def test_what_they_do_differently_is_what_the_table_says(tmp_path, judge):
    """Patterns that match a part, NaN, and ends of an interval."""
    texts, numbers = tmp_path / "texts.parquet", tmp_path / "numbers.parquet"
    churned = pa.array([True, False, True, False])
    pq.write_table(pa.table({"x": ["abc", "xabc", "abcx", None], "churned": churned}), texts)
    pq.write_table(pa.table({"x": [float("nan"), 1.0, 2.0, None], "churned": churned}), numbers)
    pattern = small_contract("string", logicalTypeOptions={"pattern": "abc"})
    required = small_contract("number", required=True)

    ours = {result.name: result for result in results(pattern, texts)}
    assert (ours["x-pattern"].measured, ours["rowCount"].verdict) == (2, "Fail")
    assert {result.name: result for result in results(required, numbers)}["x-required"].measured == 2

    jobs = [
        {"contract": pattern, "data": str(texts), "format": "parquet"},
        {"contract": required, "data": str(numbers), "format": "parquet"},
    ]
    done = judge("datacontract-cli").run(str(PEERS / "hold.py"), text=json.dumps(jobs))
    assert done.returncode == 0, done.stderr[-2000:]
    of_texts, of_numbers = json.loads(done.stdout.splitlines()[-1])
    theirs = {
        answer["type"]: (answer["value"], answer["result"]) for answer in of_texts if answer["field"] != "churned"
    }
    assert (theirs["field_regex"], theirs["row_count"]) == ((0, "passed"), (4, "passed"))
    assert any("nan" in (answer["reason"] or "") for answer in of_numbers)

    expectations = [
        ("expect_column_values_to_match_regex", {"column": "x", "regex": "abc"}),
        ("expect_table_row_count_to_be_between", {"min_value": 1, "max_value": 4}),
    ]
    job = {"data": str(texts), "expectations": expectations}
    done = judge("great-expectations").run(str(PEERS / "expect.py"), text=json.dumps(job))
    assert [answer["success"] for answer in json.loads(done.stdout.splitlines()[-1])] == [True, True]


def test_great_expectations_counts_the_same(ours, file, judge):
    python = judge("great-expectations")
    pairs = {
        "id-unique": ("expect_column_values_to_be_unique", {"column": "id"}),
        "plan-required": ("expect_column_values_to_not_be_null", {"column": "plan"}),
        "day-required": ("expect_column_values_to_not_be_null", {"column": "day"}),
        "invalidValues-plan": ("expect_column_values_to_be_in_set", {"column": "plan", "value_set": PLANS}),
        "code-pattern": ("expect_column_values_to_match_regex", {"column": "code", "regex": SHAPE}),
        "name-minLength": ("expect_column_value_lengths_to_be_between", {"column": "name", "min_value": 2}),
        "name-maxLength": ("expect_column_value_lengths_to_be_between", {"column": "name", "max_value": 10}),
        "age-minimum": ("expect_column_values_to_be_between", {"column": "age", "min_value": 0}),
        "age-maximum": ("expect_column_values_to_be_between", {"column": "age", "max_value": 120}),
        "amount-minimum": ("expect_column_values_to_be_between", {"column": "amount", "min_value": 0}),
        "amount-maximum": ("expect_column_values_to_be_between", {"column": "amount", "max_value": 100}),
        "nullValues-age": ("expect_column_values_to_not_be_null", {"column": "age"}),
    }
    job = {"data": str(file), "expectations": list(pairs.values())}
    done = python.run(str(PEERS / "expect.py"), text=json.dumps(job))
    assert done.returncode == 0, done.stderr[-2000:]
    answers = dict(zip(pairs, json.loads(done.stdout.splitlines()[-1]), strict=True))
    for name, answer in answers.items():
        assert (ours[name].verdict == "Pass") == answer["success"], (name, answer)
        if name != "id-unique":
            assert ours[name].measured == answer["unexpected"], (name, answer)
    ids = table()["id"].to_pylist()
    assert answers["id-unique"]["unexpected"] == sum(
        ids.count(value) > 1 for value in set(ids) for _ in range(ids.count(value))
    )
    assert ours["id-unique"].measured == len(ids) - len(set(ids))
