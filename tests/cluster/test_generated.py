"""Specs drawn from the whole language: all that they compile to goes in twice, under Pod Security `restricted`."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings

from controlplane.client import RefusedError
from lifecycles import lifecycles, plans_of, project_of
from lifespec_compiler.targets import kubernetes

pytestmark = pytest.mark.cluster


@pytest.fixture(scope="module")
def project(repository):
    return project_of((repository / "lifespec.yaml").read_text())


@pytest.mark.usefixtures("definitions")
@settings(max_examples=200, phases=[Phase.explicit, Phase.generate], suppress_health_check=[HealthCheck.too_slow])
@given(document=lifecycles())
def test_every_object_of_a_generated_spec_goes_in_twice(document, project, admin, restricted):
    plans, findings = plans_of(document, project)
    assert plans, findings
    found = [each for plan in plans for each in objects_of(plan)]
    refused, changed = [], []
    try:
        for manifest in found:
            restricted(manifest["metadata"]["namespace"])
            where = admin.path_of(manifest)
            try:
                first = admin.apply(manifest, "gitops")
                again = admin.apply(manifest, "gitops")
            except RefusedError as refusal:  # all are named, not the first one only
                refused.append(f"{where}: {refusal}")
                continue
            if first["metadata"]["managedFields"][0] != again["metadata"]["managedFields"][0]:
                changed.append(where)
    finally:
        for manifest in found:
            admin.delete(manifest, missing_ok=True)
    assert (refused, changed, admin.warnings) == ([], [], [])


def objects_of(plan) -> Iterator[dict[str, Any]]:
    """The objects that the plan compiles to, Git's and the agent's."""
    manifests = [each for each in kubernetes.compile(plan) if not each.path.endswith("/kustomization.yaml")]
    for each in manifests:
        if isinstance(each.content, tuple) and ("/apply/" in each.path or "/agent-owned/" in each.path):
            yield from map(dict, each.content)
