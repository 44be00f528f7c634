from __future__ import annotations

import os
import re
import subprocess
from pathlib import Path

ROOT = Path(__file__).parents[2]
RULES = (ROOT / "Makefile").read_text("utf-8")


def run_make(*arguments: str) -> str:
    # Without what a make around the tests hands down: it would change what is printed.
    environment = {name: value for name, value in os.environ.items() if not name.startswith("MAKE")}
    command = ["make", *arguments]
    return subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, encoding="utf-8", check=True).stdout


def test_help_shows_every_documented_target():
    documented = re.findall(r"^([a-z-]+):.*## (.+)$", RULES, re.MULTILINE)
    shown = [tuple(line.split(maxsplit=1)) for line in run_make("help").splitlines()]
    assert shown == documented
    assert {"setup", "demo", "test", "check", "gen", "lock", "data", "bench", "clean"} <= {name for name, _ in shown}


def test_every_target_is_phony_so_that_no_file_can_hide_it():
    targets = {name for line in re.findall(r"^([a-z][a-z -]*):(?!=)", RULES, re.MULTILINE) for name in line.split()}
    phony = {name for line in re.findall(r"^\.PHONY: (.+)$", RULES, re.MULTILINE) for name in line.split()}
    assert targets == phony


def test_help_is_what_a_bare_make_prints():
    assert run_make() == run_make("help")
