from __future__ import annotations

import pytest

from lifespec_compiler.targets import kubernetes


@pytest.fixture
def serving(planned, stable):
    """`serving(edit)`: the Deployment that the full case serves with, after an edit."""

    def find(edit=None):
        plan = planned(edit)
        state = kubernetes.ServingState(stable(plan))
        (deployment,) = [item for item in kubernetes.render(plan, state) if item["kind"] == "Deployment"]
        return deployment

    return find


@pytest.mark.parametrize(
    "edit",
    [
        pytest.param(
            lambda documents: documents.spec["owner"].update(email="new@example.com"), id="the owner's address"
        ),
        pytest.param(lambda documents: documents.spec["owner"].update(team="another"), id="the owning team"),
        pytest.param(lambda documents: documents.spec.update(version="3.0.0"), id="the spec's version"),
        pytest.param(
            lambda documents: documents.spec["serving"]["replicas"].update(max=20, targetCpu="90%"), id="the replicas"
        ),
        pytest.param(lambda documents: documents.spec["rollout"]["steps"].pop(), id="the policy"),
        pytest.param(
            lambda documents: documents.project["spec"]["defaults"].update(imagePullSecrets=["other"]),
            id="the pull secrets",
        ),
        pytest.param(lambda documents: documents.environment["gateway"].update(name="other"), id="the Gateway"),
    ],
)
def test_a_change_that_does_not_reach_the_pods_leaves_their_template_and_name(edit, serving):
    before, after = serving(), serving(edit)
    assert (
        after["metadata"]["annotations"]["lifespec.dev/plan-hash"]
        != before["metadata"]["annotations"]["lifespec.dev/plan-hash"]
    )
    assert after["metadata"]["name"] == before["metadata"]["name"]
    assert after["spec"]["template"] == before["spec"]["template"]


@pytest.mark.parametrize(
    "edit",
    [
        pytest.param(
            lambda documents: documents.spec["serving"].update(image=f"registry.example.com/other@sha256:{'1' * 64}"),
            id="the server's image",
        ),
        pytest.param(lambda documents: documents.spec["serving"]["env"].update(LOG_LEVEL="debug"), id="a variable"),
        pytest.param(lambda documents: documents.spec["serving"]["resources"].update(memory="5Gi"), id="the memory"),
        pytest.param(
            lambda documents: documents.model["spec"]["model"].update(digest=f"sha256:{'2' * 64}"), id="the model"
        ),
        pytest.param(
            lambda documents: documents.model["spec"].update(image=f"registry.example.com/other@sha256:{'1' * 64}"),
            id="the model version's own image",
        ),
    ],
)
def test_a_change_that_reaches_the_pods_makes_another_revision(edit, serving):
    before, after = serving(), serving(edit)
    assert after["metadata"]["name"] != before["metadata"]["name"]
    assert after["spec"]["selector"] != before["spec"]["selector"]
    assert after["spec"]["template"]["spec"]["containers"] != before["spec"]["template"]["spec"]["containers"]


def test_the_serving_hash_of_the_plan_is_the_one_of_its_revision(planned, stable):
    plan = planned()
    assert stable(plan).serving_hash == plan.hashes.serving


def test_a_running_revision_keeps_its_pods_under_a_new_plan(planned, stable):
    old, new = planned(), planned(lambda documents: documents.spec["serving"].update(port=9999))
    state = kubernetes.ServingState(stable(old), stable(new), weight=10)
    deployments = [item for item in kubernetes.render(new, state) if item["kind"] == "Deployment"]
    before = kubernetes.render(old, kubernetes.ServingState(stable(old)))[0]
    assert deployments[0]["spec"]["template"] == before["spec"]["template"]
    assert deployments[1]["spec"]["template"] != before["spec"]["template"]


def test_replicas_belong_to_the_autoscaler_where_there_is_one(serving):
    assert "replicas" not in serving()["spec"]
    fixed = serving(lambda documents: documents.spec["serving"].update(replicas={"min": 3, "max": 3}))
    assert fixed["spec"]["replicas"] == 3
