"""The example specs as files: short, and the same to every reader of YAML."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from lifespec_schema.findings import Severity
from lifespec_schema.forms import read_model_version, read_project
from lifespec_schema.loader import read
from lifespec_schema.odcs import contract_sources

ROOT = Path(__file__).resolve().parents[2]
FILES = [ROOT / "lifespec.yaml", *sorted((ROOT / "specs").rglob("*.yaml"))]


def test_the_minimal_spec_stays_under_forty_lines():
    assert len((ROOT / "specs/minimal/lifecycle.yaml").read_text(encoding="utf-8").splitlines()) < 40


@pytest.mark.parametrize("file", FILES, ids=lambda file: str(file.relative_to(ROOT)))
def test_yaml_1_1_and_yaml_1_2_read_the_same_values(file):
    documents, findings = read(file.name, file.read_bytes())

    assert not findings
    assert [document.value for document in documents] == list(yaml.safe_load_all(file.read_bytes()))


@pytest.mark.parametrize("environment", ["staging", "production"])
def test_each_contract_gives_its_sources_without_a_warning(example, environment):
    sources, findings = [], []
    for contract in example.contracts:
        read_sources, read_findings = contract_sources(contract, file="contract", document=0, environment=environment)
        sources += read_sources
        findings += read_findings

    assert [source.name for source in sources] == list(example.objects)
    assert [found for found in findings if found.severity is not Severity.INFO] == []
    uris = [str(source.value["uri"]) for source in sources]
    assert all(("lake-staging" in uri) == (environment == "staging") for uri in uris)


def test_the_project_file_and_the_model_version_are_documents_of_the_language():
    project, of_project = read_project(yaml.safe_load((ROOT / "lifespec.yaml").read_bytes()))
    model = (ROOT / "specs/late-flights/model.yaml").read_bytes()
    version, of_version = read_model_version(yaml.safe_load(model))

    assert (of_project, of_version) == ([], [])
    assert project is not None
    assert [environment.name for environment in project.spec.environments] == ["staging", "production"]
    assert version is not None
    assert version.spec.lifecycle == "late-flights"
