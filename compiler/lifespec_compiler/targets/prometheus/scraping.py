"""What is scraped, for the Prometheus operator: the servers of a lifecycle, and the agent of a namespace."""

from __future__ import annotations

from lifespec_compiler.plan import Plan
from lifespec_compiler.targets.kubernetes.metadata import COMPONENT, ENVIRONMENT, LIFECYCLE, Json, metadata
from lifespec_compiler.targets.kubernetes.names import derived
from lifespec_compiler.targets.kubernetes.server import PORT_NAME, SERVING
from lifespec_compiler.targets.landed import AGENT

INTERVAL = "30s"
TIMEOUT = "10s"


def servers(plan: Plan) -> Json:
    """The servers of all revisions. Their own label `lifecycle`, should they export one, gives way to the pod's."""
    label = "__meta_kubernetes_pod_label_" + LIFECYCLE.translate(str.maketrans("./-", "___"))
    relabelling = [{"sourceLabels": [label], "targetLabel": "lifecycle", "action": "replace"}]
    described = metadata(plan, derived(plan.name, "servers"), "monitoring")
    return _monitor(described, {LIFECYCLE: plan.name, COMPONENT: SERVING}, relabelings=relabelling, honorLabels=False)


def agent(plan: Plan) -> Json:
    """The agent of the plan's namespace. It says itself which lifecycle a series is about."""
    labels = {COMPONENT: "agent", ENVIRONMENT: plan.environment}
    described = {"name": AGENT, "namespace": plan.namespace, "labels": labels}
    return _monitor(described, {COMPONENT: "agent"}, honorLabels=True)


def _monitor(described: Json, selector: Json, **endpoint: object) -> Json:
    return {
        "apiVersion": "monitoring.coreos.com/v1",
        "kind": "PodMonitor",
        "metadata": described,
        "spec": {
            "selector": {"matchLabels": selector},
            "podMetricsEndpoints": [
                {"port": PORT_NAME, "path": "/metrics", "interval": INTERVAL, "scrapeTimeout": TIMEOUT, **endpoint}
            ],
        },
    }
