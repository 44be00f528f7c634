"""The pods that serve a revision, and how many there are."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from lifespec_compiler.plan import Plan

from . import pods
from .metadata import DOMAIN, REVISION, Json, metadata, pod_labels
from .names import derived
from .revision import Revision

if TYPE_CHECKING:
    from lifespec_schema.spec.serving import OnlineServing

SERVING = "serving"
PORT_NAME = "http"
LIVE = "/v2/health/live"
"""Where the Open Inference Protocol tells whether the server, not the model, is well."""

STARTUP_SECONDS = 600
"""How long a server may take to fetch and load its model."""

DRAIN_SECONDS = 10
"""How long a pod that ends still answers, so that no gateway sends to one that is gone."""

GRACE_SECONDS = 60


def deployment(plan: Plan, revision: Revision) -> Json:
    """The Deployment of a revision. `replicas` is left out where an autoscaler owns it.

    The server finds its model by `LIFESPEC_MODEL_URI` (with `LIFESPEC_MODEL_FORMAT`), must hold it to
    `LIFESPEC_MODEL_DIGEST`, and names itself `LIFESPEC_REVISION` in its metrics and its prediction log. It may write
    to /tmp only.
    """
    labels = pod_labels(plan, SERVING, revision.id)
    replicas = serving(plan).replicas
    fixed = {} if replicas is None or replicas.max > replicas.min else {"replicas": replicas.min}
    return {
        "apiVersion": "apps/v1",
        "kind": "Deployment",
        "metadata": _metadata(plan, revision, derived(plan.name, revision.id)),
        "spec": {
            **fixed,
            "revisionHistoryLimit": 2,
            "progressDeadlineSeconds": STARTUP_SECONDS + GRACE_SECONDS,
            "strategy": {"type": "RollingUpdate", "rollingUpdate": {"maxSurge": 1, "maxUnavailable": 0}},
            "selector": {"matchLabels": labels},
            "template": {"metadata": {"labels": labels}, "spec": _pod(plan, revision, labels)},
        },
    }


def server_container(revision: Revision, name: str = "server", port_name: str = PORT_NAME) -> Json:
    """The server's container; its contract does not change with who asks it."""
    pod = revision.pod
    variables = {
        "LIFESPEC_MODEL_URI": revision.model_uri,
        "LIFESPEC_MODEL_DIGEST": revision.model_digest,
        "LIFESPEC_MODEL_FORMAT": revision.model_format,
        "LIFESPEC_REVISION": revision.id,
        "LIFESPEC_PORT": str(pod["port"]),
    }
    ready = {"httpGet": {"path": pod["probe"], "port": port_name}}
    answers = {"httpGet": {"path": LIVE, "port": port_name}}
    alive = answers if pod["protocol"] == "openInference" else {"tcpSocket": {"port": port_name}}
    return pods.without_empty(
        {
            "name": name,
            "image": pod["image"],
            "imagePullPolicy": "IfNotPresent",
            "ports": [{"name": port_name, "containerPort": pod["port"], "protocol": "TCP"}],
            "env": pods.environment({**pod.get("env", {}), **variables}),
            "envFrom": pods.secret_environment(pod.get("secretRefs", [])),
            "resources": pods.resources(pod["resources"]),
            "startupProbe": {
                **ready,
                "periodSeconds": 5,
                "timeoutSeconds": 3,
                "failureThreshold": STARTUP_SECONDS // 5,
            },
            "readinessProbe": {**ready, "periodSeconds": 5, "timeoutSeconds": 3, "failureThreshold": 3},
            "livenessProbe": {**alive, "periodSeconds": 10, "timeoutSeconds": 3, "failureThreshold": 6},
            "lifecycle": {"preStop": {"sleep": {"seconds": DRAIN_SECONDS}}},
            "securityContext": pods.container_security(),
            "volumeMounts": [pods.temporary_mount()],
        }
    )


def autoscaler(plan: Plan, revision: Revision) -> Json | None:
    """The HorizontalPodAutoscaler of a revision; None where the number of pods is fixed."""
    replicas = serving(plan).replicas
    if replicas is None or replicas.max <= replicas.min:
        return None
    name = derived(plan.name, revision.id)
    target = {"type": "Utilization", "averageUtilization": max(1, round(replicas.target_cpu * 100))}
    return {
        "apiVersion": "autoscaling/v2",
        "kind": "HorizontalPodAutoscaler",
        "metadata": _metadata(plan, revision, name),
        "spec": {
            "scaleTargetRef": {"apiVersion": "apps/v1", "kind": "Deployment", "name": name},
            "minReplicas": replicas.min,
            "maxReplicas": replicas.max,
            "metrics": [{"type": "Resource", "resource": {"name": "cpu", "target": target}}],
        },
    }


def disruption_budget(plan: Plan, revision: Revision) -> Json:
    """One pod at a time may be moved away; one that is broken always, or a drain would wait for it forever."""
    return {
        "apiVersion": "policy/v1",
        "kind": "PodDisruptionBudget",
        "metadata": _metadata(plan, revision, derived(plan.name, revision.id)),
        "spec": {
            "maxUnavailable": 1,
            "unhealthyPodEvictionPolicy": "AlwaysAllow",
            "selector": {"matchLabels": pod_labels(plan, SERVING, revision.id)},
        },
    }


def serving(plan: Plan) -> OnlineServing:
    """The serving section of a plan that answers requests."""
    return cast("OnlineServing", plan.spec.serving)


def _metadata(plan: Plan, revision: Revision, name: str) -> Json:
    hashes = {f"{DOMAIN}/serving-hash": revision.serving_hash, f"{DOMAIN}/model-digest": revision.model_digest}
    return metadata(plan, name, SERVING, {REVISION: revision.id}, hashes)


def _pod(plan: Plan, revision: Revision, labels: Json) -> Json:
    return {
        "serviceAccountName": derived(plan.name, SERVING),
        "automountServiceAccountToken": False,
        "enableServiceLinks": False,
        "terminationGracePeriodSeconds": GRACE_SECONDS,
        "securityContext": pods.pod_security(),
        "topologySpreadConstraints": [
            {
                "maxSkew": 1,
                "topologyKey": key,
                "whenUnsatisfiable": "ScheduleAnyway",
                "labelSelector": {"matchLabels": labels},
            }
            for key in ("kubernetes.io/hostname", "topology.kubernetes.io/zone")
        ],
        "containers": [server_container(revision)],
        "volumes": [pods.temporary_volume()],
    }
