"""Files that are not what they seem, named or found: lint and compile say so in the same words, and write nothing."""

from __future__ import annotations

import json
import os
import shutil
import socket
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from hostile.conftest import PROJECT, SPEC
from lifespec_schema.loader.limits import MAX_FILE_BYTES, MAX_FOLDER_BYTES

MODEL, OTHER = "specs/churn/model.yaml", "specs/other/lifecycle.yaml"
Place = Callable[[Path], object]


def replaced_by(place: Place) -> Place:
    """Put something else in place of a file."""

    def replace(path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.unlink(missing_ok=True)
        place(path)

    return replace


def unix_socket(path: Path) -> None:
    here = Path.cwd()
    os.chdir(path.parent)  # a socket's path may not be long
    try:
        with socket.socket(socket.AF_UNIX) as server:
            server.bind(path.name)
    finally:
        os.chdir(here)


def sparse(path: Path) -> None:
    with path.open("wb") as file:
        file.truncate(1 << 40)


KINDS: dict[str, tuple[Place, str]] = {
    "a link to nowhere": (lambda path: path.symlink_to("nowhere"), "no-such-file"),
    "a link to itself": (lambda path: path.symlink_to(path.name), "unreadable-file"),
    "a link out of the repository": (lambda path: path.symlink_to("/etc/hostname"), "outside-repository"),
    "a link upwards and out": (lambda path: path.symlink_to("../" * 40 + "etc/hostname"), "outside-repository"),
    "a link to a device": (lambda path: path.symlink_to("/dev/zero"), "outside-repository"),
    "a link to a terminal": (lambda path: path.symlink_to("/dev/tty"), "outside-repository"),
    "a link to a process's own": (lambda path: path.symlink_to("/proc/self/environ"), "outside-repository"),
    "a link of 4,000 letters": (lambda path: path.symlink_to("x/" * 2000), "no-such-file"),
    "a link through a file": (
        lambda path: (path.with_suffix(".plain").touch(), path.symlink_to(path.with_suffix(".plain").name + "/x")),
        "unreadable-file",
    ),
    "a pipe": (os.mkfifo, "unreadable-file"),
    "a link to a pipe": (
        lambda path: (os.mkfifo(path.with_suffix(".pipe")), path.symlink_to(path.with_suffix(".pipe").name)),
        "unreadable-file",
    ),
    "a socket": (unix_socket, "unreadable-file"),
    "a terabyte of nothing": (sparse, "file-too-large"),
    "one byte too many": (lambda path: path.write_bytes(b"#" * (MAX_FILE_BYTES + 1)), "file-too-large"),
    "only NULs": (lambda path: path.write_bytes(b"\0" * 100), "invalid-utf8"),
    "an archive": (lambda path: path.write_bytes(b"\x1f\x8b\x08\0\0\0\0\0\0\3"), "control-character"),
    "a program": (lambda path: path.write_bytes(Path(sys.executable).read_bytes()[:4096]), "invalid-utf8"),
    "nothing": (lambda path: path.write_bytes(b""), "empty-document"),
    "UTF-16": (lambda path: path.write_bytes("a: b".encode("utf-16")), "invalid-utf8"),
    "UTF-32": (lambda path: path.write_bytes("a: b".encode("utf-32")), "invalid-utf8"),
    "a page of HTML": (lambda path: path.write_text("<!DOCTYPE html>\n<html>: {"), "yaml-syntax"),
    "a pickle": (lambda path: path.write_bytes(b"\x80\x04\x95\x02\0\0\0"), "invalid-utf8"),
}
PLACES = {
    "a spec": SPEC,
    "a model version": MODEL,
    "a file beside": "specs/churn/more.yml",
    "the project file": "lifespec.yaml",
}


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("kind", KINDS)
def test_a_file_that_is_none_of_ours_is_an_error_wherever_it_stands(kind, place, repository, both):
    put, code = KINDS[kind]
    replaced_by(put)(repository / PLACES[place])
    told = both()
    assert (code, PLACES[place]) in {(found["rule"], found["file"]) for found in told.findings}


@pytest.mark.skipif(os.geteuid() != 0, reason="only the superuser makes devices")
def test_a_device_is_not_opened(repository, both):
    (repository / SPEC).unlink()
    try:
        os.mknod(repository / SPEC, 0o20600, os.makedev(1, 5))  # what /dev/zero is
    except PermissionError:
        pytest.skip("this machine lets nobody make devices")
    assert "unreadable-file" in both().codes


FOLDERS: dict[str, tuple[Callable[[Path], object], set[str]]] = {
    "a folder with a file's name": (lambda root: (root / "specs/dir.yaml").mkdir(), set()),
    "a folder with a file's name that holds a bad spec": (
        lambda root: ((root / "specs/dir.yaml").mkdir(), (root / "specs/dir.yaml/x.yaml").write_text("a: [")),
        {"yaml-syntax"},
    ),
    "a folder with the project file's name": (
        lambda root: ((root / "lifespec.yaml").unlink(), (root / "lifespec.yaml").mkdir()),
        {"unreadable-file"},
    ),
    "a folder in the model version's place": (lambda root: (root / MODEL).mkdir(), set()),
    "a link to a folder around": (lambda root: (root / "specs/loop").symlink_to(".."), set()),
    "a link with a file's name to a folder around": (lambda root: (root / "specs/loop.yaml").symlink_to(".."), set()),
    "a hidden bad spec": (lambda root: (root / "specs/.hidden.yaml").write_text("a: ["), set()),
    "300 folders in each other": (
        lambda root: (root / "specs").joinpath(*"d" * 300).mkdir(parents=True),
        set(),
    ),
    "2,000 empty files": (
        lambda root: [(root / f"specs/churn/{number}.txt").touch() for number in range(2000)],
        set(),
    ),
    "500 documents of others": (
        lambda root: (root / "specs/many.yaml").write_text("---\n".join(["kind: Pod\n"] * 500)),
        set(),
    ),
    "20,000 documents of nothing": (
        lambda root: (root / "specs/many.yaml").write_text("---\n" * 20_000),
        {"empty-document", "too-many-findings"},
    ),
    "60 spellings of a name": (
        lambda root: [
            ((root / f"specs/s{number}").mkdir(), shutil.copy(root / SPEC, root / f"specs/s{number}/lifecycle.yaml"))
            for number in range(60)
        ],
        {"duplicate-lifecycle"},
    ),
}


@pytest.mark.parametrize("case", FOLDERS)
def test_folders_that_are_strange_are_walked_to_their_end(case, repository, told):
    put, codes = FOLDERS[case]
    put(repository)
    assert told("lint", "--fail-on", "error").codes == codes
    compiled = told("compile")
    assert compiled.codes == codes
    assert compiled.exit_code == bool(codes) + ("unreadable-file" in codes)
    assert (repository / "generated").exists() is not bool(codes)


STRANGE = {
    "a line end": "a\nb",
    "an escape of the terminal": "\x1b[2Jx",
    "a reversed direction": "\u202elmay",
    "a space": "a b",
    "a quote": "a'b\"c",
    "a command": "$(touch owned)",
    "an expression of GitHub": "${{ github.token }}",
    "a leading dash": "-rf",
    "not UTF-8": os.fsdecode(b"\xff\xfe"),
    "another normal form": "e\u0301",
    "a backslash": "a\\b",
    "Markdown": "[x](y)",
    "a name of Windows": "CON",
    "200 letters": "x" * 200,
}


@pytest.mark.parametrize("name", STRANGE.values(), ids=STRANGE)
def test_strange_names_of_files_and_folders_are_told_safely(name, repository, told, text_of):
    folder = repository / "specs" / name
    folder.mkdir()
    (folder / f"{name}.yaml").write_text("a: [")
    shutil.copy(repository / SPEC, folder / "lifecycle.yaml")
    assert told("lint").codes == told("compile").codes == {"yaml-syntax", "duplicate-lifecycle"}
    for arguments in (("lint",), ("compile",), ("lint", f"specs/{name}")):
        shown = text_of(*arguments)
        assert all(character.isprintable() or character == "\n" for character in shown), ascii(shown)
        assert "yaml-syntax" in shown
    assert not (repository / "owned").exists()


@pytest.mark.parametrize("name", STRANGE.values(), ids=STRANGE)
def test_a_sound_spec_in_a_strange_folder_compiles_for_every_target_or_is_refused_by_name(name, repository, told):
    (repository / "specs/churn").rename(repository / "specs" / name)
    (repository / "lifespec.yaml").write_text(
        PROJECT
        + "  ci: github\n  repository: {kind: github, url: https://github.com/example/models, branch: main}\n"
        + "  defaults: {artifacts: {uri: s3://artifacts/, secretRef: artifacts}}\n  runner: ci\n"
    )
    compiled = told("compile", "--target", "kubernetes", "--target", "github", "--target", "docs")
    assert compiled.codes <= {"unsupported-value"}
    for file in (repository / ".github").rglob("*.yml"):
        assert name not in file.read_text() or name in ("CON", "x" * 200)


def filler(size=MAX_FILE_BYTES):
    return b"# " + b"x" * (size - 3) + b"\n"


def test_more_bytes_in_one_folder_than_are_read_together_is_an_error(repository, both):
    for number in range(MAX_FOLDER_BYTES // MAX_FILE_BYTES + 1):
        (repository / f"specs/churn/{number}.yaml").write_bytes(filler())
    assert "folder-too-large" in both().codes


def test_as_many_bytes_in_several_folders_are_none(repository, told, monkeypatch):
    monkeypatch.setattr("lifespec_runtime.local.workspace.MAX_FOLDER_BYTES", 100_000)
    for number in range(4):
        (repository / f"specs/{number}").mkdir()
        (repository / f"specs/{number}/more.yaml").write_bytes(filler(90_000) + b"kind: ConfigMap\n")
    assert told("lint").codes == told("compile").codes == set()
    (repository / "specs/1/again.yaml").write_bytes(filler(90_000) + b"kind: ConfigMap\n")
    assert told("lint").codes == told("compile").codes == {"folder-too-large"}


SWAPPED = {
    "removed": ("os.unlink(path)", "no-such-file"),
    "made a pipe": ("os.unlink(path); os.mkfifo(path)", "unreadable-file"),
    "made a link out of the repository": ("os.unlink(path); os.symlink('/etc/hostname', path)", "unreadable-file"),
    "made a folder": ("os.unlink(path); os.mkdir(path)", "unreadable-file"),
    "made unreadable": ("os.chmod(path, 0); os.geteuid() or os.setuid(65534)", "unreadable-file"),
    "cut short": ("os.truncate(path, 40)", "yaml-syntax"),
    "made huge": ("os.truncate(path, 1 << 40)", "file-too-large"),
}
HAVING_LOADED_ALL = """
import os, shutil, sys
from click.testing import CliRunner
from lifespec_runtime.cli import app, main
for command in ("lint", "compile"):  # so that no module is loaded later, by somebody who may not read it
    CliRunner().invoke(app.lifespec, [command, "--format", "json"])
shutil.rmtree("generated", ignore_errors=True)
"""
SWAP = """
done = False
def swap(event, arguments):
    global done
    if event == "open" and str(arguments[0]).endswith("lifecycle.yaml") and not done:
        done, path = True, arguments[0]
        {what}
sys.addaudithook(swap)
main()
"""


@pytest.mark.parametrize("command", ["lint", "compile"])
@pytest.mark.parametrize("case", SWAPPED)
def test_a_file_that_is_another_one_when_it_is_opened_is_an_error(case, command, open_repository):
    what, code = SWAPPED[case]
    for path in open_repository.rglob("*"):
        path.chmod(0o777)
    script = HAVING_LOADED_ALL + SWAP.format(what=what)
    swap = [sys.executable, "-B", "-c", script, command, "--format", "json"]
    done = subprocess.run(swap, capture_output=True, encoding="utf-8", check=False, timeout=120)
    assert f'"rule": "{code}"' in done.stdout, done
    assert "Traceback" not in done.stderr
    assert "Traceback" not in done.stdout
    assert done.returncode in (1, 2)
    assert not (open_repository / "generated").exists()


@pytest.fixture
def unreadable(open_repository) -> Callable[[str], subprocess.CompletedProcess[str]]:
    """`unreadable(path)` takes the permission to read from a file or folder and lints as somebody without it."""

    def run(path: str) -> subprocess.CompletedProcess[str]:
        script = f"{HAVING_LOADED_ALL}\nos.chmod({path!r}, 0); os.geteuid() or os.setuid(65534)\nmain()"
        lint = [sys.executable, "-B", "-c", script, "lint", "--format", "json"]
        try:
            return subprocess.run(lint, capture_output=True, encoding="utf-8", check=False, timeout=120)
        finally:
            (open_repository / path).chmod(0o755)

    return run


@pytest.mark.parametrize("path", [SPEC, "specs/churn", "specs", "lifespec.yaml", "contracts", "contracts/x.odcs.yaml"])
def test_what_may_not_be_read_is_an_error(path, open_repository, unreadable):
    if path.startswith("contracts"):
        document = json.loads((open_repository / SPEC).read_text())
        document["spec"]["data"]["sources"][0]["contractRef"] = "x.odcs.yaml"
        (open_repository / SPEC).write_text(json.dumps(document))
        (open_repository / "contracts").mkdir()
        (open_repository / "contracts/x.odcs.yaml").write_text("apiVersion: v3.1.0\n")
        (open_repository / SPEC).with_name("x.odcs.yaml").symlink_to("../../contracts/x.odcs.yaml")
    done = unreadable(path)
    assert '"rule": "unreadable-file"' in done.stdout, done
    assert done.returncode == 2
    assert "Traceback" not in done.stderr


def test_a_linked_folder_is_not_read_and_said_to_be_none(repository, told):
    outside = repository.with_name("outside")
    outside.mkdir()
    (outside / "lifecycle.yaml").write_text("a: [")
    (repository / "specs/out").symlink_to(outside)
    (repository / "specs/again").symlink_to("churn")
    (repository / "specs/.hidden").symlink_to(outside)
    for command in ("lint", "compile"):
        findings = json.loads(told(command).output)["findings"]
        linked = {(found["severity"], found["file"]) for found in findings if found["rule"] == "linked-folder"}
        assert linked == {("info", "specs/out"), ("info", "specs/again")}
        assert {found["rule"] for found in findings if found["severity"] == "error"} == set()
