from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import Result

from invoking import invoke
from lifespec_compiler.engine.values import Entry
from lifespec_compiler.pipeline import plan_all
from lifespec_compiler.plan import Plan
from lifespec_compiler.simulate.reading import built_in
from lifespec_compiler.simulate.simulation import simulate
from lifespec_runtime.ledger.file import FileLedger
from lifespec_runtime.ledger.record import Subject
from lifespec_runtime.local.workspace import open_workspace

LEDGER = ".lifespec/ledger/churn.jsonl"
ROLES = ("AUTHOR", "COMMITTER")


@pytest.fixture
def checkout(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, pytestconfig: pytest.Config) -> Path:
    """A folder with the minimal spec and the project file, in which the command is started."""
    root = pytestconfig.rootpath
    shutil.copy(root / "lifespec.yaml", tmp_path)
    ignored = shutil.ignore_patterns(".data", ".models")
    shutil.copytree(root / "specs/minimal", tmp_path / "specs/minimal", ignore=ignored)
    (tmp_path / ".lifespec/ledger").mkdir(parents=True)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("NO_COLOR", "1")
    return tmp_path


@pytest.fixture
def plan(checkout: Path) -> Plan:
    """The plan of the spec there, in its last environment."""
    workspace = open_workspace((str(checkout / "specs"),))
    assert workspace.project
    return plan_all(workspace.bundles, workspace.project)[0].plans[-1]


@pytest.fixture
def simulated(plan: Plan) -> Callable[..., list[Entry]]:
    """`simulated("healthy")`: the entries of a simulation of that plan."""
    return lambda scenario: list(simulate(plan, built_in(scenario), 1).entries)


@pytest.fixture
def written(checkout: Path, plan: Plan) -> Callable[..., Path]:
    """`written(entries)`: a ledger with them, where the commands look for it."""

    def write(entries: list[Entry], file: str = LEDGER) -> Path:
        path = checkout / file
        ledger = FileLedger(path, Subject(plan.namespace, plan.name))
        for entry in entries:
            ledger.append(entry)
        return path

    return write


@pytest.fixture
def run() -> Callable[..., Result]:
    """`run("why")` runs the command in this process."""
    return invoke


@pytest.fixture
def commit(checkout: Path) -> Callable[[str], str]:
    """`commit("what")`: everything in the checkout becomes a commit; its hash."""

    def make(message: str) -> str:
        who = {f"GIT_{role}_{what}": "somebody@example.com" for role in ROLES for what in ("NAME", "EMAIL")}
        environment = {**os.environ, **who, "GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_SYSTEM": os.devnull}

        def git(*arguments: str) -> str:
            command = ("git", "-C", str(checkout), *arguments)
            done = subprocess.run(command, env=environment, capture_output=True, encoding="utf-8", check=True)
            return done.stdout.strip()

        git("init", "--quiet")
        git("add", "--all")
        git("commit", "--quiet", "--message", message)
        return git("rev-parse", "HEAD")

    return make
