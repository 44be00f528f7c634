"""A remembered answer is the one that would be computed, whatever has happened in between."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from lifecycles import small
from lifespec_runtime.cli import compiling
from lifespec_runtime.cli.app import lifespec

PROJECT = """\
apiVersion: lifespec.dev/v1alpha1
kind: LifespecProject
spec:
  targets: [kubernetes, docs]
  ci: github
  repository: {kind: github, url: "https://github.com/example/models", branch: main}
  environments: [{name: production, gateway: {name: edge, namespace: gateways}}]
"""
CHURN, FRAUD, GENERATED = "specs/churn/lifecycle.yaml", "specs/fraud/lifecycle.yaml", "generated"
MANIFEST = f"{GENERATED}/production/growth/churn/apply/lifecycle.yaml"
INVENTORY = f"{GENERATED}/.lifespec-files.json"


def populate(root: Path) -> None:
    (root / "lifespec.yaml").write_text(PROJECT)
    for name in ("churn", "fraud"):
        write_spec(root, name)


def write_spec(root: Path, name: str, **changes: object) -> None:
    document = small(**changes)
    document["metadata"]["name"] = name
    folder = root / "specs" / name
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "lifecycle.yaml").write_text(json.dumps(document, indent=1))


def edit(name: str, change: Callable[[str], str], *, keep_time: bool = False) -> Callable[[Path], None]:
    def apply(root: Path) -> None:
        file = root / name
        if not file.is_file():
            return
        status = file.stat()
        file.write_text(change(file.read_text()))
        if keep_time:
            os.utime(file, ns=(status.st_atime_ns, status.st_mtime_ns))

    return apply


def replace_by_link(name: str) -> Callable[[Path], None]:
    def apply(root: Path) -> None:
        file = root / name
        if file.is_file() and not file.is_symlink():
            elsewhere = root.parent / f"elsewhere-{root.name}"
            shutil.copy(file, elsewhere)
            file.unlink()
            file.symlink_to(elsewhere)

    return apply


def remove(name: str) -> Callable[[Path], None]:
    def apply(root: Path) -> None:
        if (root / name).is_dir():
            shutil.rmtree(root / name)
        else:
            (root / name).unlink(missing_ok=True)

    return apply


def put(name: str, content: str) -> Callable[[Path], None]:
    def apply(root: Path) -> None:
        file = root / name
        if not file.is_symlink():
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(content)

    return apply


def second_name(name: str) -> Callable[[Path], None]:
    def apply(root: Path) -> None:
        if (root / name).is_file() and not (root / "twin").exists():
            os.link(root / name, root / "twin")

    return apply


def fix(text: str) -> str:
    return text.replace('"1.0.0"', '"1.0.1"') if '"1.0.0"' in text else text.replace('"1.0.1"', '"1.0.0"')


MUTATIONS: dict[str, Callable[[Path], object]] = {
    "nothing": lambda _: None,
    "an edited spec": edit(CHURN, fix),
    "an edit of equal size and time": edit(FRAUD, fix, keep_time=True),
    "a broken spec": edit(CHURN, lambda text: text + "\n]"),
    "a mended spec": lambda root: write_spec(root, "churn"),
    "a spec with a contract that is not there": edit(FRAUD, lambda text: text.replace('"uri"', '"contractRef"')),
    "a comment in a spec": edit(CHURN, lambda text: f"# {len(text)}\n{text}"),
    "a new spec": lambda root: write_spec(root, "new"),
    "a spec of the same name": lambda root: (
        shutil.copytree(root / "specs/fraud", root / "specs/twin", dirs_exist_ok=True)
        if (root / "specs/fraud").is_dir()
        else None
    ),
    "no twin": remove("specs/twin"),
    "a spec less": remove("specs/fraud"),
    "no specs": remove("specs"),
    "a model version": put(
        "specs/churn/model.yaml",
        "apiVersion: lifespec.dev/v1alpha1\nkind: ModelVersion\nmetadata: {name: churn-1, namespace: growth}\n"
        f"spec: {{lifecycle: churn, model: {{uri: s3://models/churn/1, digest: 'sha256:{'a' * 64}', format: onnx}}}}\n",
    ),
    "no model version": remove("specs/churn/model.yaml"),
    "a file that is no spec": put("specs/notes.yaml", "a: 1\n"),
    "a hidden file": put("specs/.hidden.yaml", "a: ["),
    "an edited project": edit("lifespec.yaml", lambda text: text.replace("branch: main", "branch: trunk")),
    "another target": edit("lifespec.yaml", lambda text: text.replace("[kubernetes, docs]", "[kubernetes]")),
    "no project": remove("lifespec.yaml"),
    "the project again": put("lifespec.yaml", PROJECT),
    "an edited file": edit(MANIFEST, lambda text: text + "# mine\n"),
    "an edited file of equal size and time": edit(MANIFEST, lambda text: text.replace("a", "b", 1), keep_time=True),
    "a file less": remove(MANIFEST),
    "a file that is a link": replace_by_link(MANIFEST),
    "a spec that is a link": replace_by_link(CHURN),
    "a file with two names": second_name(MANIFEST),
    "a foreign file": put(f"{GENERATED}/mine.txt", "mine"),
    "no inventory": remove(INVENTORY),
    "an inventory of other form": edit(INVENTORY, lambda text: json.dumps(json.loads(text))),
    "a run that was killed": put(f"{GENERATED}/.lifespec-pending.json", "{}\n"),
    "no output": remove(GENERATED),
    "an edited workflow": edit(".github/workflows/lifespec.yaml", lambda text: text + "# mine\n"),
    "no workflows": remove(".github"),
    "an inventory of another CI": put(".gitlab/ci/.lifespec-files.json", "{}\n"),
}
OPTIONS = [(), ("--check",), ("specs/churn",), ("--format", "json"), ("--target", "docs"), ("--out", "elsewhere")]


def tree(root: Path) -> dict[str, bytes | str]:
    return {
        str(path.relative_to(root)): "link" if path.is_symlink() else path.read_bytes()
        for path in sorted(root.rglob("*"))
        if path.is_symlink() or path.is_file()
    }


def ask(root: Path, monkeypatch: pytest.MonkeyPatch, *arguments: str) -> tuple[str, str, int]:
    monkeypatch.chdir(root)
    done = CliRunner().invoke(lifespec, ["compile", *arguments], prog_name="lifespec")
    assert isinstance(done.exception, SystemExit | None), done.exception
    return done.stdout.replace(str(root), "ROOT"), done.stderr.replace(str(root), "ROOT"), done.exit_code


@pytest.fixture
def cache(tmp_path, monkeypatch):
    monkeypatch.delenv("LIFESPEC_CACHE")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    return tmp_path / "cache/lifespec/answers"


@pytest.fixture
def repository(tmp_path):
    (tmp_path / "repository").mkdir()
    populate(tmp_path / "repository")
    return tmp_path / "repository"


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=st.lists(st.tuples(st.sampled_from(sorted(MUTATIONS)), st.sampled_from(OPTIONS)), min_size=1, max_size=4))
@pytest.mark.usefixtures("cache")
def test_cached_and_computed_runs_say_and_write_the_same(steps, tmp_path_factory, monkeypatch):
    cached, computed = (tmp_path_factory.mktemp(name) for name in ("cached", "computed"))
    for root in (cached, computed):
        populate(root)
    for mutation, options in steps:
        for _ in range(2):  # the second run finds what the first one left
            answers = [ask(cached, monkeypatch, *options), ask(computed, monkeypatch, "--no-cache", *options)]
            assert answers[0] == answers[1], (mutation, options)
            assert tree(cached) == tree(computed)
        for root in (cached, computed):
            MUTATIONS[mutation](root)
        answers = [ask(cached, monkeypatch, *options), ask(computed, monkeypatch, "--no-cache", *options)]
        assert answers[0] == answers[1], (mutation, options)
        assert tree(cached) == tree(computed)


@pytest.fixture
def no_computing(monkeypatch):
    """From the call on, compiling is an error, so that an answer can only be a remembered one."""

    def refuse(_: object) -> None:
        raise AssertionError("it was computed")

    return lambda: monkeypatch.setattr(compiling, "compile_specs", refuse)


@pytest.mark.parametrize("options", [(), ("--check",), ("--format", "json"), ("specs/churn",)])
@pytest.mark.usefixtures("cache")
def test_an_unchanged_repository_is_not_compiled_again(options, repository, monkeypatch, no_computing):
    ask(repository, monkeypatch)
    ask(repository, monkeypatch, *options)
    computed = ask(repository, monkeypatch, "--no-cache", *options)
    no_computing()
    assert ask(repository, monkeypatch, *options) == computed
    for switched_off in ("--no-cache",):
        with pytest.raises(AssertionError, match="computed"):
            ask(repository, monkeypatch, switched_off, *options)


@pytest.mark.usefixtures("cache")
def test_the_switch_keeps_lifespec_from_remembering(repository, monkeypatch, cache):
    monkeypatch.setenv("LIFESPEC_CACHE", "off")
    ask(repository, monkeypatch)
    assert not cache.exists()


@pytest.mark.parametrize(
    "damage",
    [
        pytest.param(lambda content: content[: len(content) // 2], id="cut"),
        pytest.param(lambda _: b"", id="empty"),
        pytest.param(lambda _: b"\xff\x00", id="not text"),
        pytest.param(lambda content: content.replace(b"unchanged", b"forgotten"), id="changed"),
        pytest.param(lambda content: content.split(b"\n")[1], id="no checksum"),
        pytest.param(lambda _: b"[]", id="another form"),
    ],
)
def test_a_damaged_entry_does_not_exist(damage, repository, monkeypatch, cache):
    ask(repository, monkeypatch)
    (entry,) = cache.iterdir()
    entry.write_bytes(damage(entry.read_bytes()))
    expected = ask(repository, monkeypatch, "--no-cache")
    assert ask(repository, monkeypatch) == expected
    assert ask(repository, monkeypatch) == expected


def test_the_answer_to_another_question_is_not_given(repository, monkeypatch, cache):
    ask(repository, monkeypatch)
    (first,) = cache.iterdir()
    ask(repository, monkeypatch, "--check")
    (second,) = set(cache.iterdir()) - {first}
    second.write_bytes(first.read_bytes())
    assert ask(repository, monkeypatch, "--check")[0] == ask(repository, monkeypatch, "--no-cache", "--check")[0]


def test_old_entries_make_room(repository, monkeypatch, cache):
    ask(repository, monkeypatch)
    for number in range(300):
        (cache / f"{number:064}.json").write_text("")
        os.utime(cache / f"{number:064}.json", (number, number))
    ask(repository, monkeypatch, "--check")
    assert len(list(cache.iterdir())) <= 256


def test_a_cache_that_cannot_be_written_is_no_reason_to_fail(repository, monkeypatch, tmp_path):
    monkeypatch.delenv("LIFESPEC_CACHE")
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "file"))
    assert ask(repository, monkeypatch)[2] == 0
