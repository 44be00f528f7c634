from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from goldens import ROOT
from lifespec_compiler.emit.render import render_all
from lifespec_compiler.plan import plan_canonical
from lifespec_compiler.targets import kubernetes

CASES = sorted(folder.name for folder in (ROOT / "compile").iterdir())


@pytest.mark.parametrize("name", CASES)
def test_a_case_compiles_to_its_golden_files(name, case, plans, golden):
    manifests = [manifest for plan in plans(case(name)) for manifest in kubernetes.compile(plan)]
    files = render_all(manifests)
    for path, content in files.items():
        golden(Path("compile", name, "out", path)).check(content.decode())


@pytest.mark.parametrize("name", CASES)
def test_every_emitted_object_is_valid(name, case, plans, objects, validate_manifest):
    for plan in plans(case(name)):
        assert {
            wrong["metadata"]["name"]: found for wrong in objects(plan) if (found := validate_manifest(wrong))
        } == {}


@pytest.mark.parametrize("name", CASES)
def test_every_builder_makes_valid_objects(name, case, plans, built, validate_manifest):
    for plan in plans(case(name)):
        assert {wrong["metadata"]["name"]: found for wrong in built(plan) if (found := validate_manifest(wrong))} == {}


@pytest.mark.parametrize("name", CASES)
def test_every_apply_folder_builds_to_exactly_its_objects(name, case, plans, tmp_path, kustomize_build, contents):
    for plan in plans(case(name)):
        manifests = [manifest for manifest in kubernetes.compile(plan) if "/apply/" in manifest.path]
        folder = write(render_all(manifests), tmp_path) / plan.environment / plan.namespace / plan.name / "apply"
        assert by_name(kustomize_build(folder)) == by_name(contents(manifests))


def test_what_the_agent_owns_is_not_applied(planned, contents):
    owned = [manifest for manifest in kubernetes.compile(planned()) if "/agent-owned/" in manifest.path]
    assert {item["kind"] for item in contents(owned)} == {
        "Deployment",
        "HorizontalPodAutoscaler",
        "HTTPRoute",
        "PodDisruptionBudget",
        "Service",
    }
    assert not any(manifest.path.endswith("kustomization.yaml") for manifest in owned)


def test_without_a_model_version_nothing_is_served(planned):
    paths = [manifest.path for manifest in kubernetes.compile(planned(name="minimal"))]
    assert [path for path in paths if "agent-owned" in path or "model-version" in path] == []


def test_the_agent_renders_what_compile_shows(planned, stable, contents):
    plan = planned()
    shown = contents(manifest for manifest in kubernetes.compile(plan) if "/agent-owned/" in manifest.path)
    assert by_name(shown) == by_name(kubernetes.render(plan, kubernetes.ServingState(stable(plan))))


@pytest.mark.parametrize("name", CASES)
def test_the_lifecycle_read_back_from_the_cluster_compiles_to_the_same_bytes(name, case, plans, objects):
    for plan in plans(case(name)):
        (applied,) = [item for item in objects(plan) if item["kind"] == "ModelLifecycle"]
        metadata = {key: applied["metadata"][key] for key in ("name", "namespace")}
        read, problems = plan_canonical({**applied, "metadata": metadata})
        assert read, problems
        again = replace(read, model=plan.model)
        assert render_all(kubernetes.compile(again)) == render_all(kubernetes.compile(plan))


def test_objects_begin_with_what_they_are(planned, objects, built):
    plan = planned()
    for item in [*objects(plan), *built(plan)]:
        assert list(item)[:3] == ["apiVersion", "kind", "metadata"]
        assert list(item["metadata"])[:3] == ["name", "namespace", "labels"]


def test_the_cluster_gets_the_definitions_and_the_namespaces_once(
    case, plans, tmp_path, kustomize_build, validate_manifest
):
    made = plans(case("full")) + plans(case("minimal"))
    manifests = kubernetes.compile_shared(made)
    built = kustomize_build(write(render_all(manifests), tmp_path) / "clusters" / "default")
    assert sorted(item["metadata"]["name"] for item in built if item["kind"] == "Namespace") == [
        "growth",
        "growth-staging",
    ]
    definitions = sorted(item["spec"]["names"]["kind"] for item in built if item["kind"] == "CustomResourceDefinition")
    assert definitions == ["LifecycleDecision", "LifecycleReport", "LifecycleRequest", "ModelLifecycle", "ModelVersion"]
    assert [found for item in built if item["kind"] == "Namespace" for found in validate_manifest(item)] == []


def write(files, folder):
    for path, content in files.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_bytes(content)
    return folder


def by_name(objects):
    return {(item["kind"], item["metadata"]["name"]): item for item in objects}
