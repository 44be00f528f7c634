from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from lifecycles import plan_of, small
from lifespec_compiler.emit.render import render_all
from lifespec_compiler.targets import TARGETS, argocd, flux, unsupported

TOOLS = ("argocd", "flux")
OUTPUT = "out/generated"


def delivered(made, tool):
    """The folders that the tool applies by itself, by the name of what applies them."""
    objects = made.objects(f"/{tool}/")
    kind = {"argocd": "Application", "flux": "Kustomization"}[tool]
    specs = {each["metadata"]["name"]: each["spec"] for each in objects if each["kind"] == kind}
    return {name: (spec.get("source") or spec)["path"].removeprefix("./") for name, spec in specs.items()}


def applied(made):
    """The folders with something to apply, without the tool's own."""
    lists = [manifest.path for manifest in made.manifests if manifest.path.endswith("/kustomization.yaml")]
    return sorted(f"{OUTPUT}/{path.rpartition('/')[0]}" for path in lists)


@pytest.mark.parametrize("tool", TOOLS)
def test_every_folder_is_delivered_once_and_every_delivered_folder_is_there(repository, tool):
    made = repository(tool)
    assert sorted(delivered(made, tool).values()) == applied(made)


@pytest.mark.parametrize("tool", TOOLS)
def test_agents_are_delivered_as_soon_as_they_have_landed(with_agents, tool):
    made = with_agents(tool)
    paths = delivered(made, tool).values()
    assert sum(path.endswith("/agent") for path in paths) == 6
    assert sorted(paths) == applied(made)


@pytest.mark.parametrize("tool", TOOLS)
def test_each_cluster_gets_only_what_is_its_own(repository, tool):
    made = repository(tool)
    for cluster, environments in {"default": {"staging", "production"}, "edge-west": {"edge"}}.items():
        paths = [
            path
            for name, path in delivered(made, tool).items()
            if any(name == each["metadata"]["name"] for each in made.objects(f"clusters/{cluster}/{tool}/"))
        ]
        assert {path.split("/")[2] for path in paths} == {"clusters", *environments}
        assert {path.split("/")[3] for path in paths if "/clusters/" in path} == {cluster}


@pytest.mark.parametrize("tool", TOOLS)
def test_names_are_unique_and_fit_a_label(repository, tool):
    objects = repository(tool).objects(f"/{tool}/")
    names = Counter((each["kind"], each["metadata"]["name"]) for each in objects if each["kind"] != "ConfigMap")
    assert max(names.values()) == 1
    assert max(len(name) for _, name in names) <= 63


@pytest.mark.parametrize("tool", TOOLS)
def test_a_cluster_builds_without_the_tool_being_there(repository, tool, tmp_path, kustomize_build):
    folder = repository(tool).write(tmp_path)
    for cluster in ("default", "edge-west"):
        kinds = {each["kind"] for each in kustomize_build(folder / "clusters" / cluster)}
        assert kinds == {"CustomResourceDefinition", "Namespace"}
        assert kustomize_build(folder / "clusters" / cluster / tool)


@pytest.mark.parametrize("tool", TOOLS)
def test_every_object_is_valid(repository, tool, validate_manifest):
    objects = repository(tool).objects(f"/{tool}/")
    assert {each["metadata"]["name"]: found for each in objects if (found := validate_manifest(each))} == {}


@pytest.mark.parametrize("tool", TOOLS)
def test_every_object_is_valid_with_agents(with_agents, tool, validate_manifest):
    objects = with_agents(tool).objects(f"/{tool}/")
    assert {each["metadata"]["name"]: found for each in objects if (found := validate_manifest(each))} == {}


@pytest.mark.parametrize("tool", [argocd, flux])
def test_without_a_repository_there_is_an_error_that_says_what_to_add(tool):
    plan = plan_of(small())
    (found,) = unsupported(plan, [tool.NAME])
    assert (found.rule, found.severity) == ("missing-platform-fact", "error")
    assert "repository: {" in found.help
    assert tool.compile_shared([plan]) == []


@pytest.mark.parametrize("tool", TOOLS)
def test_versions_and_namespaces_outlive_what_falls_out_of_git(repository, tool):
    made = repository(tool)
    kept = [each for each in made.objects("") if each.get("kind") in ("ModelVersion", "Namespace")]
    assert {each["kind"] for each in kept} >= {"Namespace"}
    for each in kept:
        assert each["metadata"]["annotations"]["argocd.argoproj.io/sync-options"] == "Prune=false,Delete=false"
        assert each["metadata"]["annotations"]["kustomize.toolkit.fluxcd.io/prune"] == "disabled"


HOSTILE = ("main: &x", "${{ github }}", "$(id)", "- a", "on", "{{ .Values }}", "a'b\"c", "#no", "1.0", "!!str")


@pytest.mark.parametrize("branch", HOSTILE)
@pytest.mark.parametrize("tool", TOOLS)
def test_a_branch_stays_one_string_whatever_it_is_called(tool, branch, repository, tmp_path, kubectl_read):
    folder = repository(tool, branch).write(tmp_path)
    files = [file.read_text() for file in folder.glob(f"clusters/*/{tool}/**/*.yaml") if file.parent.name != "crds"]
    found = kubectl_read("---\n".join(text for text in files if "kustomize.config.k8s.io" not in text))
    refs = [each["spec"]["ref"]["branch"] for each in found if each["kind"] == "GitRepository"]
    refs += [each["spec"]["source"]["targetRevision"] for each in found if each["kind"] == "Application"]
    assert set(refs) == {branch}


def test_both_targets_are_registered():
    assert set(TOOLS) <= set(TARGETS)


@pytest.mark.parametrize("tool", TOOLS)
def test_what_a_cluster_gets_is_its_golden_files(repository, tool, golden):
    made = repository(tool)
    own = [manifest for manifest in made.manifests if manifest.path.startswith(f"clusters/edge-west/{tool}/")]
    for path, content in render_all(own).items():
        golden(Path("delivery", path)).check(content.decode())
