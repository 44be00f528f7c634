from __future__ import annotations

import pytest

from lifespec_compiler.targets.kubernetes import agent, networks

FORBIDDEN = {
    "secrets",
    "pods/exec",
    "pods/attach",
    "pods/portforward",
    "nodes/proxy",
    "serviceaccounts/token",
    "roles",
    "rolebindings",
    "clusterroles",
    "clusterrolebindings",
    "namespaces",
    "persistentvolumes",
    "validatingwebhookconfigurations",
    "mutatingwebhookconfigurations",
}


@pytest.fixture
def everything(planned, objects, built):
    plan = planned()
    return [*objects(plan), *built(plan)]


def test_roles_are_namespaced_without_wildcards_and_without_anything_that_leads_further(everything):
    rules = [rule for item in everything if item["kind"] == "Role" for rule in item["rules"]]
    assert rules
    for rule in rules:
        words = {*rule["apiGroups"], *rule["resources"], *rule["verbs"]}
        assert not words & {"*", "escalate", "bind", "impersonate", "deletecollection"}
        assert not set(rule["resources"]) & FORBIDDEN
    assert not any(item["kind"].startswith("Cluster") for item in everything)


def test_only_measuring_pods_may_create_reports_and_only_the_agent_decisions(everything):
    creators = {
        (resource, item["metadata"]["name"])
        for item in everything
        if item["kind"] == "Role"
        for rule in item["rules"]
        if "create" in rule["verbs"]
        for resource in rule["resources"]
        if resource in {"lifecyclereports", "lifecycledecisions"}
    }
    assert creators == {("lifecyclereports", "churn-measuring"), ("lifecycledecisions", "lifespec-agent")}


def test_every_binding_names_a_role_and_an_account_that_exist(everything):
    there = {(item["kind"], item["metadata"]["namespace"], item["metadata"]["name"]) for item in everything}
    for item in everything:
        if item["kind"] == "RoleBinding":
            assert ("Role", item["metadata"]["namespace"], item["roleRef"]["name"]) in there
            (subject,) = item["subjects"]
            assert ("ServiceAccount", subject["namespace"], subject["name"]) in there


def test_every_pod_runs_under_an_account_that_exists(everything, pod_template):
    accounts = {item["metadata"]["name"] for item in everything if item["kind"] == "ServiceAccount"}
    used = {template["spec"]["serviceAccountName"] for item in everything if (template := pod_template(item))}
    assert used == accounts


def test_no_account_mounts_its_token_by_itself(everything):
    accounts = [item for item in everything if item["kind"] == "ServiceAccount"]
    assert [item["automountServiceAccountToken"] for item in accounts] == [False] * len(accounts)


def test_where_ci_trains_there_is_no_account_that_trains(planned, objects):
    plan = planned(lambda documents: documents.project["spec"].update(runner="ci"))
    accounts = [item["metadata"]["name"] for item in objects(plan) if item["kind"] == "ServiceAccount"]
    assert accounts == ["churn-measuring", "churn-serving"]


def test_the_later_agent_may_only_read_decisions_of_the_earlier_environment(planned):
    role, binding = agent.reader_of_earlier(planned())
    assert role["metadata"]["namespace"] == "growth-staging"
    assert role["rules"] == [
        {"apiGroups": ["lifespec.dev"], "resources": ["lifecycledecisions"], "verbs": ["get", "list", "watch"]}
    ]
    assert binding["subjects"][0]["namespace"] == "growth"


def test_pods_start_from_nothing_in_and_only_names_out(planned, objects):
    policies = {
        item["metadata"]["name"]: item["spec"] for item in objects(planned()) if item["kind"] == "NetworkPolicy"
    }
    deny = policies["churn-default-deny"]
    assert deny["policyTypes"] == ["Ingress", "Egress"]
    assert "ingress" not in deny
    assert [port["port"] for rule in deny["egress"] for port in rule["ports"]] == [53, 53]


def test_the_gateway_and_the_scraper_reach_the_servers(planned, objects):
    policies = {
        item["metadata"]["name"]: item["spec"] for item in objects(planned()) if item["kind"] == "NetworkPolicy"
    }
    (rule,) = policies["churn-serving"]["ingress"]
    namespaces = [peer["namespaceSelector"]["matchLabels"]["kubernetes.io/metadata.name"] for peer in rule["from"]]
    assert namespaces == ["gateways", "monitoring"]


def test_the_scraper_reaches_the_agent_and_nobody_else_does(planned):
    found = agent.objects(planned(), "registry.example.com/lifespec@sha256:" + "e" * 64)
    (policy,) = [each for each in found if each["kind"] == "NetworkPolicy"]
    (rule,) = policy["spec"]["ingress"]
    names = [each["namespaceSelector"]["matchLabels"]["kubernetes.io/metadata.name"] for each in rule["from"]]
    assert (names, rule["ports"]) == (["monitoring"], [{"protocol": "TCP", "port": "http"}])


def test_a_model_store_inside_the_cluster_is_reached_on_its_port(planned, objects):
    plan = planned(name="inside-the-cluster")
    policies = {item["metadata"]["name"]: item["spec"] for item in objects(plan) if item["kind"] == "NetworkPolicy"}
    store, outside = policies["7-days-ahead-serving"]["egress"]
    assert store["to"][0]["namespaceSelector"]["matchLabels"] == {"kubernetes.io/metadata.name": "storage"}
    assert store["ports"] == [{"protocol": "TCP", "port": 9000}]
    assert outside == {"ports": [{"protocol": "TCP", "port": 443}]}


@pytest.mark.parametrize(
    ("address", "peer"),
    [
        ("http://minio.storage:9000/models", ("storage", 9000)),
        ("http://minio.storage", ("storage", 80)),
        ("https://minio.storage.svc/x", ("storage", 443)),
        ("https://minio.storage.svc.cluster.local:8443/", ("storage", 8443)),
        ("https://models.example.com/x", None),
        ("s3://models/churn/17", None),
        ("http://localhost:5000", None),
    ],
)
def test_addresses_inside_of_the_cluster_are_recognised(address, peer):
    assert networks.in_cluster(address) == peer
