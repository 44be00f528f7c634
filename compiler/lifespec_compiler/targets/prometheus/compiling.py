"""The target's entrances: what one lifecycle needs, and what lifecycles share."""

from __future__ import annotations

from collections.abc import Sequence

from lifespec_compiler.manifest import Manifest
from lifespec_compiler.plan import Plan
from lifespec_compiler.targets.kubernetes import folders
from lifespec_compiler.targets.kubernetes.metadata import Json, metadata

from . import routing, scraping
from .rollouts import agent_runs
from .rules import groups
from .runbook_address import PAGE

NAME = "prometheus"


def compile(plan: Plan) -> list[Manifest]:  # noqa: A001 - a target's function has this name
    """The files of one lifecycle in one environment: objects for the Prometheus operator, and the plain rule file."""
    folder = folders.lifecycle_folder(plan)
    found = groups(plan)
    files = {
        "prometheus-rules.yaml": [_rules(plan, found)],
        "pod-monitors.yaml": [scraping.servers(plan)] if plan.spec.serving.mode == "online" else [],
        "alert-routes.yaml": [routing.alertmanager_config(plan)],
    }
    return [
        *folders.applied(f"{folder}/apply", files),
        Manifest(f"{folder}/rules.yaml", {"groups": found}, folders.APPLIED),
    ]


def compile_shared(plans: Sequence[Plan]) -> list[Manifest]:
    """The runbook, each environment's routes, and the scraping of each namespace's agent."""
    if not plans:
        return []
    from . import runbook  # a page of text, which only a whole compilation needs

    agents = {folders.namespace_folder(plan): plan for plan in plans if agent_runs(plan)}
    manifests = [Manifest(PAGE, runbook.page())]
    for environment, neighbours in routing.by_environment(plans):
        manifests.append(
            Manifest(f"{environment}/alertmanager.yaml", routing.configuration(neighbours), folders.APPLIED)
        )
    for folder, plan in agents.items():
        manifests += folders.applied(f"{folder}/agent", {"pod-monitor.yaml": [scraping.agent(plan)]})
    return manifests


def _rules(plan: Plan, found: list[Json]) -> Json:
    return {
        "apiVersion": "monitoring.coreos.com/v1",
        "kind": "PrometheusRule",
        "metadata": metadata(plan, plan.name, "monitoring"),
        "spec": {"groups": found},
    }
