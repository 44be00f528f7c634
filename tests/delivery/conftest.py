"""Projects that deliver, and what their targets make."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from leaves.witnesses import witness
from lifecycles import small
from lifespec_compiler.emit.render import render_all
from lifespec_compiler.manifest import Manifest
from lifespec_compiler.pipeline import compile_all, plan_all
from lifespec_compiler.plan import assemble, parse
from lifespec_compiler.targets.kubernetes import compiling
from lifespec_compiler.targets.landed import AGENT
from lifespec_schema.findings import Severity

IMAGE = f"registry.example.com/lifespec@sha256:{'e' * 64}"
PROJECT = f"""
apiVersion: lifespec.dev/v1alpha1
kind: LifespecProject
spec:
  output: out/generated/
  targets: [kubernetes, prometheus, grafana, docs]
  repository: {{kind: github, url: "https://github.com/example/models", branch: main, secretRef: models-reader}}
  environments:
    - {{name: staging, namespace: "{{namespace}}-staging", agentImage: "{IMAGE}"}}
    - {{name: production, after: staging, agentImage: "{IMAGE}"}}
    - {{name: edge, cluster: edge-west, agentImage: "{IMAGE}"}}
"""
APPLIED_BY = ("kubernetes", "prometheus", "grafana", "docs")


class Repository:
    """A project with two lifecycles, all compiled with a tool that delivers them."""

    def __init__(self, tool: str, branch: str = "main") -> None:
        documents = witness()
        documents["lifecycle"]["spec"].pop("environments")
        other = small() | {"metadata": {"name": "fraud", "namespace": "payments"}}
        files = {
            "lifespec.yaml": PROJECT.replace("branch: main", f"branch: {json.dumps(branch)}"),
            "specs/churn/lifecycle.yaml": json.dumps(documents["lifecycle"]),
            "specs/churn/model.yaml": json.dumps(documents["model"]),
            "specs/fraud/lifecycle.yaml": json.dumps(other),
        }
        read, findings = parse({name: text.encode() for name, text in files.items()})
        bundles, project, more = assemble(read, "lifespec.yaml")
        assert project, [*findings, *more]
        self.planned = plan_all(bundles, project)
        self.manifests, problems = compile_all(self.planned, [*APPLIED_BY, tool], shared=True)
        found = [*findings, *more, *problems, *(each for planned in self.planned for each in planned.findings)]
        assert [each for each in found if each.severity is Severity.ERROR] == []

    def objects(self, inside: str) -> list[dict[str, Any]]:
        """All objects in the files whose path has this part, without the lists of files."""
        return [each for manifest in self.within(inside) for each in contents(manifest)]

    def within(self, inside: str) -> list[Manifest]:
        return [
            manifest
            for manifest in self.manifests
            if inside in manifest.path and not manifest.path.endswith("/kustomization.yaml")
        ]

    def write(self, folder: Path) -> Path:
        """All that is compiled, as files."""
        for path, content in render_all(self.manifests).items():
            (folder / path).parent.mkdir(parents=True, exist_ok=True)
            (folder / path).write_bytes(content)
        return folder


def contents(manifest: Manifest) -> Sequence[dict[str, Any]]:
    content: Any = manifest.content
    return [] if isinstance(content, str) else [content] if isinstance(content, dict) else list(content)


@pytest.fixture(scope="session")
def repository() -> Callable[..., Repository]:
    """`repository(tool, branch)`: the compiled repository, with the tool that delivers it."""
    return cache(Repository)


@pytest.fixture
def with_agents(monkeypatch) -> Callable[[str], Repository]:
    """`with_agents(tool)`: the same once every command, the agent's own among them, has landed."""
    monkeypatch.setattr(compiling, "LANDED_COMMANDS", frozenset({AGENT, "check-data", "drift", "evaluate"}))
    return Repository
