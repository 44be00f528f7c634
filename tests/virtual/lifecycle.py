"""A lifecycle for the virtual world: three models to nominate, a canary of two steps, a guard and a gate."""

from __future__ import annotations

from typing import Any

from cases import Documents, plans_of, read_case
from lifespec_compiler.engine.values import Revision
from lifespec_compiler.plan import Plan
from lifespec_schema.records.report import LifecycleReport

from .world import Truth, World

STABLE_MODEL, NEW_MODEL, OTHER_MODEL = ("sha256:" + letter * 64 for letter in "abc")


def planned(model: str, **spec: Any) -> Plan:
    """A canary of two steps with a guard and a gate on errors, and what else is written."""
    return plans_of(written(model, **spec))[-1]


def written(model: str, **spec: Any) -> Documents:
    """The documents of that."""
    documents = read_case("minimal")
    documents.spec["evaluation"]["offline"] = {"gates": [{"metric": "rocAuc", "min": 0.8}]}
    documents.spec["evaluation"]["online"] = {"gates": [{"name": "errors", "metric": "errorRate", "max": "1%"}]}
    documents.spec["traffic"] = {"rps": 50}
    documents.spec["rollout"] = {
        "steps": [{"weight": "10%", "hold": "4h"}, {"weight": "50%", "hold": "12h"}],
        "guards": [{"metric": "errorRate", "max": "1%", "window": "15m"}],
    }
    for key, value in spec.items():
        merged = {**documents.spec.get(key, {}), **value}
        documents.spec[key] = {name: given for name, given in merged.items() if given is not None}
    version = {
        "apiVersion": "lifespec.dev/v1alpha1",
        "kind": "ModelVersion",
        "metadata": {"name": "churn-1", "namespace": "growth"},
        "spec": {"lifecycle": "churn", "model": {"uri": "s3://models/churn/1", "digest": model, "format": "onnx"}},
    }
    return documents._replace(model=version)


def revision(plan: Plan, model: str) -> Revision:
    return Revision(model, plan.hashes.serving)


def report(plan: Plan, model: str, value: float) -> LifecycleReport:
    return LifecycleReport.model_validate(
        {
            "apiVersion": "lifespec.dev/v1alpha1",
            "kind": "LifecycleReport",
            "metadata": {"name": "offline", "namespace": plan.namespace},
            "spec": {
                "lifecycle": plan.name,
                "uid": "0f8fad5b-d9cb-469f-a165-70867728950e",
                "revision": {"model": model, "serving": plan.hashes.serving},
                "tier": "offline",
                "measurements": [{"check": "rocAuc", "value": value, "samples": 5000}],
            },
        }
    )


def world(plan: Plan, rocs: dict[str, float] | None = None, /, **truths: Truth) -> World:
    """Three models that could be nominated, all of them healthy unless it is said otherwise."""
    values = {STABLE_MODEL: 0.9, NEW_MODEL: 0.9, OTHER_MODEL: 0.9, **(rocs or {})}
    named = {"stable": STABLE_MODEL, "new": NEW_MODEL, "other": OTHER_MODEL}
    made = {}
    for name, model in named.items():
        truth = truths.get(name, Truth())
        truth.offline = report(plan, model, values[model])
        made[revision(plan, model)] = truth
    return World(plan, made)


def serving(**truths: Truth) -> World:
    """A world in which the first model has become stable, and Git nominates the next."""
    found = world(planned(STABLE_MODEL), **truths)
    found.run(30)
    assert found.history.stable == revision(found.plan, STABLE_MODEL)
    assert found.history.rollout is None
    found.plan = planned(NEW_MODEL)
    return found
