"""What the workers of a cluster find is what one process finds: numbers, findings, and their order."""

from __future__ import annotations

import gzip
import json
import os
import random
import signal
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta

import pyarrow as pa
import pyarrow.csv as pcsv
import pyarrow.parquet as pq
import pytest

from lifecycles import plan_of, small
from lifespec_runtime.measure.contracts.check import Location, check
from lifespec_runtime.measure.engines import dask_engine as engines

NOW = datetime(2026, 11, 1, tzinfo=UTC)
PLANS = ["basic", "plus", "pro"]
SCHEMA = [
    {"name": "id", "logicalType": "string", "primaryKey": True},
    {"name": "age", "logicalType": "integer", "required": True, "logicalTypeOptions": {"minimum": 0, "maximum": 90}},
    {"name": "amount", "logicalType": "number", "logicalTypeOptions": {"maximum": 99.0}},
    {"name": "plan", "logicalType": "string", "enum": PLANS},
    {"name": "day", "logicalType": "date"},
    {"name": "churned", "logicalType": "boolean"},
]


def table(rows, seed=1):
    chance = random.Random(seed)
    ids = [f"c{chance.randrange(rows * 20)}" for _ in range(rows)]
    return pa.table(
        {
            "id": ids,
            "age": pa.array([chance.choice([None, -1, *range(100)]) for _ in ids], pa.int64()),
            "amount": pa.array([chance.random() * 100 if chance.randrange(9) else None for _ in ids], pa.float64()),
            "plan": [chance.choice([*PLANS * 20, "gold", None]) for _ in ids],
            "day": [date(2026, 10, 1) + timedelta(days=index % 20) for index in range(rows)],
            "churned": [chance.random() < 0.3 for _ in ids],
        }
    )


@pytest.fixture(scope="module")
def plan():
    source = {
        "name": "customers",
        "uri": "s3://lake/customers/",
        "schema": SCHEMA,
        "snapshot": {"by": "partition", "column": "day"},
        "freshness": "60d",
        "quality": [
            {"name": "rows", "metric": "duplicateValues", "mustBe": 0},
            {"name": "plans", "metric": "duplicateValues", "column": "plan", "mustBeLessThan": "90%"},
        ],
        "outliers": [{"column": "amount"}],
    }
    readiness = {"minLabeledRows": 100, "maxDuplicateShare": "1%"}
    data = {"sources": [source], "labels": {"column": "churned"}, "readiness": readiness}
    return plan_of(small(data=data, features=["age", "amount", "plan"], monitoring=None, retraining=None))


def write(folder, form, tables):
    folder.mkdir(exist_ok=True)
    for number, rows in enumerate(tables):
        file = folder / f"part-{number}.{form}"
        if form == "parquet":
            pq.write_table(rows, file, row_group_size=300)
        elif form == "jsonl":
            file.write_text("".join(json.dumps(row, default=str) + "\n" for row in rows.to_pylist()))
        else:
            pcsv.write_csv(rows, file, pcsv.WriteOptions(quoting_style="none"))
    return folder


@pytest.fixture(params=["parquet", "csv", "jsonl"])
def form(request):
    return request.param


@pytest.fixture
def folder(tmp_path, form):
    """Three files of rows; the first has several parts."""
    return write(tmp_path / "rows", form, [table(2500, 1), table(400, 2), table(900, 3)])


def test_a_cluster_gives_the_numbers_of_one_process(plan, form, folder, both):
    report = both(plan, folder, form, NOW)
    assert report.sources[0].profile.rows == 3800
    assert {result.verdict for result in report.sources[0].results} == {"Pass", "Fail", "Measured"}


def test_text_is_taken_apart_where_a_line_is_certain_to_be_a_row(form, folder, cluster):
    from lifespec_runtime.measure.reading.parts import divided, size_of
    from lifespec_runtime.measure.reading.read import find

    files = find(str(folder), form)
    parts = divided(
        files, form, lambda parts, form: [size_of(part, form) for part in parts], cluster._rows, cluster._size
    )
    assert len(parts) > len(files) + 1
    first = [part for part in parts if part.file == files[0]]
    assert [part.first_row for part in first] == sorted({part.first_row for part in first})


@pytest.mark.parametrize(
    "spoil",
    [
        lambda text: text.replace("basic", '"ba\nsic"', 1) if text.startswith("id") else text,
        lambda text: text.replace("\n", "\n\n", 40),
        lambda text: text.replace("\n", "\r\n"),
        lambda text: text.replace("\n", "\r", 3),
        lambda text: text[:-1],
        lambda text: text + "\n\n",
        lambda text: "\ufeff" + text,
    ],
    ids=["quotes", "blank lines", "carriage returns", "lone carriage returns", "no last end", "ends", "mark"],
)
@pytest.mark.parametrize("form", ["csv", "jsonl"], indirect=True)
def test_text_of_any_layout_is_numbered_as_in_one_process(spoil, plan, form, folder, both):
    for file in folder.iterdir():
        file.write_text(spoil(file.read_text()), newline="")
    both(plan, folder, form, NOW)


def test_a_compressed_file_is_one_part(plan, tmp_path, both):
    folder = write(tmp_path / "rows", "csv", [table(2500)])
    file = folder / "part-0.csv"
    (folder / "part-0.csv.gz").write_bytes(gzip.compress(file.read_bytes(), mtime=0))
    file.unlink()
    both(plan, folder, "csv", NOW)


def bad_rows(lines):
    lines[200] = lines[1900] = lines[1901] = "1,2"


def bad_types(lines):
    for place in (5, 800, 2400):
        lines[place] = lines[place].replace("2026-10", "2026-99")


def bad_bytes(lines):
    for place in (5, 800, 801, 2400):
        lines[place] = lines[place].replace("2026-", "2026\xff")


def many_bad_rows(lines):
    for place in range(100, 2500, 40):
        lines[place] = "{"


@pytest.mark.parametrize("spoil", [bad_rows, bad_types, bad_bytes, many_bad_rows])
@pytest.mark.parametrize("form", ["csv", "jsonl"], indirect=True)
def test_bad_data_gives_the_same_findings_in_the_same_order(spoil, plan, form, folder, both):
    file = folder / f"part-0.{form}"
    lines = file.read_text().splitlines()
    spoil(lines)
    file.write_bytes("".join(f"{line}\n" for line in lines).encode("latin-1"))
    report = both(plan, folder, form, NOW)
    assert report.sources[0].flaws


@pytest.mark.parametrize("damage", [lambda content: content[:-20], lambda _: b"", lambda content: content[:900]])
def test_a_file_that_breaks_off_stops_both_at_the_same_place(damage, plan, form, folder, both):
    file = folder / f"part-1.{form}"
    file.write_bytes(damage(file.read_bytes()))
    report = both(plan, folder, form, NOW)
    assert report.sources[0].flaws


def test_a_column_that_one_file_lacks_is_named_with_it(plan, form, tmp_path, both):
    folder = write(tmp_path / "rows", form, [table(2500, 1), table(2500, 2).drop_columns(["amount"])])
    report = both(plan, folder, form, NOW)
    assert [(flaw.code, flaw.file.rpartition("/")[2]) for flaw in report.sources[0].flaws] == [
        ("data-missing-column", f"part-1.{form}")
    ]


def test_a_column_that_only_some_lines_have_is_not_absent(plan, tmp_path, both):
    folder = write(tmp_path / "rows", "jsonl", [table(2500)])
    file = folder / "part-0.jsonl"
    rows = [json.loads(line) for line in file.read_text().splitlines()]
    for row in rows[:2000]:
        del row["amount"]
    file.write_text("".join(f"{json.dumps(row)}\n" for row in rows))
    report = both(plan, folder, "jsonl", NOW)
    assert not report.sources[0].flaws


def test_no_rows_and_no_files_are_told_alike(plan, form, tmp_path, both):
    folder = write(tmp_path / "rows", form, [table(0)])
    both(plan, folder, form, NOW)
    for file in folder.iterdir():
        file.unlink()
    both(plan, folder, form, NOW)


def test_a_worker_that_is_killed_changes_nothing(plan, tmp_path, cluster, same):
    folder = write(tmp_path / "rows", "parquet", [table(3000, seed) for seed in range(20)])
    locations = {"customers": Location(str(folder), "parquet", copy=False)}
    expected = check(plan, locations, NOW, judge_copies=True)
    for _ in range(5):
        with ThreadPoolExecutor(1) as threads:
            found = threads.submit(check, plan, locations, NOW, judge_copies=True, engine=cluster.read)
            in_the_middle = _kill_one_that_works(cluster._client, found) and not found.done()
            same(expected, found.result(120))
        if in_the_middle:
            return
    pytest.fail("the work was done each time before a worker could be killed")


def _kill_one_that_works(client, found):
    """Kills a worker that has done some tasks and has more to do."""
    ids = client.run(os.getpid)
    while not found.done():
        done, doing = client.has_what(), client.processing()
        for address, process in ids.items():
            if len(done.get(address, ())) > 3 and doing.get(address):
                os.kill(process, signal.SIGKILL)
                return True
        time.sleep(0.005)
    return False


def test_a_scheduler_that_does_not_answer_is_told(monkeypatch):
    monkeypatch.setattr(engines, "SECONDS_TO_ANSWER", 1)
    with (
        pytest.raises(engines.EngineError, match=r"tcp://127\.0\.0\.1:9 answers"),
        engines.dask_engine("tcp://127.0.0.1:9"),
    ):
        pass


def test_a_worker_of_another_version_is_refused():
    with pytest.raises(engines.EngineError, match="a worker has lifespec"):
        engines._run("0.0.0", len, ())


def test_a_worker_that_fails_is_told_and_no_report(plan, folder, form, cluster):
    class Failing(engines.DaskEngine):
        def _task(self, function, *earlier):
            del function
            return super()._task(_broken, *earlier)

    locations = {"customers": Location(str(folder), form, copy=False)}
    with pytest.raises(engines.EngineError, match="did not do its work: ValueError: broken"):
        check(plan, locations, NOW, judge_copies=True, engine=Failing(cluster._client).read)


_broken = eval("lambda *_: (_ for _ in ()).throw(ValueError('broken'))")  # noqa: S307 - travels by value
