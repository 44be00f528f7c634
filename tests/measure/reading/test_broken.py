"""Data that is broken: a coded flaw with its place, never a traceback, never rows that were not there."""

from __future__ import annotations

import gzip
import io
import os
import sys
import tomllib
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from fsspec.implementations.memory import MemoryFileSystem
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from lifespec_runtime.measure.reading.limits import MAX_COLUMNS, MAX_FLAWS

MEMORY: Any = MemoryFileSystem()
HEADER = "id,score,name,active,day,at\n"
ROW = "1,2.5,a,true,2024-01-01,2024-01-01T00:00:00Z\n"
LINE = '{"id":1,"score":2.5,"name":"a","active":true,"day":"2024-01-01","at":"2024-01-01T00:00:00Z"}\n'


def parquet(rows=1000, **more):
    out = io.BytesIO()
    columns = {"id": range(rows), "score": [value / 7 for value in range(rows)], "name": ["a"] * rows}
    times = {
        "active": [True] * rows,
        "day": pa.array([1] * rows, pa.date32()),
        "at": pa.array([1] * rows, pa.timestamp("us", "UTC")),
    }
    pq.write_table(pa.table({**columns, **times, **more}), out, row_group_size=100)
    return out.getvalue()


@pytest.mark.parametrize(
    ("form", "content", "code"),
    [
        ("parquet", b"", "data-corrupt"),
        ("parquet", b"id,score\n1,2\n", "data-corrupt"),
        ("parquet", parquet()[:-10], "data-corrupt"),
        ("parquet", parquet()[: len(parquet()) // 2], "data-corrupt"),
        ("csv", b"", "data-empty"),
        ("csv", b"\n\n \n", "data-empty"),
        ("csv", (HEADER + ROW).encode("utf-16"), "data-bad-encoding"),
        ("csv", (HEADER + ROW).encode("utf-16-le"), "data-bad-encoding"),
        ("csv", (HEADER + ROW).encode("utf-32"), "data-bad-encoding"),
        ("csv", parquet(), "data-corrupt"),
        ("csv", gzip.compress((HEADER + ROW).encode(), mtime=0), "data-corrupt"),
        ("csv", b"\xe9t\xe9,id\n1,2\n", "data-bad-encoding"),
        ("csv", ",".join(f"c{index}" for index in range(MAX_COLUMNS + 1)), "data-too-many-columns"),
        ("jsonl", b"", "data-empty"),
        ("jsonl", b"\n \n", "data-empty"),
        ("jsonl", LINE.encode("utf-16"), "data-bad-encoding"),
    ],
)
def test_a_file_that_cannot_be_read_says_why(form, content, code, read_bytes):
    found = read_bytes(content, form)
    assert found.stopped is not None
    assert (found.stopped.code, found.rows) == (code, 0)
    assert found.stopped.file.endswith(f"rows.{form}")


def test_a_parquet_file_with_too_many_columns_is_not_decoded(read_bytes):
    out = io.BytesIO()
    pq.write_table(pa.table({f"c{index}": pa.array([], pa.int8()) for index in range(MAX_COLUMNS + 1)}), out)
    assert read_bytes(out.getvalue(), "parquet").codes == ["data-too-many-columns"]


def test_a_damaged_page_stops_the_reading(read_bytes):
    content = bytearray(parquet(20_000))
    for place in range(2000, len(content) // 2, 97):
        content[place] ^= 0xFF
    assert read_bytes(bytes(content), "parquet").codes == ["data-corrupt"]


@settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=80)
@given(st.data())
def test_no_damage_to_a_file_is_a_traceback(read_bytes, data):
    form, content = data.draw(
        st.sampled_from(
            [("parquet", parquet(50)), ("csv", (HEADER + ROW * 9).encode()), ("jsonl", (LINE * 9).encode())]
        )
    )
    damaged = bytearray(content)
    for _ in range(data.draw(st.integers(1, 6))):
        damaged[data.draw(st.integers(0, len(damaged) - 1))] = data.draw(st.integers(0, 255))
    damaged = damaged[: data.draw(st.integers(0, len(damaged)))]
    found = read_bytes(bytes(damaged), form)
    assert all(code.startswith("data-") for code in found.codes)


@pytest.mark.parametrize(("form", "head", "row"), [("csv", HEADER, ROW), ("jsonl", "", LINE)])
def test_a_value_of_a_wrong_type_costs_that_value(form, head, row, read_bytes):
    found = read_bytes(head + row + row.replace("1,2.5", "x,2.5").replace('"id":1', '"id":"x"') + row, form)
    assert found.rows == 3
    assert found.column("id") == [1, None, 1]
    assert found.wrong("id") == [2]
    assert found.column("score") == [2.5] * 3


def test_a_row_of_another_width_is_left_out_and_named(read_bytes):
    found = read_bytes(HEADER + ROW + "1,2\n" + ROW + "1,2,3,4,5,6,7\n" + ROW.replace("1,", "x,", 1), "csv")
    assert [(flaw.code, flaw.row) for flaw in found.log.flaws] == [("data-bad-row", 2), ("data-bad-row", 4)]
    assert (found.rows, found.log.bad_rows, found.wrong("id")) == (3, 2, [5])


def test_a_line_that_is_no_object_is_left_out_and_named(read_bytes):
    found = read_bytes(LINE + "[1]\n" + LINE + '{"id":1\n' + "\n" + LINE.replace("1,", '"x",', 1), "jsonl")
    assert [(flaw.code, flaw.row) for flaw in found.log.flaws] == [("data-bad-row", 2), ("data-bad-row", 4)]
    assert (found.rows, found.wrong("id")) == (3, [5])


def test_a_text_in_another_encoding_costs_that_value_in_csv(read_bytes):
    found = read_bytes((HEADER + ROW).encode() + ROW.replace("a", "\xe9", 1).encode("latin-1"), "csv")
    assert [(flaw.code, flaw.row, flaw.column) for flaw in found.log.flaws] == [("data-bad-encoding", 2, "name")]
    assert (found.column("name"), found.wrong("name")) == (["a", None], [2])


def test_a_text_of_parquet_that_is_none_costs_that_value(read_bytes):
    offsets, data = pa.py_buffer(b"\0\0\0\0\2\0\0\0\7\0\0\0"), pa.py_buffer(b"\xff\xfebasic")
    names = pa.Array.from_buffers(pa.string(), 2, [None, offsets, data])
    out = io.BytesIO()
    pq.write_table(pa.table({"id": [1, 2], "name": names}), out)
    found = read_bytes(out.getvalue(), "parquet")
    assert [(flaw.code, flaw.row, flaw.column) for flaw in found.log.flaws] == [("data-bad-encoding", 1, "name")]
    assert (found.column("name"), found.wrong("name")) == ([None, "basic"], [1])


@pytest.mark.parametrize("rows", [0, 200_000])
def test_nothing_that_utf_16_leaves_behind_is_a_text(rows, read_bytes):
    found = read_bytes((HEADER + ROW * rows).encode() + ROW.replace("a", "a\0", 1).encode(), "csv")
    assert found.codes == (["data-bad-encoding"] if rows else ["data-corrupt"])
    assert found.wrong("name") == ([rows + 1] if rows else [])


def test_a_line_in_another_encoding_is_left_out(read_bytes):
    found = read_bytes(LINE.encode() + LINE.replace('"a"', '"\xe9"').encode("latin-1"), "jsonl")
    assert [(flaw.code, flaw.row) for flaw in found.log.flaws] == [("data-bad-encoding", 2)]
    assert found.rows == 1


@pytest.mark.parametrize(
    ("form", "content"),
    [
        ("csv", HEADER.replace("score,", "") + ROW.replace("2.5,", "")),
        ("jsonl", LINE.replace("score", "other")),
        ("parquet", parquet().replace(b"score", b"xcore")),
    ],
)
def test_a_column_that_is_gone_is_absent(form, content, read_bytes):
    found = read_bytes(content, form)
    assert frozenset({"score"}) in {chunk.absent for chunk in found.chunks}


def two_of_one_name():
    out = io.BytesIO()
    pq.write_table(pa.table([[1], [2], [0.5]], ["id", "id", "score"]), out)
    return out.getvalue()


def test_a_column_that_parquet_has_twice_is_not_read(read_bytes):
    found = read_bytes(two_of_one_name(), "parquet")
    assert found.codes == ["data-duplicate-column"]
    assert found.column("score") == [0.5]
    assert "id" in found.chunks[0].absent


def test_a_column_that_is_there_twice_is_not_read(read_bytes):
    found = read_bytes(HEADER.replace("score", "id") + ROW, "csv")
    assert found.codes == ["data-duplicate-column"]
    assert found.chunks[0].absent == {"id", "score"}


@pytest.mark.parametrize(("form", "content"), [("csv", HEADER), ("csv", HEADER.strip()), ("parquet", parquet(0))])
def test_no_rows_are_no_rows(form, content, read_bytes):
    found = read_bytes(content, form)
    assert (found.rows, found.codes) == (0, [])
    assert not found.chunks[0].absent


@pytest.mark.parametrize("divider", [";", "\t", "|"])
def test_the_header_tells_what_divides_values(divider, read_bytes):
    found = read_bytes((HEADER + ROW).replace(",", divider), "csv")
    assert found.column("score") == [2.5]


@pytest.mark.parametrize(
    "content", [HEADER + ROW, (HEADER + ROW).replace("\n", "\r\n"), "\ufeff" + HEADER + ROW, HEADER + ROW.strip()]
)
def test_line_ends_and_byte_order_marks_are_no_values(content, read_bytes):
    found = read_bytes(content, "csv")
    assert (found.column("id"), found.column("at")[0].year, found.codes) == ([1], 2024, [])


def test_many_flaws_are_counted_and_few_told(read_bytes):
    found = read_bytes(HEADER + "1,2\n" * 500, "csv")
    assert (found.log.bad_rows, len(found.log.flaws), found.log.untold) == (500, MAX_FLAWS, 500 - MAX_FLAWS)


def test_a_compressed_file_is_read_and_a_broken_one_is_told(read_bytes):
    content = gzip.compress((HEADER + ROW * 5000).encode(), mtime=0)
    assert read_bytes(content, "csv", name="rows.csv.gz").rows == 5000
    assert read_bytes(content[:-20], "csv", name="rows.csv.gz").stopped.code == "data-corrupt"
    assert read_bytes(b"id\n1\n", "csv", name="rows.csv.gz").stopped.code == "data-corrupt"


def test_a_compressed_file_may_be_as_large_as_it_likes(read_bytes):
    """What it holds is read a block at a time, and what is no row is no row of any length."""
    for content, code in ((b"1" * (100 << 20), "data-corrupt"), (b"\n" * (50 << 20), "data-empty")):
        assert read_bytes(gzip.compress(content, 1, mtime=0), "jsonl", name="rows.jsonl.gz").codes == [code]


def test_a_value_of_parquet_that_is_too_long_is_not_decoded(read_bytes):
    out = io.BytesIO()
    pq.write_table(pa.table({"name": ["x" * (40 << 20)]}), out, compression="zstd")
    assert len(out.getvalue()) < 100_000
    assert (found := read_bytes(out.getvalue(), "parquet")).codes == ["data-corrupt"]
    assert (found.stopped.column, found.rows) == ("name", 0)


def test_an_object_with_very_many_keys_or_levels_is_read(read_bytes):
    keys = "{" + ",".join(f'"c{index}":1' for index in range(50_000)) + "}\n"
    found = read_bytes(LINE + keys + "[" * 100_000 + "\n", "jsonl")
    assert (found.rows, found.codes) == (2, ["data-bad-row"])


class TestPlaces:
    def test_a_folder_is_read_in_the_order_of_its_files(self, tmp_path, read_all):
        for number in (2, 1):
            (tmp_path / f"part-{number}.csv").write_text(HEADER + ROW.replace("1,", f"{number},", 1))
        (tmp_path / "_SUCCESS").touch()
        (tmp_path / ".hidden.csv").write_text("x")
        assert read_all(tmp_path, "csv").column("id") == [1, 2]

    def test_a_pipe_is_not_waited_for(self, tmp_path, read_all):
        os.mkfifo(tmp_path / "rows.csv")
        assert read_all(tmp_path / "rows.csv", "csv").codes == ["data-unreachable"]
        assert read_all("/dev/zero", "parquet").codes == ["data-unreachable"]

    def test_a_folder_whose_files_have_different_columns_is_read_file_by_file(self, tmp_path, read_all):
        for number, columns in enumerate(["id,score", "score,id", "id,name", "id;score"]):
            divider = ";" if ";" in columns else ","
            (tmp_path / f"part-{number}.csv").write_text(f"{columns}\n{number}{divider}{number}\n")
        found = read_all(tmp_path, "csv")
        assert found.column("id") == [0, 1, 2, 3]
        assert ["score" in chunk.absent for chunk in found.chunks] == [False, False, True, False]

    def test_folders_tell_a_partition(self, tmp_path, read_all):
        for day in ("2024-01-01", "2024-01-02"):
            (tmp_path / f"day={day}").mkdir()
            pq.write_table(pa.table({"id": [1]}), tmp_path / f"day={day}" / "part.parquet")
        assert [str(day) for day in read_all(tmp_path, "parquet").column("day")] == ["2024-01-01", "2024-01-02"]

    def test_any_storage_of_fsspec_is_read(self, read_all):
        with MEMORY.open("/lake/rows.csv", "w") as file:
            file.write(HEADER + ROW)
        with MEMORY.open("/lake/rows.parquet", "wb") as file:
            file.write(parquet(5))
        assert read_all("memory://lake/rows.csv", "csv").column("id") == [1]
        assert read_all("memory://lake/rows.parquet", "parquet").rows == 5

    @pytest.mark.parametrize(
        ("uri", "form", "code"),
        [
            ("no-such-file.csv", "csv", "data-no-such-file"),
            ("nowhere://x.csv", "csv", "data-no-library"),
            ("rows", "iceberg", "data-format"),
            (".", "parquet", "data-no-such-file"),
        ],
    )
    def test_what_is_not_there_is_told(self, uri, form, code, tmp_path, monkeypatch, read_all):
        monkeypatch.chdir(tmp_path)
        assert read_all(uri, form).codes == [code]

    @pytest.mark.parametrize(
        ("uri", "package", "extra"),
        [
            ("s3://lake/rows/", "s3fs", "s3"),
            ("gs://lake/rows.parquet", "gcsfs", "gcs"),
            ("abfs://lake/rows.parquet", "adlfs", "azure"),
        ],
    )
    def test_a_storage_without_its_package_names_the_extra(self, uri, package, extra, monkeypatch, read_all):
        monkeypatch.setitem(sys.modules, package, None)
        stopped = read_all(uri, "parquet").stopped
        assert (stopped.code, stopped.file) == ("data-no-library", uri)
        assert stopped.message == f"{uri.partition(':')[0]}:// needs the extra `{extra}`"
        assert stopped.help == f"pip install 'lifespec[measure,{extra}]'"
        extras = tomllib.loads((Path(__file__).parents[3] / "pyproject.toml").read_text())["project"]
        assert any(need.startswith(package) for need in extras["optional-dependencies"][extra])

    def test_a_storage_that_fails_is_told(self, monkeypatch, read_all):
        with MEMORY.open("/lake/gone.csv", "w") as file:
            file.write(HEADER)

        def refuse(*_arguments, **_options):
            raise PermissionError(13, "denied")

        monkeypatch.setattr(MemoryFileSystem, "_open", refuse)
        assert read_all("memory://lake/gone.csv", "csv").codes == ["data-unreachable"]
