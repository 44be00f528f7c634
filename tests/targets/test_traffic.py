from __future__ import annotations

import pytest

from lifespec_compiler.targets import kubernetes


@pytest.fixture
def rules(planned, state, validate_manifest):
    """`rules(by_user=…, weight=…, mirroring=…)`: the rules of a valid route in a rollout."""

    def make(*, by_user, **changes):
        plan = planned(None if by_user else lambda documents: documents.spec["rollout"].pop("assignment"))
        rendered = kubernetes.render(plan, state(plan, **changes))
        (route,) = [item for item in rendered if item["kind"] == "HTTPRoute"]
        assert validate_manifest(route) == []
        return route["spec"]["rules"]

    return make


def weights(rule):
    return [backend["weight"] for backend in rule["backendRefs"]]


@pytest.mark.parametrize("weight", [0, 1, 10, 99, 100])
def test_weights_of_stable_and_candidate_are_written_and_add_up(weight, rules):
    (rule,) = rules(by_user=False, weight=weight)
    assert weights(rule) == [100 - weight, weight]


@pytest.mark.parametrize("weight", [1, 10, 64, 65, 99])
def test_a_user_stays_with_the_revision_of_the_bucket(weight, rules):
    *candidate, stays = rules(by_user=True, weight=weight)
    headers = [match["headers"][0] for rule in candidate for match in rule["matches"]]
    assert [header["value"] for header in headers] == [str(bucket) for bucket in range(weight)]
    assert {(header["type"], header["name"]) for header in headers} == {("Exact", "x-user-bucket")}
    assert "matches" not in stays
    assert weights(stays) == [100, 0]


@pytest.mark.parametrize("weight", [0, 100])
def test_with_all_or_nothing_no_bucket_is_needed(weight, rules):
    (rule,) = rules(by_user=True, weight=weight)
    assert weights(rule) == [100 - weight, weight]


def test_a_candidate_in_shadow_gets_copies_and_no_traffic(rules):
    (rule,) = rules(by_user=True, weight=0, mirroring=True)
    assert weights(rule) == [100, 0]
    (mirror,) = rule["filters"]
    assert mirror["requestMirror"]["percent"] == 20
    assert mirror["requestMirror"]["backendRef"]["name"] == rule["backendRefs"][1]["name"]


def test_every_backend_is_a_service_of_its_revision(planned, state):
    plan = planned()
    rendered = kubernetes.render(plan, state(plan, weight=10))
    services = {item["metadata"]["name"]: item["spec"]["selector"] for item in rendered if item["kind"] == "Service"}
    deployments = [item["spec"]["selector"]["matchLabels"] for item in rendered if item["kind"] == "Deployment"]
    (route,) = [item for item in rendered if item["kind"] == "HTTPRoute"]
    backends = {backend["name"] for rule in route["spec"]["rules"] for backend in rule["backendRefs"]}
    assert backends == set(services)
    assert list(services.values()) == deployments


def test_without_a_gateway_callers_use_a_service_of_the_lifecycle(planned, stable):
    plan = planned(name="inside-the-cluster")
    rendered = kubernetes.render(plan, kubernetes.ServingState(stable(plan)))
    assert [item for item in rendered if item["kind"] == "HTTPRoute"] == []
    names = [item["metadata"]["name"] for item in rendered if item["kind"] == "Service"]
    assert len(names) == 2
    assert all(name[0].isalpha() for name in names), "a Service's name begins with a letter"


def test_the_lifecycles_identity_is_a_label_of_what_the_agent_owns(planned, state):
    plan = planned()
    rendered = kubernetes.render(plan, state(plan, weight=10, uid="8f4c"))
    assert {item["metadata"]["labels"]["lifespec.dev/uid"] for item in rendered} == {"8f4c"}
    templates = [item["spec"]["template"] for item in rendered if item["kind"] == "Deployment"]
    assert not any("lifespec.dev/uid" in template["metadata"]["labels"] for template in templates)


def test_agent_owned_objects_carry_only_our_own_labels(planned, state):
    plan = planned()
    for item in kubernetes.render(plan, state(plan, weight=10)):
        named = [*item["metadata"]["labels"], *item["metadata"]["annotations"]]
        assert all(key.startswith("lifespec.dev/") for key in named)


@pytest.mark.parametrize(
    "changes",
    [
        pytest.param({"weight": 101}, id="more than all"),
        pytest.param({"weight": -1}, id="less than nothing"),
        pytest.param({"weight": 5, "mirroring": True}, id="copies and live traffic at once"),
    ],
)
def test_a_contradictory_state_is_refused(changes, planned, state):
    with pytest.raises(ValueError, match=r"weight|shadow"):
        state(planned(), **changes)


def test_traffic_for_no_candidate_is_refused(planned, stable):
    with pytest.raises(ValueError, match="there is none"):
        kubernetes.ServingState(stable(planned()), weight=10)


def test_a_revision_is_not_its_own_candidate(planned, stable):
    serves = stable(planned())
    with pytest.raises(ValueError, match="own candidate"):
        kubernetes.ServingState(serves, serves)
