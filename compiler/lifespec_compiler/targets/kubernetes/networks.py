"""Which connections a lifecycle's pods may have. Policies add up: a team opens another flow by one of its own."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import NamedTuple

from lifespec_compiler.plan import Plan

from .access import TRAINING, trains_here
from .metadata import LIFECYCLE, Json, metadata, pod_labels
from .names import derived
from .server import PORT_NAME, SERVING

NAMESPACE_NAME = "kubernetes.io/metadata.name"
"""The label that every namespace has."""

_IN_CLUSTER = re.compile(
    r"(?P<scheme>https?|tcp|tls)://[a-z0-9-]+\.(?P<namespace>[a-z0-9-]+)(?:\.svc(?:\.[a-z0-9.-]+)?)?(?::(?P<port>[0-9]+))?(?:/.*)?"
)


class Peer(NamedTuple):
    """A port of the pods of a namespace."""

    namespace: str
    port: int


def in_cluster(address: str) -> Peer | None:
    """The Service that `http://<service>.<namespace>[.svc…][:port]` names; None for any other address."""
    found = _IN_CLUSTER.fullmatch(address)
    if found is None:
        return None
    default = 443 if found["scheme"] == "https" else 80
    return Peer(found["namespace"], int(found["port"] or default))


def policies(plan: Plan) -> list[Json]:
    """Nothing in or out but names to look up, and what else servers need, and trainers where they run here."""
    return [_default_deny(plan), _serving(plan), *([training(plan, TRAINING)] if trains_here(plan) else [])]


def measuring(plan: Plan, component: str, *, log: bool = True) -> Json:
    """What measuring pods may reach: names, data, models, the API server, and with `log` the prediction log."""
    spec = plan.spec
    logged = [spec.monitoring.predictions.log] if log and spec.monitoring else []
    model = [plan.model.spec.model.uri] if plan.model else []
    return _job(plan, component, [*_data(plan), *logged, *model], [api_server(), *_scheduler(plan)])


def training(plan: Plan, component: str) -> Json:
    """What training pods may reach: names, data, the artifact store, the experiment tracker."""
    tracking = plan.spec.experiments.tracking
    return _job(plan, component, [*_data(plan), *([tracking.uri] if tracking else [])], [])


def _scheduler(plan: Plan) -> list[Json]:
    """The way out to the Dask scheduler, which alone speaks with its workers; outside of the cluster by its port."""
    dask = plan.spec.platform.dask if plan.spec.platform else None
    if dask is None:
        return []
    inside = in_cluster(dask.scheduler)
    ports = [{"protocol": "TCP", "port": int(dask.scheduler.rpartition(":")[2])}]
    return [{"to": [_namespace(inside.namespace)], "ports": ports} if inside else {"ports": ports}]


def _data(plan: Plan) -> list[str]:
    artifacts = plan.spec.platform.artifacts if plan.spec.platform else None
    return [*(source.uri for source in plan.spec.data.sources if source.uri), *([artifacts.uri] if artifacts else [])]


def _job(plan: Plan, component: str, addresses: list[str], more: list[Json]) -> Json:
    described = metadata(plan, derived(plan.name, component), component)
    return policy(described, pod_labels(plan, component), [], [*egress(addresses), *more])


def api_server() -> Json:
    """The way out to the API server: its own port, which is what remains once a Service's address is translated."""
    return {"ports": [{"protocol": "TCP", "port": 6443}]}


def egress(addresses: Iterable[str]) -> list[Json]:
    """Ways out to these addresses.

    A policy knows namespaces, not host names, so what lies outside the cluster is reached by HTTPS anywhere; that
    leaves out the instance metadata of cloud machines, which answers plain HTTP.
    """
    peers = dict.fromkeys(peer for peer in map(in_cluster, addresses) if peer)
    inside = [{"to": [_namespace(peer.namespace)], "ports": [{"protocol": "TCP", "port": peer.port}]} for peer in peers]
    return [*inside, {"ports": [{"protocol": "TCP", "port": 443}]}]


def dns() -> Json:
    """The way out to the cluster's names."""
    ports = [{"protocol": protocol, "port": 53} for protocol in ("UDP", "TCP")]
    return {"to": [_namespace("kube-system")], "ports": ports}


def scrapers(plan: Plan) -> list[Json]:
    """Who reads metrics: Prometheus, where it runs in the cluster."""
    platform = plan.spec.platform
    scraper = in_cluster(platform.prometheus) if platform and platform.prometheus else None
    return [_namespace(scraper.namespace)] if scraper else []


def policy(described: Json, selector: Json, ingress: list[Json], out: list[Json]) -> Json:
    """A NetworkPolicy that governs both directions of the pods that a selector finds."""
    return {
        "apiVersion": "networking.k8s.io/v1",
        "kind": "NetworkPolicy",
        "metadata": described,
        "spec": {
            "podSelector": {"matchLabels": selector},
            "policyTypes": ["Ingress", "Egress"],
            **({"ingress": ingress} if ingress else {}),
            "egress": out,
        },
    }


def _default_deny(plan: Plan) -> Json:
    described = metadata(plan, derived(plan.name, "default-deny"), "network")
    return policy(described, {LIFECYCLE: plan.name}, [], [dns()])


def _serving(plan: Plan) -> Json:
    platform = plan.spec.platform
    callers = [_namespace(platform.gateway.namespace)] if platform and platform.gateway else [{"podSelector": {}}]
    callers += scrapers(plan)
    stores = [platform.artifacts.uri] if platform and platform.artifacts else []
    if plan.model:
        stores.append(plan.model.spec.model.uri)
    described = metadata(plan, derived(plan.name, SERVING), SERVING)
    ingress = [{"from": callers, "ports": [{"protocol": "TCP", "port": PORT_NAME}]}]
    return policy(described, pod_labels(plan, SERVING), ingress, egress(stores))


def _namespace(name: str) -> Json:
    return {"namespaceSelector": {"matchLabels": {NAMESPACE_NAME: name}}}
