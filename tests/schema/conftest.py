from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from copy import deepcopy
from functools import cache
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from judges import crd as strict_crd
from judges.judge import Judge
from lifecycles import plans_of

from lifespec_schema.export.crds import crds
from lifespec_schema.export.json_schema import json_schemas
from lifespec_schema.loader import read

HERE = Path(__file__).parent

VARIANTS: dict[str, dict[str, Any]] = {
    "everything at once": {},
    "short forms": {
        "objective": {"decisionThreshold": 0.4},
        "data": {"splits": {"strategy": None, "column": None}, "labels": {"agreement": None}},
        "features": ["tenure_months", "plan", "age_band"],
        "evaluation": {"offline": {"robustness": None, "fairness": None}},
        "monitoring": {"predictions": {"columns": None}, "monitors": [{"name": "inputs", "kind": "data", "window": "7d"}]},
        "rollout": {"strategy": None, "maxExposure": None},
        "serving": {"mode": None, "replicas": {"min": 5, "max": 9}, "fallback": {"kind": "stable", "response": None}},
        "retraining": {"nominate": "manual", "window": {"kind": "expanding", "length": None}},
    },
    "a fixed threshold in full": {"objective": {"decisionThreshold": {"kind": "fixed", "value": "40%", "tune": None, "split": None}}},
    "batch": {
        "environments": None,
        "serving": {
            "mode": "batch", "schedule": "0 4 * * *", "timeZone": "Europe/Vienna", "output": "s3://scores/churn/", "shadowRuns": 5,
            "protocol": None, "port": None, "probe": None, "replicas": None, "latencyBudget": None, "onDelete": None, "fallback": None,
        }
    },
    "blue-green, stratified, files": {
        "data": {"splits": {"strategy": "stratified", "column": "churned"}},
        "rollout": {"strategy": "blueGreen", "hold": "1d", "steps": None, "maxExposure": None},
    },
    "direct, group": {
        "data": {"splits": {"strategy": "group", "column": "customers.plan"}},
        "rollout": {"strategy": "direct", "hold": "2h", "steps": None, "maxExposure": None},
    },
    "A/B, random": {
        "data": {"splits": {"strategy": "random", "column": None}},
        "rollout": {"strategy": "abTest", "weight": "50%", "duration": "14d", "steps": None, "maxExposure": None},
    },
    "all transforms": {
        "features": [
            {"name": "tenure", "column": "customers.tenure_months", "transform": {"kind": "bucketize", "boundaries": [6, 12.5]}},
            {"name": "plan", "column": "plan", "transform": {"kind": "hash", "buckets": 16}},
            {"name": "age_band", "column": "age_band", "transform": {"kind": "impute", "value": "constant", "constant": "?"}},
        ],
    },
}  # fmt: skip


def patched(document: Any, patch: Any) -> Any:
    """A JSON merge patch."""
    if not isinstance(patch, dict) or not isinstance(document, dict):
        return deepcopy(patch)
    merged = {key: patched(document.get(key), value) for key, value in patch.items() if value is not None}
    kept = {key: deepcopy(value) for key, value in document.items() if key not in patch}
    return {**kept, **merged}


@cache
def authored_variants() -> dict[str, dict[str, Any]]:
    (document,), findings = read("full.yaml", (HERE / "full.yaml").read_bytes())
    assert not findings
    assert isinstance(document.value, dict)
    return {name: {**document.value, "spec": patched(document.value["spec"], patch)} for name, patch in VARIANTS.items()}


@pytest.fixture(params=list(VARIANTS))
def authored(request: pytest.FixtureRequest) -> dict[str, Any]:
    """An authored lifecycle; over all of them every branch of every union occurs."""
    return deepcopy(authored_variants()[request.param])


@pytest.fixture
def canonical(authored: dict[str, Any]) -> dict[str, Any]:
    """What the authored lifecycle compiles to."""
    plans, findings = plans_of(authored)
    assert len(plans) == 1, findings
    return deepcopy(plans[0].canonical)


def places(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Every place in a document but its root."""
    members = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, member in members:
        yield (*path, key)
        yield from places(member, (*path, key))


STRANGE: tuple[Any, ...] = (
    None, True, 0, -1, 1.5, 95, 10**13, "", "x", "Not A Name!", "5%", "950%", "15m", "0s", "2000w", "a" * 2000, [], {}, ["x"], {"kind": "x"},
)  # fmt: skip


def mutants(document: dict[str, Any], every: int) -> Iterator[tuple[str, dict[str, Any]]]:
    """The document with one thing changed: left out, replaced by something strange, or with a field that nobody knows.

    Every `every`-th of the changes, beginning elsewhere at each place, so that all kinds of change meet all kinds of place.
    """
    changes: list[tuple[tuple[Any, ...], Any]] = []
    for path in places(document):
        changes += [(path, delete), (path, surprise), *((path, strange) for strange in STRANGE)]
    for path, change in changes[::every]:
        mutant = deepcopy(document)
        parent = mutant
        for part in path[:-1]:
            parent = parent[part]
        if change is delete:
            del parent[path[-1]]
        elif change is surprise:
            if not isinstance(parent[path[-1]], dict):
                continue
            parent[path[-1]]["surprise"] = 1
        else:
            parent[path[-1]] = deepcopy(change)
        shown = change.__name__ if callable(change) else repr(change)[:40]
        yield f"{'.'.join(map(str, path))}: {shown}", mutant


def delete() -> None:
    """Marks a change that leaves a member out."""


def surprise() -> None:
    """Marks a change that adds a field."""


def _whole_match(_: Any, pattern: str, instance: Any, __: Any) -> Iterator[jsonschema.ValidationError]:
    # JSON Schema means ECMA 262, where `$` is the end of the text; Python's `$` also matches before a last newline.
    if isinstance(instance, str) and not re.search(pattern.replace("$", r"\Z"), instance):
        yield jsonschema.ValidationError(f"{instance!r} does not match {pattern!r}")


_Strict = jsonschema.validators.extend(jsonschema.Draft202012Validator, {"pattern": _whole_match})  # type: ignore[no-untyped-call]


@pytest.fixture(scope="session")
def editor() -> Callable[[str], jsonschema.Draft202012Validator]:
    """`editor(file)` judges as an editor with our exported JSON Schema does."""
    schemas = json_schemas()
    return cache(lambda file: _Strict(schemas[file]))


@pytest.fixture(scope="session")
def openapi() -> Callable[[str], Any]:
    """`openapi(kind)` is the schema in the CRD of that kind."""
    objects = {crd["spec"]["names"]["kind"]: crd for crd in crds().values()}
    return lambda kind: objects[kind]["spec"]["versions"][0]["schema"]["openAPIV3Schema"]


@pytest.fixture(scope="session")
def cel(judge: Callable[[str], Judge]) -> Callable[..., bool]:
    """`cel(rule, self)` is what the rule says of a value; an error in a rule refuses, as in Kubernetes."""
    judge("cel-python")
    import celpy
    from celpy import celtypes

    environment = celpy.Environment()

    def is_sorted(items: Any) -> Any:
        return celtypes.BoolType(all(not later < earlier for earlier, later in zip(items, items[1:], strict=False)))

    @cache
    def program(rule: str) -> Any:
        return environment.program(environment.compile(rule), functions={"isSorted": is_sorted})

    def evaluate(rule: str, **names: Any) -> bool:
        try:
            return bool(program(rule).evaluate(names))
        except celpy.CELEvalError:
            return False

    return evaluate


@pytest.fixture(scope="session")
def as_cel(judge: Callable[[str], Judge]) -> Callable[[Any, Any], Any]:
    """`as_cel(value, schema)` types a JSON value as Kubernetes does: by the schema, not by how it is written."""
    judge("cel-python")
    import celpy
    from celpy import celtypes

    def convert(value: Any, schema: Any) -> Any:
        if isinstance(value, dict):
            of = schema.get("properties", {})
            typed = {celtypes.StringType(key): convert(item, of.get(key) or schema.get("additionalProperties") or {}) for key, item in value.items()}
            return celtypes.MapType(typed)
        if isinstance(value, list):
            return celtypes.ListType([convert(item, schema.get("items", {})) for item in value])
        return celtypes.DoubleType(value) if schema.get("type") == "number" else celpy.json_to_cel(value)

    return convert


@pytest.fixture(scope="session")
def cluster(
    openapi: Callable[[str], Any], cel: Callable[..., bool], as_cel: Callable[[Any, Any], Any]
) -> Callable[[dict[str, Any]], list[str]]:
    """`cluster(object)` lists what an API server with our CRDs finds wrong with an object: schema, then CEL."""
    validators = cache(lambda kind: strict_crd._Validator(strict_crd.strict(openapi(kind))))

    def rules(schema: Any, value: Any) -> Iterator[str]:
        for rule in schema.get("x-kubernetes-validations", ()):
            if "oldSelf" not in rule["rule"] and not cel(rule["rule"], self=as_cel(value, schema)):
                yield rule["message"]
        if isinstance(value, dict):
            for key, item in value.items():
                yield from rules(schema.get("properties", {}).get(key) or schema.get("additionalProperties") or {}, item)
        if isinstance(value, list):
            for item in value:
                yield from rules(schema["items"], item)

    def judge_object(manifest: dict[str, Any]) -> list[str]:
        found = [f"{'.'.join(map(str, error.absolute_path))}: {error.message}" for error in validators(manifest["kind"]).iter_errors(manifest)]
        # An API server evaluates rules only on what has the right types.
        return found or list(rules(openapi(manifest["kind"]), manifest))

    return judge_object


@pytest.fixture(scope="session")
def exported() -> dict[str, Any]:
    """Every exported schema by name: JSON Schemas, and the schemas in the CRDs."""
    schemas: dict[str, Any] = dict(json_schemas())
    for file, crd in crds().items():
        schemas[file] = crd["spec"]["versions"][0]["schema"]["openAPIV3Schema"]
    return json.loads(json.dumps(schemas))


def nodes(schema: Any, path: str = "") -> Iterator[tuple[str, dict[str, Any]]]:
    """Every schema in a schema, with its place."""
    if not isinstance(schema, dict):
        return
    yield path, schema
    for key in ("properties", "$defs"):
        for name, member in schema.get(key, {}).items():
            yield from nodes(member, f"{path}/{name}")
    for key in ("items", "additionalProperties", "propertyNames"):
        yield from nodes(schema.get(key), f"{path}/{key}")
    for key in ("oneOf", "anyOf"):
        for index, member in enumerate(schema.get(key, ())):
            yield from nodes(member, f"{path}/{key}{index}")
