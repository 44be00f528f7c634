"""Texts that make patterns run for ever, in every text of the language and of contracts: reading them ends.

Whoever hangs is stopped by a limit on processor time far above what is needed: a hang, not a budget.
"""

from __future__ import annotations

import json
import resource

import pytest

from hostile.conftest import SPEC
from hostile.places import Put, spots, with_texts
from leaves.witnesses import FILES, MAXIMAL

PATTERNS = (
    "^(a+)+$",
    "(a|aa)+$",
    "(a|a?)+$",
    "^(([a-z])+.)+[A-Z]([a-z])+$",
    r"(\w*)*$",
    "(?:a{0,999}){0,999}",
    "(.*)" * 60 + "x",
    "a{1,1000}{1,1000}{1,1000}",
    "((((((((((a?){9}){9}){9}){9}){9}){9}){9}){9}){9})",
    r"(?<=a)b\1(?R)",
    "(" * 500,
    "[" * 500,
    r"\p{Greek}+(?i)",
)
SUBJECTS = (
    "a" * 120 + "!",
    "a" * 60 + "@" + "a-" * 60,
    "a." * 100 + "!",
    "-" * 250,
    "0" * 250 + "x",
    "1 " * 50 + "*",
    "a/" * 100 + "!",
    "s3://" + "a" * 400 + "\n",
    "AKIA" * 60,
    "-----BEGIN " * 40,
    "password=" * 50 + "$(",
    "eyJ" + "A." * 200,
    "registry.example.com/" * 10 + ":" * 50,
    "((((" * 100,
    "{" * 400,
    "`" * 400,
    "[" * 400 + "](",
    "<" * 400,
    "|" * 400,
    "\\" * 400,
    "é" * 400,
)
SECONDS = 60


def limited() -> None:
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
    resource.setrlimit(resource.RLIMIT_AS, (2 << 30, 2 << 30))


@pytest.mark.parametrize("command", ["lint", "compile"])
def test_no_text_of_a_spec_makes_a_pattern_of_ours_run_for_ever(command, repository, process):
    texts = [spot for spot in spots() if spot.variant == MAXIMAL and not spot.is_typed]
    for number, text in enumerate((*PATTERNS, *SUBJECTS)):
        for kind in ("all", "free"):
            chosen = [spot for spot in texts if kind == "all" or spot.is_free]
            documents = with_texts(MAXIMAL, [Put(place, text) for spot in chosen for place in spot.places])
            folder = repository / f"specs/{kind}-{number}"
            folder.mkdir()
            for file in ("lifecycle", "model"):
                (folder / FILES[file]).write_text(json.dumps(documents[file]))
    done = process(command, "--format", "json", preexec_fn=limited)
    assert done.returncode == 1, done
    told = {finding["file"] for finding in json.loads(done.stdout)["findings"]}
    assert len(told) >= len(PATTERNS) + len(SUBJECTS)


def test_patterns_of_contracts_are_read_and_never_run(repository, process):
    column = {"name": "plan", "logicalType": "string"}
    properties = [
        {**column, "name": f"c{number}", "logicalTypeOptions": {"pattern": pattern}}
        for number, pattern in enumerate(PATTERNS)
    ]
    quality = [
        {"type": "library", "metric": "invalidValues", "mustBe": 0, "arguments": {"pattern": pattern}}
        for pattern in PATTERNS
    ]
    contract = {
        "apiVersion": "v3.1.0",
        "kind": "DataContract",
        "id": "x",
        "version": "1.0.0",
        "status": "active",
        "schema": [{"name": "customers", "properties": [{**column, "quality": quality}, *properties]}],
    }
    document = json.loads((repository / SPEC).read_text())
    document["spec"]["data"]["sources"][0].pop("schema")
    document["spec"]["data"]["sources"][0]["contractRef"] = "contract.odcs.yaml"
    (repository / SPEC).write_text(json.dumps(document))
    (repository / SPEC).with_name("contract.odcs.yaml").write_text(json.dumps(contract))
    for command in ("lint", "compile"):
        done = process(command, "--format", "json", preexec_fn=limited)
        assert done.returncode in (0, 1), done
