"""The agent: one for each namespace, whose objects it looks after and no others."""

from __future__ import annotations

from lifespec_compiler.plan import Plan
from lifespec_compiler.targets.landed import AGENT

from . import networks, pods
from .access import binding, role
from .metadata import COMPONENT, DOMAIN, ENVIRONMENT, Json
from .names import derived

READ = ["get", "list", "watch"]
OWN = [*READ, "create", "patch", "delete"]
PORT = 8080
RESOURCES = {"cpu": "100m", "memory": "256Mi"}


def objects(plan: Plan, image: str) -> list[Json]:
    """All that one namespace's agent consists of. Any lifecycle's plan of the namespace gives the same."""
    described = _metadata(plan)
    return [
        {
            "apiVersion": "v1",
            "kind": "ServiceAccount",
            "metadata": described,
            "automountServiceAccountToken": False,
            **_pull_secrets(plan),
        },
        role(described, rules()),
        binding(described, (AGENT, plan.namespace)),
        networks.policy(described, {COMPONENT: "agent"}, _ingress(plan), _egress(plan)),
        deployment(plan, image),
    ]


def rules() -> list[Json]:
    """What the agent may do in its namespace. It reads no Secret, and can change no policy, role or account."""
    return [
        _rule(DOMAIN, ["modellifecycles", "lifecyclereports", "lifecyclerequests"], READ),
        _rule(DOMAIN, ["modellifecycles/status"], ["get", "patch"]),
        _rule(DOMAIN, ["modellifecycles"], ["patch"]),
        _rule(DOMAIN, ["modellifecycles/finalizers"], ["update"]),
        _rule(DOMAIN, ["modelversions", "lifecycledecisions"], [*READ, "create"]),
        _rule("apps", ["deployments"], OWN),
        _rule("", ["services", "configmaps"], OWN),
        _rule("", ["pods"], READ),
        _rule("autoscaling", ["horizontalpodautoscalers"], OWN),
        _rule("policy", ["poddisruptionbudgets"], OWN),
        _rule("gateway.networking.k8s.io", ["httproutes"], OWN),
        _rule("batch", ["jobs"], OWN),
        _rule("coordination.k8s.io", ["leases"], ["get", "create", "update"]),
        _rule("events.k8s.io", ["events"], ["create", "patch"]),
    ]


def deployment(plan: Plan, image: str) -> Json:
    """The agent's Deployment. Two at once do no harm, so an update starts the new one first."""
    labels = {COMPONENT: "agent"}
    return {
        "apiVersion": "apps/v1",
        "kind": "Deployment",
        "metadata": _metadata(plan),
        "spec": {
            "replicas": 1,
            "revisionHistoryLimit": 2,
            "strategy": {"type": "RollingUpdate", "rollingUpdate": {"maxSurge": 1, "maxUnavailable": 0}},
            "selector": {"matchLabels": labels},
            "template": {"metadata": {"labels": labels}, "spec": _pod(plan, image)},
        },
    }


def reader_of_earlier(plan: Plan) -> list[Json]:
    """What lets this environment's agent read the decisions of the one before; empty where there is none."""
    platform = plan.spec.platform
    if platform is None or platform.after_namespace is None:
        return []
    name = derived(AGENT, f"from-{plan.namespace}")
    described = {**_metadata(plan), "name": name, "namespace": platform.after_namespace}
    return [
        role(described, [_rule(DOMAIN, ["lifecycledecisions"], READ)]),
        binding(described, (AGENT, plan.namespace)),
    ]


def _metadata(plan: Plan) -> Json:
    labels = {COMPONENT: "agent", ENVIRONMENT: plan.environment}
    return {"name": AGENT, "namespace": plan.namespace, "labels": labels}


def _rule(group: str, resources: list[str], verbs: list[str]) -> Json:
    return {"apiGroups": [group], "resources": resources, "verbs": verbs}


def _pull_secrets(plan: Plan) -> Json:
    secrets = plan.spec.platform.image_pull_secrets if plan.spec.platform else ()
    return {"imagePullSecrets": [{"name": secret} for secret in secrets]} if secrets else {}


def _ingress(plan: Plan) -> list[Json]:
    scrapers = networks.scrapers(plan)
    return [{"from": scrapers, "ports": [{"protocol": "TCP", "port": "http"}]}] if scrapers else []


def _egress(plan: Plan) -> list[Json]:
    prometheus = plan.spec.platform.prometheus if plan.spec.platform else None
    return [networks.dns(), *networks.egress([prometheus] if prometheus else []), networks.api_server()]


def _pod(plan: Plan, image: str) -> Json:
    health = {"httpGet": {"path": "/healthz", "port": "http"}}
    return {
        "serviceAccountName": AGENT,
        "automountServiceAccountToken": True,
        "enableServiceLinks": False,
        "securityContext": pods.pod_security(),
        "containers": [
            {
                "name": "agent",
                "image": image,
                "imagePullPolicy": "IfNotPresent",
                "command": [AGENT],
                "args": ["--namespace", plan.namespace],
                "ports": [{"name": "http", "containerPort": PORT, "protocol": "TCP"}],
                "resources": pods.resources(RESOURCES),
                "startupProbe": {**health, "periodSeconds": 2, "timeoutSeconds": 3, "failureThreshold": 30},
                "readinessProbe": {**health, "periodSeconds": 10, "timeoutSeconds": 3, "failureThreshold": 3},
                "livenessProbe": {**health, "periodSeconds": 20, "timeoutSeconds": 5, "failureThreshold": 3},
                "securityContext": pods.container_security(),
                "volumeMounts": [pods.temporary_mount()],
            }
        ],
        "volumes": [pods.temporary_volume()],
    }
