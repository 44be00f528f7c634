from __future__ import annotations

import pytest

from lifespec_compiler.targets.argocd import permissions
from lifespec_compiler.targets.landed import AGENT

WAVE = "argocd.argoproj.io/sync-wave"


@pytest.fixture(scope="session")
def argocd(repository):
    return repository("argocd")


@pytest.fixture
def applications(argocd):
    """`applications[path]`: the Applications by what they apply."""
    objects = argocd.objects("/argocd/")
    return {each["spec"]["source"]["path"]: each for each in objects if each["kind"] == "Application"}


def only(objects, kind):
    return [each for each in objects if each["kind"] == kind]


def test_definitions_come_before_lifecycles_and_permissions_before_all(argocd, applications):
    waves = {
        path: int(each["metadata"]["annotations"][WAVE])
        for path, each in applications.items()
        if not path.endswith("/argocd")
    }
    base = {wave for path, wave in waves.items() if "/clusters/" in path}
    lifecycles = {wave for path, wave in waves.items() if path.endswith("/apply")}
    projects = {int(each["metadata"]["annotations"][WAVE]) for each in only(argocd.objects("/argocd/"), "AppProject")}
    assert len(base) == len(lifecycles) == len(projects) == 1
    assert max(projects) < max(base) < max(lifecycles)


def test_agents_come_between(with_agents):
    objects = with_agents("argocd").objects("/argocd/applications.yaml")
    waves = [
        (each["spec"]["source"]["path"].rpartition("/")[2], int(each["metadata"]["annotations"][WAVE]))
        for each in objects
    ]
    by_kind = {kind: {wave for other, wave in waves if other == kind} for kind in ("agent", "apply")}
    assert max(by_kind["agent"]) < min(by_kind["apply"])


def test_every_sync_is_server_side_and_leaves_the_agents_fields_alone(applications):
    for path, each in applications.items():
        assert "ServerSideApply=true" in each["spec"]["syncPolicy"]["syncOptions"]
        if path.endswith("/apply"):
            assert "RespectIgnoreDifferences=true" in each["spec"]["syncPolicy"]["syncOptions"]
            (ignored,) = each["spec"]["ignoreDifferences"]
            assert (ignored["group"], ignored["managedFieldsManagers"]) == ("lifespec.dev", [AGENT])


def test_what_everything_lives_in_is_neither_pruned_nor_deleted(applications):
    for path, each in applications.items():
        policy, is_base = each["spec"]["syncPolicy"], "/clusters/" in path and not path.endswith("/argocd")
        assert policy["automated"]["prune"] is not is_base
        assert {"Prune=false", "Delete=false"} <= set(policy["syncOptions"]) or not is_base
        assert not (is_base and "finalizers" in each["metadata"])


def test_the_permissions_are_exactly_what_the_targets_emit(with_agents):
    made = with_agents("argocd")
    applied = [
        each
        for manifest in made.manifests
        if "/apply/" in manifest.path or "/agent/" in manifest.path
        if not manifest.path.endswith("/kustomization.yaml")
        for each in manifest.content
    ]
    kinds = {(each["apiVersion"].rpartition("/")[0], each["kind"]) for each in applied}
    assert kinds == set(permissions.IN_NAMESPACES)


def test_each_project_reaches_its_own_namespaces_of_its_own_cluster(argocd):
    found = {
        each["metadata"]["name"]: each["spec"]["destinations"]
        for each in only(argocd.objects("/argocd/"), "AppProject")
    }
    here = "https://kubernetes.default.svc"
    names = ("growth", "growth-staging", "payments", "payments-staging")
    assert found == {
        "lifespec-models-default": [{"server": here, "namespace": name} for name in names],
        "lifespec-models-edge-west": [{"name": "edge-west", "namespace": name} for name in ("growth", "payments")],
    }


def test_every_application_lies_within_its_project(argocd):
    objects = argocd.objects("/argocd/")
    projects = {each["metadata"]["name"]: each["spec"] for each in only(objects, "AppProject")}
    checked = 0
    for each in only(objects, "Application"):
        if each["spec"]["project"] != "default":
            project = projects[each["spec"]["project"]]
            assert each["spec"]["destination"] in project["destinations"]
            assert each["spec"]["source"]["repoURL"] in project["sourceRepos"]
            checked += 1
    assert checked == 8


def test_the_settings_are_not_applied_by_an_application(argocd):
    (kustomization,) = [each for each in argocd.manifests if each.path == "clusters/default/argocd/kustomization.yaml"]
    assert kustomization.content["resources"] == ["project.yaml", "applications.yaml"]
    assert {each.path for each in argocd.within("default/argocd/install/")} == {
        "clusters/default/argocd/install/root.yaml",
        "clusters/default/argocd/install/argocd-cm.yaml",
    }
