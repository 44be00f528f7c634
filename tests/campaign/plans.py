"""Lifecycles that are over in virtual hours: the same rollout under every kind of policy, planned once a process."""

from __future__ import annotations

from functools import cache
from typing import Any, Final

from cases import plans_of, read_case
from lifespec_compiler.engine.values import Revision
from lifespec_compiler.plan import Plan
from lifespec_schema.records.report import LifecycleReport

MODELS: Final = tuple("sha256:" + letter * 64 for letter in "abc")
STABLE, NEW, OTHER = MODELS
UID: Final = "0f8fad5b-d9cb-469f-a165-70867728950e"

CANARY: Final[dict[str, Any]] = {
    "steps": [{"weight": "10%", "hold": "30m"}, {"weight": "50%", "hold": "1h"}],
    "guards": [{"metric": "errorRate", "max": "1%", "window": "10m", "minSamples": 50}],
}
SHADOW: Final[dict[str, Any]] = {
    "mirror": "20%",
    "duration": "30m",
    "gates": [{"name": "shadow-errors", "metric": "errorRate", "max": "1%"}],
}
TRIGGERS: Final[dict[str, Any]] = {
    "triggers": [{"name": "drifted", "monitor": "inputs"}, {"name": "enough", "newLabeledRows": 1000}],
    "cooldown": "2h",
}
POLICIES: Final[dict[str, dict[str, Any]]] = {
    "canary": {},
    "looser": {"rollout": {"guards": [{"metric": "errorRate", "max": "2%", "window": "10m", "minSamples": 50}]}},
    "ungated": {"evaluation": {"online": None}},
    "stricter": {"rollout": {"analysis": {"failureLimit": 0, "onNoData": "rollback"}}},
    "patient": {"rollout": {"analysis": {"onTimeout": "hold"}}},
    "other-steps": {"rollout": {"steps": [{"weight": "25%", "hold": "30m"}, {"weight": "75%", "hold": "30m"}]}},
    "approved": {"rollout": {"approval": {"before": ["promoting"], "by": "growth-leads"}}},
    "shadowed": {"evaluation": {"shadow": SHADOW}},
    "shadowed-blue-green": {
        "evaluation": {"shadow": SHADOW},
        "rollout": {"steps": None, "strategy": "blueGreen", "hold": "30m"},
    },
    "relative": {
        "evaluation": {
            "online": {"gates": [{"name": "errors", "metric": "errorRate", "against": "stable", "maxRegression": "1%"}]}
        }
    },
    "blue-green": {"rollout": {"steps": None, "strategy": "blueGreen", "hold": "1h"}},
    "direct": {"rollout": {"steps": None, "strategy": "direct", "hold": "1h"}},
    "a-b": {"rollout": {"steps": None, "strategy": "abTest", "weight": "30%", "duration": "1h"}},
    "trained-direct": {"retraining": {**TRIGGERS, "nominate": "direct"}},
    "trained-by-pull-request": {"retraining": {**TRIGGERS, "nominate": "pullRequest"}},
    "trained-nightly": {
        "retraining": {
            "triggers": [{"name": "nightly", "schedule": "30 2 * * *", "timeZone": "Europe/Berlin"}],
            "nominate": "manual",
        }
    },
}
"""What each changes of the lifecycle."""


@cache
def planned(model: str | None, policy: str = "canary") -> Plan:
    """The plan that nominates a model under one of POLICIES."""
    documents = read_case("minimal")
    spec = documents.spec
    spec["evaluation"]["offline"] = {"gates": [{"metric": "rocAuc", "min": 0.8}]}
    spec["evaluation"]["online"] = {"gates": [{"name": "errors", "metric": "errorRate", "max": "1%"}]}
    spec["traffic"] = {"rps": 50}
    spec["rollout"] = dict(CANARY)
    spec.pop("retraining", None)
    for section, changes in POLICIES[policy].items():
        merged = {**spec.get(section, {}), **changes}
        spec[section] = {key: value for key, value in merged.items() if value is not None}
    version = {
        "apiVersion": "lifespec.dev/v1alpha1",
        "kind": "ModelVersion",
        "metadata": {"name": "churn-1", "namespace": "growth"},
        "spec": {"lifecycle": "churn", "model": {"uri": "s3://models/churn/1", "digest": model, "format": "onnx"}},
    }
    return plans_of(documents._replace(model=version if model else None))[-1]


@cache
def plans_by_hash() -> dict[str, Plan]:
    """Every plan that a campaign may use, by its hash."""
    found = [planned(model, policy) for model in (*MODELS, None) for policy in POLICIES]
    return {plan.hashes.plan: plan for plan in found}


def revision(model: str) -> Revision:
    """A model as it is served in every plan here."""
    return Revision(model, planned(model).hashes.serving)


@cache
def report(of: Revision, value: float, uid: str = UID, samples: int = 5000) -> LifecycleReport:
    """An offline report that measured one metric."""
    return LifecycleReport.model_validate(
        {
            "apiVersion": "lifespec.dev/v1alpha1",
            "kind": "LifecycleReport",
            "metadata": {"name": "offline", "namespace": "growth"},
            "spec": {
                "lifecycle": "churn",
                "uid": uid,
                "revision": {"model": of.model, "serving": of.serving},
                "tier": "offline",
                "measurements": [{"check": "rocAuc", "value": value, "samples": samples}],
            },
        }
    )
