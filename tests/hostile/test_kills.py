"""`lifespec compile`, killed at any moment: each file is wholly old or wholly new, and the next run finishes.

HOSTILE_KILLS says how many times. The moments are spread over a whole run, and over the part of it that writes.
"""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import time
from pathlib import Path

import pytest

from lifecycles import IMAGE, small

DEFAULT = 36
KILLS = int(os.environ.get("HOSTILE_KILLS") or DEFAULT)
SPECS = 6
OURS = ".lifespec-"


def write_specs(repository: Path, letter: str, count: int) -> None:
    """Specs whose files all differ by the letter: a torn one would hold both letters, or end early."""
    for number in range(SPECS):
        folder = repository / f"specs/m{number}"
        folder.mkdir(exist_ok=True)
        file = folder / "lifecycle.yaml"
        if number >= count:
            file.unlink(missing_ok=True)
            continue
        document = small()
        document["metadata"]["name"] = f"m{number}"
        document["spec"]["serving"]["image"] = IMAGE.format(name="serve", letter=letter * 64)
        document["spec"]["objective"]["whyNotRules"] = letter * 1000
        file.write_text(json.dumps(document))


def tree(folder: Path) -> dict[str, bytes]:
    """The files by path, without lifespec's own lists and temporary files."""
    files = (path for path in folder.rglob("*") if path.is_file() and not path.name.startswith(OURS))
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in files}


@pytest.fixture
def versions(repository, text_of):
    """What the two versions of the specs compile to."""
    trees = {}
    for letter, count in (("b", SPECS), ("c", SPECS - 1)):
        write_specs(repository, letter, count)
        text_of("compile", "--out", f"whole-{letter}")
        trees[letter] = tree(repository / f"whole-{letter}")
    assert trees["b"].keys() > trees["c"].keys()
    return trees


PENDING = ".lifespec-pending.json"
"""There from the first temporary file to the last rename."""


def kill(command: list[str], out: Path, after: float | None, *, writing: bool) -> tuple[bool, float]:
    """Start the command in a group of its own, and kill the whole group some seconds later, None for never.

    With `writing` the seconds count from the moment at which it begins to write. Returns whether the kill came before
    its end, and how many seconds it took from that moment.
    """
    with subprocess.Popen(
        command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, start_new_session=True
    ) as running:
        while writing and running.poll() is None and not (out / PENDING).exists():
            time.sleep(0.0005)
        begun = time.monotonic()
        try:
            running.wait(after)
        except subprocess.TimeoutExpired:
            os.killpg(running.pid, signal.SIGKILL)
        _, errors = running.communicate()
        took = time.monotonic() - begun
    assert b"Traceback" not in errors
    return running.returncode == -signal.SIGKILL, took


@pytest.mark.parametrize("jobs", ["1", "2"])
def test_a_kill_at_a_random_moment_tears_no_file_and_the_next_run_finishes(
    jobs, repository, versions, started, text_of
):
    chance = random.Random(int(jobs))
    out = repository / "generated"
    command = started("compile", "--jobs", jobs)
    write_specs(repository, "b", SPECS)
    text_of("compile", "--jobs", jobs)
    (out / "mine.txt").write_text("mine")
    write_specs(repository, "c", SPECS - 1)
    _, writes = kill(command, out, None, writing=True)
    write_specs(repository, "b", SPECS)
    _, whole = kill(command, out, None, writing=False)
    current, killed, partly = "b", 0, 0
    for turn in range(KILLS // 2):
        wanted = "bc"[turn % 2 == 0]
        write_specs(repository, wanted, SPECS - (wanted == "c"))
        writing = turn % 3 > 0
        died, took = kill(command, out, chance.uniform(0, 1) * (writes if writing else whole), writing=writing)
        killed += died
        if not died:  # the machine is faster now than when the time was taken
            writes, whole = (min(writes, took), whole) if writing else (writes, min(whole, took))
        found = tree(out)
        assert found.pop("mine.txt") == b"mine"
        old, new = versions[current], versions[wanted]
        for path in old.keys() | new.keys() | found.keys():
            assert found.get(path) in (old.get(path), new.get(path)), path
        partly += found not in (old, new)
        # Every second time the next run goes back, as when somebody reverts the change.
        current = wanted if turn % 4 < 2 else current
        write_specs(repository, current, SPECS - (current == "c"))
        assert "error" not in text_of("compile", "--jobs", jobs)
        (out / "mine.txt").rename(repository / "mine.txt")
        assert tree(out) == versions[current]
        assert [path.name for path in out.rglob(f"{OURS}*")] == [".lifespec-files.json"]
        assert "is fresh" in text_of("compile", "--check")
        (repository / "mine.txt").rename(out / "mine.txt")
    assert killed, "every run ended before its kill"
    print(f"{killed} of {KILLS // 2} runs were killed, {partly} of them between two files")  # noqa: T201 - with -s
