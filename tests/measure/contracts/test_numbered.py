"""Texts that Parquet has as numbers of different ones are counted as numbers, and come to what the texts come to."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from lifecycles import plan_of, small
from lifespec_compiler.judging.contract.rules import rules
from lifespec_runtime.measure.contracts import scan
from lifespec_runtime.measure.contracts.association import Label
from lifespec_runtime.measure.contracts.check import columns_of
from lifespec_runtime.measure.profile.summary import same
from lifespec_runtime.measure.reading import convert, parquet
from lifespec_runtime.measure.reading.limits import CHUNK_ROWS
from lifespec_runtime.measure.reading.log import Log
from lifespec_runtime.measure.reading.read import find

ROWS = CHUNK_ROWS + 1000
SOURCE = {
    "name": "rows",
    "uri": "s3://lake/rows/",
    "schema": [
        {"name": "id", "logicalType": "string", "unique": True},
        {"name": "plan", "logicalType": "string", "required": True, "enum": ["basic", "plus"]},
        {"name": "city", "logicalType": "string", "logicalTypeOptions": {"minLength": 3, "pattern": "[A-Z][a-zü]+"}},
        {"name": "label", "logicalType": "string"},
    ],
    "quality": [{"name": "equal", "metric": "duplicateValues", "mustBe": 0}],
}


def texts(values, share=0.1):
    chance = np.random.default_rng(7)
    found = np.array(values, object)[chance.integers(0, len(values), ROWS)]
    found[chance.random(ROWS) < share] = None
    return found.tolist()


TABLE = {
    "id": [f"c{number // 2 * 2}" if number < 20 else f"c{number}" for number in range(ROWS)],
    "plan": texts(["basic", "plus", "pro", ""]),
    "city": texts(["Rom", "Ulm", "Zürich", "Bonn", "Au"]),
    "label": [*texts(["yes", "no"], 0)[:-5], *["late"] * 5],
}


def scanned(file, *, numbered):
    data = {"sources": [SOURCE], "labels": {"column": "label"}}
    sections = {"monitoring": None, "retraining": None, "features": ["plan", "city"]}
    plan = plan_of(small(data=data, objective={"problem": "multiclassClassification"}, **sections))
    source = plan.spec.data.sources[0]
    columns = [column._replace(numbered=numbered) for column in columns_of(source)]
    label = Label("label", ["plan", "city"], classes=True)
    wanted = scan.Wanted(columns, rules(source, 0), frozenset(), label=label, raters=("plan", "label"))
    log = Log()
    found, digest = scan.here(find(str(file), "parquet"), "parquet", wanted, log)
    return found, digest, log


def assert_the_same(file):
    one, digest, log = scanned(file, numbered=True)
    other, other_digest, other_log = scanned(file, numbered=False)
    assert same(one.profile, other.profile)
    assert (one.tallies, one.absent, one.repeated_rows) == (other.tallies, other.absent, other.repeated_rows)
    assert (digest, log.flaws) == (other_digest, other_log.flaws)
    assert one.associations is not None
    assert other.associations is not None
    assert one.associations.strengths() == other.associations.strengths()
    assert one.ratings is not None
    assert other.ratings is not None
    assert one.ratings.agreed() == other.ratings.agreed()
    return one


def numbered(file):
    return parquet._numbered(pq.ParquetFile(file), list(TABLE))


@pytest.mark.parametrize("kind", [pa.string(), pa.large_string(), pa.dictionary(pa.int32(), pa.string())])
def test_numbers_come_to_what_texts_come_to(tmp_path, kind):
    file = tmp_path / "rows.parquet"
    pq.write_table(pa.table({name: pa.array(values, kind) for name, values in TABLE.items()}), file)
    assert numbered(file) == ["plan", "city", "label"]
    found = assert_the_same(file)
    assert (found.tallies["plan-enum"].broken, found.tallies["id-unique"].broken) == (
        sum(value in ("pro", "") for value in TABLE["plan"] if value is not None),
        10,
    )
    assert found.profile.columns["label"].categories is not None
    assert found.profile.columns["label"].categories.named is not None
    assert found.profile.columns["label"].categories.named["late"] == 5


def test_plain_texts_and_small_row_groups_stay_texts(tmp_path):
    table = pa.table(TABLE)
    for name, more in {"plain": {"use_dictionary": False}, "small": {"row_group_size": CHUNK_ROWS // 2}}.items():
        file = tmp_path / f"{name}.parquet"
        pq.write_table(table, file, **more)
        assert numbered(file) == []
        assert_the_same(file)


def test_bytes_that_are_no_text_are_found_among_the_different_ones(tmp_path):
    file = tmp_path / "rows.parquet"
    raw = pa.array([value.encode() if value else value for value in TABLE["city"]], pa.binary())
    foreign = pa.array([b"\xff\xfe" if place == 77 else value.as_py() for place, value in enumerate(raw)], pa.binary())
    text = pa.Array.from_buffers(pa.string(), ROWS, foreign.buffers(), foreign.null_count)
    pq.write_table(pa.table({**TABLE, "city": text}), file)
    assert "city" in numbered(file)
    found = assert_the_same(file)
    assert found.profile.columns["city"].wrong == 1


@pytest.mark.parametrize(
    "dictionary", [["a", "b", "a"], ["a", None, "b"], [f"x{number}" for number in range(convert.MOST_NUMBERED + 1)]]
)
def test_numbers_of_something_else_become_texts(dictionary):
    column = columns_of(plan_of(small()).spec.data.sources[0])[0]._replace(type="string", numbered=True)
    given = pa.DictionaryArray.from_arrays(pa.array([0, 2, None, 1], pa.int32()), pa.array(dictionary))
    found = convert.converted(given, column).values
    assert found.type == pa.string()
    assert found.to_pylist() == [dictionary[0], dictionary[2], None, dictionary[1]]
