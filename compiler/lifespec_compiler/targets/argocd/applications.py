"""The Applications, one for each folder, and the one that keeps them."""

from __future__ import annotations

from lifespec_compiler.targets.delivery import Cluster, Folder
from lifespec_compiler.targets.kubernetes.metadata import DOMAIN, Json
from lifespec_compiler.targets.landed import AGENT

from .permissions import API_VERSION, NAMESPACE, destination

WAVE = "argocd.argoproj.io/sync-wave"
CLUSTER_WAVE, AGENT_WAVE, LIFECYCLE_WAVE = "0", "1", "2"
"""Definitions and namespaces come first, then what watches over the lifecycles, then these."""

OPTIONS = (
    "ServerSideApply=true",  # shares objects with the agent field by field, and keeps no copy in an annotation
    "RespectIgnoreDifferences=true",
    "FailOnSharedResource=true",
)
KEPT = ("Prune=false", "Delete=false")
"""For what everything else lives in: with a definition or a namespace all that is in it would go."""

CASCADES = "resources-finalizer.argocd.argoproj.io/foreground"
"""With the Application go its objects. Deleting a lifecycle is no outage: its own finalizer leaves stable serving."""

RETRY = {"limit": 10, "backoff": {"duration": "10s", "factor": 2, "maxDuration": "5m"}}
"""Definitions take a moment until the API server knows them."""


def applications(cluster: Cluster) -> list[Json]:
    """All but the root, in the order in which they are applied."""
    base = Folder(cluster.title("base"), cluster.path, cluster.namespaces[0], {})
    lifecycles = [
        _application(cluster, lifecycle.folder, LIFECYCLE_WAVE, prune=True) for lifecycle in cluster.lifecycles
    ]
    agents = [_application(cluster, folder, AGENT_WAVE, prune=True) for folder in cluster.agents]
    return [_application(cluster, base, CLUSTER_WAVE, prune=False), *agents, *lifecycles]


def root(cluster: Cluster) -> Json:
    """The Application of Applications. It lives in Argo CD's own project: it makes the project of the others."""
    return {
        "apiVersion": API_VERSION,
        "kind": "Application",
        "metadata": {"name": cluster.title("root"), "namespace": NAMESPACE},
        "spec": {
            "project": "default",
            "source": _source(cluster, f"{cluster.path}/argocd"),
            "destination": {"server": "https://kubernetes.default.svc", "namespace": NAMESPACE},
            "syncPolicy": _policy(OPTIONS, prune=True),
        },
    }


def _application(cluster: Cluster, folder: Folder, wave: str, *, prune: bool) -> Json:
    return {
        "apiVersion": API_VERSION,
        "kind": "Application",
        "metadata": {
            "name": folder.name,
            "namespace": NAMESPACE,
            **({"labels": dict(folder.labels)} if folder.labels else {}),
            "annotations": {WAVE: wave, "argocd.argoproj.io/manifest-generate-paths": "."},
            **({"finalizers": [CASCADES]} if prune else {}),
        },
        "spec": {
            "project": cluster.title("models"),
            "source": _source(cluster, folder.path),
            # Every object names its namespace; the project asks for one of its own all the same.
            "destination": {**destination(cluster), "namespace": folder.namespace},
            "syncPolicy": _policy(OPTIONS if prune else (*OPTIONS, *KEPT), prune=prune),
            "ignoreDifferences": [{"group": DOMAIN, "kind": "*", "managedFieldsManagers": [AGENT]}],
        },
    }


def _source(cluster: Cluster, path: str) -> Json:
    return {"repoURL": cluster.repository.url, "targetRevision": cluster.repository.branch, "path": path}


def _policy(options: tuple[str, ...], *, prune: bool) -> Json:
    return {"automated": {"prune": prune, "selfHeal": True}, "syncOptions": list(options), "retry": RETRY}
