"""How requests reach the revisions: Services, and the route that divides the traffic."""

from __future__ import annotations

from lifespec_compiler.plan import Plan

from . import names
from .metadata import REVISION, Json, metadata, pod_labels
from .revision import Revision, ServingState
from .server import PORT_NAME, SERVING

PORT = 80
"""What callers inside the cluster use, whatever port the server listens on."""

MOST_MATCHES = 64
"""The most that the Gateway API allows in one rule."""


def services(plan: Plan, state: ServingState) -> list[Json]:
    """One Service for each revision; without a Gateway also one that callers use, with stable behind it."""
    found = [_service(plan, names.service(plan.name, revision.id), revision) for revision in state.revisions]
    if plan.spec.platform and plan.spec.platform.gateway:
        return found
    return [*found, _service(plan, names.service(plan.name), state.stable)]


def route(plan: Plan, state: ServingState) -> Json | None:
    """The HTTPRoute; None without a Gateway to attach it to.

    A candidate's weight is always written, also 0. With `assignment.unit: user` the candidate has the buckets below
    its weight, each matched exactly: that is what every implementation of the Gateway API supports, and a request
    without a bucket stays with stable until the candidate has all.
    """
    gateway = plan.spec.platform.gateway if plan.spec.platform else None
    if gateway is None:
        return None
    return {
        "apiVersion": "gateway.networking.k8s.io/v1",
        "kind": "HTTPRoute",
        "metadata": metadata(plan, plan.name, SERVING),
        "spec": {
            "parentRefs": [{"name": gateway.name, "namespace": gateway.namespace}],
            **({"hostnames": [gateway.hostname]} if gateway.hostname else {}),
            "rules": _rules(plan, state),
        },
    }


def _rules(plan: Plan, state: ServingState) -> list[Json]:
    assignment = plan.spec.rollout.assignment
    candidate = state.candidate
    if candidate is None:
        return [{"backendRefs": [_backend(plan, state.stable, 100)]}]
    header = assignment.bucket_header if assignment and assignment.unit == "user" else None
    if header is None or state.weight in (0, 100):
        shares = [_backend(plan, state.stable, 100 - state.weight), _backend(plan, candidate, state.weight)]
        return [{**_mirror(plan, state), "backendRefs": shares}]
    stays = {"backendRefs": [_backend(plan, state.stable, 100), _backend(plan, candidate, 0)]}
    buckets = range(state.weight)
    return [
        {
            "matches": [
                {"headers": [{"type": "Exact", "name": header, "value": str(bucket)}]}
                for bucket in buckets[first : first + MOST_MATCHES]
            ],
            "backendRefs": [_backend(plan, candidate, 100)],
        }
        for first in range(0, state.weight, MOST_MATCHES)
    ] + [stays]


def _mirror(plan: Plan, state: ServingState) -> Json:
    shadow = plan.spec.evaluation.shadow
    if not state.mirroring or state.candidate is None or shadow is None:
        return {}
    backend = {"name": names.service(plan.name, state.candidate.id), "port": PORT}
    return {"filters": [{"type": "RequestMirror", "requestMirror": {"backendRef": backend, "percent": shadow.mirror}}]}


def _backend(plan: Plan, revision: Revision, weight: int) -> Json:
    return {"name": names.service(plan.name, revision.id), "port": PORT, "weight": weight}


def _service(plan: Plan, name: str, revision: Revision) -> Json:
    return {
        "apiVersion": "v1",
        "kind": "Service",
        "metadata": metadata(plan, name, SERVING, {REVISION: revision.id}),
        "spec": {
            "type": "ClusterIP",
            "selector": pod_labels(plan, SERVING, revision.id),
            "ports": [{"name": PORT_NAME, "port": PORT, "targetPort": PORT_NAME, "protocol": "TCP"}],
        },
    }
