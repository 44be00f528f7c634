"""What people see while they write: the real YAML language server, fed the exported schemas."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner

from lifespec_runtime.cli.app import lifespec
from lifespec_runtime.cli.starter import PROBLEMS

SPECS = sorted((Path(__file__).parents[2] / "specs").glob("*/lifecycle.yaml"))
MODELS = sorted((Path(__file__).parents[2] / "specs").glob("*/model.yaml"))
HEAD = "apiVersion: lifespec.dev/v1alpha1\nkind: ModelLifecycle\nmetadata: {name: churn, namespace: growth}\n"
FILE = "specs/minimal/lifecycle.yaml"


def modeline(name, up="../../"):
    return f"# yaml-language-server: $schema={up}.lifespec/{name}\n"


@pytest.fixture
def completions(server):
    return lambda text: server.completions(FILE, modeline("model-lifecycle.json") + HEAD + text)


@pytest.fixture
def hover(server):
    return lambda text: server.hover(FILE, modeline("model-lifecycle.json") + HEAD + text)


@pytest.mark.parametrize("spec", SPECS, ids=lambda spec: spec.parent.name)
def test_an_example_has_no_diagnostics(spec, server):
    text = modeline("model-lifecycle.json") + spec.read_text("utf-8")
    assert server.diagnostics(f"specs/{spec.parent.name}/lifecycle.yaml", text) == []


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model.parent.name)
def test_a_model_version_has_no_diagnostics(model, server):
    text = modeline("model-version.json") + model.read_text("utf-8")
    assert server.diagnostics(f"specs/{model.parent.name}/model.yaml", text) == []


def test_the_project_file_has_no_diagnostics(server, repository):
    text = modeline("lifespec-project.json", "./") + (repository / "lifespec.yaml").read_text("utf-8")
    assert server.diagnostics("lifespec.yaml", text) == []


BROKEN = {
    "a key that is not known": ("problem: binaryClassification", "problm: binaryClassification", "problm"),
    "a choice that is not known": ("problem: binaryClassification", "problem: classification", "binaryClassification"),
    "a length of time without a unit": ("latencyBudget: 120ms", "latencyBudget: 120", "string"),
    "a tag for a digest": ("churn-serve@sha256:", "churn-serve:latest@", "pattern"),
    "a section that is missing": ("  version: 1.0.0\n", "", "version"),
    "a weight that is no per cent": ("weight: 10%", "weight: ten", "pattern"),
}


@pytest.mark.parametrize("case", BROKEN)
def test_a_broken_spec_is_flagged(case, server, repository):
    old, new, said = BROKEN[case]
    text = (repository / FILE).read_text("utf-8")
    assert text.count(old) == 1
    found = server.diagnostics(FILE, modeline("model-lifecycle.json") + text.replace(old, new))
    assert any(said in diagnostic["message"] for diagnostic in found), found
    assert all(diagnostic["severity"] == 1 for diagnostic in found)


KEYS = {
    "the sections of a spec": ("spec:\n  |", {"owner", "objective", "data", "rollout", "retraining"}),
    "what stands under rollout": (
        "spec:\n  rollout:\n    |",
        {"strategy", "steps", "guards", "approval", "hold", "duration", "weight"},
    ),
    "what an A/B test takes": ("spec:\n  rollout:\n    strategy: abTest\n    |", {"weight", "duration", "guards"}),
    "what a gate takes": (
        "spec:\n  evaluation:\n    offline:\n      gates:\n        - metric: recall\n          |",
        {"min", "max", "against", "slices", "confidence"},
    ),
    "what a step takes": ("spec:\n  rollout:\n    steps:\n      - weight: 10%\n        |", {"hold", "timeout", "name"}),
    "what a patch may change": ("spec:\n  environments:\n    staging:\n      |", {"rollout", "serving"}),
    "what a source takes": (
        "spec:\n  data:\n    sources:\n      - name: a\n        |",
        {"uri", "format", "schema", "contractRef", "quality"},
    ),
}


@pytest.mark.parametrize("case", KEYS)
def test_keys_are_completed(case, completions):
    text, keys = KEYS[case]
    offered = completions(text)
    assert keys <= offered.keys()
    assert all(offered[key].get("documentation") for key in keys)


def test_only_keys_of_the_strategy_are_offered(completions):
    assert not {"steps", "maxExposure"} & completions("spec:\n  rollout:\n    strategy: abTest\n    |").keys()


VALUES = {
    "strategies": (
        "spec:\n  rollout:\n    strategy: |",
        ["canary", "blueGreen", "direct", "abTest"],
        ("canary", "steps"),
    ),
    "problems": (
        "spec:\n  objective:\n    problem: |",
        ["binaryClassification", "multiclassClassification", "regression", "ranking", "forecasting"],
        ("ranking", "The order of a list."),
    ),
    "what missing data does": (
        "spec:\n  rollout:\n    analysis:\n      onNoData: |",
        ["hold", "rollback"],
        ("rollback", "The candidate is taken back."),
    ),
    "kinds of monitors": (
        "spec:\n  monitoring:\n    monitors:\n      - kind: |",
        ["data", "prediction", "concept"],
        ("concept", ""),
    ),
    "baselines": (
        "spec:\n  experiments:\n    baselines:\n      - kind: |",
        ["majorityClass", "seasonalNaive", "human"],
        ("seasonalNaive", "Answers the value of one season before."),
    ),
    "metrics of gates": (
        "spec:\n  evaluation:\n    offline:\n      gates:\n        - metric: |",
        ["rocAuc", "recall", "mae", "ndcg", "latencyP99"],
        ("recall", "The share of positives"),
    ),
    "metrics of guards": (
        "spec:\n  rollout:\n    guards:\n      - metric: |",
        ["errorRate"],
        ("errorRate", "Error rate"),
    ),
    "metrics of fairness": (
        "spec:\n  evaluation:\n    offline:\n      fairness:\n        - metric: |",
        ["disparateImpact"],
        ("disparateImpact", "Disparate impact"),
    ),
}


@pytest.mark.parametrize("case", VALUES)
def test_values_are_offered_with_help(case, completions):
    text, values, (value, told) = VALUES[case]
    offered = completions(text)
    assert set(values) <= offered.keys()
    assert told in str(offered[value].get("documentation"))


def test_a_guard_is_offered_no_metric_that_needs_labels(completions):
    assert not {"rocAuc", "psi"} & completions("spec:\n  rollout:\n    guards:\n      - metric: |").keys()


HOVERS = {
    "a key": ("spec:\n  traffic: {r|ps: 10}\n", "The mean over a day."),
    "a key with choices": (
        "spec:\n  rollout:\n    v|ia: gatewayApi\n",
        "`argoRollouts`: A Rollout of Argo Rollouts.",
    ),
    "a key with an example": ("spec:\n  owner: {te|am: a}\n", "growth-ml"),
    "a key of a branch": (
        "spec:\n  rollout:\n    strategy: blueGreen\n    ho|ld: 1h\n",
        "How long the old revision waits.",
    ),
}


@pytest.mark.parametrize("case", HOVERS)
def test_hovering_shows_what_a_field_means(case, hover):
    text, told = HOVERS[case]
    assert told in hover(text)


def test_settings_do_for_files_without_a_modeline(repository, start):
    """What docs/editors.md has people write, for specs that others made."""
    schemas = {
        (repository / ".lifespec" / "model-lifecycle.json").as_uri(): "specs/**/lifecycle*.yaml",
        (repository / ".lifespec" / "model-version.json").as_uri(): "specs/**/model*.yaml",
    }
    with start(repository, {"schemas": schemas}) as running:
        text = (repository / FILE).read_text("utf-8")
        assert running.diagnostics(FILE, text) == []
        assert running.diagnostics(FILE, text.replace("weight: 10%", "wieght: 10%")) != []
        assert "rollout" in running.completions(FILE, HEAD + "spec:\n  |")


def test_what_init_writes_is_understood_as_it_is(tmp_path, start):
    """The modelines, the schemas and the files as a user gets them, and no network."""
    for problem in PROBLEMS:
        command = ("init", problem.lower(), "--problem", problem, "--dir", str(tmp_path))
        assert CliRunner().invoke(lifespec, command).exit_code == 0
    with start(tmp_path) as running:
        for problem in PROBLEMS:
            file = f"specs/{problem.lower()}/lifecycle.yaml"
            text = (tmp_path / file).read_text("utf-8")
            assert running.diagnostics(file) == []
            assert running.diagnostics(file, text.replace("rollout:", "rolout:")) != []
        assert running.diagnostics("lifespec.yaml") == []
        project = (tmp_path / "lifespec.yaml").read_text("utf-8")
        assert running.diagnostics("lifespec.yaml", project.replace("targets:", "target:")) != []
