"""What the README shows is what happens."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sysconfig
from collections.abc import Callable
from pathlib import Path

import pytest

from lifespec_runtime.cli.app import COMMANDS

PAGES = ("README.md", "CONTRIBUTING.md", "docs/architecture.md")
SCRIPTS = sysconfig.get_path("scripts")
Shell = Callable[[str], str]


@pytest.fixture
def readme(repository) -> str:
    return (repository / "README.md").read_text("utf-8")


@pytest.fixture
def shell(repository, tmp_path) -> Shell:
    """`shell(command)`: what it prints in a copy of the specs, in a terminal's order."""
    shutil.copy(repository / "lifespec.yaml", tmp_path)
    shutil.copytree(repository / "specs", tmp_path / "specs", ignore=shutil.ignore_patterns(".data", ".models"))

    def run(command: str) -> str:
        return execute("sh", "-c", command, cwd=tmp_path)

    return run


def execute(*command: str, cwd: Path) -> str:
    environment = {**os.environ, "PATH": f"{SCRIPTS}{os.pathsep}{os.environ['PATH']}", "NO_COLOR": "1"}
    done = subprocess.run(
        command,
        cwd=cwd,
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding="utf-8",
        check=False,
    )
    assert done.returncode == 0, done.stdout
    return done.stdout


def blocks(page: str, language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```$", page, re.DOTALL | re.MULTILINE)


def test_the_first_block_is_the_minimal_spec(readme, repository):
    first = re.search(r"^```(\w+)\n(.*?)^```$", readme, re.DOTALL | re.MULTILINE)
    assert first
    assert first[1] == "yaml"
    assert first[2] == (repository / "specs/minimal/lifecycle.yaml").read_text("utf-8")


def test_every_command_prints_what_the_page_says(readme, shell):
    found = blocks(readme, "console")
    assert found
    for block in found:
        commands = re.findall(r"^\$ (.*)$", block, re.MULTILINE)
        assert "".join(f"$ {command}\n{shell(command)}" for command in commands) == block


def test_the_demo_shows_exactly_the_first_screen(readme, repository, tmp_path):
    spec = (repository / "specs/minimal/lifecycle.yaml").read_text("utf-8")
    screen = f"$ cat specs/minimal/lifecycle.yaml\n{spec}{''.join(blocks(readme, 'console'))}"
    assert execute("sh", str(repository / "docs/demo.sh"), cwd=tmp_path) == screen


def test_the_demo_stops_at_a_command_that_fails(repository, tmp_path):
    (tmp_path / "docs").mkdir()
    (tmp_path / "specs/minimal").mkdir(parents=True)
    (tmp_path / "lifespec.yaml").touch()
    shutil.copy(repository / "docs/demo.sh", tmp_path / "docs")
    (tmp_path / "README.md").write_text("```console\n$ false\n$ echo reached\n```\n", "utf-8")
    (tmp_path / "specs/minimal/lifecycle.yaml").touch()
    with pytest.raises(AssertionError, match=r"\$ false") as stopped:
        execute("sh", str(tmp_path / "docs/demo.sh"), cwd=tmp_path)
    assert "reached" not in str(stopped.value)


def test_no_block_goes_untested(readme):
    languages = re.findall(r"^```(\w+)$", readme, re.MULTILINE)
    assert set(languages) == {"yaml", "console", "sh"}
    assert languages.count("yaml") == 1
    measuring, install = blocks(readme, "sh")
    assert measuring.startswith("pip install '.[measure]'\nmake data ")
    assert install == "pip install .\n"


def test_data_and_models_are_measured_as_the_page_says(readme, repository, shell, tmp_path):
    data = repository / "specs/minimal/.data"
    if not data.exists():
        pytest.skip("`make data` brings the data of the examples")
    shutil.copytree(data, tmp_path / "specs/minimal/.data")
    commands = [line for line in blocks(readme, "sh")[0].splitlines() if line.startswith("lifespec ")]
    assert len(commands) == 3
    for command in commands:
        shell(command)
    assert (tmp_path / "report.html").read_text("utf-8").startswith("<!DOCTYPE html>")


def test_the_commands_are_those_of_the_command_line(readme):
    rows = re.findall(r"^\| `lifespec ([a-z-]+)` \| (.*) \|$", readme, re.MULTILINE)
    assert dict(rows) == COMMANDS


def test_every_make_target_that_is_named_is_there(repository):
    makefile = (repository / "Makefile").read_text("utf-8")
    for page in PAGES:
        for target in re.findall(r"`make ([a-z-]+)`", (repository / page).read_text("utf-8")):
            assert re.search(rf"^{target}:", makefile, re.MULTILINE), f"{page}: make {target}"


@pytest.mark.parametrize("page", PAGES)
def test_every_link_leads_to_a_file(page, repository):
    for link in re.findall(r"\]\(([^)#]+)[^)]*\)", (repository / page).read_text("utf-8")):
        if not link.startswith("https://"):
            assert (repository / page).parent.joinpath(link).exists(), link
