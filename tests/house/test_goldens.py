from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

PLUGIN = Path(__file__).parents[1] / "goldens.py"

TESTS = """
from pathlib import Path

def test_text(golden):
    golden(Path("case/text.out")).check("one\\n")

def test_an_input_beside_it():
    assert (Path(__file__).parent / "golden" / "case" / "input.yaml").read_text() == "a: 1\\n"
"""


@pytest.fixture
def run(tmp_path):
    """A project with one golden and one input; call it to run its tests."""
    shutil.copy(PLUGIN, tmp_path)
    (tmp_path / "conftest.py").write_text('pytest_plugins = ["goldens"]\n', "utf-8")
    (tmp_path / "test_it.py").write_text(TESTS, "utf-8")
    write(tmp_path, "input.yaml", b"a: 1\n")
    write(tmp_path, "text.out", b"one\n")

    def run_pytest(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", *arguments]
        variables = {"PATH": os.environ["PATH"], **environment}
        return subprocess.run(command, cwd=tmp_path, env=variables, capture_output=True, encoding="utf-8", check=False)

    return run_pytest


def write(project: Path, name: str, data: bytes) -> Path:
    path = project / "golden" / "case" / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)
    return path


@pytest.mark.parametrize("workers", [(), ("--numprocesses=2",)], ids=["alone", "with two workers"])
def test_goldens_that_match_and_are_all_opened_pass(run, workers):
    assert run(*workers).returncode == 0


@pytest.mark.parametrize("workers", [(), ("--numprocesses=2",)], ids=["alone", "with two workers"])
def test_a_golden_that_no_test_opened_fails_a_full_run(run, tmp_path, workers):
    stale = write(tmp_path, "stale.out", b"")
    done = run(*workers)
    assert done.returncode == 1
    assert f"{stale}\n" in done.stdout


def test_a_golden_that_no_test_opened_is_no_matter_in_a_part_of_the_tests(run, tmp_path):
    write(tmp_path, "stale.out", b"")
    assert run("-k", "text").returncode == 0
    assert run("test_it.py").returncode == 0


@pytest.mark.parametrize(
    "content", [b"two\n", b"one\r\n", b"one"], ids=["other text", "other line ending", "no newline"]
)
def test_one_byte_of_difference_fails_until_updated(run, tmp_path, content):
    path = write(tmp_path, "text.out", content)
    assert run().returncode == 1
    assert run("--update").returncode == 0
    assert path.read_bytes() == b"one\n"
    assert run().returncode == 0


def test_a_missing_golden_fails_until_updated(run, tmp_path):
    path = write(tmp_path, "text.out", b"")
    path.unlink()
    done = run()
    assert done.returncode == 1
    assert "missing golden" in done.stdout
    assert run("--update").returncode == 0
    assert path.read_bytes() == b"one\n"


def test_ci_never_updates(run, tmp_path):
    path = write(tmp_path, "text.out", b"two\n")
    done = run("--update", CI="true")
    assert done.returncode == pytest.ExitCode.USAGE_ERROR
    assert "--update is for people" in done.stderr
    assert path.read_bytes() == b"two\n"
