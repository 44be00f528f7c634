"""An output folder that cannot take the files, or is not ours: one coded error, and nothing half-written."""

from __future__ import annotations

import os
import resource
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from hostile.conftest import SPEC


def picture(folder: Path) -> dict[str, object]:
    """Every entry below a folder: bytes of files, targets of links, None for all else."""
    found: dict[str, object] = {}
    for path in sorted(folder.rglob("*")):
        name = path.relative_to(folder).as_posix()
        found[name] = str(path.readlink()) if path.is_symlink() else path.read_bytes() if path.is_file() else None
    return found


@pytest.fixture
def compiled(repository, told) -> Path:
    """The output of an earlier run; the spec has changed since."""
    assert told("compile").exit_code == 0
    change(repository)
    return repository / "generated"


def change(repository: Path) -> None:
    text = (repository / SPEC).read_text()
    (repository / SPEC).write_text(text.replace("growth-ml@example.com", "other@example.com").replace("120ms", "90ms"))


@pytest.fixture
def small_disk(tmp_path) -> Iterator[Callable[[int], Path]]:
    """`small_disk(kilobytes)` is a folder on a file system of that size; skips where nobody may mount one."""
    mounted: list[Path] = []

    def mount(kilobytes: int) -> Path:
        folder = tmp_path / "disk"
        folder.mkdir()
        program = shutil.which("mount")
        if program is None or os.geteuid() != 0:
            pytest.skip("only the superuser mounts file systems")
        options = [program, "-t", "tmpfs", "-o", f"size={kilobytes}k", "tmpfs", str(folder)]
        if subprocess.run(options, capture_output=True, check=False).returncode:
            pytest.skip("this machine lets nobody mount file systems")
        mounted.append(folder)
        return folder

    yield mount
    for folder in mounted:
        subprocess.run([shutil.which("umount") or "umount", str(folder)], check=True)


@pytest.mark.usefixtures("repository")
@pytest.mark.parametrize("kilobytes", [8, 40, 120, 240])
def test_a_full_disk_is_an_error_and_nothing_is_half_written(kilobytes, told, small_disk):
    out = small_disk(kilobytes) / "out"
    done = told("compile", "--out", str(out))
    assert done.codes == {"write-failed"}
    assert done.exit_code == 2
    assert picture(out) == {} or not out.exists()
    assert "No space left on device" in done.findings[0]["message"]


def test_a_disk_that_is_full_for_the_new_files_keeps_the_old_ones(repository, told, small_disk):
    disk = small_disk(1200)
    assert told("compile", "--out", str(disk / "out")).exit_code == 0
    before = picture(disk / "out")
    (disk / "filler").write_bytes(b"x" * (shutil.disk_usage(disk).free - 4096))
    change(repository)
    done = told("compile", "--out", str(disk / "out"))
    assert done.codes == {"write-failed"}
    assert picture(disk / "out") == before
    (disk / "filler").unlink()
    assert told("compile", "--out", str(disk / "out")).exit_code == 0
    assert told("compile", "--check", "--out", str(disk / "out")).exit_code == 0


LIMITS = {
    "files of 100 bytes": (resource.RLIMIT_FSIZE, 100),
    "files of nothing": (resource.RLIMIT_FSIZE, 0),
    "files of 3,000 bytes": (resource.RLIMIT_FSIZE, 3000),
    "twelve open files": (resource.RLIMIT_NOFILE, 12),
    "eight open files": (resource.RLIMIT_NOFILE, 8),
}


@pytest.mark.parametrize("limit", LIMITS)
def test_what_the_system_does_not_give_is_an_error_or_not_needed(limit, compiled, process, told):
    before = picture(compiled)
    name, value = LIMITS[limit]
    done = process("compile", preexec_fn=lambda: resource.setrlimit(name, (value, value)))
    assert b"Traceback" not in done.stderr
    assert done.returncode in (0, 2)
    if done.returncode:
        assert b"error[write-failed]" in done.stderr
        assert picture(compiled) == before
    assert told("compile").exit_code == 0
    assert told("compile", "--check").exit_code == 0


AS_NOBODY = """
import os, sys
from click.testing import CliRunner
from lifespec_runtime.cli import app, main
CliRunner().invoke(app.lifespec, ["compile", "--check", "--format", "json"])  # loads every module
os.geteuid() or os.setuid(65534)
main()
"""


@pytest.mark.parametrize("what", [".", "production/growth/churn", "production/growth/churn/apply"])
def test_a_folder_that_may_not_be_written_is_an_error(what, open_repository, told):
    told("compile")
    change(open_repository)
    compiled = open_repository / "generated"
    for path in compiled.rglob("*"):
        path.chmod(0o777 if path.is_dir() else 0o666)
    compiled.chmod(0o777)
    (compiled / what).chmod(0o555)
    before = picture(compiled)
    command = [sys.executable, "-B", "-c", AS_NOBODY, "compile"]
    done = subprocess.run(command, capture_output=True, encoding="utf-8", check=False, timeout=120)
    assert "Traceback" not in done.stderr
    assert "write-failed" in done.stderr, done
    assert "Permission denied" in done.stderr
    assert done.returncode == 2
    assert picture(compiled) == before


def link_out(path: Path, outside: Path) -> None:
    shutil.move(path, outside / "moved")
    path.symlink_to(outside / "moved")


def hard_link(path: Path, outside: Path) -> None:
    (outside / "second").hardlink_to(path)


def pipe(path: Path, _outside: Path) -> None:
    path.unlink()
    os.mkfifo(path)


def folder(path: Path, _outside: Path) -> None:
    path.unlink()
    path.mkdir()


def edited(path: Path, _outside: Path) -> None:
    path.write_text("mine\n")


FILE, FOLDER = "production/growth/churn/apply/lifecycle.yaml", "production/growth"
TRAPS = {
    "a file that is a link": (FILE, link_out),
    "a file with a second name": (FILE, hard_link),
    "a file that is a pipe": (FILE, pipe),
    "a file that is a folder": (FILE, folder),
    "a file that somebody edited": (FILE, edited),
    "a folder that is a link": (FOLDER, link_out),
    "the outermost folder that is a link": ("production", link_out),
    "the record that is a link": (".lifespec-files.json", link_out),
    "the record that is a folder": (".lifespec-files.json", folder),
    "the record that somebody edited": (".lifespec-files.json", edited),
}


@pytest.mark.parametrize("trap", TRAPS)
def test_what_stands_in_the_place_of_a_file_of_ours_is_never_touched(trap, compiled, repository, told):
    path, put = TRAPS[trap]
    outside = repository / "outside"
    outside.mkdir()
    put(compiled / path, outside)
    before = picture(repository)
    done = told("compile")
    assert done.codes == {"write-failed"}
    assert done.exit_code == 2
    assert picture(repository) == before
    assert told("compile", "--check").exit_code in (1, 2)
    assert picture(repository) == before


FOREIGN = {
    "a hidden file": ".git/config",
    "a file among ours": "production/growth/churn/apply/mine.yaml",
    "a file beside ours": "README.md",
    "a folder of somebody's": "other/deep/er/file.txt",
    "what looks like a temporary file of ours": "production/.lifespec-mine.tmp",
    "a file of an environment that is not compiled": "test/growth/churn/apply/lifecycle.yaml",
}


@pytest.mark.parametrize("foreign", FOREIGN)
def test_files_of_others_in_the_output_are_let_be(foreign, compiled, repository, told):
    path = compiled / FOREIGN[foreign]
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("mine")
    (path.parent / "link").symlink_to("/etc/hostname")
    assert told("compile").exit_code == 0
    assert told("compile", "--force").exit_code == 0
    (repository / SPEC).unlink()
    (repository / "specs/other.yaml").write_text("kind: Pod\n")
    told("compile")
    assert path.read_text() == "mine"
    assert (path.parent / "link").is_symlink()
