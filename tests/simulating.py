"""The plans of the example specs, and of a spec made for a test, to be simulated."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

import yaml

from lifespec_compiler.plan import Plan, assemble, environments, parse, plan
from lifespec_compiler.simulate.reading import read_scenario
from lifespec_schema.scenario import Scenario

ROOT = Path(__file__).parent.parent
SPECS = tuple(sorted(folder.name for folder in (ROOT / "specs").iterdir() if (folder / "lifecycle.yaml").exists()))


@cache
def plan_of(spec: str, environment: str = "production") -> Plan:
    """The plan of an example spec."""
    folder = ROOT / "specs" / spec
    files = {str(file.relative_to(ROOT)): file.read_bytes() for file in sorted(folder.rglob("*.yaml"))}
    files["lifespec.yaml"] = (ROOT / "lifespec.yaml").read_bytes()
    documents, _ = parse(files)
    bundles, project, _ = assemble(documents, "lifespec.yaml")
    assert project is not None
    chosen = next(one for one in environments(project) if one.name == environment)
    planned, problems = plan(bundles[0], project, chosen)
    assert planned, problems
    return planned


def scenario(name: str = "made", **spec: Any) -> Scenario:
    """A scenario with what is written."""
    document = {
        "apiVersion": "lifespec.dev/v1alpha1",
        "kind": "Scenario",
        "metadata": {"name": name},
        "spec": {"about": "Made for a test.", **spec},
    }
    found, findings = read_scenario("made.yaml", yaml.safe_dump(document).encode())
    assert found is not None, findings
    return found
