"""What a cluster needs once, before any lifecycle: the definitions of our kinds, and the namespaces."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, cast

from lifespec_compiler.manifest import Manifest
from lifespec_compiler.plan import Plan

from . import folders
from .documents import UNPRUNED
from .metadata import ENVIRONMENT, Json

SECURITY = "pod-security.kubernetes.io"


def manifests(plans: Sequence[Plan]) -> list[Manifest]:
    """`clusters/<cluster>/` for each cluster that a plan names."""
    clusters: dict[str, dict[str, str]] = {}
    for plan in plans:
        cluster = plan.spec.platform.cluster if plan.spec.platform else "default"
        clusters.setdefault(cluster, {})[plan.namespace] = plan.environment
    found: list[Manifest] = []
    for cluster, namespaces in sorted(clusters.items()):
        files: dict[str, list[Json]] = {f"crds/{crd['metadata']['name']}.yaml": [crd] for crd in _crds()}
        files["namespaces.yaml"] = [_namespace(name, namespaces[name]) for name in sorted(namespaces)]
        found += folders.applied(f"clusters/{cluster}", files)
    return found


def _namespace(name: str, environment: str) -> Json:
    """A namespace that only warns of pods below "restricted": other teams' pods may live in it too.

    Never pruned: with it everything inside would go.
    """
    levels = {f"{SECURITY}/{mode}": "restricted" for mode in ("audit", "warn")}
    return {
        "apiVersion": "v1",
        "kind": "Namespace",
        "metadata": {"name": name, "labels": {ENVIRONMENT: environment, **levels}, "annotations": dict(UNPRUNED)},
    }


def _crds() -> list[dict[str, Any]]:
    from lifespec_schema.export.crds import crds

    return sorted(cast("list[dict[str, Any]]", list(crds().values())), key=lambda crd: str(crd["metadata"]["name"]))
