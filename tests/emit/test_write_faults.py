"""Runs that are killed or fail at any step: each file is old or new, nothing is left over, the next run finishes."""

from __future__ import annotations

import errno
import os
import runpy
import shutil
import signal
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from lifespec_compiler.emit.write import check, write

WRITER = runpy.run_path(str(Path(__file__).with_name("writer.py")))
OLD, NEW = WRITER["manifests"]("old"), WRITER["manifests"]("new")


def outputs(folder: Path) -> dict[str, str]:
    """The files by path, without lifespec's own lists and temporary files."""
    files = (path for path in folder.rglob("*") if path.is_file() and not path.name.startswith(".lifespec-"))
    return {path.relative_to(folder).as_posix(): path.read_text() for path in files}


def contents(manifests) -> dict[str, str]:
    return {manifest.path: manifest.content + "\n" for manifest in manifests}


def assert_each_file_is_old_or_new(folder: Path):
    old, new = contents(OLD), contents(NEW)
    found = outputs(folder)
    for path in {*old, *new, *found}:
        assert found.get(path) in {old.get(path), new.get(path)}, path
    return found


@pytest.fixture(scope="module")
def steps(tmp_path_factory, run_writer) -> int:
    """How many steps the write from old to new takes, so that a fault can be placed at each."""
    folder = tmp_path_factory.mktemp("count")
    write(folder, OLD)
    return int(run_writer(folder, "new").stdout)


def test_a_kill_at_any_step_leaves_each_file_old_or_new_and_the_next_run_finishes(
    tmp_path: Path, run_writer, steps: int
):
    assert steps > 20
    seen = set()
    for step in range(1, steps + 1):
        out = tmp_path / str(step)
        write(out, OLD)
        (out / "mine.txt").write_text("mine")
        done = run_writer(out, "new", "--kill", str(step))
        assert done.returncode == -signal.SIGKILL, done
        (out / "mine.txt").unlink()
        found = assert_each_file_is_old_or_new(out)
        seen.add(frozenset(found.items()))
        assert check(out, NEW), "a run that did not end must not look fresh"
        # The spec may have changed since: going back must work as well as going on.
        wanted = OLD if step % 2 else NEW
        result = write(out, wanted)
        assert result.kept == ()
        assert check(out, wanted) == []
        assert outputs(out) == contents(wanted)
        assert not list(out.rglob(".lifespec-*.tmp")), step
        assert not (out / ".lifespec-pending.json").exists()
    assert len(seen) > 4, "kills between renames must have been among them"


def test_a_kill_while_recovering_from_a_kill_is_no_worse(tmp_path: Path, run_writer, steps: int):
    for first in range(steps // 2, steps + 1, 4):
        for second in range(1, 12, 2):
            out = tmp_path / f"{first}-{second}"
            write(out, OLD)
            run_writer(out, "new", "--kill", str(first))
            run_writer(out, "old", "--kill", str(second))
            assert_each_file_is_old_or_new(out)
            assert write(out, NEW).kept == ()
            assert outputs(out) == contents(NEW)
            assert not list(out.rglob(".lifespec-*.tmp")), (first, second)


def test_a_failure_of_the_system_at_any_step_is_a_typed_error_and_leaves_nothing_over(
    tmp_path: Path, run_writer, steps: int
):
    for step in range(1, steps + 1):
        number = (errno.ENOSPC, errno.EIO, errno.EACCES)[step % 3]
        out = tmp_path / str(step)
        write(out, OLD)
        done = run_writer(out, "new", "--fail", str(step), str(number))
        assert done.returncode == 3, (step, done)
        assert os.strerror(number) in done.stdout
        found = assert_each_file_is_old_or_new(out)
        assert not list(out.rglob(".lifespec-*.tmp")), step
        if found == contents(OLD):
            assert not (out / "deep").exists(), step
        wanted = OLD if step % 2 else NEW
        assert write(out, wanted).kept == ()
        assert outputs(out) == contents(wanted)
        assert check(out, wanted) == []


def test_all_bytes_are_on_the_disk_before_the_first_name_changes_and_all_names_before_the_inventory(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    write(tmp_path, OLD)
    fsync, replace = os.fsync, os.replace
    events: list[tuple[str, int | str]] = []

    def watched_fsync(descriptor):
        fsync(descriptor)
        events.append(("synced", os.fstat(descriptor).st_ino))

    def watched_replace(source, target, *, src_dir_fd, dst_dir_fd):
        events.append((target, os.stat(source, dir_fd=src_dir_fd).st_ino))
        replace(source, target, src_dir_fd=src_dir_fd, dst_dir_fd=dst_dir_fd)

    monkeypatch.setattr(os, "fsync", watched_fsync)
    monkeypatch.setattr(os, "replace", watched_replace)
    changed = write(tmp_path, NEW).written
    renames = [index for index, (name, _) in enumerate(events) if name != "synced"]
    names = [events[index][0] for index in renames]
    assert names == [".lifespec-pending.json", *(Path(path).name for path in changed), ".lifespec-files.json"]
    for index in renames:
        assert ("synced", events[index][1]) in events[:index], events[index]
    first, last = renames[1], renames[-2]
    assert last - first == len(changed) - 1, "nothing is waited for between the renames"
    folders = {tmp_path, *((tmp_path / path).parent for path in changed), tmp_path / "deep"}
    assert {folder.stat().st_ino for folder in folders} <= {inode for _, inode in events[last : renames[-1]]}
    assert events[-1] == ("synced", tmp_path.stat().st_ino)


def test_a_file_system_that_takes_no_more_bytes_changes_nothing(tmp_path: Path, run_writer, picture):
    write(tmp_path, OLD)
    before = picture(tmp_path)
    done = run_writer(tmp_path, "new", "--largest", "4000")
    assert done.returncode == 3, done
    assert "z.txt\tcannot be read or written: File too large" in done.stdout
    assert picture(tmp_path) == before


@pytest.fixture
def folder_of_another_user() -> Iterator[tuple[Path, list[str]]]:
    """A folder that the writer may read but not change, and the options that make it so also for the superuser."""
    folder = Path(tempfile.mkdtemp())
    is_superuser = os.geteuid() == 0
    folder.chmod(0o555)
    yield folder, ["--user", "65534"] if is_superuser else []
    folder.chmod(0o755)
    shutil.rmtree(folder)


def test_a_folder_without_write_permission_is_a_typed_error(folder_of_another_user, run_writer):
    folder, options = folder_of_another_user
    done = run_writer(folder, "old", *options)
    assert done.returncode == 3, done
    assert "Permission denied\tcheck the permissions" in done.stdout
    assert list(folder.iterdir()) == []
