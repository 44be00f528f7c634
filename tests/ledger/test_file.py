"""A ledger in a file: what it returns is there for good, whatever happens to the process, and whoever else writes."""

from __future__ import annotations

import errno
import fcntl
import json
import os
import re
import subprocess
import sys
import time
from pathlib import Path

import pytest

from ledger_story import story
from lifespec_compiler.engine.history import GapError
from lifespec_compiler.engine.ledger import MemoryLedger
from lifespec_runtime.ledger import file as files
from lifespec_runtime.ledger.errors import LedgerError
from lifespec_runtime.ledger.file import FileLedger, read
from lifespec_runtime.ledger.record import Subject

SUBJECT = Subject("growth", "churn")
ENTRIES = story()
LINE = 3


@pytest.fixture
def path(tmp_path) -> Path:
    return tmp_path / "churn.jsonl"


@pytest.fixture
def ledger(path) -> FileLedger:
    """A ledger with the first five entries."""
    found = FileLedger(path, SUBJECT)
    for entry in ENTRIES[:5]:
        found.append(entry)
    return found


@pytest.mark.parametrize("make", [lambda _path: MemoryLedger(), lambda path: FileLedger(path, SUBJECT)])
class TestEveryLedger:
    def test_what_is_appended_is_there_in_order(self, make, path):
        ledger = make(path)
        assert [ledger.append(entry) for entry in ENTRIES] == ENTRIES
        assert list(ledger.entries()) == ENTRIES

    def test_who_comes_second_gets_what_stands(self, make, path):
        ledger = make(path)
        ledger.append(ENTRIES[0])
        second = ENTRIES[0]._replace(reason="another decision")
        assert ledger.append(second) == ENTRIES[0]
        assert list(ledger.entries()) == ENTRIES[:1]

    def test_a_gap_is_refused(self, make, path):
        ledger = make(path)
        ledger.append(ENTRIES[0])
        for sequence in (0, -1, 3, 100):
            with pytest.raises(GapError):
                ledger.append(ENTRIES[0]._replace(sequence=sequence))
        assert list(ledger.entries()) == ENTRIES[:1]

    def test_it_may_begin_with_a_checkpoint_and_with_nothing_else(self, make, path):
        ledger = make(path)
        with pytest.raises(GapError):
            ledger.append(ENTRIES[3])
        checkpoint = ENTRIES[-1]
        after = ENTRIES[0]._replace(sequence=checkpoint.sequence + 1)
        assert ledger.append(checkpoint) == checkpoint
        assert ledger.append(after) == after
        assert ledger.append(after._replace(reason="late")) == after
        assert list(ledger.entries()) == [checkpoint, after]


def test_another_one_of_the_same_file_reads_what_was_appended_meanwhile(ledger, path):
    other = FileLedger(path, SUBJECT)
    assert list(other.entries()) == ENTRIES[:5]
    assert other.append(ENTRIES[5]) == ENTRIES[5]
    assert ledger.append(ENTRIES[5]._replace(reason="too late")) == ENTRIES[5]
    assert ledger.append(ENTRIES[6]) == ENTRIES[6]
    assert list(other.entries()) == ENTRIES[:7]
    assert read(path).entries == tuple(ENTRIES[:7])


def test_a_file_cut_off_anywhere_has_all_whole_lines_and_takes_the_next_entry(path):
    ledger = FileLedger(path, SUBJECT)
    for entry in ENTRIES[:2]:
        ledger.append(entry)
    whole = path.read_bytes()
    ends = [index + 1 for index, byte in enumerate(whole) if byte == ord("\n")]
    near = {end + step for end in ends for step in (-1, 0, 1)}
    for length in sorted({*range(0, len(whole), 7), *near} & set(range(len(whole)))):
        path.write_bytes(whole[:length])
        kept = sum(end <= length for end in ends)
        rest = length - ([0, *ends][kept])
        found = read(path)
        assert len(found.entries) == kept
        assert (found.torn.length if found.torn else 0) == rest
        if length % 5 == 0 or length in near:
            again = FileLedger(path, SUBJECT)
            assert again.append(ENTRIES[kept]) == ENTRIES[kept]
            assert [torn.length for torn in again.torn] == ([rest] if rest else [])
            assert path.read_bytes() == whole[: ends[kept]]
    assert ledger.torn == []


def test_reading_leaves_a_torn_tail_where_it_is_and_says_so(ledger, path):
    assert ledger.torn == []
    with path.open("ab") as file:
        file.write(b'{"apiVersion"')
    before = path.read_bytes()
    found = read(path)
    assert found.torn == (6, len('{"apiVersion"'))
    assert found.entries == tuple(ENTRIES[:5])
    assert path.read_bytes() == before


def broken(path: Path, change) -> LedgerError:
    """What is said of a ledger whose third line is changed."""
    lines = path.read_bytes().splitlines(keepends=True)
    path.write_bytes(b"".join([*lines[: LINE - 1], change(lines[LINE - 1]), *lines[LINE:]]))
    before = path.read_bytes()
    errors = []
    for use in (
        lambda: read(path),
        FileLedger(path, SUBJECT).entries,
        lambda: FileLedger(path, SUBJECT).append(ENTRIES[5]),
    ):
        with pytest.raises(LedgerError) as raised:
            use()
        errors.append(raised.value)
    assert path.read_bytes() == before
    assert len({str(error) for error in errors}) == 1
    return errors[0]


@pytest.mark.parametrize(
    ("change", "code", "column"),
    [
        pytest.param(lambda line: line[:40] + b"\n", "ledger-broken", 39, id="cut off in the middle of the file"),
        pytest.param(lambda _: b"\n", "ledger-broken", 1, id="an empty line"),
        pytest.param(lambda _: b"[]\n", "ledger-broken", 1, id="no object"),
        pytest.param(lambda line: b"\0" * (len(line) - 1) + b"\n", "ledger-broken", 1, id="zeros"),
        pytest.param(lambda line: line[:9] + b"\xff" + line[10:], "ledger-broken", 10, id="not UTF-8"),
        pytest.param(lambda line: b"[" * 100_000 + line, "ledger-broken", None, id="nested too deeply"),
        pytest.param(lambda line: line.replace(b'"sequence":3', b'"sequence":NaN'), "ledger-broken", 1, id="NaN"),
        pytest.param(lambda line: line.replace(b"{", b'{"kind":"x",', 1), "ledger-broken", 1, id="a key twice"),
        pytest.param(lambda line: b" " * (32 * 2**20) + line, "ledger-broken", None, id="very long"),
        pytest.param(lambda line: line.replace(b'"finish"', b'"finis"'), "ledger-broken", None, id="no such kind"),
        pytest.param(
            lambda line: line.replace(b'"lifecycle"', b'"extra":1,"lifecycle"'), "ledger-broken", None, id="extra"
        ),
        pytest.param(lambda line: line.replace(b"churn-3", b"churn-4"), "ledger-broken", None, id="another name"),
        pytest.param(
            lambda line: line.replace(b"2027-01-15T", b"2027-02-30T"), "ledger-broken", None, id="no such day"
        ),
        pytest.param(
            lambda line: re.sub(rb'"at":"[^"]*"', b'"at":"9999-12-31T23:59:59.999999999Z"', line),
            "ledger-broken",
            None,
            id="after the last second",
        ),
        pytest.param(lambda line: line.replace(b'"growth"', b'"other"'), "ledger-mixed", None, id="of another one"),
        pytest.param(lambda _: b"", "ledger-gap", None, id="a line is missing"),
        pytest.param(lambda line: line + line, "ledger-gap", None, id="a line stands twice"),
    ],
)
def test_whatever_else_is_broken_is_told_with_its_place_and_nothing_is_changed(ledger, path, change, code, column):
    assert ledger.torn == []
    found = broken(path, change)
    assert found.code == code
    assert found.file == str(path)
    assert found.line in (LINE, LINE + 1)
    if code == "ledger-broken" and found.line == LINE and column is not None:
        assert found.column == column


def test_a_change_of_a_value_points_at_it(ledger, path):
    assert ledger.torn == []
    line = path.read_bytes().splitlines()[LINE - 1]
    found = broken(path, lambda line: line.replace(b'"finish"', b'"finis"'))
    assert found.column == line.index(b'"finish"') + 1


def test_a_ledger_of_another_lifecycle_is_not_continued(ledger, path):
    assert ledger.torn == []
    for other in (Subject("growth", "fraud"), Subject("risk", "churn")):
        with pytest.raises(LedgerError, match="not of"):
            FileLedger(path, other).append(ENTRIES[5])


def obstacles(folder: Path) -> dict[str, Path]:
    """Things that are no file of their own."""
    (folder / "real.jsonl").touch()
    (folder / "link.jsonl").symlink_to("real.jsonl")
    (folder / "two.jsonl").touch()
    os.link(folder / "two.jsonl", folder / "hard.jsonl")
    (folder / "folder.jsonl").mkdir()
    os.mkfifo(folder / "pipe.jsonl")
    return {name: folder / f"{name}.jsonl" for name in ("link", "hard", "folder", "pipe")}


@pytest.mark.parametrize("name", ["link", "hard", "folder", "pipe"])
def test_only_a_file_of_its_own_is_read_or_written(name, tmp_path):
    path = obstacles(tmp_path)[name]
    with pytest.raises(LedgerError) as reading:
        read(path)
    with pytest.raises(LedgerError) as writing:
        FileLedger(path, SUBJECT).append(ENTRIES[0])
    assert (reading.value.code, writing.value.code) == ("ledger-not-read", "ledger-not-written")
    assert (tmp_path / "real.jsonl").read_bytes() == b""


def test_what_is_not_there_is_told(tmp_path):
    with pytest.raises(LedgerError, match="no such file"):
        read(tmp_path / "none.jsonl")
    with pytest.raises(LedgerError, match="no such file"):
        FileLedger(tmp_path / "none/none.jsonl", SUBJECT).append(ENTRIES[0])


def test_a_file_that_another_has_taken_the_place_of_is_not_written(ledger, path, tmp_path):
    path.rename(tmp_path / "moved.jsonl")
    with pytest.raises(LedgerError) as raised:
        ledger.append(ENTRIES[5])
    assert raised.value.code == "ledger-replaced"
    assert path.read_bytes() == b""


def test_a_file_that_was_shortened_is_not_written(ledger, path):
    os.truncate(path, 100)
    with pytest.raises(LedgerError) as raised:
        ledger.append(ENTRIES[5])
    assert raised.value.code == "ledger-replaced"
    assert path.stat().st_size == 100


class FullDisk:
    """The module `os` on a disk with room for so many bytes; or on one that cannot sync."""

    def __init__(self, room: int, *, syncs: bool = True) -> None:
        self.room, self.syncs = room, syncs

    def write(self, descriptor, data):
        if not self.room:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        taken, self.room = data[: self.room], max(0, self.room - len(data))
        return os.write(descriptor, taken)

    def fsync(self, descriptor):
        if not self.syncs:
            raise OSError(errno.EIO, os.strerror(errno.EIO))
        os.fsync(descriptor)

    def __getattr__(self, name):
        return getattr(os, name)


@pytest.mark.parametrize("disk", [FullDisk(0), FullDisk(100), FullDisk(10**6, syncs=False)])
def test_what_a_disk_does_not_take_is_told_and_leaves_nothing_behind(disk, ledger, path, monkeypatch):
    before = path.read_bytes()
    with monkeypatch.context() as patched:
        patched.setattr(files, "os", disk)
        with pytest.raises(LedgerError) as raised:
            ledger.append(ENTRIES[5])
    assert raised.value.code == "ledger-not-written"
    assert path.read_bytes() == before
    assert ledger.append(ENTRIES[5]) == ENTRIES[5]
    assert read(path).entries == tuple(ENTRIES[:6])


def test_a_folder_that_cannot_be_synced_is_told(path, monkeypatch):
    monkeypatch.setattr(files, "os", FullDisk(10**6, syncs=False))
    with pytest.raises(LedgerError, match="Input/output error") as raised:
        FileLedger(path, SUBJECT).append(ENTRIES[0])
    assert raised.value.code == "ledger-not-written"


class BrokenDisk:
    """The module `os` on a disk that fails after so many reads."""

    def __init__(self, reads: int) -> None:
        self.reads = reads

    def pread(self, descriptor, length, start):
        if not self.reads:
            raise OSError(errno.EIO, os.strerror(errno.EIO))
        self.reads -= 1
        return os.pread(descriptor, min(length, 100), start)

    def __getattr__(self, name):
        return getattr(os, name)


@pytest.mark.parametrize("reads", [0, 3])
def test_a_disk_that_fails_while_it_is_read_is_told(reads, ledger, path, monkeypatch):
    before = path.read_bytes()
    with monkeypatch.context() as patched:
        patched.setattr(files, "os", BrokenDisk(reads))
        with pytest.raises(LedgerError, match="Input/output error") as reading:
            read(path)
        patched.setattr(files, "os", BrokenDisk(reads))
        with pytest.raises(LedgerError, match="Input/output error"):
            FileLedger(path, SUBJECT).append(ENTRIES[5])
    assert reading.value.code == "ledger-not-read"
    assert path.read_bytes() == before
    assert ledger.append(ENTRIES[5]) == ENTRIES[5]


def test_what_no_line_can_be_is_neither_read_to_its_end_nor_cut_off(ledger, path):
    assert ledger.torn == []
    size = path.stat().st_size + 64 * 2**20
    os.truncate(path, size)  # a hole: zeros without a line feed
    for use in (lambda: read(path), lambda: FileLedger(path, SUBJECT).append(ENTRIES[5])):
        with pytest.raises(LedgerError, match="longer than 32 MiB") as raised:
            use()
        assert (raised.value.code, raised.value.line) == ("ledger-broken", 6)
    assert path.stat().st_size == size


def test_an_entry_that_no_document_can_say_is_not_written(ledger, path):
    before = path.read_bytes()
    with pytest.raises(LedgerError, match="stream"):
        ledger.append(ENTRIES[5]._replace(stream="with a space"))
    assert path.read_bytes() == before


class Calls:
    """The module `os`, and what of it was called."""

    def __init__(self) -> None:
        self.names: list[str] = []

    def __getattr__(self, name):
        self.names.append(name)
        return getattr(os, name)


def test_an_entry_and_the_file_itself_are_on_the_disk_when_append_returns(path, monkeypatch):
    calls = Calls()
    monkeypatch.setattr(files, "os", calls)
    ledger = FileLedger(path, SUBJECT)
    ledger.append(ENTRIES[0])
    assert calls.names.count("fsync") == 2  # the folder, and the line
    assert calls.names.index("fsync") < calls.names.index("write")
    calls.names.clear()
    ledger.append(ENTRIES[1])
    assert calls.names[-3:] == ["write", "fsync", "close"]


def test_what_others_wrote_is_on_the_disk_before_it_is_followed(ledger, path, monkeypatch):
    other = FileLedger(path, SUBJECT)
    calls = Calls()
    monkeypatch.setattr(files, "os", calls)
    assert len(other.entries()) == 5
    assert calls.names.count("fsync") == 2
    assert ledger.torn == []


def test_a_lock_that_is_never_given_back_is_told(ledger, path, monkeypatch):
    monkeypatch.setattr(files, "LONGEST_WAIT", 0.01)
    with path.open("rb") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        with pytest.raises(LedgerError) as raised:
            ledger.append(ENTRIES[5])
        with pytest.raises(LedgerError):
            read(path)
    assert raised.value.code == "ledger-busy"
    ledger.append(ENTRIES[5])


MANY = 60
RACERS = ("one", "two", "three")


def test_several_processes_give_each_sequence_once(path, pytestconfig):
    tests = pytestconfig.rootpath / "tests"
    environment = {**os.environ, "PYTHONPATH": str(tests)}
    racers = [
        subprocess.Popen(
            (sys.executable, str(tests / "ledger_racer.py"), str(path), name, str(MANY)),
            env=environment,
            stdout=subprocess.PIPE,
            encoding="utf-8",
        )
        for name in RACERS
    ]
    while not all(path.with_suffix(f".{name}").exists() for name in RACERS):
        assert all(racer.poll() is None for racer in racers)
        time.sleep(0.01)
    path.with_suffix(".go").touch()
    counts = [int(racer.communicate()[0]) for racer in racers]
    entries = read(path).entries
    assert [entry.sequence for entry in entries] == list(range(1, MANY + 1))
    assert counts == [sum(entry.reason == name for entry in entries) for name in RACERS]


def test_every_line_is_a_document_that_any_json_reader_reads(ledger, path):
    assert ledger.torn == []
    documents = [json.loads(line) for line in path.read_text("ascii").splitlines()]
    assert [document["metadata"]["name"] for document in documents] == [f"churn-{number}" for number in range(1, 6)]
    assert {document["kind"] for document in documents} == {"LifecycleDecision"}
