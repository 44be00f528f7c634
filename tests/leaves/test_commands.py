"""The project's fields that no target sees act on the commands."""

from __future__ import annotations

import pytest
import yaml
from click.testing import CliRunner

from leaves.alternatives import changed
from leaves.standing import BY_COMMANDS, all_leaves
from leaves.witnesses import FILES, witness
from lifespec_runtime.cli.app import lifespec

FOLDERS = {"lifecycle": "specs/churn/", "model": "specs/churn/", "project": ""}


@pytest.fixture
def run(tmp_path, monkeypatch):
    """`run(documents, command, name)`: what a command says and writes in a repository of these, and a draft."""

    def made(documents, command, name):
        root = tmp_path / name
        for folder in ("specs/churn", "drafts"):
            (root / folder).mkdir(parents=True)
        draft = witness("small")["lifecycle"] | {"metadata": {"name": "draft", "namespace": "growth"}}
        (root / "drafts/lifecycle.yaml").write_text(yaml.safe_dump(draft), "utf-8")
        for key, file in FILES.items():
            (root / FOLDERS[key] / file).write_text(yaml.safe_dump(documents[key]), "utf-8")
        monkeypatch.chdir(root)
        result = CliRunner().invoke(lifespec, [command])
        files = {path.relative_to(root).as_posix() for path in root.rglob("*") if path.is_file()}
        return result.exit_code, result.output, files

    return made


@pytest.mark.parametrize("leaf", [pytest.param(leaf, id=leaf.name) for leaf in all_leaves() if leaf.by_command])
def test_a_field_of_the_project_changes_what_a_command_does(leaf, run):
    before, after = changed(leaf.kind, leaf.field)
    command = BY_COMMANDS[leaf.field.path]
    assert run(before, command, "before") != run(after, command, "after")
