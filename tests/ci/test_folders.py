"""Workflows on disk: they go where CI reads them, and nobody else's file there is ever touched."""

from __future__ import annotations

import copy
import json
import pickle

import pytest
import yaml
from click.testing import CliRunner

from ci.made import project_for
from lifecycles import small
from lifespec_compiler.emit.destinations import destinations
from lifespec_compiler.emit.files import Files
from lifespec_compiler.emit.problems import WriteError
from lifespec_compiler.emit.write import check, refuse_obstacles, write
from lifespec_compiler.emit.yaml import to_yaml
from lifespec_compiler.manifest import OUTPUT, Manifest, Noted, Root
from lifespec_runtime.cli.app import lifespec

WORKFLOW = ".github/workflows/lifespec.yml"
INCLUDED = ".gitlab/ci/lifespec.gitlab-ci.yml"
FILES = {"github": WORKFLOW, "gitlab": INCLUDED}


@pytest.fixture
def repository(tmp_path, monkeypatch):
    """A repository with one spec, whose CI is GitHub's, in which commands are started."""
    (tmp_path / "specs/churn").mkdir(parents=True)
    (tmp_path / "specs/churn/lifecycle.yaml").write_text(json.dumps(small()), "utf-8")
    choose(tmp_path, "github")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def choose(folder, ci):
    repository = {"kind": "github" if ci == "none" else ci, "url": "https://git.example.com/example/models"}
    document = project_for(ci, runner="agent", repository=repository)
    (folder / "lifespec.yaml").write_text(json.dumps(document), "utf-8")


def run(*arguments):
    done = CliRunner().invoke(lifespec, arguments, prog_name="lifespec")
    assert isinstance(done.exception, SystemExit | None), done.exception
    return done


def files(folder):
    return {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}


def ours(folder):
    """The files outside of the output that lifespec wrote, but for its own lists."""
    return {path for path in files(folder) if path.startswith(".git") and ".lifespec-" not in path}


def test_the_workflow_is_written_where_github_reads_it_and_kept_fresh(repository):
    before = files(repository)
    done = run("compile")
    assert done.exit_code == 0, done.output
    assert ".github/workflows/: 1 written" in done.output
    outside = {path for path in files(repository) - before if not path.startswith("generated/")}
    assert outside == {WORKFLOW, ".github/workflows/.lifespec-files.json"}
    assert run("compile", "--check").exit_code == 0
    (repository / WORKFLOW).write_text("name: mine\n", "utf-8")
    checked = run("compile", "--check")
    assert (checked.exit_code, f"differs: {WORKFLOW}" in checked.output) == (1, True)
    told = json.loads(run("compile", "--check", "--format", "json").stdout)["differences"]
    assert told == [{"path": WORKFLOW, "kind": "differs"}]


@pytest.mark.parametrize(("ci", "path"), FILES.items())
def test_another_ci_takes_the_files_of_the_first_away_and_leaves_those_of_others(ci, path, repository):
    other = next(name for name in FILES if name != ci)
    choose(repository, ci)
    assert run("compile").exit_code == 0
    foreign = (repository / path).with_name("theirs.yml")
    foreign.write_text("on: push\n", "utf-8")
    choose(repository, other)
    done = run("compile", "--format", "json")
    assert json.loads(done.stdout)["removed"] == [path]
    assert ours(repository) == {FILES[other], foreign.relative_to(repository).as_posix()}
    choose(repository, "none")
    assert run("compile").exit_code == 0
    assert ours(repository) == {foreign.relative_to(repository).as_posix()}
    assert run("compile", "--check").exit_code == 0


@pytest.mark.parametrize(
    "obstacle", ["a file of theirs", "an edited file", "a link", "a folder", "a folder that is a link"]
)
def test_an_obstacle_among_the_workflows_keeps_everything_from_being_written(obstacle, repository, tmp_path_factory):
    elsewhere = tmp_path_factory.mktemp("elsewhere")
    workflow = repository / WORKFLOW
    if obstacle == "an edited file":
        assert run("compile").exit_code == 0
        workflow.write_text("name: mine\n", "utf-8")
        choose(repository, "github")
        spec = repository / "specs/churn/lifecycle.yaml"
        spec.write_text(spec.read_text("utf-8").replace('"1.0.0"', '"1.0.1"'), "utf-8")
    elif obstacle == "a file of theirs":
        workflow.parent.mkdir(parents=True)
        workflow.write_text("name: mine\n", "utf-8")
    elif obstacle == "a link":
        workflow.parent.mkdir(parents=True)
        workflow.symlink_to(elsewhere / "x.yml")
    elif obstacle == "a folder":
        workflow.mkdir(parents=True)
    else:
        workflow.parent.parent.symlink_to(elsewhere)
    before = {path: (repository / path).read_bytes() for path in files(repository)}
    done = run("compile")
    assert done.exit_code == 2, done.output
    assert workflow.parent.relative_to(repository).as_posix() in done.output
    assert run("compile", "--check").exit_code in {1, 2}
    assert {path: (repository / path).read_bytes() for path in files(repository)} == before
    assert list(elsewhere.iterdir()) == []


def test_an_obstacle_in_the_output_keeps_the_workflows_from_being_written(repository):
    (repository / "generated").write_text("mine", "utf-8")
    assert run("compile").exit_code == 2
    assert ours(repository) == set()


def test_another_output_folder_takes_the_workflows_too(repository):
    before = files(repository)
    assert run("compile", "--out", "look").exit_code == 0
    new = files(repository) - before
    assert new
    assert all(path.startswith("look/") for path in new)
    assert f"look/{WORKFLOW}" in new
    assert run("compile", "--out", "look", "--check").exit_code == 0


def test_a_target_alone_is_the_workflow_alone(repository):
    choose(repository, "none")
    assert run("compile", "--target", "gitlab").exit_code == 0
    assert ours(repository) == {INCLUDED}
    assert run("compile", "--target", "gitlab", "--check").exit_code == 0


@pytest.mark.parametrize("part", [("specs/churn",), ("--env", "staging"), ("--target", "kubernetes")])
def test_a_part_leaves_the_workflows_alone(part, repository):
    assert run("compile").exit_code == 0
    before = (repository / WORKFLOW).stat().st_mtime_ns
    assert run("compile", *part).exit_code == 0
    assert (repository / WORKFLOW).stat().st_mtime_ns == before
    assert run("compile", "--check").exit_code == 0


def test_each_folder_has_its_own_files_and_its_own_record(tmp_path):
    files_of: dict[Root, Files] = {
        OUTPUT: Files.of([Manifest("a.yaml", {"a": 1})]),
        ".github/workflows": Files.of([Manifest("b.yml", {"b": 1}, root=".github/workflows")]),
    }
    found = destinations(files_of, "generated", str(tmp_path / "generated"), str(tmp_path))
    assert [place.path(inside) for place in found for inside in place.files.contents()] == [
        "generated/a.yaml",
        ".github/workflows/b.yml",
    ]
    for place in found:
        write(place.folder, place.files)
    again = destinations({OUTPUT: files_of[OUTPUT]}, "generated", str(tmp_path / "generated"), str(tmp_path))
    assert [(place.name, list(place.files.contents())) for place in again] == [
        ("generated", ["a.yaml"]),
        (".github/workflows", []),
    ]


def test_obstacles_are_refused_without_a_change(tmp_path):
    wanted = [Manifest("a.yaml", {"a": 1})]
    refuse_obstacles(tmp_path / "not there", wanted)
    assert not (tmp_path / "not there").exists()
    refuse_obstacles(tmp_path, wanted)
    (tmp_path / "a.yaml").write_text("theirs", "utf-8")
    with pytest.raises(WriteError, match="did not write it"):
        refuse_obstacles(tmp_path, wanted)
    refuse_obstacles(tmp_path, wanted, force=True)
    assert files(tmp_path) == {"a.yaml"}
    assert check(tmp_path, wanted)


@pytest.mark.parametrize(
    ("text", "note", "line"),
    [
        ("read", "to check the sources out", "a: read # to check the sources out"),
        ("a@0f", "v1.2.3", "a: a@0f # v1.2.3"),
        ("on", "a word", 'a: "on" # a word'),
        ("x # y", "z", 'a: "x # y" # z'),
        ("read", "two\nlines: 1", "a: read # two\\nlines: 1"),
        ("read", "a\u2028b", "a: read # a\\u2028b"),
        ("two\nlines", "n", 'a: "two\\nlines" # n'),
        ("read", "", "a: read #"),
    ],
)
def test_a_note_is_a_comment_and_nothing_else(text, note, line):
    noted = Noted(text, note)
    written = to_yaml({"a": noted})
    assert written == f"{line}\n"
    assert yaml.safe_load(written) == {"a": text}
    assert yaml.safe_load(to_yaml([noted, {"b": noted}])) == [text, {"b": text}]
    assert noted == text


def test_a_note_survives_copies():
    noted = Noted("read", "why")
    for made in (copy.deepcopy(noted), pickle.loads(pickle.dumps(noted))):  # noqa: S301 - our own bytes
        assert (made, made.note, type(made)) == ("read", "why", Noted)
