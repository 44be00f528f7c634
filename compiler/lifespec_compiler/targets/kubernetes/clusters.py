"""What a cluster needs once, before any lifecycle: the definitions of our kinds, and the namespaces."""

from __future__ import annotations

from collections.abc import Sequence

from lifespec_compiler.manifest import Manifest
from lifespec_compiler.plan import Plan
from lifespec_schema.compiled.crds import crd_texts

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
        files: dict[str, list[Json] | str] = {f"crds/{name}": text for name, text in crd_texts().items()}
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
