from __future__ import annotations

from typing import Any

import pytest

from lifespec_compiler.targets.flux import kustomizations


@pytest.fixture(scope="session")
def objects(repository):
    return repository("flux").objects("clusters/default/flux/")


def by_path(objects):
    return {each["spec"]["path"]: each for each in objects if each["kind"] == "Kustomization"}


def test_the_repository_is_fetched_as_the_project_names_it(objects):
    (found,) = [each for each in objects if each["kind"] == "GitRepository"]
    assert found["spec"]["url"] == "https://github.com/example/models"
    assert found["spec"]["ref"] == {"branch": "main"}
    assert found["spec"]["secretRef"] == {"name": "models-reader"}
    assert found["spec"]["ignore"] == "/*\n!/out\n/out/*\n!/out/generated\n"
    named = {each["spec"]["sourceRef"]["name"] for each in by_path(objects).values()}
    assert named == {found["metadata"]["name"]}


def test_only_what_is_compiled_is_kept(objects, tmp_path):
    """Git itself says what the patterns leave."""
    import shutil
    import subprocess

    git = shutil.which("git")
    if git is None:
        pytest.skip("git is not installed")
    (found,) = [each for each in objects if each["kind"] == "GitRepository"]
    kept, dropped = ["out/generated/a/b.yaml", "out/generated/c.yaml"], ["specs/a.yaml", "out/d.yaml", "README.md"]
    for path in (*kept, *dropped):
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_text("x")
    subprocess.run([git, "init", "-q"], cwd=tmp_path, check=True)
    (tmp_path / ".git/info/exclude").write_text(found["spec"]["ignore"])
    listed = subprocess.run(
        [git, "ls-files", "--others", "--exclude-standard"], cwd=tmp_path, check=True, capture_output=True, text=True
    )
    assert sorted(listed.stdout.split()) == sorted(kept)


def test_lifecycles_wait_for_definitions_and_namespaces(objects):
    paths = by_path(objects)
    base = paths["./out/generated/clusters/default"]
    assert (base["spec"]["prune"], base["spec"]["wait"]) == (False, True)
    lifecycles = [each for path, each in paths.items() if path.endswith("/apply")]
    assert len(lifecycles) == 4
    for each in lifecycles:
        assert each["spec"]["dependsOn"] == [{"name": base["metadata"]["name"]}]
        assert each["spec"]["prune"] is True


def test_one_keeps_the_others(objects):
    root = by_path(objects)["./out/generated/clusters/default/flux"]
    assert root["spec"]["prune"] is True
    assert "dependsOn" not in root["spec"]


def test_without_an_agent_no_health_is_waited_for(objects):
    assert not any("healthChecks" in each["spec"] for each in objects)


def test_with_an_agent_its_lifecycle_is_waited_for(with_agents):
    found = by_path(with_agents("flux").objects("clusters/default/flux/"))
    spec = found["./out/generated/production/growth/churn/apply"]["spec"]
    assert spec["healthChecks"] == [
        {"apiVersion": "lifespec.dev/v1alpha1", "kind": "ModelLifecycle", "name": "churn", "namespace": "growth"}
    ]
    assert spec["healthCheckExprs"] == [kustomizations.HEALTH]


def condition(kind, status):
    return {"type": kind, "status": status, "reason": "Because", "message": ""}


@pytest.mark.parametrize(
    ("status", "expected"),
    [
        pytest.param({"conditions": []}, "in progress", id="no generation seen"),
        pytest.param({"observedGeneration": 3}, "current", id="seen, without conditions"),
        pytest.param({"observedGeneration": 2}, "in progress", id="an older version seen"),
        pytest.param({"observedGeneration": 3, "conditions": [condition("Ready", "True")]}, "current", id="ready"),
        pytest.param(
            {"observedGeneration": 3, "conditions": [condition("Ready", "True"), condition("Reconciling", "True")]},
            "current",
            id="an open rollout is delivered",
        ),
        pytest.param({"observedGeneration": 3, "conditions": [condition("Stalled", "True")]}, "failed", id="stalled"),
        pytest.param(
            {"observedGeneration": 3, "conditions": [condition("Stalled", "False")]}, "current", id="not stalled"
        ),
    ],
)
def test_a_status_has_a_health(status, expected, judge):
    judge("cel-python")
    import celpy
    from celpy.adapter import json_to_cel

    seen: Any = {name: json_to_cel(value) for name, value in {"status": status, "metadata": {"generation": 3}}.items()}

    def holds(expression):
        environment = celpy.Environment()
        return bool(environment.program(environment.compile(expression)).evaluate(seen))

    health = kustomizations.HEALTH
    # Flux's own order: what has failed is not current.
    told = "failed" if holds(health["failed"]) else "current" if holds(health["current"]) else "in progress"
    assert told == expected
