"""The generated scripts, run by a real shell on real Git repositories; `lifespec` and `gh` are stand-ins that tell."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest
import yaml
from markdown_it import MarkdownIt

from ci.made import EVERYTHING, RETRAINING, made_of, plans_for, project_for
from lifecycles import small

WORKFLOWS = ".github/workflows"
TRAINING = f"{WORKFLOWS}/lifespec-train.growth.churn.yml"
HOSTILE_LINES = ["```", "~~~", "# heading", "<script>alert(1)</script>", "", "[a](b)", "  - item", "\\"]


@pytest.fixture
def step(landed):
    """`step(file, job, name)`: a step of a workflow, with all commands landed."""
    landed(*EVERYTHING)
    files = made_of("github", plans_for(project_for("github"), small(retraining=RETRAINING)))

    def find(file, job, name):
        steps = yaml.safe_load(files[file])["jobs"][job]["steps"]
        (found,) = [step for step in steps if step.get("name") == name]
        return found

    return find


@pytest.fixture
def gitlab_job(landed):
    """`gitlab_job(name)`: a job of the GitLab file, with all commands landed."""
    landed(*EVERYTHING)
    ((_, content),) = made_of("gitlab", plans_for(project_for("gitlab"), small(retraining=RETRAINING))).items()
    return yaml.safe_load(content).__getitem__


@pytest.fixture
def shell(tmp_path):
    """`shell(script, folder, stand_ins, **environment)`: runs it as GitHub does; `stand_ins` are programs' scripts."""

    def run(script, folder, stand_ins, **environment):
        programs = tmp_path / "bin"
        programs.mkdir(exist_ok=True)
        for name, text in stand_ins.items():
            (programs / name).write_text(f"#!/usr/bin/env bash\n{text}\n", "utf-8")
            (programs / name).chmod(0o755)
        known = {
            "PATH": f"{programs}{os.pathsep}{os.environ['PATH']}",
            "HOME": str(tmp_path),
            "GIT_CONFIG_NOSYSTEM": "1",
            **environment,
        }
        command = ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", script]
        return subprocess.run(command, cwd=folder, env=known, capture_output=True, encoding="utf-8", check=False)

    return run


def git(folder, *arguments):
    command = [
        "git",
        "-c",
        "user.name=a",
        "-c",
        "user.email=a@example.com",
        "-c",
        "init.defaultBranch=main",
        *arguments,
    ]
    return subprocess.run(command, cwd=folder, check=True, capture_output=True, encoding="utf-8").stdout


@pytest.fixture
def clone(tmp_path) -> Path:
    """A clone of a bare repository with a spec and what it compiles to."""
    origin, here = tmp_path / "origin.git", tmp_path / "clone"
    git(tmp_path, "init", "--bare", str(origin))
    git(tmp_path, "clone", str(origin), str(here))
    for path in ("lifecycle.yaml", "generated/a.yaml", "generated/.lifespec-files.json", "other.txt"):
        (here / path).parent.mkdir(exist_ok=True)
        (here / path).write_text("old\n", "utf-8")
    git(here, "add", "--all")
    git(here, "commit", "--message", "first")
    git(here, "push", "origin", "HEAD:main")
    return here


PROPOSED = ["generated/.lifespec-files.json", "generated/a.yaml", "generated/new/b.yaml", "model.yaml"]
COMPILES = f"mkdir -p generated/new; for file in {' '.join(PROPOSED)}; do echo new > $file; done"
"""What a training leaves behind: a model version, and what is compiled from it."""


@pytest.mark.parametrize("lines", [HOSTILE_LINES, ["no findings in 2 specs"]], ids=["hostile", "plain"])
def test_the_summary_is_one_block_of_code(lines, step, shell, tmp_path):
    summary = tmp_path / "summary.md"
    (tmp_path / "said").write_text("\n".join(lines) + "\n", "utf-8")
    script = step(f"{WORKFLOWS}/lifespec.yml", "check", "Summarise")["run"]
    done = shell(script, tmp_path, {"lifespec": f"cat {tmp_path}/said; exit 1"}, GITHUB_STEP_SUMMARY=str(summary))
    assert done.returncode == 0, done.stderr
    tokens = MarkdownIt().parse(summary.read_text("utf-8"))
    assert [token.type for token in tokens] == ["heading_open", "inline", "heading_close", "code_block"]
    assert tokens[-1].content.splitlines() == [*lines, *lines]


def test_a_summary_that_is_far_too_long_is_cut(step, shell, tmp_path):
    summary = tmp_path / "summary.md"
    script = step(f"{WORKFLOWS}/lifespec.yml", "check", "Summarise")["run"]
    noise = {"lifespec": "yes finding | head --lines 200000"}
    assert shell(script, tmp_path, noise, GITHUB_STEP_SUMMARY=str(summary)).returncode == 0
    assert 100_000 < summary.stat().st_size < 400_000


def test_a_nomination_is_the_model_and_what_is_compiled_from_it(step, shell, clone, tmp_path):
    environment = {
        "RUNNER_TEMP": str(tmp_path),
        "GITHUB_OUTPUT": str(tmp_path / "output"),
        "GITHUB_RUN_ID": "42",
        "GITHUB_SERVER_URL": "https://git.example.com",
        "GITHUB_REPOSITORY": "example/models",
    }
    (clone / "other.txt").write_text("the trainer was here\n", "utf-8")
    pack = step(TRAINING, "train", "Pack the nomination")
    done = shell(pack["run"], clone, {"lifespec": COMPILES}, **environment, **pack["env"])
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "output").read_text("utf-8") == "changed=true\n"
    nominate(step, shell, clone, tmp_path, environment)
    assert changed(clone, "lifespec/growth.churn-42") == PROPOSED
    calls = (tmp_path / "gh.log").read_text("utf-8").splitlines()
    assert [call.split()[:2] for call in calls] == [["auth", "setup-git"], ["pr", "create"], ["workflow", "run"]]
    assert "--base main --head lifespec/growth.churn-42" in calls[1]
    assert calls[2] == "workflow run lifespec.yml --ref lifespec/growth.churn-42"


def nominate(step, shell, clone, tmp_path, environment):
    fresh = tmp_path / "fresh"
    git(tmp_path, "clone", "--branch", "main", str(tmp_path / "origin.git"), str(fresh))
    opening = step(TRAINING, "nominate", "Open the pull request, and have it checked")
    known = {name: text for name, text in opening["env"].items() if "${{" not in text}
    done = shell(opening["run"], fresh, {"gh": f'echo "$@" >> {tmp_path}/gh.log'}, **environment, **known)
    assert done.returncode == 0, done.stderr
    git(clone, "fetch", "origin")


def changed(clone, branch):
    return git(clone, "diff", "--name-only", "origin/main", f"origin/{branch}").splitlines()


def test_a_trainer_cannot_slip_a_workflow_into_a_nomination(step, shell, clone, tmp_path):
    environment = {
        "RUNNER_TEMP": str(tmp_path),
        "GITHUB_RUN_ID": "43",
        "GITHUB_SERVER_URL": "s",
        "GITHUB_REPOSITORY": "r",
    }
    for path in ("model.yaml", f"{WORKFLOWS}/evil.yml", "generated/a.yaml", "generatedly/x"):
        (clone / path).parent.mkdir(parents=True, exist_ok=True)
        (clone / path).write_text("evil\n", "utf-8")
    git(clone, "add", "--all")
    (tmp_path / "nomination.patch").write_text(git(clone, "diff", "--cached", "--binary"), "utf-8")
    nominate(step, shell, clone, tmp_path, environment)
    assert changed(clone, "lifespec/growth.churn-43") == ["generated/a.yaml", "model.yaml"]


def test_without_a_new_model_nothing_is_nominated(step, shell, clone, tmp_path):
    environment = {"RUNNER_TEMP": str(tmp_path), "GITHUB_OUTPUT": str(tmp_path / "output")}
    pack = step(TRAINING, "train", "Pack the nomination")
    (clone / "model.yaml").write_text("old\n", "utf-8")
    git(clone, "add", "--all")
    git(clone, "commit", "--message", "a model")
    assert shell(pack["run"], clone, {"lifespec": "true"}, **environment, **pack["env"]).returncode == 0
    assert not (tmp_path / "output").exists()


def test_on_gitlab_a_nomination_is_the_same(gitlab_job, shell, clone, tmp_path):
    train, opens = gitlab_job("lifespec-train-growth.churn"), gitlab_job("lifespec-nominate-growth.churn")
    environment = {"CI_PIPELINE_ID": "44", "CI_SERVER_HOST": "git.example.com", "CI_PROJECT_PATH": "a/b"}
    environment["LIFESPEC_TOKEN"] = "t"  # noqa: S105 - as short as a secret can be
    done = shell("\n".join(train["script"]), clone, {"lifespec": COMPILES}, **environment, **train["variables"])
    assert done.returncode == 0, done.stderr
    fresh = tmp_path / "fresh"
    git(tmp_path, "clone", "--branch", "main", str(tmp_path / "origin.git"), str(fresh))
    shutil.copy(clone / "nomination.patch", fresh)
    real = shutil.which("git")
    pushes = f'if [ "$1" = push ]; then echo "$@" >> {tmp_path}/pushed; else exec {real} "$@"; fi'
    done = shell("\n".join(opens["script"]), fresh, {"git": pushes}, **environment, **opens["variables"])
    assert done.returncode == 0, done.stderr
    assert git(fresh, "diff", "--name-only", "origin/main", "HEAD").splitlines() == PROPOSED
    assert (tmp_path / "pushed").read_text("utf-8").split() == [
        "push",
        "https://lifespec:t@git.example.com/a/b.git",
        "HEAD:refs/heads/lifespec/growth.churn-44",
        "--push-option=merge_request.create",
        "--push-option=merge_request.target=main",
    ]
    (fresh / "nomination.patch").write_text("", "utf-8")
    (tmp_path / "pushed").unlink()
    assert (
        shell("\n".join(opens["script"]), fresh, {"git": pushes}, **environment, **opens["variables"]).returncode == 0
    )
    assert not (tmp_path / "pushed").exists()


@pytest.mark.parametrize(
    ("known", "expected"),
    [
        pytest.param("", ["--method", "POST", "repos/example/models/issues/7/comments"], id="the first time"),
        pytest.param("31\n32\n", ["--method", "PATCH", "repos/example/models/issues/comments/32"], id="again"),
    ],
)
def test_there_is_one_comment(known, expected, step, shell, tmp_path):
    (tmp_path / "known").write_text(known, "utf-8")
    gh = f'echo "$@" >> {tmp_path}/gh.log; if [ "$2" = --paginate ]; then cat {tmp_path}/known; fi'
    script = step(f"{WORKFLOWS}/lifespec.yml", "comment", "Write the comment, or renew it")["run"]
    done = shell(script, tmp_path, {"gh": gh}, GITHUB_REPOSITORY="example/models", NUMBER="7")
    assert done.returncode == 0, done.stderr
    last = (tmp_path / "gh.log").read_text("utf-8").splitlines()[-1].split()
    assert last == ["api", "--silent", *expected, "--field", "body=@lifespec-diff.md"]
