"""Links, pipes and folders in the way: reported, never followed, never replaced, not even with force."""

from __future__ import annotations

import os
import socket
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import pytest

from lifespec_compiler.emit.problems import WriteError
from lifespec_compiler.emit.write import check, write
from lifespec_compiler.manifest import Manifest

WANTED = [Manifest("a/b/c.txt", "ours"), Manifest("top.txt", "ours")]


@pytest.fixture
def outside(tmp_path: Path) -> Path:
    """A folder beside the output, with a file that must stay as it is."""
    folder = tmp_path / "outside"
    folder.mkdir()
    (folder / "c.txt").write_text("precious")
    return folder


def beside(out: Path) -> Path:
    return out.with_name("outside")


def link_folder(out: Path):
    (out / "a").symlink_to(beside(out))


def link_inner_folder(out: Path):
    (out / "a").mkdir()
    (out / "a/b").symlink_to("../../outside")


def link_to_a_folder_inside(out: Path):
    (out / "elsewhere").mkdir()
    (out / "a").symlink_to("elsewhere")


def dangling_folder(out: Path):
    (out / "a").symlink_to(beside(out) / "absent")


def link_file(out: Path):
    (out / "a/b").mkdir(parents=True)
    (out / "a/b/c.txt").symlink_to(beside(out) / "c.txt")


def link_to_equal_bytes(out: Path):
    (beside(out) / "equal").write_text("ours\n")
    (out / "a/b").mkdir(parents=True)
    (out / "a/b/c.txt").symlink_to(beside(out) / "equal")


def dangling_file(out: Path):
    (out / "a/b").mkdir(parents=True)
    (out / "a/b/c.txt").symlink_to(beside(out) / "absent")


def loop(out: Path):
    (out / "a").symlink_to("a")


def hard_link(out: Path):
    (out / "a/b").mkdir(parents=True)
    (out / "a/b/c.txt").hardlink_to(beside(out) / "c.txt")


def pipe(out: Path):
    (out / "a/b").mkdir(parents=True)
    os.mkfifo(out / "a/b/c.txt")


def unix_socket(out: Path):
    (out / "a/b").mkdir(parents=True)
    here = Path.cwd()
    os.chdir(out / "a/b")  # a socket's path may not be long
    try:
        with socket.socket(socket.AF_UNIX) as server:
            server.bind("c.txt")
    finally:
        os.chdir(here)


def folder_for_a_file(out: Path):
    (out / "a/b/c.txt").mkdir(parents=True)


def file_for_a_folder(out: Path):
    (out / "a").write_text("mine")


class Obstacle(NamedTuple):
    place: Callable[[Path], None]
    path: str
    message: str


CASES = [
    Obstacle(link_folder, "a", "is a symbolic link"),
    Obstacle(link_inner_folder, "a/b", "is a symbolic link"),
    Obstacle(link_to_a_folder_inside, "a", "is a symbolic link"),
    Obstacle(dangling_folder, "a", "is a symbolic link"),
    Obstacle(loop, "a", "is a symbolic link"),
    Obstacle(link_file, "a/b/c.txt", "is a symbolic link"),
    Obstacle(link_to_equal_bytes, "a/b/c.txt", "is a symbolic link"),
    Obstacle(dangling_file, "a/b/c.txt", "is a symbolic link"),
    Obstacle(hard_link, "a/b/c.txt", "has more than one hard link"),
    Obstacle(pipe, "a/b/c.txt", "is not a regular file"),
    Obstacle(unix_socket, "a/b/c.txt", "is not a regular file"),
    Obstacle(folder_for_a_file, "a/b/c.txt", "is a folder"),
    Obstacle(file_for_a_folder, "a", "is not a folder"),
]


@pytest.mark.parametrize("force", [False, True], ids=["plain", "with force"])
@pytest.mark.parametrize("obstacle", CASES, ids=[case.place.__name__ for case in CASES])
def test_an_obstacle_is_reported_and_nothing_is_written(tmp_path: Path, outside: Path, obstacle: Obstacle, force: bool):
    out = tmp_path / "out"
    out.mkdir()
    obstacle.place(out)
    before = sorted(str(entry) for entry in tmp_path.rglob("*"))
    with pytest.raises(WriteError) as error:
        write(out, WANTED, force=force)
    (problem,) = error.value.problems
    assert problem.path == obstacle.path
    assert problem.message.startswith(obstacle.message)
    assert problem.help
    with pytest.raises(WriteError):
        check(out, WANTED)
    assert sorted(str(entry) for entry in tmp_path.rglob("*")) == before
    assert (outside / "c.txt").read_text() == "precious"


@pytest.mark.parametrize("obstacle", CASES, ids=[case.place.__name__ for case in CASES])
@pytest.mark.parametrize("force", [False, True], ids=["plain", "with force"])
def test_a_stale_file_that_was_replaced_by_an_obstacle_stays(
    tmp_path: Path, outside: Path, obstacle: Obstacle, force: bool
):
    out = tmp_path / "out"
    write(out, WANTED)
    (out / "a/b/c.txt").unlink()
    (out / "a/b").rmdir()
    (out / "a").rmdir()
    (outside / "b").mkdir()
    (outside / "b/c.txt").write_text("ours\n")
    obstacle.place(out)
    before = sorted(str(entry) for entry in tmp_path.rglob("*"))
    result = write(out, WANTED[1:], force=force)
    assert [problem.path for problem in result.kept] == ["a/b/c.txt"]
    assert obstacle.message in result.kept[0].message
    assert sorted(str(entry) for entry in tmp_path.rglob("*")) == before
    assert (outside / "c.txt").read_text() == "precious"
    assert (outside / "b/c.txt").read_text() == "ours\n"


@pytest.mark.parametrize("name", [".lifespec-files.json", ".lifespec-pending.json"])
def test_the_lists_themselves_may_not_be_links(tmp_path: Path, outside: Path, name: str):
    (outside / "list").write_text("{}\n")
    out = tmp_path / "out"
    out.mkdir()
    (out / name).symlink_to(outside / "list")
    with pytest.raises(WriteError, match="is a symbolic link"):
        write(out, WANTED)
    assert [entry.name for entry in out.iterdir()] == [name]


def test_a_link_planted_under_the_temporary_name_is_not_followed(tmp_path: Path, outside: Path, run_writer):
    leftovers: set[Path] = set()
    for step in range(5, 30):
        probe = tmp_path / f"probe{step}"
        run_writer(probe, "old", "--kill", str(step))
        leftovers |= {path.relative_to(probe) for path in probe.rglob(".lifespec-*.tmp")}
    assert len(leftovers) > 5
    out = tmp_path / "out"
    for name in leftovers:
        (out / name).parent.mkdir(parents=True, exist_ok=True)
        (out / name).symlink_to(outside / "c.txt")
    done = run_writer(out, "old")
    assert done.returncode == 0, done.stderr
    assert (outside / "c.txt").read_text() == "precious"
    assert not list(out.rglob(".lifespec-*.tmp"))


def test_a_folder_that_the_user_gives_as_a_link_is_resolved_once(tmp_path: Path):
    real = tmp_path / "real"
    real.mkdir()
    (tmp_path / "link").symlink_to("real")
    assert write(tmp_path / "link", WANTED).written == ("a/b/c.txt", "top.txt")
    assert (real / "a/b/c.txt").read_text() == "ours\n"
    assert check(tmp_path / "link", WANTED) == []


@pytest.mark.parametrize("kind", ["file", "dangling link"])
def test_an_output_folder_that_is_no_folder_is_reported(tmp_path: Path, kind: str):
    out = tmp_path / "out"
    out.write_text("mine") if kind == "file" else out.symlink_to("absent")
    with pytest.raises(WriteError) as error:
        write(out, WANTED)
    assert [problem.path for problem in error.value.problems] == [""]
    assert sorted(entry.name for entry in tmp_path.iterdir()) == ["out"]
