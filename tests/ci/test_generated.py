"""The generated CI files, as they are and as their judges see them."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import click
import pytest
import yaml

from ci.made import EVERYTHING, RETRAINING, SYSTEMS, made_of, plans_for, project_for, scripts
from lifecycles import small
from lifespec_compiler.targets.ci.commands import INSTALL
from lifespec_compiler.targets.github import actions
from lifespec_runtime.cli.app import lifespec

STATES = {"checks": (), "training": EVERYTHING}
"""What CI can do: while no other command has landed, and with all of them."""

OWN_WORKFLOW = Path(__file__).parents[2] / ".github" / "workflows" / "ci.yml"
ZIZMOR = ("--offline", "--no-progress", "--quiet", "--persona=auditor", "--strict-collection")


def everything(system):
    """What the target makes of a repository with two lifecycles, of which one is never retrained."""
    quiet = small(retraining=None)
    quiet["metadata"] = {"name": "fraud", "namespace": "payments"}
    return made_of(system, plans_for(project_for(system), small(retraining=RETRAINING), quiet))


@pytest.fixture(params=STATES)
def state(request, landed):
    """One of the states, which holds while the test runs."""
    landed(*STATES[request.param])
    return request.param


@pytest.fixture
def repository(state, tmp_path):
    """A folder with everything that the github target makes in this state."""
    for path, content in everything("github").items():
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_bytes(content)
    assert any(tmp_path.rglob("*.yml")), state
    return tmp_path


@pytest.mark.parametrize("system", SYSTEMS)
def test_the_files_are_the_golden_ones(system, state, golden):
    for path, content in everything(system).items():
        golden(Path("ci", state, path)).check(content.decode())


def test_zizmor_as_auditor_finds_nothing(repository, judge):
    done = judge("zizmor").run(*ZIZMOR, str(repository))
    assert done.returncode == 0, done.stdout + done.stderr


def test_actionlint_finds_nothing_in_workflows_and_their_scripts(repository, judge):
    files = sorted(str(file) for file in repository.rglob("*.yml"))
    done = judge("actionlint").run("-no-color", "-shellcheck", str(judge("shellcheck").path), *files)
    assert (done.stdout, done.returncode) == ("", 0)


def test_actionlint_would_hear_from_shellcheck(judge):
    text = "on: push\njobs: {a: {runs-on: ubuntu-24.04, steps: [{run: 'echo $PWD'}]}}\n"
    done = judge("actionlint").run("-no-color", "-shellcheck", str(judge("shellcheck").path), "-", text=text)
    assert "SC2086" in done.stdout


def test_workflows_are_valid_by_their_schema(repository, judge):
    files = sorted(str(file) for file in repository.rglob("*.yml"))
    done = judge("check-jsonschema").run("--builtin-schema", "vendor.github-workflows", *files)
    assert done.returncode == 0, done.stdout


@pytest.mark.usefixtures("state")
def test_the_gitlab_file_is_valid_by_its_schema(judge, tmp_path):
    ((path, content),) = everything("gitlab").items()
    file = tmp_path / Path(path).name
    file.write_bytes(content)
    check = ("--builtin-schema", "vendor.gitlab-ci", "--data-transform", "gitlab-ci", str(file))
    done = judge("check-jsonschema").run(*check)
    assert done.returncode == 0, done.stdout
    file.write_bytes(content.replace(b"before_script", b"before_scripts"))
    assert judge("check-jsonschema").run(*check).returncode == 1, "a wrong key would not be seen"


@pytest.mark.parametrize("system", SYSTEMS)
@pytest.mark.usefixtures("state")
def test_shellcheck_finds_nothing_in_the_scripts(system, judge):
    for content in everything(system).values():
        for script in scripts(content):
            done = judge("shellcheck").run("--shell=bash", "-", text=script)
            assert done.returncode == 0, done.stdout


def test_every_job_has_its_own_permissions_and_an_end(repository):
    for file in repository.rglob("*.yml"):
        workflow = yaml.safe_load(file.read_bytes())
        assert workflow["permissions"] == {}
        assert workflow["concurrency"]["group"]
        for job in workflow["jobs"].values():
            assert job["permissions"]
            assert 0 < job["timeout-minutes"] <= 360
            assert job["permissions"] == {"contents": "read"} or INSTALL not in str(job), "a token beside others' code"


def test_every_permission_and_every_pinned_action_says_what_it_is(repository):
    for file in repository.rglob("*.yml"):
        lines = file.read_text("utf-8").splitlines()
        found = [line for line in lines if re.search(r"^\s+(- )?uses: |: (read|write)( |$)", line)]
        assert found
        assert [
            line for line in found if not re.search(r"(@[0-9a-f]{40} # v\d+\.\d+\.\d+|(read|write) # to .+)$", line)
        ] == []


def test_actions_that_our_own_ci_uses_too_are_the_same_commits():
    ours = set(re.findall(r"uses: (\S+) # (\S+)", OWN_WORKFLOW.read_text("utf-8")))
    for action in (actions.CHECKOUT, actions.SETUP_PYTHON):
        assert (str(action), action.note) in ours


@pytest.mark.usefixtures("repository")
def test_the_lint_job_reads_and_nothing_more(landed):
    landed()
    ((path, content),) = everything("github").items()
    assert path == ".github/workflows/lifespec.yml"
    (job,) = yaml.safe_load(content)["jobs"].values()
    assert job["permissions"] == {"contents": "read"}
    assert "secrets." not in content.decode()


CALLS = {
    "lifespec lint --format github",
    "lifespec lint --format gitlab",
    "lifespec lint --quiet",
    "lifespec compile --check",
}


def test_these_commands_are_called_and_no_others(landed):
    landed()
    files = [content for system in SYSTEMS for content in everything(system).values()]
    called = {call for content in files for script in scripts(content) for call in calls(script)}
    assert called == CALLS


@pytest.mark.parametrize("call", sorted(CALLS))
def test_our_own_command_line_reads_every_command(call):
    name, *arguments = shlex.split(call)[1:]
    command = lifespec.get_command(click.Context(lifespec), name)
    assert command
    command.make_context(name, arguments)


def calls(script):
    """Every call of lifespec in a script."""
    return [found.strip() for found in re.findall(r"\blifespec [a-z-]+[^;|>)}\n]*", script)]
