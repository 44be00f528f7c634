"""For every leaf that the engine decides by: a spec, another value, and a world in which that makes a difference."""

from __future__ import annotations

import copy
from collections.abc import Mapping
from typing import Any, NamedTuple

from leaves.alternatives import DROP, NEXT, another, edit, get, places
from leaves.decided import HOUR, Told
from leaves.witnesses import Witness, witness
from lifespec_compiler.engine.observation import Request
from lifespec_schema.export.leaves import Field

ACCEPTANCE = {
    "name": "acceptance",
    "kind": "query",
    "unit": "ratio",
    "direction": "increase",
    "delay": "10m",
    "query": {"good": 'sum(good{revision="$revision"}[$window])', "total": 'sum(all{revision="$revision"}[$window])'},
}
SPEC: dict[str, Any] = {
    "traffic": {"rps": 20, "peakRps": 40, "dailyMinimumRps": 5},
    "metrics": [ACCEPTANCE],
    "evaluation": {"offline": {"gates": [{"metric": "rocAuc", "min": 0.8}]}},
    "rollout": {
        "steps": [{"name": "some", "weight": "10%", "hold": "30m", "timeout": "1h"}, {"weight": "50%", "hold": "30m"}],
        "guards": [{"metric": "errorRate", "max": "20%", "window": "5m"}],
        "analysis": {"interval": "1m", "failureLimit": 1, "onNoData": "hold", "onTimeout": "rollback"},
    },
    "retraining": None,
}
"""What is patched for each leaf: a canary of two steps of half an hour, which a healthy candidate goes through."""
RETRAINING: dict[str, Any] = {
    "triggers": [{"name": "daily", "schedule": "0 12 * * *", "timeZone": "UTC"}],
    "cooldown": "1h",
    "environment": "production",
    "nominate": "manual",
}


class Shown(NamedTuple):
    """How a leaf's effect shows."""

    patch: Mapping[str, Any] = {}
    """Of SPEC: lists are replaced, None takes a field away."""
    to: Any = NEXT
    told: Told = Told()
    at: str = ""
    """Where the value stands, below the document, if not where the leaf stands first."""
    along: Mapping[str, Any] = {}
    """What must change with it, by place."""
    effects: bool = False
    """Whether it shows in what is done, and not in what is decided."""
    document: str = "lifecycle"
    """Which the leaf is in: of the canonical form, which is made of all, `canonical`."""


def _checks(section: str) -> dict[str, Shown]:
    """The leaves that all checks on live traffic have, of guards and of the gates of a tier."""
    guard = section == "rollout.guards"
    extra: dict[str, Any] = {"window": "5m"} if guard else {}

    def patch(*checks: dict[str, Any], **metric: Any) -> dict[str, Any]:
        found: dict[str, Any] = {"metrics": [{**ACCEPTANCE, **metric}]}
        live = [{**check, **extra} for check in checks]
        if guard:
            return {**found, "rollout": {"guards": live}}
        tier = section.split(".")[1]
        shadow = {"shadow": {"mirror": "20%", "duration": "30m", "gates": live}}
        return {**found, "evaluation": shadow if tier == "shadow" else {"online": {"gates": live}}}

    errors = {"name": "errors", "metric": "errorRate", "max": "1%"}
    accepted = {"name": "accepted", "metric": "acceptance"}
    beside = {**accepted, "against": "stable"}
    lower, higher = {"shares": {"acceptance": 0.3}}, {"shares": {"acceptance": 0.5}}
    base = f"spec.{section}.*"
    found = {
        "name": Shown(patch(errors), told=Told({"error_rate": 0.1})),
        "metric": Shown(patch({**errors, "max": "1%"}), "acceptance", Told({**higher, "error_rate": 0.0})),
        "min": Shown(patch({**accepted, "min": "20%"}), "40%", Told(lower)),
        "max": Shown(patch(errors), "9%", Told({"error_rate": 0.05})),
        "against": Shown(
            patch({**beside, "maxRegression": "5%"}),
            DROP,
            Told(lower, higher),
            along={"maxRegression": DROP, "min": "10%"},
        ),
        "maxRegression": Shown(patch({**beside, "maxRegression": "5%"}), "35%", Told(lower, higher)),
        "minImprovement": Shown(patch({**beside, "minImprovement": "5%"}), "35%", Told(higher, lower)),
        "maxRelativeRegression": Shown(patch({**beside, "maxRelativeRegression": "10%"}), "80%", Told(lower, higher)),
        "minSamples": Shown(patch({**errors, "minSamples": 100}), 1_000_000, Told({"error_rate": 0.0})),
    }
    if not guard:
        undecided = Told({"error_rate": 0.0125})
        found["confidence"] = Shown(patch({**errors, "confidence": "99.99%"}), "51%", undecided)
    return {f"{base}.{name}": shown for name, shown in found.items()}


def _quota(resource: str, to: Any, *, canonical: bool) -> Shown:
    """The namespace has room for one training, or has not."""
    at = f"spec.platform.quota.{resource}" if canonical else f"spec.environments.2.quota.{resource}"
    patch = {"experiments": {"candidates": [{**_ONE, "resources": {"cpu": "4", "memory": "8Gi", "gpu": 2}}]}}
    return _training(patch, to, at=at, document="canonical" if canonical else "project")


def _training(patch: Mapping[str, Any] | None = None, to: Any = NEXT, **rest: Any) -> Shown:
    told = Told(hours=100, every=HOUR, trains=True, **rest.pop("told", {}))
    patched = {"retraining": {**RETRAINING, **(patch or {}).get("retraining", {})}}
    return Shown({**(patch or {}), **patched}, to, told, **rest)


_ONE = {"name": "boosting", "image": "registry.example.com/train@sha256:" + "a" * 64, "timebox": "1h"}
_CANDIDATE = [{**_ONE, "resources": {"cpu": "4", "memory": "8Gi", "gpu": 1}}]
_GUARDED: dict[str, Any] = {"evaluation": {"online": {"gates": [{"metric": "errorRate", "max": "1%"}]}}}
_ASKED = {"rollout": {"approval": {"before": ["promoting"], "by": "leads"}}}
_YES = Request("yes", "approve", "", by="ada", groups=frozenset({"leads"}), at=1.5)
_DIRECT = {"strategy": "direct", "hold": "30m", "steps": None}

DECIDED: dict[str, Shown] = {
    "spec.traffic.rps": Shown(
        {"evaluation": {"online": {"gates": [{"metric": "errorRate", "max": "5%", "minSamples": 3000}]}}}, 10
    ),
    **{
        f"spec.traffic.{key}": Shown(
            {"evaluation": {"online": {"gates": [{"metric": "errorRate", "max": "5%", "minSamples": 3000}]}}},
            to,
            Told(scenario="quiet-nights"),
        )
        for key, to in (("peakRps", 100), ("dailyMinimumRps", 15))
    },
    "spec.metrics.*.name": Shown(
        {"evaluation": {"online": {"gates": [{"metric": "acceptance", "min": "20%"}]}}},
        "taken",
        Told({"shares": {"acceptance": 0.5, "taken": 0.5}}),
        along={"spec.evaluation.online.gates.0.metric": "taken"},
    ),
    "spec.metrics.*.kind": Shown(
        {
            "evaluation": {
                "shadow": {"mirror": "20%", "duration": "30m", "gates": [{"metric": "acceptance", "min": "20%"}]}
            }
        },
        {"name": "acceptance", "kind": "parameterised", "base": "fBeta", "beta": 2},
        Told({"shares": {"acceptance": 0.5}, "values": {"acceptance": 0.1}}),
        at="spec.metrics.0",
    ),
    "spec.metrics.*.direction": Shown(
        {"evaluation": {"online": {"gates": [{"metric": "acceptance", "against": "stable", "maxRegression": "5%"}]}}},
        told=Told({"shares": {"acceptance": 0.5}}, {"shares": {"acceptance": 0.2}}),
    ),
    "spec.metrics.*.delay": Shown(
        {"evaluation": {"online": {"gates": [{"metric": "acceptance", "min": "20%"}]}}},
        "20m",
        Told({"shares": {"acceptance": 0.5}}),
    ),
    "spec.metrics.*.per": Shown(
        {
            "metrics": [{**ACCEPTANCE, "per": "request"}],
            "evaluation": {"online": {"gates": [{"metric": "acceptance", "min": "20%"}]}},
        },
        "user",
        Told({"shares": {"acceptance": 0.5}}),
    ),
    **{
        f"spec.metrics.*.query.{key}": Shown(
            {"evaluation": {"online": {"gates": [{"metric": "acceptance", "min": "20%"}]}}},
            f"sum({key}[$window])",
            Told({"shares": {"acceptance": 0.5}}, becomes=0.3),
        )
        for key in ("good", "total")
    },
    "spec.evaluation.shadow.duration": Shown(
        {
            "evaluation": {
                "shadow": {"mirror": "20%", "duration": "30m", "gates": [{"metric": "errorRate", "max": "5%"}]}
            }
        }
    ),
    "spec.evaluation.shadow.minRequests": Shown(
        {
            "evaluation": {
                "shadow": {
                    "mirror": "20%",
                    "duration": "30m",
                    "minRequests": 1000,
                    "gates": [{"metric": "errorRate", "max": "5%"}],
                }
            }
        },
        10_000,
    ),
    **_checks("evaluation.shadow.gates"),
    **_checks("evaluation.online.gates"),
    **_checks("rollout.guards"),
    "spec.evaluation.bootstrap.relativeGates": Shown(
        {
            "evaluation": {
                "offline": {"gates": [{"metric": "rocAuc", "against": "stable", "maxRegression": 0.1}]},
                "bootstrap": {"relativeGates": "skip"},
            }
        },
        told=Told(first=True),
    ),
    "spec.serving.onDelete": Shown({"serving": {"onDelete": "keep"}}, told=Told(deleted=2.5)),
    "spec.serving.fallback.kind": Shown(
        {"serving": {"fallback": {"kind": "constant", "response": "{}"}}},
        {"kind": "stable"},
        Told({"error_rate": 0.9}, first=True),
        at="spec.serving.fallback",
        effects=True,
    ),
    "spec.serving.fallback.response": Shown(
        {"serving": {"fallback": {"kind": "constant", "response": "{}"}}},
        "[]",
        Told({"error_rate": 0.9}, first=True),
        effects=True,
    ),
    "spec.rollout.steps.*.name": Shown(),
    "spec.serving.shadowRuns": Shown(
        {
            "serving": {
                "mode": "batch",
                "schedule": "0 4 * * *",
                "output": "s3://scores/churn/",
                "shadowRuns": 2,
                "latencyBudget": None,
            },
            "rollout": {**_DIRECT, "guards": None, "analysis": None},
        },
        told=Told(hours=40, every=HOUR),
    ),
    "spec.rollout.guards.*.window": Shown(told=Told({"error_rate": 0.5})),
    "spec.rollout.guards.*.onNoData": Shown(
        {"rollout": {"guards": [{"metric": "errorRate", "max": "20%", "window": "5m", "onNoData": "hold"}]}},
        "rollback",
        Told(silent=0.3),
    ),
    "spec.rollout.analysis.interval": Shown(told=Told({"error_rate": 0.5}), to="7m"),
    "spec.rollout.analysis.failureLimit": Shown(told=Told({"error_rate": 0.5})),
    "spec.rollout.analysis.onNoData": Shown(_GUARDED, told=Told(silent=0.02)),
    "spec.rollout.analysis.onTimeout": Shown(_GUARDED, told=Told({"error_rate": 0.0102})),
    "spec.rollout.approval.before": Shown(_ASKED, ["canary"], Told(asked=(_YES,))),
    "spec.rollout.approval.by": Shown(_ASKED, "others", Told(asked=(_YES,))),
    "spec.governance.approvers": Shown(
        {"rollout": {"approval": {"before": ["promoting"]}}, "governance": {"approvers": ["leads"]}},
        ["others"],
        Told(asked=(_YES,)),
    ),
    "spec.rollout.freeze": Shown({"rollout": {"freeze": ["2026-12-20/2027-01-03"]}}, ["2027-01-10/2027-01-20"]),
    "spec.rollout.strategy": Shown(
        {"rollout": _DIRECT}, {"strategy": "abTest", "weight": "20%", "duration": "30m"}, at="spec.rollout"
    ),
    "spec.rollout.hold": Shown({"rollout": _DIRECT}),
    "spec.rollout.weight": Shown(
        {"rollout": {"strategy": "abTest", "weight": "20%", "duration": "30m", "steps": None}}, "50%"
    ),
    "spec.rollout.duration": Shown(
        {"rollout": {"strategy": "abTest", "weight": "20%", "duration": "30m", "steps": None}}
    ),
    "spec.rollout.steps.*.weight": Shown(),
    "spec.rollout.steps.*.hold": Shown(),
    "spec.rollout.steps.*.timeout": Shown(_GUARDED, told=Told({"error_rate": 0.0102})),
    "spec.rollout.maxExposure": Shown(
        {"rollout": {"maxExposure": 10_000, "analysis": {"failureLimit": 5}}}, 100, Told({"error_rate": 0.5})
    ),
    "spec.retraining.triggers.*.name": _training(),
    "spec.retraining.triggers.*.schedule": _training(to="0 13 * * *"),
    "spec.retraining.triggers.*.timeZone": _training(to="Europe/Vienna"),
    "spec.retraining.triggers.*.kind": _training(
        to={"name": "daily", "kind": "dataVolume", "newLabeledRows": 10}, at="spec.retraining.triggers.0"
    ),
    "spec.retraining.triggers.*.monitor": _training(
        {
            "monitoring": {
                "monitors": [
                    {"name": "inputs", "kind": "data", "window": "7d"},
                    {"name": "scores", "kind": "prediction", "window": "7d"},
                ]
            },
            "retraining": {"triggers": [{"name": "drifted", "monitor": "inputs"}]},
        },
        "scores",
        told={"alarms": ((5.0, "inputs"),)},
    ),
    "spec.retraining.triggers.*.consecutive": _training(
        {"retraining": {"triggers": [{"name": "drifted", "monitor": "inputs", "consecutive": 1}]}},
        told={"alarms": ((5.0, "inputs"), (9.0, "inputs"))},
    ),
    "spec.retraining.triggers.*.newLabeledRows": _training(
        {"retraining": {"triggers": [{"name": "enough", "newLabeledRows": 10}]}}, told={"rows": 10}
    ),
    "spec.retraining.cooldown": _training({"retraining": {"cooldown": "1h"}}, "2d"),
    "spec.retraining.limit.runs": _training({"retraining": {"limit": {"runs": 1, "per": "30d"}}}),
    "spec.retraining.limit.per": _training({"retraining": {"limit": {"runs": 1, "per": "2d"}}}, "30d"),
    "spec.retraining.environment": _training(to="staging"),
    "spec.retraining.nominate": _training({"retraining": {"nominate": "manual"}}, "pullRequest", effects=True),
    "spec.governance.record.retention": Shown(
        {"governance": {"record": {"retention": "1d"}}}, "2d", Told(hours=60, every=HOUR)
    ),
    "spec.experiments.budget.cpuHours": _training(
        {"experiments": {"candidates": _CANDIDATE, "budget": {"cpuHours": 8, "per": "30d"}}}, 4
    ),
    "spec.experiments.budget.gpuHours": _training(
        {"experiments": {"candidates": _CANDIDATE, "budget": {"gpuHours": 2, "per": "30d"}}}, 1
    ),
    **{
        path.format(resource): _quota(resource, to, canonical=path.startswith("spec.platform"))
        for path in ("spec.platform.quota.{}", "spec.environments.*.quota.{}")
        for resource, to in (("cpu", "2"), ("memory", "4Gi"), ("gpu", 1))
    },
    "spec.modelVersion.name": Shown(document="canonical"),
    "spec.modelVersion.digest": Shown(document="canonical"),
    "spec.experiments.budget.per": _training(
        {"experiments": {"candidates": _CANDIDATE, "budget": {"cpuHours": 4, "per": "1d"}}}, "30d"
    ),
}


BY_LINT: dict[str, Shown] = {
    "spec.features.*.online.p99": Shown(
        {"features": [{"name": "tenure", "column": "tenure", "online": {"source": "feast://a", "p99": "60ms"}}]},
        "130ms",
    ),
    "spec.features.*.online.group": Shown(
        {
            "features": [
                {"name": name, "column": name, "online": {"source": "feast://a", "p99": "70ms", "group": group}}
                for name, group in (("tenure", "store"), ("plan", "other"))
            ]
        },
        "other",
    ),
    "spec.serving.latencyBudget": Shown(
        {"rollout": {"guards": [{"metric": "latencyP99", "max": "120ms", "window": "5m"}]}}, "100ms"
    ),
}
"""Leaves that nothing but lint decides by: whether the parts of an answer fit into what the caller waits."""


def pair(leaf: Field, shown: Shown) -> tuple[Witness, Witness]:
    """Two specs that differ in one leaf; where that is one of the canonical form, the same spec twice."""
    before = witness("small")
    before["lifecycle"]["spec"] = _merged(_merged(before["lifecycle"]["spec"], SPEC), shown.patch)
    after = copy.deepcopy(before)
    if shown.document != "canonical":
        change(after[shown.document], leaf, shown)
    return before, after


def change(document: dict[str, Any], leaf: Field, shown: Shown) -> None:
    """Puts another value into a document."""
    place = _place(shown.at) if shown.at else next(places(document, leaf.path.split(".")))
    edit(document, place, another(leaf, get(document, place)) if shown.to is NEXT else shown.to)
    for where, value in shown.along.items():
        edit(document, _place(where) if "." in where else (*place[:-1], where), value)


def _merged(value: Mapping[str, Any], patch: Mapping[str, Any]) -> dict[str, Any]:
    found = dict(copy.deepcopy(value))
    for key, change in patch.items():
        if change is None:
            found[key] = None
        elif isinstance(change, Mapping) and isinstance(found.get(key), Mapping):
            found[key] = _merged(found[key], change)
        else:
            found[key] = copy.deepcopy(change)
    return {key: member for key, member in found.items() if member is not None}


def _place(path: str) -> tuple[str | int, ...]:
    return tuple(int(part) if part.isdigit() else part for part in path.split("."))
