"""The kept corpus, replayed, and some thousand inputs that coverage leads to from there; `make fuzz` goes on longer.

The replay needs no fuzzer. A file of the corpus is named by its digest; whatever broke an invariant once stays in it.
"""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
from pathlib import Path

import pytest

from fuzz.invariants import INVARIANTS
from fuzz.mutations import mutated

CORPUS = Path(__file__).with_name("corpus")
INPUTS = sorted(path for path in CORPUS.rglob("*") if path.is_file())
RUNS = {"loader": 4000, "compile": 1000}


@pytest.mark.parametrize("path", INPUTS, ids=lambda path: f"{path.parent.name}-{path.name[:8]}")
def test_an_input_of_the_corpus_breaks_no_invariant(path):
    INVARIANTS[path.parent.name](path.read_bytes())


def test_the_corpus_is_small_and_has_something_for_every_target():
    assert {path.parent.name for path in INPUTS} == INVARIANTS.keys()
    assert len(INPUTS) < 300
    assert sum(path.stat().st_size for path in INPUTS) < 500_000
    for path in INPUTS:
        assert path.name == hashlib.sha256(path.read_bytes()).hexdigest()[:16]


def test_inputs_that_are_specs_stay_documents_when_they_are_changed():
    data = max((path.read_bytes() for path in INPUTS if path.parent.name == "compile"), key=len)
    changed = {mutated(data, seed, 1 << 20) for seed in range(30)}
    assert len(changed) > 20
    for each in changed:
        assert each is not None
        INVARIANTS["loader"](each)


@pytest.mark.parametrize("name", INVARIANTS)
def test_inputs_that_coverage_leads_to_break_no_invariant(name, judge, tmp_path):
    judge("atheris")
    seed = ["--seed", "1"] if os.environ.get("CI") else []
    command = [sys.executable, "-m", "fuzz", name, "--runs", str(RUNS[name]), "--found", str(tmp_path), *seed]
    environment = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[1])}
    done = subprocess.run(
        command, env=environment, capture_output=True, encoding="utf-8", errors="replace", check=False
    )
    broken = [path.read_bytes() for path in (tmp_path / name).glob("*-*")]
    assert done.returncode == 0, (done.stderr[-3000:], broken)
    assert "new_units_added" in done.stderr
