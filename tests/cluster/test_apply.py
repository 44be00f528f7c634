"""Every object that the examples compile to goes in, stays as it is, and comes up."""

from __future__ import annotations

import pytest
import yaml

from controlplane.client import RefusedError

pytestmark = [pytest.mark.cluster, pytest.mark.usefixtures("definitions")]


def manifests(folder, pattern):
    found = [
        document
        for file in sorted(folder.glob(pattern))
        for document in yaml.safe_load_all(file.read_bytes())
        if document
    ]
    return [each for each in found if each["kind"] != "Kustomization"]


@pytest.fixture(scope="module")
def applied(admin, compiled, namespaces):
    """All objects: Git's under the manager of a GitOps tool, the agent's under the agent's."""
    found = [(each, "gitops") for each in manifests(compiled, "*/*/*/apply/*.yaml")]
    found += [(each, "lifespec-agent") for each in manifests(compiled, "*/*/*/agent-owned/*.yaml")]
    assert len(found) > 20
    assert {each["metadata"]["namespace"] for each, _ in found} == set(namespaces)
    refusals = []
    for manifest, manager in found:
        try:
            admin.apply(manifest, manager)
        except RefusedError as refusal:  # all are named, not the first one only
            refusals.append(f"{admin.path_of(manifest)}: {refusal}")
    assert not refusals, "\n".join(refusals)
    return found


def test_every_object_goes_in_by_server_side_apply(applied):
    assert {manager for _, manager in applied} == {"gitops", "lifespec-agent"}


def test_the_server_warns_of_nothing(admin, applied):
    assert applied
    assert not admin.warnings


def test_a_second_apply_changes_nothing(admin, applied):
    changed = []
    for manifest, manager in applied:
        before, after = admin.read(manifest), admin.apply(manifest, manager)
        # A controller may write the status in between; it never writes what is applied.
        if fields(before, manager) != fields(after, manager) or before["metadata"].get("generation") != after[
            "metadata"
        ].get("generation"):
            changed.append(admin.path_of(manifest))
    assert not changed


def fields(manifest, manager):
    return [each for each in manifest["metadata"]["managedFields"] if each["manager"] == manager]


def test_the_server_stores_what_git_says(admin, applied):
    """Nothing is pruned, nothing is turned into something else; the server may add."""
    different = [
        f"{admin.path_of(manifest)}: {found}"
        for manifest, _ in applied
        for found in differences(manifest, admin.read(manifest))
    ]
    assert not different, "\n".join(different)


def differences(wanted, found, path=""):
    if isinstance(wanted, dict) and isinstance(found, dict):
        for key, value in wanted.items():
            if key not in found:
                yield f"{path}.{key} is missing"
            else:
                yield from differences(value, found[key], f"{path}.{key}")
    elif isinstance(wanted, list) and isinstance(found, list) and len(wanted) == len(found):
        for index, value in enumerate(wanted):
            yield from differences(value, found[index], f"{path}[{index}]")
    elif wanted != found:
        yield f"{path}: {wanted!r} became {found!r}"


def test_deployments_become_available_under_pod_security_restricted(admin, applied, wait):
    deployments = [each for each, _ in applied if each["kind"] == "Deployment"]
    assert deployments
    for each in deployments:
        wait(lambda each=each: is_true(admin.read(each).get("status", {}), "Available"))


def is_true(status, name):
    return any(each["type"] == name and each["status"] == "True" for each in status.get("conditions", ()))


def test_disruption_budgets_allow_a_disruption(admin, applied, wait):
    budgets = [each for each, _ in applied if each["kind"] == "PodDisruptionBudget"]
    assert budgets
    for each in budgets:
        wait(lambda each=each: admin.read(each).get("status", {}).get("disruptionsAllowed") == 1)


def test_autoscalers_find_their_deployment(admin, applied, wait):
    autoscalers = [each for each, _ in applied if each["kind"] == "HorizontalPodAutoscaler"]
    assert autoscalers
    for each in autoscalers:
        wait(lambda each=each: is_true(admin.read(each).get("status", {}), "AbleToScale"))


def test_services_have_endpoints(admin, applied, wait):
    services = [each for each, _ in applied if each["kind"] == "Service"]
    assert services
    for each in services:
        wait(lambda each=each: endpoints(admin, each["metadata"]))


def endpoints(admin, service):
    slices = admin.items("discovery.k8s.io/v1", "EndpointSlice", service["namespace"])
    ours = [each for each in slices if each["metadata"]["labels"].get("kubernetes.io/service-name") == service["name"]]
    return any(each["endpoints"] for each in ours)


def test_routes_stand(admin, applied):
    routes = [each for each, _ in applied if each["kind"] == "HTTPRoute"]
    assert routes
    assert all(admin.read(each)["spec"]["rules"] for each in routes)
