from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from copy import deepcopy
from functools import cache
from itertools import pairwise
from typing import Any

import jsonschema
import pytest

from corpus.documents import VARIANTS, authored_variants
from judges import crd as strict_crd
from judges.judge import Judge
from lifecycles import plans_of
from lifespec_schema.export.crds import crds
from lifespec_schema.export.json_schema import json_schemas


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


def member(schema: Any, key: str) -> Any:
    """The schema of an object's member."""
    return schema.get("properties", {}).get(key) or schema.get("additionalProperties") or {}


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
    from celpy.evaluation import CELEvalError

    environment = celpy.Environment()

    def is_sorted(items: Any) -> Any:
        return celtypes.BoolType(all(earlier <= later for earlier, later in pairwise(items)))

    @cache
    def program(rule: str) -> Any:
        return environment.program(environment.compile(rule), functions={"isSorted": is_sorted})

    def evaluate(rule: str, **names: Any) -> bool:
        try:
            return bool(program(rule).evaluate(names))
        except CELEvalError:
            return False

    return evaluate


@pytest.fixture(scope="session")
def as_cel(judge: Callable[[str], Judge]) -> Callable[[Any, Any], Any]:
    """`as_cel(value, schema)` types a JSON value as Kubernetes does: by the schema, not by how it is written."""
    judge("cel-python")
    from celpy import celtypes
    from celpy.adapter import json_to_cel

    def convert(value: Any, schema: Any) -> Any:
        if isinstance(value, dict):
            return celtypes.MapType(
                {celtypes.StringType(key): convert(item, member(schema, key)) for key, item in value.items()}
            )
        if isinstance(value, list):
            return celtypes.ListType([convert(item, schema.get("items", {})) for item in value])
        return celtypes.DoubleType(value) if schema.get("type") == "number" else json_to_cel(value)

    return convert


@pytest.fixture(scope="session")
def cluster(
    openapi: Callable[[str], Any], cel: Callable[..., bool], as_cel: Callable[[Any, Any], Any]
) -> Callable[[dict[str, Any]], list[str]]:
    """`cluster(object)` lists what an API server with our CRDs finds wrong with an object: schema, then CEL."""
    answers: dict[tuple[str, str], bool] = {}
    validators = cache(lambda kind: strict_crd._Validator(strict_crd.strict(openapi(kind))))

    def rules(schema: Any, value: Any) -> Iterator[str]:
        for rule in schema.get("x-kubernetes-validations", ()):
            # The next document differs from this one in one place, and evaluating is slow.
            known = (rule["rule"], json.dumps(value))
            if known not in answers:
                answers[known] = "oldSelf" in rule["rule"] or cel(rule["rule"], self=as_cel(value, schema))
            if not answers[known]:
                yield rule["message"]
        if isinstance(value, dict):
            for key, item in value.items():
                yield from rules(member(schema, key), item)
        if isinstance(value, list):
            for item in value:
                yield from rules(schema["items"], item)

    def judge_object(manifest: dict[str, Any]) -> list[str]:
        found = [
            f"{'.'.join(map(str, error.absolute_path))}: {error.message}"
            for error in validators(manifest["kind"]).iter_errors(manifest)
        ]
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


def _nodes(schema: Any, path: str = "") -> Iterator[tuple[str, dict[str, Any]]]:
    """Every schema in a schema, with its place."""
    if not isinstance(schema, dict):
        return
    yield path, schema
    for key in ("properties", "$defs"):
        for name, member in schema.get(key, {}).items():
            yield from _nodes(member, f"{path}/{name}")
    for key in ("items", "additionalProperties", "propertyNames"):
        yield from _nodes(schema.get(key), f"{path}/{key}")
    for key in ("oneOf", "anyOf"):
        for index, member in enumerate(schema.get(key, ())):
            yield from _nodes(member, f"{path}/{key}{index}")


@pytest.fixture(scope="session")
def nodes() -> Callable[[Any], Iterator[tuple[str, dict[str, Any]]]]:
    """`nodes(schema)` walks every schema in a schema, with its place."""
    return _nodes


@pytest.fixture(scope="session")
def variants() -> dict[str, dict[str, Any]]:
    """All authored lifecycles by name."""
    return deepcopy(authored_variants())
