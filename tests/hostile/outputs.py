"""Everything that the targets make of a plan, by target and path, and its structure."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

import pytest

from cases import built_for
from hostile.shapes import Shape, of_manifest
from lifespec_compiler.manifest import Manifest
from lifespec_compiler.pipeline import Planned, compile_all
from lifespec_compiler.plan import Bundle, Plan
from lifespec_compiler.targets import TARGETS, kubernetes, unsupported
from lifespec_compiler.targets.ci import commands
from lifespec_compiler.targets.kubernetes import compiling
from lifespec_compiler.targets.landed import AGENT
from lifespec_compiler.targets.prometheus import rollouts
from lifespec_schema.findings import Finding, Severity
from lifespec_schema.loader import Document

EVERYTHING = frozenset({AGENT, "check-data", "drift", "run", "evaluate", "diff"})
"""The commands that generated files call, those of later versions included."""


@contextmanager
def all_landed() -> Iterator[None]:
    """All commands count as landed, so that everything that calls one is made."""
    with pytest.MonkeyPatch.context() as patch:
        for module in (commands, compiling, rollouts):
            patch.setattr(module, "LANDED_COMMANDS", EVERYTHING)
        yield


def manifests(target: str, plan: Plan) -> list[Manifest]:
    """The files of a target; for Kubernetes also what the agent applies later."""
    made, _ = compile_all([Planned(Bundle(Document(plan.origins.file, 0, {}, 1)), [plan])], [target], shared=True)
    found = [each for each in made if "/crds/" not in each.path]
    return [*found, *_later(plan)] if target == kubernetes.NAME else found


def refusals(target: str, plan: Plan) -> list[Finding]:
    """Why a target makes nothing of a plan."""
    return [found for found in unsupported(plan, [target]) if found.severity is Severity.ERROR]


def shapes(target: str, plan: Plan) -> dict[str, Shape]:
    """The structure of every file of a target."""
    return {each.path: of_manifest(target, each) for each in manifests(target, plan)}


def _later(plan: Plan) -> list[Manifest]:
    stable = kubernetes.nominated(plan)
    objects: list[Any] = list(built_for(plan)) if stable else []
    if stable:
        candidate = replace(stable, model_uri="s3://models/churn/next", model_digest=f"sha256:{'9' * 64}")
        objects += kubernetes.render(plan, kubernetes.ServingState(stable, candidate, weight=50))
    return [Manifest(f"later/{number}.yaml", each) for number, each in enumerate(objects)]


__all__ = ["TARGETS", "all_landed", "manifests", "refusals", "shapes"]
