"""Several processes say and write what one does."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import time

import pytest

from lifecycles import small

MANY = 40


@pytest.fixture
def many(repository):
    for number in range(MANY):
        document = small()
        document["metadata"]["name"] = f"model-{number}"
        folder = repository / "specs" / f"model-{number}"
        folder.mkdir()
        (folder / "lifecycle.yaml").write_text(json.dumps(document, indent=1))
    return repository


def tree(folder):
    return {path.relative_to(folder): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_any_number_of_processes_writes_the_same_files(many, run):
    for jobs in ("1", "2", "3"):
        done = run("compile", "--jobs", jobs, "--out", f"out-{jobs}")
        assert done.exit_code == 0, done.stderr
    assert tree(many / "out-1") == tree(many / "out-2") == tree(many / "out-3")
    assert len(tree(many / "out-1")) > 10 * MANY


def test_any_number_of_processes_finds_the_same_in_the_same_order(many, run):
    for number in range(0, MANY, 3):
        file = many / f"specs/model-{number}/lifecycle.yaml"
        file.write_text(file.read_text().replace('"latencyBudget"', '"latency"').replace('"model-3"', '"model-4"'))
    (many / "specs/model-1/lifecycle.yaml").write_text("a: [")
    answers = [run("compile", "--format", form, "--jobs", jobs) for form in ("text", "json") for jobs in ("1", "2")]
    assert [answer.exit_code for answer in answers] == [1] * 4
    assert answers[0].stderr == answers[1].stderr
    assert answers[2].stdout == answers[3].stdout
    assert {found["rule"] for found in json.loads(answers[3].stdout)["findings"]} >= {
        "unknown-field",
        "yaml-syntax",
        "duplicate-lifecycle",
    }


def test_an_interrupted_run_leaves_old_files_and_says_so_by_its_code(many, started):
    environment = {**os.environ, "PYTHONDONTWRITEBYTECODE": "1"}
    done = subprocess.Popen(
        started("compile", "--jobs", "2"), env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    while done.poll() is None and not (many / "generated").exists():
        time.sleep(0.001)
    done.send_signal(signal.SIGINT)
    _, errors = done.communicate(timeout=120)
    assert done.returncode in {0, 130}, errors
    assert "Traceback" not in errors


def files_of(folder):
    return {name: data for name, data in tree(folder).items() if not name.name.startswith(".lifespec-")}


def test_a_kill_at_any_time_leaves_each_file_old_or_new_and_no_process_behind(many, run, started):
    old_output, new_output = many / "old", many / "new"
    run("compile", "--out", "old")
    for number in range(MANY):
        file = many / f"specs/model-{number}/lifecycle.yaml"
        file.write_text(file.read_text().replace('"1.0.0"', '"1.0.1"'))
    run("compile", "--out", "new")
    old, new = files_of(old_output), files_of(new_output)
    assert len([name for name in old if old[name] != new[name]]) > MANY
    seen = set()
    for step in range(12):
        folder = many / f"out-{step}"
        shutil.copytree(old_output, folder)
        killed = subprocess.Popen(started("compile", "--jobs", "2", "--out", str(folder)), start_new_session=True)
        pending = folder / ".lifespec-pending.json"
        while killed.poll() is None and not pending.exists():
            time.sleep(0.001)
        time.sleep(0.005 * 1.9**step)  # the last ones come after the end, however slow the machine
        killed.kill()
        killed.wait()
        assert_ends(killed.pid)
        found = files_of(folder)
        assert all(data in {old.get(name), new.get(name)} for name, data in found.items())
        seen.add(found == old)
        assert run("compile", "--out", str(folder)).exit_code == 0
        assert tree(folder) == tree(new_output)
        if len(seen) == 2 and step >= 8:
            break
    assert seen == {True, False}


def assert_ends(session):
    """Every process of a session ends soon after the first of them was killed."""
    for _ in range(1000):
        try:
            os.killpg(session, 0)
        except ProcessLookupError:
            return
        time.sleep(0.01)
    raise AssertionError("a process has outlived the run")
