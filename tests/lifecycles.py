"""Valid specs for tests: a small one to change, and a hypothesis strategy that draws from the whole language."""

from __future__ import annotations

from copy import deepcopy
from typing import Any

from hypothesis import strategies as st

from lifespec_compiler.plan import Bundle, Plan, Project, assemble, environments, parse, plan
from lifespec_schema.findings import Finding
from lifespec_schema.loader import Document

IMAGE = "registry.example.com/{name}@sha256:{letter}"

SMALL: dict[str, Any] = {
    "apiVersion": "lifespec.dev/v1alpha1",
    "kind": "ModelLifecycle",
    "metadata": {"name": "churn", "namespace": "growth"},
    "spec": {
        "version": "1.0.0",
        "owner": {"team": "growth-ml", "email": "growth-ml@example.com"},
        "objective": {"problem": "binaryClassification"},
        "traffic": {"rps": 12},
        "data": {
            "sources": [
                {
                    "name": "customers",
                    "uri": "s3://lake/customers/",
                    "schema": [
                        {"name": "customer_id", "logicalType": "string", "primaryKey": True},
                        {"name": "tenure", "logicalType": "integer"},
                        {"name": "plan", "logicalType": "string"},
                        {"name": "churned", "logicalType": "boolean", "availableAfter": "30d"},
                    ],
                }
            ],
            "labels": {"column": "churned", "delay": {"p95": "30d"}},
        },
        "features": ["tenure", "plan"],
        "experiments": {
            "candidates": [{"name": "boosting", "image": IMAGE.format(name="train", letter="a" * 64)}],
        },
        "evaluation": {"offline": {"gates": [{"metric": "rocAuc", "min": 0.8}]}},
        "serving": {"image": IMAGE.format(name="serve", letter="b" * 64), "latencyBudget": "120ms"},
        "rollout": {
            "steps": [{"weight": "10%", "hold": "4h"}, {"weight": "50%", "hold": "12h"}],
            "guards": [{"metric": "errorRate", "max": "1%", "window": "15m"}],
        },
        "monitoring": {
            "predictions": {"log": "s3://logs/churn/", "time": "ts", "id": "request_id"},
            "monitors": [{"name": "inputs", "kind": "data", "window": "7d"}],
        },
        "retraining": {"triggers": [{"name": "drifted", "monitor": "inputs"}], "cooldown": "14d"},
    },
}


def small(**changes: Any) -> dict[str, Any]:
    """The small spec with sections of `spec` replaced (None removes one)."""
    document = deepcopy(SMALL)
    for section, value in changes.items():
        if value is None:
            document["spec"].pop(section, None)
        else:
            document["spec"][section] = value
    return document


def default_project() -> Project:
    """What holds without a project file: one environment, `production`."""
    _, project, _ = assemble({}, None)
    assert project is not None
    return project


def project_of(text: str) -> Project:
    """The project of a project file."""
    documents, findings = parse({"lifespec.yaml": text.encode()})
    _, project, more = assemble(documents, "lifespec.yaml")
    assert project is not None, [*findings, *more]
    return project


def plans_of(document: dict[str, Any], project: Project | None = None) -> tuple[list[Plan], list[Finding]]:
    """The plans of an authored document in every environment, and what is wrong with it."""
    project = project or default_project()
    plans, findings = [], []
    for environment in environments(project):
        made, found = plan(Bundle(Document("lifecycle.yaml", 0, document, 1)), project, environment)
        plans += [made] if made else []
        findings += found
    return plans, findings


def plan_of(document: dict[str, Any], project: Project | None = None) -> Plan:
    """The one plan of an authored document that must have one."""
    plans, findings = plans_of(document, project)
    assert len(plans) == 1, findings
    return plans[0]


_durations = st.builds(
    lambda count, unit: f"{count}{unit}", st.integers(1, 90), st.sampled_from(["s", "m", "h", "d", "w"])
)
_hours = st.integers(1, 200)
_texts = st.text(st.characters(codec="utf-8", exclude_categories=["C", "Z"]), min_size=1, max_size=40)
_ratios = st.one_of(
    st.integers(1, 99).map(lambda share: f"{share}%"), st.floats(0.01, 0.99).map(lambda share: round(share, 4))
)
_scalars = st.one_of(_texts, st.integers(-1000, 1000), st.booleans(), st.floats(-1e6, 1e6, allow_nan=False))
_letters = st.sampled_from("abcdef0123456789")


@st.composite
def lifecycles(draw: st.DrawFn) -> dict[str, Any]:
    """Authored specs over all sections, valid by construction: references lead somewhere, names are unique."""
    document = small()
    spec = document["spec"]
    document["metadata"] = {
        "name": draw(st.from_regex(r"[a-z][a-z0-9-]{0,50}[a-z0-9]", fullmatch=True)),
        "namespace": draw(st.sampled_from(["growth", "ops", "n" * 40])),
    }
    columns = draw(
        st.lists(st.from_regex(r"[a-z]([a-z0-9_]{0,11}[a-z0-9])?", fullmatch=True), min_size=1, max_size=6, unique=True)
    )
    columns = [name for name in columns if name != "label"] or ["x"]
    spec["data"] = _data(draw, columns)
    spec["features"] = [draw(_feature(name)) for name in columns]
    spec["owner"]["escalation"] = draw(
        st.lists(st.fixed_dictionaries({"after": _durations, "to": st.just("oncall")}), max_size=2)
    )
    if draw(st.booleans()):
        spec["objective"]["business"] = {
            "metric": draw(_texts),
            "direction": draw(st.sampled_from(["increase", "decrease"])),
        }
    if draw(st.booleans()):
        spec["objective"]["decisionThreshold"] = draw(
            st.one_of(_ratios.filter(lambda r: not isinstance(r, str)), st.just({"tune": "f1"}))
        )
    spec["objective"]["risks"] = [{"name": "risk-a", "risk": draw(_texts)}] if draw(st.booleans()) else []
    if draw(st.booleans()):
        spec["metrics"] = [{"name": "f2", "base": "fBeta", "beta": draw(st.integers(1, 5))}]
    spec["experiments"] = _experiments(draw)
    spec["evaluation"] = _evaluation(draw, columns)
    spec["serving"] = _serving(draw)
    spec["rollout"] = _rollout(draw)
    if draw(st.booleans()):
        spec["governance"] = {"tier": draw(st.integers(1, 5)), "approvers": ["leads"], "record": {"retention": "365d"}}
    if draw(st.booleans()):
        spec["retraining"]["triggers"].append({"name": "weekly", "schedule": "0 3 * * 1", "timeZone": "Europe/Vienna"})
        spec["retraining"]["window"] = draw(
            st.sampled_from([{"kind": "expanding"}, {"kind": "rolling", "length": "90d"}])
        )
        spec["retraining"]["limit"] = {"runs": draw(st.integers(1, 9)), "per": "30d"}
    if draw(st.booleans()):
        spec["monitoring"]["slos"] = [
            {"name": "speed", "sli": "latency", "threshold": "120ms", "target": "99.9%", "window": "30d"}
        ]
        spec["monitoring"]["alerts"] = [{"for": "speed", "severity": "page"}]
        spec["monitoring"]["monitors"].append(
            {"name": "decay", "kind": "concept", "metric": "rocAuc", "min": 0.5, "window": "60d"}
        )
    return document


def _data(draw: st.DrawFn, columns: list[str]) -> dict[str, Any]:
    kinds = st.sampled_from(["string", "integer", "number", "date"])
    schema: list[dict[str, Any]] = [{"name": name, "logicalType": draw(kinds)} for name in columns]
    schema[0] |= draw(
        st.fixed_dictionaries(
            {}, optional={"required": st.booleans(), "enum": st.lists(_scalars, min_size=1, max_size=4)}
        )
    )
    schema.append({"name": "label", "logicalType": "boolean", "availableAfter": "30d"})
    source: dict[str, Any] = {"name": "events", "uri": "s3://lake/events/", "schema": schema}
    source["quality"] = [
        {"metric": "nullValues", "column": columns[0], "mustBeLessThan": draw(st.sampled_from(["1%", 5, "0.5%"]))}
    ]
    source |= draw(st.fixed_dictionaries({}, optional={"freshness": _durations, "volume": st.just({"minRows": 100})}))
    splits = draw(
        st.sampled_from(
            [
                None,
                {"strategy": "temporal", "column": columns[0]},
                {"strategy": "group", "column": f"events.{columns[-1]}"},
                {},
            ]
        )
    )
    data: dict[str, Any] = {"sources": [source], "labels": {"column": "label", "delay": {"p95": "30d"}}}
    if splits is not None:
        data["splits"] = {**splits, "train": "70%", "validation": 0.15, "test": "15%"}
    if draw(st.booleans()):
        data["readiness"] = {"minLabeledRows": draw(st.integers(1, 10**9)), "maxMissingShare": draw(_ratios)}
    return data


def _feature(name: str) -> st.SearchStrategy[Any]:
    transform = st.sampled_from(
        [{"kind": "standardize"}, {"kind": "bucketize", "boundaries": [0, 1.5, 3]}, {"kind": "hash", "buckets": 32}]
    )
    online = st.fixed_dictionaries({"source": st.just("feast://view/x"), "p99": st.just("5ms")})
    full = st.fixed_dictionaries(
        {"name": st.just(name), "column": st.just(f"events.{name}")},
        optional={"transform": transform, "hypothesis": _texts, "online": online},
    )
    return st.one_of(st.just(name), full)


def _experiments(draw: st.DrawFn) -> dict[str, Any]:
    candidate: dict[str, Any] = {"name": "boosting", "image": IMAGE.format(name="train", letter=draw(_letters) * 64)}
    if draw(st.booleans()):
        space = {
            "depth": {"kind": "integer", "low": 1, "high": 9},
            "rate": {"kind": "choice", "choices": draw(st.lists(_scalars, min_size=1, max_size=4))},
        }
        candidate["search"] = {"trials": draw(st.integers(1, 50)), "space": space}
    candidate |= draw(
        st.fixed_dictionaries(
            {}, optional={"timebox": _durations, "resources": st.just({"cpu": 4, "memory": "8Gi", "gpu": 1})}
        )
    )
    candidate |= draw(st.fixed_dictionaries({}, optional={"parameters": st.dictionaries(st.just("seed"), _scalars)}))
    return {"baselines": [{"kind": "majorityClass"}], "candidates": [candidate]}


def _evaluation(draw: st.DrawFn, columns: list[str]) -> dict[str, Any]:
    gates: list[dict[str, Any]] = [
        {"metric": "rocAuc", "min": draw(_ratios)},
        {"metric": "rocAuc", "against": "stable", "maxRegression": 0.01},
    ]
    if draw(st.booleans()):
        gates.append(
            {
                "metric": "recall",
                "min": "60%",
                "slices": draw(st.sampled_from([[columns[0]], [columns[:2]]])),
                "name": "sliced",
            }
        )
    evaluation: dict[str, Any] = {"offline": {"gates": gates}}
    if draw(st.booleans()):
        evaluation["offline"]["latency"] = {"p99": "40ms"}
        evaluation["offline"]["robustness"] = [
            {
                "perturb": "gaussianNoise",
                "scale": 0.1,
                "features": draw(st.sampled_from(["all", [columns[0]]])),
                "metric": "rocAuc",
                "maxRegression": 0.03,
            }
        ]
    if draw(st.booleans()):
        shadow = [{"metric": "latencyP99", "max": "120ms"}, {"metric": "disagreementRate", "max": draw(_ratios)}]
        evaluation["shadow"] = {"mirror": "20%", "duration": draw(_durations), "gates": shadow}
    return evaluation


def _serving(draw: st.DrawFn) -> dict[str, Any]:
    low = draw(st.integers(1, 5))
    return {
        "image": IMAGE.format(name="serve", letter=draw(_letters) * 64),
        **draw(
            st.fixed_dictionaries(
                {},
                optional={
                    "env": st.dictionaries(st.from_regex(r"[A-Z_][A-Z0-9_]{0,20}", fullmatch=True), _texts, max_size=4),
                    "secretRefs": st.just(["feature-store"]),
                    "resources": st.just({"cpu": "500m", "memory": "1Gi"}),
                    "replicas": st.just({"min": low, "max": low + draw(st.integers(0, 5))}),
                    "latencyBudget": _durations,
                    "port": st.integers(1024, 65535),
                    "onDelete": st.sampled_from(["keep", "remove"]),
                    "fallback": st.sampled_from([{"kind": "stable"}, {"kind": "constant", "response": "{}"}]),
                },
            )
        ),
    }


def _rollout(draw: st.DrawFn) -> dict[str, Any]:
    guard = {"metric": "errorRate", "max": draw(_ratios), "window": draw(_durations)}
    common = {
        "guards": [guard],
        "assignment": draw(st.sampled_from([{}, {"unit": "user", "bucketHeader": "x-bucket"}])),
    }
    weights = sorted(draw(st.sets(st.integers(1, 100), min_size=1, max_size=4)))
    strategies: list[dict[str, Any]] = [
        {"steps": [{"weight": f"{weight}%", "hold": f"{draw(_hours)}h"} for weight in weights]},
        {"strategy": "direct", "hold": draw(_durations)},
        {"strategy": "blueGreen", "hold": draw(_durations)},
        {"strategy": "abTest", "weight": f"{weights[0]}%", "duration": draw(_durations)},
    ]
    return {**common, **draw(st.sampled_from(strategies))}
