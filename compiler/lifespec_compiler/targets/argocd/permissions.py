"""What the Applications may do: deliver these kinds of objects into these namespaces, from this repository."""

from __future__ import annotations

from lifespec_compiler.targets.delivery import Cluster
from lifespec_compiler.targets.kubernetes.metadata import DOMAIN, Json

NAMESPACE = "argocd"
"""Where Argo CD runs and looks for its own objects."""

API_VERSION = "argoproj.io/v1alpha1"
HERE = "default"
"""The name of the cluster in which Argo CD itself runs."""

IN_CLUSTER = (
    ("", "Namespace"),
    ("apiextensions.k8s.io", "CustomResourceDefinition"),
)
IN_NAMESPACES = (
    ("", "ConfigMap"),
    ("", "ServiceAccount"),
    ("apps", "Deployment"),
    ("batch", "CronJob"),
    (DOMAIN, "ModelLifecycle"),
    (DOMAIN, "ModelVersion"),
    ("monitoring.coreos.com", "AlertmanagerConfig"),
    ("monitoring.coreos.com", "PodMonitor"),
    ("monitoring.coreos.com", "PrometheusRule"),
    ("networking.k8s.io", "NetworkPolicy"),
    ("rbac.authorization.k8s.io", "Role"),
    ("rbac.authorization.k8s.io", "RoleBinding"),
)
"""The kinds of objects that folders hold, by API group; the agent's own kinds are not among them."""


def project(cluster: Cluster) -> Json:
    """The AppProject. The agent's objects are beyond its reach, so that no sync can touch what serves."""
    return {
        "apiVersion": API_VERSION,
        "kind": "AppProject",
        "metadata": {
            "name": cluster.title("models"),
            "namespace": NAMESPACE,
            "annotations": {"argocd.argoproj.io/sync-wave": "-1"},
        },
        "spec": {
            "description": f"Model lifecycles of the cluster {cluster.name}",
            "sourceRepos": [cluster.repository.url],
            "destinations": [{**destination(cluster), "namespace": name} for name in cluster.namespaces],
            "clusterResourceWhitelist": _kinds(IN_CLUSTER),
            "namespaceResourceWhitelist": _kinds(IN_NAMESPACES),
        },
    }


def destination(cluster: Cluster) -> Json:
    """The cluster, as Argo CD knows it."""
    if cluster.name == HERE:
        return {"server": "https://kubernetes.default.svc"}
    return {"name": cluster.name}


def _kinds(kinds: tuple[tuple[str, str], ...]) -> list[Json]:
    return [{"group": group, "kind": kind} for group, kind in kinds]
