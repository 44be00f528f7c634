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
    text = written(dashboard(plan))
    applied = folders.applied(f"{folder}/apply", {"dashboard.yaml": [_config_map(plan, text)]})
    return [*applied, Manifest(f"{folder}/grafana/dashboard.json", text)]


def written(made: Json) -> str:
    """The dashboard as JSON with a line for each panel, so that a review shows which of them changed.

    Not wider: kubectl keeps a copy of what it applies in an annotation, which has a limit.
    """
    entries = [f"{json.dumps(key)}:{_lines(value)}" for key, value in made.items()]
    return "{" + ",\n".join(entries) + "}\n"


def _lines(value: object) -> str:
    if isinstance(value, list):
        return "[" + ",\n".join(json.dumps(item, separators=(",", ":")) for item in value) + "]"
    return json.dumps(value, separators=(",", ":"))


def _config_map(plan: Plan, text: str) -> Json:
    described = metadata(plan, derived(plan.name, "dashboard"), "dashboard", dict(SIDECAR), dict(ANNOTATIONS))
    file = f"{plan.environment}-{plan.namespace}-{plan.name}.json"
    return {"apiVersion": "v1", "kind": "ConfigMap", "metadata": described, "data": {file: text}}
