"""Flux's Kustomizations, one for each folder, and the one that keeps them."""

from __future__ import annotations

from collections.abc import Iterable

from lifespec_compiler.targets.delivery import Cluster, Folder, Lifecycle
from lifespec_compiler.targets.kubernetes.metadata import API_VERSION, Json

from .source import NAMESPACE

HEALTH = {
    "apiVersion": API_VERSION,
    "kind": "ModelLifecycle",
    "failed": "has(status.conditions) && status.conditions.exists(c, c.type == 'Stalled' && c.status == 'True')",
    "current": "has(status.observedGeneration) && status.observedGeneration == metadata.generation",
}
"""A lifecycle is delivered when its agent has taken it up; an open rollout, which may take days, is no failure."""


def all_of(cluster: Cluster) -> list[Json]:
    """The root, then all others in the order in which they are applied."""
    base = Folder(cluster.title("base"), cluster.path, "", {})
    root = Folder(cluster.title("root"), f"{cluster.path}/flux", "", {})
    return [
        _kustomization(cluster, root, prune=True),
        # With a definition or a namespace all that is in it would go: what falls out of Git stays until a person acts.
        {**(made := _kustomization(cluster, base, prune=False)), "spec": {**made["spec"], "wait": True}},
        *(_kustomization(cluster, folder, after=(base.name,), prune=True) for folder in cluster.agents),
        *(_lifecycle(cluster, lifecycle, base.name) for lifecycle in cluster.lifecycles),
    ]


def _lifecycle(cluster: Cluster, lifecycle: Lifecycle, base: str) -> Json:
    made = _kustomization(cluster, lifecycle.folder, after=(base,), prune=True)
    if lifecycle.has_agent:
        watched = {
            "apiVersion": API_VERSION,
            "kind": "ModelLifecycle",
            "name": lifecycle.name,
            "namespace": lifecycle.folder.namespace,
        }
        made["spec"] |= {"healthChecks": [watched], "healthCheckExprs": [HEALTH]}
    return made


def _kustomization(cluster: Cluster, folder: Folder, *, prune: bool, after: Iterable[str] = ()) -> Json:
    needed = [{"name": name} for name in after]
    return {
        "apiVersion": "kustomize.toolkit.fluxcd.io/v1",
        "kind": "Kustomization",
        "metadata": {
            "name": folder.name,
            "namespace": NAMESPACE,
            **({"labels": dict(folder.labels)} if folder.labels else {}),
        },
        "spec": {
            "interval": "10m",
            "retryInterval": "1m",
            "timeout": "5m",
            "sourceRef": {"kind": "GitRepository", "name": cluster.title("models")},
            "path": f"./{folder.path}",
            "prune": prune,
            **({"dependsOn": needed} if needed else {}),
        },
    }
