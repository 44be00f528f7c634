from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest
import yaml

from goldens import ROOT as GOLDENS
from lifespec_compiler.plan import Plan, assemble, environments, parse, plan
from lifespec_compiler.targets import docs

CASES = GOLDENS / "model-card"


@pytest.fixture
def documents() -> Callable[[str], dict[str, Any]]:
    """`documents(case)`: the documents of a golden case by the names of their files."""
    return lambda case: {path.name: yaml.safe_load(path.read_bytes()) for path in sorted((CASES / case).glob("*.yaml"))}


@pytest.fixture
def plans() -> Callable[[Mapping[str, Any]], list[Plan]]:
    """`plans(documents)`: the plans in all environments; what is wrong with the documents fails the test."""

    def make(documents: Mapping[str, Any]) -> list[Plan]:
        read, findings = parse({name: yaml.safe_dump(document).encode() for name, document in documents.items()})
        bundles, project, more = assemble(read, "lifespec.yaml" if "lifespec.yaml" in documents else None)
        assert project, [*findings, *more]
        made = []
        for environment in environments(project):
            planned, problems = plan(bundles[0], project, environment)
            assert planned, [*findings, *more, *problems]
            made.append(planned)
        return made

    return make


@pytest.fixture
def planned(documents, plans) -> Callable[..., Plan]:
    """`planned(edit, case)`: the plan of a case in its last environment, after `edit(spec)`."""

    def make(edit: Callable[[dict[str, Any]], object] | None = None, case: str = "full") -> Plan:
        files = documents(case)
        if edit:
            edit(files["lifecycle.yaml"]["spec"])
        return plans(files)[-1]

    return make


@pytest.fixture
def card() -> Callable[[Plan], str]:
    """`card(plan)`: the text of the one file that the target makes."""

    def make(plan: Plan) -> str:
        [manifest] = docs.compile(plan)
        assert isinstance(manifest.content, str)
        return manifest.content

    return make


@pytest.fixture
def repository() -> Path:
    """The repository's root."""
    return Path(__file__).parents[2]
