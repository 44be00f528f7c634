from __future__ import annotations

import re
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).parents[2]
WORKFLOWS = sorted((ROOT / ".github" / "workflows").glob("*.yml"))


def test_hadolint_has_nothing_to_say_about_the_dockerfile(judge):
    done = judge("hadolint").run("--no-color", "--failure-threshold=style", str(ROOT / "Dockerfile"))
    assert (done.stdout + done.stderr, done.returncode) == ("", 0)


def test_hadolint_can_say_something(judge):
    done = judge("hadolint").run("--no-color", "-", text="FROM debian\nRUN apt-get install curl\n")
    assert "DL3006" in done.stdout


def test_the_image_names_no_base_of_its_own_and_runs_as_nobody():
    dockerfile = (ROOT / "Dockerfile").read_text("utf-8")
    assert re.findall(r"^(?:ARG|FROM|USER) .*$", dockerfile, re.MULTILINE) == [
        "ARG BASE_IMAGE",
        "ARG BASE_DIGEST",
        "FROM ${BASE_IMAGE}@${BASE_DIGEST} AS build",
        "FROM ${BASE_IMAGE}@${BASE_DIGEST}",
        "USER 65532:65532",
    ]


def test_what_the_image_is_built_from_is_not_ignored():
    kept = {line[1:] for line in (ROOT / ".dockerignore").read_text("utf-8").splitlines() if line.startswith("!")}
    copied = re.findall(r"^COPY (?!--from)(.+) \S+$", (ROOT / "Dockerfile").read_text("utf-8"), re.MULTILINE)
    assert {source.rstrip("/") for line in copied for source in line.split()} == kept
    assert all((ROOT / name).exists() for name in kept)


def test_zizmor_as_auditor_finds_nothing_in_the_repository_s_own_workflows(judge):
    done = judge("zizmor").run("--offline", "--no-progress", "--quiet", "--persona=auditor", str(ROOT / ".github"))
    assert done.returncode == 0, done.stdout


def test_zizmor_can_find_something(judge, tmp_path):
    (tmp_path / "bad.yml").write_text(
        "on: push\njobs: {a: {runs-on: ubuntu-24.04, steps: [{uses: actions/checkout@v4}]}}\n", "utf-8"
    )
    done = judge("zizmor").run("--offline", "--no-progress", "--quiet", str(tmp_path / "bad.yml"))
    assert "unpinned-uses" in done.stdout


@pytest.mark.parametrize("workflow", WORKFLOWS, ids=lambda path: path.name)
def test_actionlint_finds_nothing(judge, workflow):
    done = judge("actionlint").run("-no-color", str(workflow))
    assert (done.stdout, done.returncode) == ("", 0)


def test_actionlint_can_find_something(judge):
    done = judge("actionlint").run("-no-color", "-", text="on: push\njobs: {a: {runs-on: ubuntu-24.04, step: []}}\n")
    assert 'unexpected key "step"' in done.stdout


@pytest.mark.parametrize("workflow", WORKFLOWS, ids=lambda path: path.name)
def test_a_workflow_runs_make_targets_only(workflow):
    jobs = yaml.safe_load(workflow.read_bytes())["jobs"].values()
    steps = [step for job in jobs for step in job["steps"]]
    assert steps
    assert [step for step in steps if "uses" not in step and not re.fullmatch(r"make [a-z-]+", step["run"])] == []
