"""What our definitions look like from a cluster."""

from __future__ import annotations

import re

import pytest

pytestmark = [
    pytest.mark.cluster,
    pytest.mark.xdist_group("cluster"),
    pytest.mark.usefixtures("definitions", "namespaces"),
]

KINDS = ("lifecycledecisions", "lifecyclereports", "lifecyclerequests", "modellifecycles", "modelversions")


@pytest.fixture(params=KINDS)
def definition(request, admin):
    return next(
        each
        for each in admin.items("apiextensions.k8s.io/v1", "CustomResourceDefinition")
        if each["metadata"]["name"] == f"{request.param}.lifespec.dev"
    )


def test_the_server_establishes_it_without_complaint(definition):
    states = {each["type"]: each["status"] for each in definition["status"]["conditions"]}
    assert states == {"NamesAccepted": "True", "Established": "True"}


def test_kubectl_explains_it(definition, controlplane, kubectl):
    plural = definition["spec"]["names"]["plural"]
    done = kubectl(controlplane, "explain", f"{plural}.lifespec.dev", "--recursive")
    assert done.returncode == 0, done.stderr
    shallow = kubectl(controlplane, "explain", f"{plural}.lifespec.dev.spec").stdout
    assert "<no description>" not in shallow
    fields = re.findall(r"^  (\w+)\t<", shallow, re.MULTILINE)
    assert set(fields) == set(
        definition["spec"]["versions"][0]["schema"]["openAPIV3Schema"]["properties"]["spec"]["properties"]
    )


def test_kubectl_lists_it_by_its_short_name_and_its_category(definition, controlplane, kubectl):
    names = definition["spec"]["names"]
    listed = kubectl(
        controlplane, "api-resources", "--api-group=lifespec.dev", "--categories=lifespec", "--output=wide"
    ).stdout
    line = next(line for line in listed.splitlines() if line.startswith(f"{names['plural']} "))
    for name in names["shortNames"]:
        assert name in re.split(r"[\s,]+", line)
        assert kubectl(controlplane, "get", name, "--all-namespaces").returncode == 0


def test_the_columns_of_a_lifecycle_show_what_it_is(controlplane, definitions, lifecycle, kubectl):
    found = kubectl(controlplane, "get", "modellifecycles", "--namespace", lifecycle["metadata"]["namespace"]).stdout
    header, row = found.splitlines()[:2]
    columns = definitions_of(definitions, "ModelLifecycle")["spec"]["versions"][0]["additionalPrinterColumns"]
    shown = [each["name"].upper() for each in columns if not each.get("priority")]
    assert header.split() == ["NAME", *" ".join(shown).split()]
    assert row.startswith(lifecycle["metadata"]["name"])


def definitions_of(definitions, kind):
    return next(each for each in definitions if each.get("spec", {}).get("names", {}).get("kind") == kind)


def test_status_is_changed_by_itself_only(admin, lifecycle):
    before = admin.read(lifecycle)
    status = {"status": {"observedGeneration": before["metadata"]["generation"]}}
    assert admin.merge(lifecycle, status).get("status") == before.get("status")
    after = admin.merge(lifecycle, {**status, "spec": {"version": "9.9.9"}}, subresource="status")
    assert after["status"] == status["status"]
    assert (after["spec"], after["metadata"]["generation"]) == (before["spec"], before["metadata"]["generation"])


@pytest.fixture
def lifecycle(admin, compiled, objects_in):
    found = next(each for each in objects_in(*compiled.glob("production/*/*/apply/lifecycle.yaml")))
    return admin.apply(found, "gitops", force="true") and found
