"""A file that is found without fsspec is the one that fsspec finds."""

from __future__ import annotations

import os
import pickle

import pytest

from lifespec_runtime.measure.reading.files import data_files
from lifespec_runtime.measure.reading.flaws import UnreadableError


@pytest.mark.parametrize(
    ("name", "form"),
    [
        ("rows.parquet", "parquet"),
        ("rows.PQ", "parquet"),
        ("rows.csv", "csv"),
        ("rows.json", "jsonl"),
        ("é.csv", "csv"),
    ],
)
def test_a_file_is_the_same_by_its_path_and_by_its_uri(tmp_path, monkeypatch, name, form):
    file = tmp_path / name
    file.write_bytes(b"x,y\n1,2\n")
    os.utime(file, (1_700_000_000.25, 1_700_000_000.25))
    (by_uri,) = data_files(f"file://{file}", form)
    monkeypatch.chdir(tmp_path)
    for path in (str(file), name, f"./{name}"):
        (found,) = data_files(path, form)
        assert found.name == path
        assert found[2:] == by_uri[2:]
        with pickle.loads(pickle.dumps(found)).open() as stream:  # noqa: S301 - our own
            assert stream.read() == b"x,y\n1,2\n"


def test_what_is_no_plain_file_is_left_to_fsspec(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "real.csv").write_bytes(b"x\n")
    (tmp_path / "link.csv").symlink_to("real.csv")
    (tmp_path / "folder.csv").mkdir()
    (tmp_path / "folder.csv" / "part.csv").write_bytes(b"x\n1\n")
    assert [found.size for found in data_files("link.csv", "csv")] == [2]
    assert [found.name for found in data_files("folder.csv", "csv")] == ["folder.csv/part.csv"]
    assert {found.size for found in data_files("[r]eal.csv", "csv")} == {2}
    for gone in ("gone.csv", "gone\0.csv"):
        with pytest.raises(UnreadableError):
            data_files(gone, "csv")
