"""The documents that GitOps applies for a lifecycle: the canonical lifecycle, and the model version."""

from __future__ import annotations

from lifespec_compiler.plan import SEMANTICS, Plan
from lifespec_schema.forms import canonical_value

from .metadata import DOMAIN, Json, metadata

UNPRUNED = {
    "argocd.argoproj.io/sync-options": "Prune=false,Delete=false",
    "kustomize.toolkit.fluxcd.io/prune": "disabled",
}
"""Git may move on to another version while this one serves."""


def lifecycle(plan: Plan) -> Json:
    """The canonical ModelLifecycle with the hashes of its plan."""
    hashes = {f"{DOMAIN}/{name}-hash": value for name, value in plan.hashes._asdict().items()}
    annotations = {**hashes, f"{DOMAIN}/semantics": str(SEMANTICS)}
    return {**plan.canonical, "metadata": metadata(plan, plan.name, "lifecycle", annotations=annotations)}


def model_version(plan: Plan) -> Json | None:
    """The ModelVersion that Git nominates; None while there is no model."""
    if plan.model is None:
        return None
    document = canonical_value(plan.model)
    described = metadata(plan, document["metadata"]["name"], "model", annotations=UNPRUNED)
    return {**document, "metadata": described}
