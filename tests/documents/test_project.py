"""The project file and model versions, wrong in all ways."""

from __future__ import annotations

import pytest

PROJECT, MODEL, SPEC = "lifespec.yaml", "specs/churn/model.yaml", "specs/churn/lifecycle.yaml"
BAD_PROJECT = {
    "a field that is not known": ("  ci: none", "  «unknown-field|cd»: none"),
    "a field that is not known in an environment": ("      after: staging", "      «unknown-field|afterr»: staging"),
    "a target that does not exist": ("[kubernetes, docs]", "[kubernetes, «wrong-value|terraform»]"),
    "a CI that does not exist": ("ci: none", "ci: «wrong-value|jenkins»"),
    "a severity that does not exist": ("toothless-rollback: info", "toothless-rollback: «wrong-value|note»"),
    "an image by tag": (
        "agentImage: registry.example.com/lifespec@sha256:" + "c" * 64,
        "agentImage: «bad-image|registry.example.com/lifespec:1»",
    ),
    "an address without a scheme": (
        "prometheus: http://prometheus.monitoring:9090",
        "prometheus: «bad-uri|prometheus.monitoring:9090»",
    ),
    "an amount that is none": ("memory: 256Gi", "memory: «bad-quantity|256 GB»"),
    "an environment with a bad name": ("    - name: production", "    - name: «bad-name|Production»"),
    "an environment without a name": ("    - name: staging\n      namespace", "    - «missing-field|namespace»"),
    "a Gateway without a namespace": (
        "gateway: {name: edge, namespace: gateways}",
        "«missing-field|gateway»: {name: edge}",
    ),
    "a namespace with a placeholder that does not exist": (
        'namespace: "{namespace}"',
        'namespace: «wrong-value|"{team}"»',
    ),
    "an output folder outside the repository": ("output: generated/", "output: «bad-path|../generated/»"),
    "an output folder outside the repository, on a detour": ("output: generated/", "output: «bad-path|a/../../b»"),
    "an output folder from the root": ("output: generated/", "output: «bad-path|/tmp/generated»"),
    "two environments of one name": (
        '      quota: {cpu: "64", memory: 256Gi}\n',
        "    - name: «duplicate-name|production»\n      namespace: elsewhere\n",
    ),
    "two environments in one namespace": (
        'namespace: "{namespace}"\n',
        'namespace: «shared-namespace|"{namespace}-staging"»\n',
    ),
    "an environment after one that does not exist": ("after: staging", "after: «unknown-environment|test»"),
    "an environment after itself": ("after: staging", "after: «unknown-environment|production»"),
    "an environment after one in another cluster": (
        "      after: staging\n",
        "      after: «after-across-clusters|staging»\n      cluster: west\n",
    ),
    "no kind": (
        "apiVersion: lifespec.dev/v1alpha1\nkind: LifespecProject\n",
        "«unknown-kind|apiVersion»: lifespec.dev/v1alpha1\n",
    ),
    "a kind in other words": ("kind: LifespecProject", "kind: «unknown-kind|Project»"),
    "a version that does not exist": ("lifespec.dev/v1alpha1", "«unknown-version|lifespec.dev/v1»"),
    "a null": ("  ci: none", "  «no-value|ci»:"),
    "no spec": (
        "apiVersion: lifespec.dev/v1alpha1\nkind: LifespecProject\nspec:\n",
        "«missing-field|apiVersion»: lifespec.dev/v1alpha1\nkind: LifespecProject\n«unknown-field|sepc»:\n",
    ),
}


@pytest.mark.parametrize("case", BAD_PROJECT)
def test_what_is_wrong_with_the_project_file_is_reported_where_it_stands(case, expect):
    expect(PROJECT, *BAD_PROJECT[case])


BAD_MODEL = {
    "a digest that is too short": ("digest: sha256:" + "d" * 64, "digest: «bad-digest|sha256:dddd»"),
    "a digest without an algorithm": ("digest: sha256:" + "d" * 64, f"digest: «bad-digest|{'d' * 64}»"),
    "a digest in capitals": ("digest: sha256:" + "d" * 64, f"digest: «bad-digest|sha256:{'D' * 64}»"),
    "a format that does not exist": ("format: onnx", "format: «wrong-value|onxx»"),
    "a field that is not known": ("  producedBy:", "  «unknown-field|producedby»:"),
    "a commit that is none": ("commit: 4be1f7a", "commit: «bad-commit|main»"),
    "a commit that YAML reads as a number": ("commit: 4be1f7a", "commit: «bad-commit|1234567»"),
    "a commit that YAML reads as a float": ("commit: 4be1f7a", "commit: «bad-commit|1e7»"),
    "an image by tag": ("  model:", "  image: «bad-image|churn:latest»\n  model:"),
    "a lifecycle that is not there": ("lifecycle: churn", "lifecycle: «dangling-model-version|chrun»"),
    "no model": (
        "spec:\n  lifecycle: churn\n  model: {uri: s3://models/churn/17, digest: sha256:"
        + "d" * 64
        + ", format: onnx}\n",
        "«missing-field|spec»:\n  lifecycle: churn\n",
    ),
    "a snapshot by tag": ("snapshot: sha256:" + "e" * 64, "snapshot: «bad-digest|2026-11-01»"),
}


@pytest.mark.parametrize("case", BAD_MODEL)
def test_what_is_wrong_with_a_model_version_is_reported_where_it_stands(case, expect):
    expect(MODEL, *BAD_MODEL[case])


def test_two_model_versions_of_one_lifecycle_are_refused(files, lint):
    second = files[MODEL].replace("churn-17", "churn-18")
    linted = lint({**files, "specs/churn/other.yaml": second})
    assert [(found.code, found.file, found.line, found.column) for found in linted.found] == [
        ("two-model-versions", "specs/churn/other.yaml", 5, 14)
    ]


def test_two_lifecycles_of_one_name_are_refused(files, lint):
    linted = lint({**files, "specs/again/lifecycle.yaml": files[SPEC]})
    assert [(found.code, found.file, found.line, found.column) for found in linted.found] == [
        ("duplicate-lifecycle", SPEC, 4, 9)
    ]


@pytest.mark.parametrize("name", ["[churn]", "{a: b}", "null", "7"])
def test_names_of_the_wrong_type_do_not_stop_the_others(name, files, lint):
    nameless = files[SPEC].replace("  name: churn\n", f"  name: {name}\n")
    linted = lint({**files, "specs/a/lifecycle.yaml": nameless, "specs/b/lifecycle.yaml": nameless})
    assert {(found.line, found.column) for found in linted.found} == {(4, 9)}
    assert len(linted.found) == 2


def test_a_kind_of_ours_without_our_api_version_is_not_silently_left_out(expect):
    expect(
        SPEC,
        "apiVersion: lifespec.dev/v1alpha1\nkind: ModelLifecycle",
        "«unknown-version|kind»: ModelLifecycle",
        also={MODEL: "a: b"},
    )


@pytest.mark.parametrize("version", ["v1alpha1", "1", '""', "[]"])
def test_an_api_version_without_a_group_is_refused(version, expect):
    expect(SPEC, "lifespec.dev/v1alpha1", f"«unknown-version|{version}»", also={MODEL: "a: b"})


def test_documents_of_other_systems_are_let_be(files, lint):
    other = "apiVersion: apps/v1\nkind: Deployment\n---\napiVersion: model.example.com/v1\nkind: ModelVersion\n"
    assert lint({**files, "specs/churn/deployment.yaml": other}).found == []
