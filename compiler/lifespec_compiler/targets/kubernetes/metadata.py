"""What every generated object carries: its name, our labels, and the plan that it comes from."""

from __future__ import annotations

from typing import Any

from lifespec_compiler.plan import Plan

Json = dict[str, Any]

DOMAIN = "lifespec.dev"
API_VERSION = f"{DOMAIN}/v1alpha1"
LIFECYCLE = f"{DOMAIN}/lifecycle"
REVISION = f"{DOMAIN}/revision"
COMPONENT = f"{DOMAIN}/component"
ENVIRONMENT = f"{DOMAIN}/environment"
TEAM = f"{DOMAIN}/team"
UID = f"{DOMAIN}/uid"


def metadata(
    plan: Plan, name: str, component: str, labels: Json | None = None, annotations: Json | None = None
) -> Json:
    """The metadata of an object of a lifecycle. Only our own labels, so that no GitOps tool takes it for its own.

    The plan hash says which plan the object comes from. It stands here and never in a pod template, so that a plan
    that changes nothing about the pods restarts none.
    """
    return {
        "name": name,
        "namespace": plan.namespace,
        "labels": {
            LIFECYCLE: plan.name,
            COMPONENT: component,
            ENVIRONMENT: plan.environment,
            TEAM: plan.spec.owner.team,
            **(labels or {}),
        },
        "annotations": {
            f"{DOMAIN}/plan-hash": plan.hashes.plan,
            f"{DOMAIN}/spec-version": plan.spec.version,
            **(annotations or {}),
        },
    }


def pod_labels(plan: Plan, component: str, revision: str | None = None) -> Json:
    """The labels of a pod: only what selectors need, because a change of any of them replaces the pod."""
    labels = {LIFECYCLE: plan.name, COMPONENT: component}
    return {**labels, REVISION: revision} if revision else labels
