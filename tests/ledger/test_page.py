"""What docs/deciding/ledger.md shows is what happens; `pytest --update` rewrites it."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import sysconfig
from math import log
from pathlib import Path

from ledger_story import story
from lifespec_compiler.statistics.sequential import SPENT
from lifespec_runtime.ledger.record import Subject, record

PAGE = "docs/deciding/ledger.md"


def test_every_command_of_the_page_prints_what_it_says(checkout, pytestconfig, golden):
    page = pytestconfig.rootpath / PAGE
    path = os.pathsep.join((sysconfig.get_path("scripts"), str(Path(sys.executable).parent), os.environ["PATH"]))
    environment = {**os.environ, "PATH": path, "NO_COLOR": "1", "GIT_CEILING_DIRECTORIES": "/"}

    def shown(block: re.Match[str]) -> str:
        lines = []
        for command in re.findall(r"^\$ (.*)$", block[1], re.MULTILINE):
            shell = ("sh", "-c", command)
            done = subprocess.run(
                shell, cwd=checkout, env=environment, capture_output=True, encoding="utf-8", check=False
            )
            assert done.returncode == 0, done.stderr
            lines.append(f"$ {command}\n{done.stdout}{done.stderr}")
        return f"```console\n{''.join(lines)}```"

    written = page.read_text("utf-8")
    assert written.count("```console") == 4
    golden(page).check(re.sub(r"^```console\n(.*?)^```$", shown, written, flags=re.DOTALL | re.MULTILINE))


def test_every_field_of_a_cause_is_explained_and_the_evidence_that_is_enough(pytestconfig):
    page = (pytestconfig.rootpath / PAGE).read_text("utf-8")
    table = page.partition("In a cause:")[2].partition("## What holds")[0]
    told = set(re.findall(r"`(\w+)`", table))
    documents = [record(entry, Subject("growth", "churn")).spec.model_dump(by_alias=True) for entry in story()]
    fields = {name for document in documents for cause in document["causes"] for name in cause}
    assert fields - told <= {"check", "verdict", "quantity", "slice", "report", "reason"}
    assert f"enough from {log(1 / (SPENT * 0.05)):.1f} on" in table
