from __future__ import annotations

import fcntl
import json
import os
import resource
import stat
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path

import pytest

from lifespec_compiler.emit.problems import WriteError
from lifespec_compiler.emit.write import Difference, WriteResult, check, write
from lifespec_compiler.manifest import Manifest, ManifestError

Picture = Callable[[Path], dict[str, str]]
INVENTORY = ".lifespec-files.json"


def texts(**files: str) -> list[Manifest]:
    """Files by name, where two underscores stand for a slash."""
    return [Manifest(name.replace("__", "/"), text) for name, text in files.items()]


def problems(error: pytest.ExceptionInfo[WriteError]) -> list[tuple[str, str]]:
    return [(problem.path, problem.message) for problem in error.value.problems]


def test_files_and_inventory_are_written_with_fixed_permissions(tmp_path: Path):
    out = tmp_path / "not" / "yet" / "there"
    result = write(out, [Manifest("b/c.yaml", {"kind": "Pod"}), Manifest("a.md", "# A")])
    assert result == WriteResult(("a.md", "b/c.yaml"), (), (), ())
    assert (out / "b/c.yaml").read_bytes() == b"kind: Pod\n"
    digests = {"a.md": sha256(b"# A\n").hexdigest(), "b/c.yaml": sha256(b"kind: Pod\n").hexdigest()}
    assert (out / INVENTORY).read_text("ascii") == json.dumps(digests, indent=2) + "\n"
    assert check(out, [Manifest("b/c.yaml", {"kind": "Pod"}), Manifest("a.md", "# A")]) == []
    assert sorted(entry.name for entry in out.rglob("*")) == [INVENTORY, "a.md", "b", "c.yaml"]


@pytest.mark.parametrize("umask", ["000", "022", "077", "177"])
def test_bytes_and_permissions_do_not_depend_on_the_umask(tmp_path: Path, run_writer, picture: Picture, umask: str):
    out = tmp_path / "above" / "out"
    done = run_writer(out, "old", "--umask", umask)
    assert done.returncode == 0, done.stderr
    modes = {path.is_dir(): stat.S_IMODE(path.stat().st_mode) for path in [out.parent, out, *out.rglob("*")]}
    assert {(path.is_dir(), stat.S_IMODE(path.stat().st_mode)) for path in [out.parent, out, *out.rglob("*")]} == {
        (True, 0o755),
        (False, 0o644),
    }, modes
    run_writer(tmp_path / "plain", "old")
    assert picture(out) == picture(tmp_path / "plain")


def test_a_folder_that_passes_on_its_group_still_does_below(tmp_path: Path):
    tmp_path.chmod(0o2755)
    write(tmp_path, texts(a__b="1"))
    assert stat.S_IMODE((tmp_path / "a").stat().st_mode) == 0o2755


def test_writing_again_changes_nothing_at_all(tmp_path: Path):
    manifests = texts(a="1", b__c="2")
    write(tmp_path, manifests)
    paths = [tmp_path, *tmp_path.rglob("*")]
    for path in paths:
        os.utime(path, ns=(1_000_000_000, 1_000_000_000))
    before = [(path.stat().st_ino, path.stat().st_mtime_ns) for path in paths]
    assert write(tmp_path, manifests) == WriteResult((), ("a", "b/c"), (), ())
    assert [(path.stat().st_ino, path.stat().st_mtime_ns) for path in paths] == before


def test_only_files_with_other_bytes_are_replaced(tmp_path: Path):
    write(tmp_path, texts(a="1", b="2"))
    os.utime(tmp_path / "a", ns=(1_000_000_000, 1_000_000_000))
    assert write(tmp_path, texts(a="1", b="3", c="4")) == WriteResult(("b", "c"), ("a",), (), ())
    assert (tmp_path / "a").stat().st_mtime_ns == 1_000_000_000
    assert (tmp_path / "b").read_text() == "3\n"


def test_the_order_of_manifests_makes_no_difference(tmp_path: Path, picture: Picture):
    manifests = texts(a="1", b__c="2", b__a="3")
    write(tmp_path / "one", manifests)
    write(tmp_path / "two", reversed(manifests))
    assert picture(tmp_path / "one") == picture(tmp_path / "two")


def test_what_is_no_longer_produced_goes_with_the_folders_that_it_leaves_empty(tmp_path: Path, picture: Picture):
    write(tmp_path, texts(a="1", x__y__z__b="2", x__y__c="3", k__b="4"))
    (tmp_path / "k" / "mine.txt").write_text("mine")
    result = write(tmp_path, texts(a="1"))
    assert result == WriteResult((), ("a",), ("k/b", "x/y/c", "x/y/z/b"), ())
    assert picture(tmp_path).keys() == {INVENTORY, "a", "k", "k/mine.txt"}
    assert check(tmp_path, texts(a="1")) == []


def test_a_listed_file_that_is_gone_is_no_longer_listed(tmp_path: Path):
    write(tmp_path, texts(a="1", b="2"))
    (tmp_path / "b").unlink()
    assert write(tmp_path, texts(a="1")) == WriteResult((), ("a",), (), ())
    assert check(tmp_path, texts(a="1")) == []


def test_an_edited_file_that_is_no_longer_produced_is_kept_and_named_until_it_is_gone(tmp_path: Path):
    write(tmp_path, texts(a="1", b="2"))
    (tmp_path / "b").write_text("edited")
    for _ in range(2):
        result = write(tmp_path, texts(a="1"))
        assert [(problem.path, problem.message) for problem in result.kept] == [
            ("b", "is no longer produced, and was edited since lifespec wrote it")
        ]
        assert (tmp_path / "b").read_text() == "edited"
        assert check(tmp_path, texts(a="1")) == [Difference("b", "stale")]
    assert write(tmp_path, texts(a="1"), force=True).pruned == ("b",)
    assert not (tmp_path / "b").exists()


def test_edited_and_foreign_files_stop_the_whole_write(tmp_path: Path, picture: Picture):
    write(tmp_path, texts(a="1", b="2"))
    (tmp_path / "a").write_text("edited")
    (tmp_path / "new").write_text("mine")
    before = picture(tmp_path)
    wanted = texts(a="1", b="3", new="4", other="5")
    with pytest.raises(WriteError) as error:
        write(tmp_path, wanted)
    assert problems(error) == [
        ("a", "was edited since lifespec wrote it"),
        ("new", "exists, and lifespec did not write it"),
    ]
    assert picture(tmp_path) == before
    assert check(tmp_path, wanted) == [
        Difference(INVENTORY, "differs"),
        Difference("a", "differs"),
        Difference("b", "differs"),
        Difference("new", "differs"),
        Difference("other", "missing"),
    ]
    assert write(tmp_path, wanted, force=True).written == ("a", "b", "new", "other")
    assert check(tmp_path, wanted) == []


def test_a_foreign_file_with_the_very_bytes_is_taken_over(tmp_path: Path):
    (tmp_path / "a").write_text("1\n")
    assert check(tmp_path, texts(a="1")) == [Difference(INVENTORY, "missing")]
    assert write(tmp_path, texts(a="1")) == WriteResult((), ("a",), (), ())
    assert check(tmp_path, texts(a="1")) == []


def test_other_peoples_files_are_let_be(tmp_path: Path, picture: Picture):
    foreign = {
        "README.md": "mine",
        "b/notes.txt": "mine",
        "c/d/e": "mine",
        ".hidden": "mine",
        ".lifespec-mine.tmp": "mine",
    }
    for name, text in foreign.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text)
    write(tmp_path, texts(a="1", b__c="2", c__f="3"))
    write(tmp_path, texts(a="2"))
    write(tmp_path, [])
    found = picture(tmp_path)
    assert {name: text for name, text in found.items() if text != "folder"} == {**foreign, INVENTORY: "{}\n"}


def test_check_changes_nothing_and_names_all_that_differs(tmp_path: Path, picture: Picture):
    assert check(tmp_path / "absent", texts(b="1", a="2")) == [Difference("a", "missing"), Difference("b", "missing")]
    assert not (tmp_path / "absent").exists()
    write(tmp_path, texts(a="1", b="2", c="3"))
    (tmp_path / "b").unlink()
    before = picture(tmp_path)
    assert check(tmp_path, texts(a="x", b="2")) == [
        Difference(INVENTORY, "differs"),
        Difference("a", "differs"),
        Difference("b", "missing"),
        Difference("c", "stale"),
    ]
    assert picture(tmp_path) == before


ZEROS = "0" * 64
DAMAGED = {
    "empty": "",
    "a list": "[]",
    "cut short": "{",
    "nested too deep": "[" * 100_000,
    "binary": "\x00",
    "an unresolved merge": "<<<<<<< HEAD\n{}\n",
    "a path upwards": json.dumps({"../a": ZEROS}),
    "an absolute path": json.dumps({"/etc/passwd": ZEROS}),
    "Git's folder": json.dumps({".git/config": ZEROS}),
    "an empty path": json.dumps({"": ZEROS}),
    "a number for a digest": json.dumps({"a": 1}),
    "a short digest": json.dumps({"a": "0"}),
    "a digest with a line break": json.dumps({"a": ZEROS + "\n"}),
}


@pytest.mark.parametrize("inventory", DAMAGED.values(), ids=DAMAGED.keys())
@pytest.mark.parametrize("name", [INVENTORY, ".lifespec-pending.json"])
def test_an_inventory_that_lifespec_cannot_have_written_stops_everything(tmp_path: Path, name: str, inventory: str):
    (tmp_path / name).write_text(inventory)
    for act in (write, check):
        with pytest.raises(WriteError) as error:
            act(tmp_path, texts(a="1"))
        assert [problem.path for problem in error.value.problems] == [name]
    assert [path.name for path in tmp_path.iterdir()] == [name]


def test_an_inventory_cannot_have_files_removed_whose_bytes_it_does_not_know(tmp_path: Path):
    (tmp_path / "mine").write_text("mine")
    (tmp_path / INVENTORY).write_text(json.dumps({"mine": "0" * 64}))
    assert [problem.path for problem in write(tmp_path, []).kept] == ["mine"]
    assert (tmp_path / "mine").read_text() == "mine"


def test_files_that_are_given_away_are_written_without_an_inventory(tmp_path: Path, picture: Picture):
    assert write(tmp_path, texts(a="1", b__c="2"), record=False).written == ("a", "b/c")
    assert picture(tmp_path) == {"a": "1\n", "b": "folder", "b/c": "2\n"}
    assert write(tmp_path, texts(a="1"), record=False) == WriteResult((), ("a",), (), ())
    with pytest.raises(WriteError) as error:
        write(tmp_path, texts(a="other", d="3"), record=False)
    assert problems(error) == [("a", "exists, and lifespec did not write it")]
    assert picture(tmp_path) == {"a": "1\n", "b": "folder", "b/c": "2\n"}


def test_giving_files_away_leaves_an_inventory_and_what_it_lists_alone(tmp_path: Path, picture: Picture):
    write(tmp_path, texts(ours="1"))
    before = picture(tmp_path)
    write(tmp_path, texts(gift="2"), record=False)
    assert picture(tmp_path) == {**before, "gift": "2\n"}
    with pytest.raises(WriteError):
        write(tmp_path, texts(ours="2"), record=False)
    assert check(tmp_path, texts(ours="1")) == []


def test_manifests_that_clash_are_refused_before_anything_is_touched(tmp_path: Path):
    with pytest.raises(ManifestError):
        write(tmp_path / "out", [*texts(a="1"), *texts(A="2")])
    assert list(tmp_path.iterdir()) == []


def test_a_second_writer_is_turned_away(tmp_path: Path):
    held = os.open(tmp_path, os.O_RDONLY)
    try:
        fcntl.flock(held, fcntl.LOCK_EX)
        with pytest.raises(WriteError) as error:
            write(tmp_path, texts(a="1"))
        assert problems(error) == [("", "another process is writing to the output folder")]
        assert check(tmp_path, texts(a="1"))[0].kind == "missing"
    finally:
        os.close(held)
    assert write(tmp_path, texts(a="1")).written == ("a",)


def test_thousands_of_folders_need_no_thousands_of_descriptors(tmp_path: Path):
    opened = len(list(Path("/proc/self/fd").iterdir())) if Path("/proc/self/fd").exists() else 0
    manifests = [Manifest(f"d{index}/e/f.txt", str(index)) for index in range(300)]
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (max(opened, 32) + 32, hard))
    try:
        assert len(write(tmp_path, manifests).written) == 300
        assert write(tmp_path, []).pruned == tuple(sorted(manifest.path for manifest in manifests))
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))


def test_a_part_of_the_whole_removes_nothing_and_keeps_the_books(tmp_path):
    write(tmp_path, texts(a="1", b="2"))
    result = write(tmp_path, texts(a="3"), prune=False)
    assert (result.written, result.pruned) == (("a",), ())
    assert (tmp_path / "b").read_text() == "2\n"
    assert check(tmp_path, texts(a="3"), prune=False) == []
    assert check(tmp_path, texts(a="3", b="2")) == []
    assert write(tmp_path, texts(a="3")).pruned == ("b",)
