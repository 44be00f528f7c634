"""The example contracts become sources that the language's own models accept."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from lifespec_schema.findings import Severity
from lifespec_schema.odcs import contract_sources
from lifespec_schema.spec.sources import Source

ROOT = Path(__file__).parents[2]
CONTRACTS = sorted((ROOT / "specs").glob("*/contracts/*.odcs.yaml"))


def test_there_are_examples():
    assert CONTRACTS


@pytest.mark.parametrize("environment", ["production", "staging", "local"])
@pytest.mark.parametrize("file", CONTRACTS, ids=lambda path: path.name)
def test_an_example_becomes_valid_sources(file: Path, environment: str):
    contract = yaml.safe_load(file.read_bytes())
    sources, findings = contract_sources(contract, file=file.name, environment=environment)
    assert [finding for finding in findings if finding.severity is not Severity.INFO] == []
    assert [source.name for source in sources] == [schema["name"] for schema in contract["schema"]]
    for source in sources:
        assert Source.model_validate(source.value).uri
