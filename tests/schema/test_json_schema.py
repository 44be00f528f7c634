from __future__ import annotations

import json
import re
from copy import deepcopy

import jsonschema
import pytest
from hypothesis import HealthCheck, given, settings

from corpus.mutations import mutants
from lifecycles import lifecycles
from lifespec_schema.export.json_schema import json_schemas
from lifespec_schema.export.written import as_written
from lifespec_schema.forms import read_lifecycle, read_model_version, read_project
from lifespec_schema.values.quantities import seconds

FILE = "model-lifecycle.json"
# What a JSON Schema cannot say, by the code of the finding.
ONLY_OURS = {
    "contradiction": "a rule over several fields",
    "check-without-bound": "a rule over several fields",
    "bad-cron": "the ranges of a schedule's fields",
    "bad-date": "the calendar",
    "bad-duration": "the sum of a duration's parts: from 1 ms to 100 years",
    "bad-pattern": "the regular expressions that RE2 reads",
    "bad-time-zone": "the names in the time zone database",
}
PROJECT = {
    "apiVersion": "lifespec.dev/v1alpha1",
    "kind": "LifespecProject",
    "spec": {
        "targets": ["kubernetes", "docs"],
        "repository": {"kind": "github", "url": "https://git.example.com/models", "secretRef": "models-writer"},
        "lint": {"failOn": "warning", "severities": {"missing-baseline": "warning"}},
        "defaults": {"artifacts": {"uri": "s3://ml-artifacts/"}, "imagePullSecrets": ["registry"]},
        "environments": [
            {
                "name": "staging",
                "namespace": "{namespace}-staging",
                "gateway": {"name": "edge", "namespace": "gateways", "hostname": "{name}.example.com"},
            },
            {
                "name": "production",
                "after": "staging",
                "quota": {"cpu": "64", "memory": "256Gi", "gpu": 4},
                "prometheus": "http://prometheus:9090",
            },
        ],
    },
}
MODEL = {
    "apiVersion": "lifespec.dev/v1alpha1",
    "kind": "ModelVersion",
    "metadata": {"name": "churn-17", "namespace": "growth"},
    "spec": {
        "lifecycle": "churn",
        "model": {"uri": "s3://models/churn/17", "digest": f"sha256:{'c' * 64}", "format": "onnx"},
        "trainedOn": {"snapshot": f"sha256:{'d' * 64}"},
        "producedBy": {"job": "churn-train-1", "commit": "4be1f7a"},
    },
}


@pytest.mark.parametrize("file", sorted(json_schemas()))
def test_every_schema_is_valid_and_names_its_dialect(file):
    schema = json_schemas()[file]
    jsonschema.Draft202012Validator.check_schema(schema)
    assert schema["$schema"] == "https://json-schema.org/draft/2020-12/schema"
    assert schema["$id"] == f"https://lifespec.dev/json-schema/v1alpha1/{file}"
    references = set(re.findall(r'"\$ref": "#/\$defs/([^"]+)"', json.dumps(schema)))
    assert references == set(schema.get("$defs", {}))


def test_every_default_and_every_example_is_what_its_field_allows(nodes):
    checked = 0
    for schema in json_schemas().values():
        for place, node in nodes(schema):
            field = {**node, "$defs": schema.get("$defs", {})}
            for value in [*([node["default"]] if "default" in node else []), *node.get("examples", ())]:
                assert jsonschema.Draft202012Validator(field).is_valid(value), (place, value)
                checked += 1
    assert checked > 200


def test_an_editor_accepts_what_we_accept(authored, editor):
    assert read_lifecycle(authored)[1] == []
    assert [error.message for error in editor(FILE).iter_errors(authored)] == []


def test_an_editor_accepts_contracts_by_reference(authored, editor):
    authored["spec"]["data"]["sources"] = [{"name": "customers", "contractRef": "contracts/customers.odcs.yaml"}]
    assert editor(FILE).is_valid(authored)
    authored["spec"]["data"] |= {"contractRef": "contracts/customers.odcs.yaml"}
    del authored["spec"]["data"]["sources"]
    assert editor(FILE).is_valid(authored)


@settings(max_examples=30, suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture])
@given(document=lifecycles())
def test_an_editor_accepts_every_valid_lifecycle(document, editor):
    assert read_lifecycle(document)[1] == []
    assert [error.message for error in editor(FILE).iter_errors(document)] == []


def test_an_editor_and_we_agree_on_what_is_wrong(authored, editor):
    seen = 0
    for change, mutant in mutants(authored, 89):
        problems = {problem.code for problem in read_lifecycle(mutant)[1]}
        accepted = editor(FILE).is_valid(mutant)
        seen += bool(problems)
        if accepted:
            assert problems <= ONLY_OURS.keys(), change
        elif not problems:
            # We read patches when they are merged; an editor knows the names of the sections before.
            assert change.startswith("spec.environments"), change
    assert seen > 20


@pytest.mark.parametrize(
    ("file", "document", "read"),
    [
        pytest.param("lifespec-project.json", PROJECT, read_project, id="a project file"),
        pytest.param("model-version.json", MODEL, read_model_version, id="a model version"),
    ],
)
def test_an_editor_and_we_agree_on_the_other_documents(file, document, read, editor):
    assert editor(file).is_valid(document)
    assert read(document)[1] == []
    for change, mutant in mutants(document, 1):
        assert editor(file).is_valid(mutant) == (read(mutant)[1] == []), change


@pytest.mark.parametrize(
    ("place", "value"),
    [
        pytest.param(("environments", "staging"), {"rollout": None}, id="a patch that deletes a section"),
        pytest.param(
            ("environments", "staging"),
            {"rollout": {"strategy": "direct", "hold": "1h"}},
            id="a patch of a part of a section",
        ),
        pytest.param(("objective", "decisionThreshold"), 0.5, id="a threshold as a number"),
        pytest.param(
            ("data", "splits"), {"train": "70%", "validation": 0.15, "test": "15%"}, id="splits without a strategy"
        ),
        pytest.param(("data", "sources", 0, "snapshot"), {}, id="a snapshot that names no column"),
        pytest.param(("data", "sources", 0, "snapshot"), {"column": "as_of"}, id="a snapshot that names a column"),
        pytest.param(
            ("evaluation", "offline", "gates", 3, "slices"),
            ["plan", ["plan", "age_band"]],
            id="slices, flat and crossed",
        ),
        pytest.param(("evaluation", "offline", "robustness", 0, "features"), "categorical", id="features of a kind"),
        pytest.param(("evaluation", "offline", "robustness", 0, "features"), ["tenure"], id="features by name"),
        pytest.param(("experiments", "candidates", 0, "resources"), {"cpu": 4}, id="a quantity as a number"),
    ],
)
def test_short_forms_are_known_to_editors(place, value, variants, editor):
    document = deepcopy(variants["everything at once"])
    parent = document["spec"]
    for part in place[:-1]:
        parent = parent[part]
    parent[place[-1]] = value
    assert read_lifecycle(document)[1] == []
    assert editor(FILE).is_valid(document)


@pytest.mark.parametrize("length", [0.005, 1, 59, 60, 61, 90, 3600, 5400, 86400, 90061, 604800, 777600, 3153600000])
def test_a_duration_is_written_as_it_is_read(length):
    assert seconds(as_written(length, "seconds")) == length
