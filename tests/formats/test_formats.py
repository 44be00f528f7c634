"""What holds for every format that other programs read."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from lifespec_runtime.cli.formats import FORMATS

LINT = [sys.executable, "-c", "from lifespec_runtime.cli import main; main()", "lint", "--today", "2026-01-01"]
SURROUNDINGS = {
    "as it is": {},
    "another seed of hashes": {"PYTHONHASHSEED": "7"},
    "a locale without umlauts": {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONIOENCODING": "ascii:strict"},
    "colours forced": {"FORCE_COLOR": "1", "CLICOLOR_FORCE": "1", "TERM": "xterm"},
}


@pytest.mark.parametrize("fmt", FORMATS)
def test_the_same_bytes_come_out_everywhere(fmt, repository):
    file = repository / "specs/churn/lifecycle.yaml"
    odd = repository / "specs/Größe 日本,a:b%20.yaml"
    odd.write_text(file.read_text().replace("name: churn", "name: size").replace("Launch week", "Größe 日本"))
    outputs = set()
    for environment in SURROUNDINGS.values():
        done = subprocess.run(
            [*LINT, "--format", fmt], env={**os.environ, **environment}, capture_output=True, check=False
        )
        assert (done.returncode, done.stderr) == (0 if fmt == "sarif" else 1, b"")
        outputs.add(done.stdout)
    assert len(outputs) == 1, outputs
    (output,) = outputs
    output.decode("utf-8")
    assert b"\x1b" not in output
    assert b"\r" not in output
    assert output.endswith(b"\n")


@pytest.mark.usefixtures("repository")
@pytest.mark.parametrize("fmt", FORMATS)
def test_what_is_quiet_tells_only_what_fails(fmt, lint):
    loud, quiet = (lint(fmt, *options)[0] for options in ((), ("--quiet",)))
    assert b"missing-monitor" in loud
    results = quiet if fmt != "sarif" else quiet.partition(b'"results"')[2]
    assert b"missing-monitor" not in results
    assert b"expired-waiver" in results
