"""The dashboard's two files: what GitOps applies, and what can be read, imported or provisioned by hand."""

from __future__ import annotations

import json

from lifespec_compiler.manifest import Manifest
from lifespec_compiler.plan import Plan
from lifespec_compiler.targets.kubernetes import folders
from lifespec_compiler.targets.kubernetes.metadata import Json, metadata
from lifespec_compiler.targets.kubernetes.names import derived

from .dashboard import dashboard

SIDECAR = {"grafana_dashboard": "1"}
"""The label by which the sidecar of Grafana's charts finds ConfigMaps with dashboards."""

ANNOTATIONS = {
    "grafana_folder": "Models",  # where the sidecar puts it, if it is told to read that annotation
    "kustomize.toolkit.fluxcd.io/substitute": "disabled",  # what looks like a variable is Grafana's
}


def manifests(plan: Plan) -> list[Manifest]:
    """The ConfigMap in the lifecycle's `apply` folder, and the JSON beside that folder."""
    folder = folders.lifecycle_folder(plan)
    made = dashboard(plan)
    shown = json.dumps(made, indent=2) + "\n"
    applied = folders.applied(f"{folder}/apply", {"dashboard.yaml": [_config_map(plan, made)]})
    return [*applied, Manifest(f"{folder}/grafana/dashboard.json", shown)]


def _config_map(plan: Plan, made: Json) -> Json:
    described = metadata(plan, derived(plan.name, "dashboard"), "dashboard", dict(SIDECAR), dict(ANNOTATIONS))
    # Without indentation: kubectl keeps a copy of what it applies in an annotation, which has a limit.
    text = json.dumps(made, separators=(",", ":"))
    file = f"{plan.environment}-{plan.namespace}-{plan.name}.json"
    return {"apiVersion": "v1", "kind": "ConfigMap", "metadata": described, "data": {file: text}}
