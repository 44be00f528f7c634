"""A real API server takes what delivers the folders, by Argo CD's and Flux' own definitions with their rules in CEL."""

from __future__ import annotations

import pytest
import yaml

from controlplane.client import RefusedError
from lifecycles import plans_of, project_of, small
from lifespec_compiler.targets import argocd, flux
from lifespec_compiler.targets.kubernetes import compiling
from lifespec_compiler.targets.landed import AGENT

pytestmark = pytest.mark.cluster

IMAGE = f"registry.example.com/lifespec@sha256:{'e' * 64}"
PROJECT = f"""
apiVersion: lifespec.dev/v1alpha1
kind: LifespecProject
spec:
  repository: {{kind: gitlab, url: "https://gitlab.example.com/team/models", secretRef: models-reader}}
  environments:
    - {{name: staging, namespace: "{{namespace}}-staging", agentImage: "{IMAGE}"}}
    - {{name: production, agentImage: "{IMAGE}"}}
    - {{name: edge, cluster: edge-west, agentImage: "{IMAGE}"}}
"""
JUDGES = ("argo-cd", "flux-kustomize-controller", "flux-source-controller")


@pytest.fixture(scope="module")
def delivering(admin, judge, wait):
    """The definitions of both tools are in the cluster, with their namespaces."""
    found = [
        each
        for name in JUDGES
        for file in sorted(judge(name).path.glob("*.yaml"))
        for each in yaml.safe_load_all(file.read_bytes())
        if each and each["kind"] == "CustomResourceDefinition"
    ]
    for each in found:
        admin.apply(each)
    for each in found:
        version = next(version["name"] for version in each["spec"]["versions"] if version["storage"])
        wait(lambda kind=each["spec"], version=version: is_served(admin, f"{kind['group']}/{version}", kind))
    for name in ("argocd", "flux-system"):
        admin.apply({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": name}})
    return found


def is_served(admin, api_version, definition):
    try:
        return admin.path(api_version, definition["names"]["kind"])
    except (LookupError, RefusedError):
        return False


def applied(manifest):
    return [manifest.get("spec"), manifest.get("data"), manifest["metadata"].get("generation")]


@pytest.mark.parametrize("tool", [argocd, flux], ids=lambda tool: tool.NAME)
def test_every_object_goes_in_twice_without_a_change(tool, delivering, admin, monkeypatch):
    assert delivering
    monkeypatch.setattr(compiling, "LANDED_COMMANDS", frozenset({AGENT}))
    plans, findings = plans_of(small(), project_of(PROJECT))
    assert len(plans) == 3, findings
    manifests = [each for each in tool.compile_shared(plans) if not each.path.endswith("/kustomization.yaml")]
    contents = [each.content for each in manifests]
    found = [dict(each) for content in contents for each in ([content] if isinstance(content, dict) else content)]
    refused, changed = [], []
    for manifest in found:
        try:
            first, again = (admin.apply(manifest, "gitops") for _ in range(2))
        except RefusedError as refusal:
            refused.append(f"{admin.path_of(manifest)}: {refusal}")
            continue
        # The definitions have a default for the status, which an update fills in; it is nothing that was applied.
        if applied(first) != applied(again):
            changed.append(admin.path_of(manifest))
    assert len(found) > 8
    assert (refused, changed, admin.warnings) == ([], [], [])
