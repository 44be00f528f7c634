from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from judges import crd, manifests

ROOT = Path(__file__).parents[2]

CONFIG_MAP = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "a"}, "data": {"x": "text"}}
ROUTE = {
    "apiVersion": "gateway.networking.k8s.io/v1",
    "kind": "HTTPRoute",
    "metadata": {"name": "churn"},
    "spec": {"rules": [{"backendRefs": [{"name": "stable", "port": 80, "weight": 90}]}]},
}
WIDGET_CRD = {
    "apiVersion": "apiextensions.k8s.io/v1",
    "kind": "CustomResourceDefinition",
    "metadata": {"name": "widgets.lifespec.dev"},
    "spec": {
        "group": "lifespec.dev",
        "names": {"kind": "Widget", "plural": "widgets", "singular": "widget", "listKind": "WidgetList"},
        "scope": "Namespaced",
        "versions": [
            {
                "name": "v1",
                "served": True,
                "storage": True,
                "schema": {
                    "openAPIV3Schema": {
                        "type": "object",
                        "properties": {
                            "apiVersion": {"type": "string"},
                            "kind": {"type": "string"},
                            "metadata": {"type": "object"},
                            "spec": {
                                "type": "object",
                                "properties": {
                                    "name": {"type": "string", "pattern": "^[a-z]+$"},
                                    "port": {"x-kubernetes-int-or-string": True},
                                    "share": {"type": "number", "minimum": 0, "exclusiveMinimum": True},
                                    "note": {"type": "string", "nullable": True},
                                    "labels": {"type": "object", "additionalProperties": {"type": "string"}},
                                    "free": {
                                        "type": "object",
                                        "properties": {"a": {"type": "string"}},
                                        "x-kubernetes-preserve-unknown-fields": True,
                                    },
                                    "properties": {"type": "array", "items": {"type": "string"}},
                                },
                                "anyOf": [
                                    {"required": ["name"], "properties": {"name": {"minLength": 1}}},
                                    {"required": ["free"]},
                                ],
                            },
                        },
                    },
                },
            },
        ],
    },
}


@pytest.mark.parametrize(
    ("manifest", "complaint"),
    [
        pytest.param(CONFIG_MAP | {"dat": {}}, "dat", id="a core object with an unknown field"),
        pytest.param(CONFIG_MAP | {"data": {"x": 1}}, "data.x", id="a core object with a value of the wrong type"),
        pytest.param(ROUTE | {"spec": {"hostname": "a"}}, "hostname", id="a route with an unknown field"),
        pytest.param(ROUTE | {"metadata": {"name": "a", "label": {}}}, "label", id="a route with unknown metadata"),
        pytest.param(
            ROUTE | {"spec": {"rules": [{"backendRefs": [{"name": "a", "weight": "9"}]}]}},
            "weight",
            id="a weight in quotes",
        ),
        pytest.param(ROUTE | {"kind": "HttpRoute"}, "no CRD", id="a kind that the Gateway API does not have"),
        pytest.param(
            {"apiVersion": "example.com/v1", "kind": "Thing"}, "Couldn't find schema", id="a group that no judge knows"
        ),
        pytest.param(
            {"apiVersion": "lifespec.dev/v0", "kind": "Thing"}, "no CRD", id="a kind of ours that does not exist"
        ),
        pytest.param({"kind": "ConfigMap"}, "apiVersion", id="no apiVersion"),
    ],
)
def test_a_wrong_manifest_is_refused_by_name(validate_manifest, manifest, complaint):
    assert any(complaint in line for line in validate_manifest(manifest)), validate_manifest(manifest)


@pytest.mark.parametrize("manifest", [CONFIG_MAP, ROUTE, WIDGET_CRD], ids=["core", "gateway", "definition"])
def test_a_good_manifest_is_accepted(validate_manifest, manifest):
    assert validate_manifest(manifest) == []


def test_the_gateway_api_s_own_definitions_are_accepted(judge, validate_manifest):
    files = sorted(judge("gateway-api").path.glob("*routes.yaml"))
    assert files
    for file in files:
        assert validate_manifest(yaml.safe_load(file.read_bytes())) == []


@pytest.mark.parametrize(
    ("spec", "accepted"),
    [
        pytest.param({"name": "a", "port": 80}, True, id="an integer for int-or-string"),
        pytest.param({"name": "a", "port": "http"}, True, id="a string for int-or-string"),
        pytest.param({"name": "a", "port": 0.5}, False, id="a fraction for int-or-string"),
        pytest.param({"name": "a\n"}, False, id="a newline after a name that matches"),
        pytest.param({"name": "a", "share": 0}, False, id="an exclusive minimum itself"),
        pytest.param({"name": "a", "share": 0.1}, True, id="just over an exclusive minimum"),
        pytest.param({"name": "a", "note": None}, True, id="null where nullable"),
        pytest.param({"name": "a", "port": None}, False, id="null where not nullable"),
        pytest.param({"name": "a", "labels": {"any": "thing"}}, True, id="any key in a map"),
        pytest.param({"name": "a", "labels": {"any": 1}}, False, id="a value of the wrong type in a map"),
        pytest.param({"free": {"b": 1}}, True, id="an unknown key where unknown keys are kept"),
        pytest.param({"name": "a", "other": 1}, False, id="an unknown key"),
        pytest.param({"name": "a", "properties": ["b"]}, True, id="a field that is called properties"),
        pytest.param({}, False, id="no branch of anyOf"),
    ],
)
def test_a_custom_resource_is_held_to_its_definition(tmp_path, monkeypatch, validate_manifest, spec, accepted):
    (tmp_path / "widgets.yaml").write_text(yaml.safe_dump(WIDGET_CRD), "utf-8")
    monkeypatch.setattr(manifests, "OUR_CRDS", tmp_path)
    wrong = validate_manifest(
        {"apiVersion": "lifespec.dev/v1", "kind": "Widget", "metadata": {"name": "a"}, "spec": spec}
    )
    assert (wrong == []) is accepted, wrong


def test_a_dollar_inside_a_class_or_after_a_backslash_stays_a_dollar():
    validator = crd._Validator({"pattern": r"^[$a]\$$"})
    assert validator.is_valid("$$")
    assert not validator.is_valid("$$\n")


def test_kubectl_reads_plain_scalars_as_yaml_1_1(kubectl_read):
    objects = kubectl_read(
        "{apiVersion: a/v1, kind: B, metadata: {name: c}, spec: [y, 'y', 1e3, 0o17, 12:30]}\n---\n"
        + yaml.safe_dump(CONFIG_MAP)
    )
    assert [read["kind"] for read in objects] == ["B", "ConfigMap"]
    assert objects[0]["spec"] == [True, "y", 1000, 15, "12:30"]
    assert objects[1] == CONFIG_MAP


def test_kubectl_reads_nothing_from_nothing_and_refuses_what_is_no_object(kubectl_read):
    assert kubectl_read("") == []
    with pytest.raises(ValueError, match="Kind"):
        kubectl_read("a: 1\n")


def test_kustomize_builds_a_folder_and_says_why_it_cannot(kustomize_build, tmp_path):
    (tmp_path / "kustomization.yaml").write_text("resources: [a.yaml]\nnamePrefix: pre-\n", "utf-8")
    with pytest.raises(ValueError, match=r"a\.yaml"):
        kustomize_build(tmp_path)
    (tmp_path / "a.yaml").write_text(yaml.safe_dump(CONFIG_MAP), "utf-8")
    assert kustomize_build(tmp_path) == [CONFIG_MAP | {"metadata": {"name": "pre-a"}}]


ABSENT = """
from judges import registry
from judges.judge import AbsentError

def missing():
    raise AbsentError("its tool is not here")

registry.JUDGES = {"gone": missing}

def test_needs_it(judge):
    judge("gone")
"""


@pytest.mark.parametrize(
    ("required", "outcome", "exit_code"),
    [
        pytest.param("", "1 skipped", 0, id="skips on a person's machine"),
        pytest.param("1", "1 failed", 1, id="fails where judges are required"),
    ],
)
def test_an_absent_judge_is_named(tmp_path, required, outcome, exit_code):
    (tmp_path / "conftest.py").write_text('pytest_plugins = ["goldens", "judges.plugin"]\n', "utf-8")
    (tmp_path / "test_absent.py").write_text(ABSENT, "utf-8")
    command = [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", "-rs", "--rootdir", str(tmp_path)]
    environment = {"PYTHONPATH": str(ROOT / "tests"), "REQUIRE_JUDGES": required, "PATH": ""}
    done = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, encoding="utf-8", check=False)
    assert outcome in done.stdout
    assert "judge absent: gone: its tool is not here" in done.stdout
    assert "gone: absent: its tool is not here" in done.stdout
    assert done.returncode == exit_code
