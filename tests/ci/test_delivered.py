"""What users take from this repository into theirs: the composite action and the pre-commit hooks."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from lifecycles import small
from lifespec_compiler.targets.github import actions

ROOT = Path(__file__).parents[2]
ACTION = ROOT / "action.yml"
HOOKS = ROOT / ".pre-commit-hooks.yaml"
INSTALLED = ("pyproject.toml", "README.md", "LICENSE", "requirements", "schema", "compiler", "runtime")
"""What installing lifespec from its repository reads."""

STEPS = {step.get("name"): step for step in yaml.safe_load(ACTION.read_bytes())["runs"]["steps"]}
PROJECT = {"apiVersion": "lifespec.dev/v1alpha1", "kind": "LifespecProject", "spec": {"lint": {"failOn": "error"}}}


@pytest.fixture(scope="module")
def source(tmp_path_factory) -> Path:
    """A copy of what this repository delivers, committed."""
    folder = tmp_path_factory.mktemp("lifespec")
    for name in (*INSTALLED, ACTION.name, HOOKS.name):
        path = ROOT / name
        if path.is_dir():
            shutil.copytree(path, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy(path, folder / name)
    commit(folder)
    return folder


@pytest.fixture
def user(tmp_path) -> Path:
    """A user's repository with one sound spec."""
    folder = tmp_path / "user"
    (folder / "specs/churn").mkdir(parents=True)
    (folder / "lifespec.yaml").write_text(json.dumps(PROJECT), "utf-8")
    (folder / "specs/churn/lifecycle.yaml").write_text(json.dumps(small(), indent=1), "utf-8")
    return folder


def commit(folder):
    person = ("-c", "user.name=a", "-c", "user.email=a@example.com", "-c", "init.defaultBranch=main")
    for arguments in (["init"], ["add", "--all"], ["commit", "--message", "all"]):
        run(["git", *person, *arguments], folder)


def run(command, folder, *, check=True, **environment):
    kept = {name: text for name, text in os.environ.items() if not name.startswith("GIT_")}
    return subprocess.run(
        command, cwd=folder, env=kept | environment, capture_output=True, encoding="utf-8", check=check
    )


def test_the_action_is_valid_by_its_schema(judge):
    done = judge("check-jsonschema").run("--builtin-schema", "vendor.github-actions", str(ACTION))
    assert done.returncode == 0, done.stdout


def test_zizmor_as_auditor_finds_nothing_in_the_action_and_the_hooks(judge):
    options = ("--offline", "--no-progress", "--quiet", "--persona=auditor", "--strict-collection", "--collect=all")
    done = judge("zizmor").run(*options, str(ACTION), str(HOOKS))
    assert done.returncode == 0, done.stdout + done.stderr


def test_shellcheck_finds_nothing_in_the_action(judge):
    scripts = [step["run"] for step in STEPS.values() if "run" in step]
    assert scripts
    for script in scripts:
        done = judge("shellcheck").run("--shell=bash", "-", text=script)
        assert done.returncode == 0, done.stdout


def test_inputs_reach_scripts_in_variables_only():
    scripts = [step["run"] for step in STEPS.values() if "run" in step]
    assert not [script for script in scripts if "${{" in script]


def test_the_action_sets_python_up_as_generated_workflows_do():
    assert f"uses: {actions.SETUP_PYTHON} # {actions.SETUP_PYTHON.note}\n" in ACTION.read_text("utf-8")
    assert yaml.safe_load(ACTION.read_bytes())["inputs"]["python-version"]["default"] == actions.PYTHON


@pytest.mark.usefixtures("_index")
def test_the_action_installs_lifespec_from_its_locks_and_runs_it(source, user, tmp_path):
    def step(name, **environment):
        command = ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", STEPS[name]["run"]]
        runner = {"RUNNER_TEMP": str(tmp_path), "GITHUB_ACTION_PATH": str(source)}
        return run(command, user, check=False, **runner, **environment)

    installed = step("Install lifespec from its locks", PYTHON=sys.executable)
    assert installed.returncode == 0, installed.stderr
    fresh, lint, sarif = "Check that what is generated is fresh", "Lint", "Write the findings as SARIF"
    assert "missing: generated/" in step(fresh, SPECS="").stdout
    run([str(tmp_path / "lifespec/bin/lifespec"), "compile"], user)
    for specs in ("", "specs/", "specs/churn/lifecycle.yaml"):
        done = step(fresh, SPECS=specs)
        assert done.returncode == 0, done.stdout + done.stderr
    assert step(fresh, SPECS="$(touch owned)").returncode == 2
    assert not (user / "owned").exists()
    assert step(lint, SPECS="specs/").returncode == 0
    assert step(sarif, SPECS="", SARIF="out.sarif").returncode == 0
    assert json.loads((user / "out.sarif").read_bytes())["version"] == "2.1.0"


@pytest.fixture
def _index(judge):
    """Where nothing can be installed, the test is skipped, or fails where judges are required."""
    judge("package-index")


@pytest.mark.usefixtures("_index")
def test_the_hooks_run_in_a_repository_that_names_them(source, user, tmp_path, judge):
    pre_commit, known = judge("pre-commit"), {"PRE_COMMIT_HOME": str(tmp_path / "cache")}
    revision = run(["git", "rev-parse", "HEAD"], source).stdout.strip()
    hooks = [{"id": hook["id"]} for hook in yaml.safe_load(HOOKS.read_bytes())]
    config = {"repos": [{"repo": str(source), "rev": revision, "hooks": hooks}]}
    (user / ".pre-commit-config.yaml").write_text(json.dumps(config), "utf-8")
    commit(user)

    def outcomes():
        done = run([str(pre_commit.path), "run", "--all-files", "--color=never"], user, check=False, **known)
        lines = [line for line in done.stdout.splitlines() if line.endswith(("Passed", "Failed", "Skipped"))]
        assert len(lines) == len(hooks), done.stdout + done.stderr
        return [line.rpartition(".")[2] for line in lines]

    assert outcomes() == ["Passed", "Failed"], "nothing has been compiled yet"
    lifespec = next((tmp_path / "cache").rglob("bin/lifespec"))
    run([str(lifespec), "compile"], user)
    assert outcomes() == ["Passed", "Passed"]
    spec = user / "specs/churn/lifecycle.yaml"
    spec.write_text(spec.read_text("utf-8").replace('"churned"', '"churn"', 1), "utf-8")
    assert outcomes() == ["Failed", "Failed"]
