from __future__ import annotations

import pytest


def test_what_init_writes_lints_and_compiles_clean(tmp_path, run, monkeypatch):
    monkeypatch.chdir(tmp_path)
    done = run("init", "churn")
    assert done.exit_code == 0
    assert "next: lifespec lint specs/churn" in done.stdout
    assert sorted(str(file.relative_to(tmp_path)) for file in tmp_path.rglob("*") if file.is_file()) == [
        "lifespec.yaml",
        "specs/churn/lifecycle.yaml",
    ]
    assert run("lint", "specs/churn").exit_code == 0
    assert run("compile").exit_code == 0
    assert run("compile", "--check").exit_code == 0


@pytest.mark.parametrize("fail_on", ["error", "warning"])
def test_what_init_writes_has_no_finding_above_info(fail_on, tmp_path, run, monkeypatch):
    monkeypatch.chdir(tmp_path)
    run("init", "churn", "--namespace", "growth")
    assert run("lint", "--fail-on", fail_on).exit_code == 0
    assert "growth" in (tmp_path / "specs/churn/lifecycle.yaml").read_text()


def test_what_init_writes_explains_itself(tmp_path, run):
    run("init", "churn", "--dir", str(tmp_path))
    for file in ("lifespec.yaml", "specs/churn/lifecycle.yaml"):
        text = (tmp_path / file).read_text()
        assert text.startswith("# yaml-language-server:")
        assert text.count("#") > 3


def test_init_overwrites_nothing(repository, run):
    before = {file: file.read_bytes() for file in repository.rglob("*") if file.is_file()}
    done = run("init", "churn")
    assert done.exit_code == 2
    assert "exists already" in done.stderr
    assert {file: file.read_bytes() for file in repository.rglob("*") if file.is_file()} == before


def test_init_leaves_the_project_file_as_it_is(repository, run):
    before = (repository / "lifespec.yaml").read_bytes()
    assert run("init", "new").exit_code == 0
    assert (repository / "lifespec.yaml").read_bytes() == before


def test_init_follows_no_link(repository, run, tmp_path_factory):
    elsewhere = tmp_path_factory.mktemp("elsewhere")
    (repository / "link.yaml").symlink_to(elsewhere / "lifecycle.yaml")
    (repository / "specs/new").mkdir()
    (repository / "specs/new/lifecycle.yaml").symlink_to(elsewhere / "lifecycle.yaml")
    assert run("init", "new").exit_code == 2
    assert list(elsewhere.iterdir()) == []


@pytest.mark.usefixtures("repository")
@pytest.mark.parametrize("name", ["", "Churn", "../churn", "a/b", "a" * 53, "churn\n", "$(id)", "-x-"])
def test_init_refuses_a_name_that_kubernetes_would_refuse(name, run):
    done = run("init", "--", name)
    assert done.exit_code == 2
    assert done.output.replace("\n", "").isprintable()


def test_init_into_a_folder_that_cannot_be_written_says_so(repository, run):
    done = run("init", "new", "--dir", str(repository / "lifespec.yaml"))
    assert done.exit_code == 2
    assert "Traceback" not in done.output
