"""Who a lifecycle's pods are, and what each of them may do."""

from __future__ import annotations

from collections.abc import Sequence

from lifespec_compiler.plan import Plan

from .metadata import DOMAIN, Json, metadata
from .names import derived
from .server import SERVING

MEASURING = "measuring"
TRAINING = "training"
RBAC = "rbac.authorization.k8s.io"


def accounts(plan: Plan) -> list[Json]:
    """A ServiceAccount for each kind of pod. Pull secrets stand in it, so that a change of them edits no pod."""
    components = (MEASURING, SERVING, TRAINING) if trains_here(plan) else (MEASURING, SERVING)
    return [_account(plan, component) for component in components]


def trains_here(plan: Plan) -> bool:
    """Whether the cluster trains, rather than CI."""
    platform = plan.spec.platform
    return platform is None or platform.runner == "agent"


def grants(plan: Plan) -> list[Json]:
    """What the accounts may do: measuring pods create reports, and nobody else may do anything.

    A report names its lifecycle's UID, which is read from the object. Reports can be read by name, so that a pod whose
    predecessor has reported knows whether that was of the same.
    """
    name = derived(plan.name, MEASURING)
    described = metadata(plan, name, MEASURING)
    rules = [
        {"apiGroups": [DOMAIN], "resources": ["lifecyclereports"], "verbs": ["create", "get"]},
        {"apiGroups": [DOMAIN], "resources": ["modellifecycles"], "resourceNames": [plan.name], "verbs": ["get"]},
    ]
    return [role(described, rules), binding(described, (name, plan.namespace))]


def role(described: Json, rules: Sequence[Json]) -> Json:
    """A Role with this metadata."""
    return {"apiVersion": f"{RBAC}/v1", "kind": "Role", "metadata": described, "rules": list(rules)}


def binding(described: Json, account: tuple[str, str]) -> Json:
    """A RoleBinding that gives the Role of the same name to a ServiceAccount (name, namespace)."""
    return {
        "apiVersion": f"{RBAC}/v1",
        "kind": "RoleBinding",
        "metadata": described,
        "roleRef": {"apiGroup": RBAC, "kind": "Role", "name": described["name"]},
        "subjects": [{"kind": "ServiceAccount", "name": account[0], "namespace": account[1]}],
    }


def _account(plan: Plan, component: str) -> Json:
    secrets = plan.spec.platform.image_pull_secrets if plan.spec.platform else ()
    pull = {"imagePullSecrets": [{"name": secret} for secret in secrets]} if secrets else {}
    return {
        "apiVersion": "v1",
        "kind": "ServiceAccount",
        "metadata": metadata(plan, derived(plan.name, component), component),
        "automountServiceAccountToken": False,
        **pull,
    }
