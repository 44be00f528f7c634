"""The golden cases of `compile`, their plans, and every object that comes of a plan."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any, NamedTuple

import yaml

from goldens import ROOT as GOLDENS
from lifespec_compiler.manifest import Manifest
from lifespec_compiler.plan import Plan, assemble, environments, parse, plan
from lifespec_compiler.targets import kubernetes
from lifespec_compiler.targets.kubernetes import agent, measuring, networks, nominated, training

CASES = GOLDENS / "compile"
FILES = ("lifecycle.yaml", "model.yaml", "lifespec.yaml")
LIFESPEC_IMAGE = f"registry.example.com/lifespec@sha256:{'e' * 64}"


class Documents(NamedTuple):
    """The documents of a case, to be changed by a test."""

    lifecycle: dict[str, Any]
    model: dict[str, Any] | None
    project: dict[str, Any] | None

    @property
    def spec(self) -> dict[str, Any]:
        spec: dict[str, Any] = self.lifecycle["spec"]
        return spec

    @property
    def environment(self) -> dict[str, Any]:
        """The last environment of the project: production."""
        assert self.project
        last: dict[str, Any] = self.project["spec"]["environments"][-1]
        return last


def read_case(name: str) -> Documents:
    files = [CASES / name / file for file in FILES]
    read: list[Any] = [yaml.safe_load(file.read_bytes()) if file.exists() else None for file in files]
    return Documents(*read)


def plans_of(documents: Documents) -> list[Plan]:
    """The plans of the documents in all environments; what is wrong with them fails the test."""
    files = {
        name: json.dumps(document).encode()
        for name, document in zip(FILES, documents, strict=True)
        if document is not None
    }
    read, findings = parse(files)
    bundles, project, more = assemble(read, "lifespec.yaml" if "lifespec.yaml" in files else None)
    assert project, [*findings, *more]
    made = []
    for environment in environments(project):
        planned, problems = plan(bundles[0], project, environment)
        assert planned, [*findings, *more, *problems]
        made.append(planned)
    return made


def contents_of(manifests: Iterable[Manifest]) -> list[dict[str, Any]]:
    """The objects in manifests but kustomizations and the definitions of kinds."""
    found: list[dict[str, Any]] = []
    for manifest in manifests:
        if not manifest.path.endswith("/kustomization.yaml") and "/crds/" not in manifest.path:
            assert isinstance(manifest.content, tuple)
            found += map(dict, manifest.content)
    return found


def objects_of(plan: Plan) -> list[dict[str, Any]]:
    """Every object that compile emits for a lifecycle."""
    return contents_of(kubernetes.compile(plan))


def trial_of(plan: Plan) -> tuple[training.Trial, Any]:
    """A trial, and the candidate that it trains."""
    return training.Trial("drifted-20261101-0300", 7, 42, {"rate": 0.1}), plan.spec.experiments.candidates[0]


def built_for(plan: Plan) -> list[dict[str, Any]]:
    """Every object that the agent, or a command that has not landed, will need."""
    stable = nominated(plan)
    trial, trained = trial_of(plan)
    return [
        measuring.lifecycle_file(plan),
        measuring.data_check_cron_job(plan, LIFESPEC_IMAGE),
        measuring.data_check_job(plan, LIFESPEC_IMAGE, trial.run),
        *(measuring.drift_cron_job(plan, LIFESPEC_IMAGE, monitor) for monitor in plan.monitors),
        *([measuring.evaluation_job(plan, LIFESPEC_IMAGE, stable, trial.run)] if stable else []),
        training.configuration(plan, trained, trial),
        training.training_job(plan, LIFESPEC_IMAGE, trained, trial),
        networks.measuring(plan, "measuring"),
        networks.training(plan, "training"),
        *agent.objects(plan, LIFESPEC_IMAGE),
        *agent.reader_of_earlier(plan),
    ]
