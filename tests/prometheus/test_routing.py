"""Who gets which alert, as Alertmanager's own tool tells it."""

from __future__ import annotations

import pytest
import yaml

from lifespec_compiler.targets.prometheus import routing

FOLDER = "production/growth/churn"


@pytest.fixture
def amtool(judge, tmp_path):
    """`amtool(configuration, *arguments)`: whether it agrees, and what it says."""

    def run(configuration, *arguments):
        file = tmp_path / "alertmanager.yaml"
        file.write_bytes(configuration)
        placed = [str(file) if each == "FILE" else each for each in arguments]
        done = judge("amtool").run(*placed)
        return done.returncode == 0, done.stdout + done.stderr

    return run


@pytest.fixture
def receiver(amtool):
    """`receiver(configuration, labels)`: who gets an alert with these labels."""

    def find(configuration, labels):
        given = [f"{name}={quoted(value)}" for name, value in labels.items()]
        fine, said = amtool(configuration, "config", "routes", "test", "--config.file", "FILE", *given)
        assert fine, said
        return said.rstrip("\n")

    return find


def quoted(value):
    escaped = value.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
    return f'"{escaped}"'


def another(documents):
    """A lifecycle of another team in the same namespace."""
    documents["lifecycle"]["metadata"]["name"] = documents["model"]["spec"]["lifecycle"] = "other"
    documents["lifecycle"]["spec"]["owner"] = {"team": "search", "email": "search@example.com"}


@pytest.fixture
def configuration(planned, files):
    """Plain configuration for two lifecycles."""
    return files(planned(), planned(another))["production/alertmanager.yaml"]


def test_alertmanager_accepts_the_configuration(amtool, configuration):
    fine, said = amtool(configuration, "check-config", "FILE")
    assert fine, said
    assert "5 receivers" not in said
    assert "6 receivers" in said, said


def test_alertmanager_would_refuse_a_receiver_that_is_not_there(amtool, configuration):
    broken = yaml.safe_load(configuration)
    broken["receivers"].pop()
    fine, said = amtool(yaml.safe_dump(broken).encode(), "check-config", "FILE")
    assert not fine
    assert "search-ticket" in said


@pytest.mark.parametrize(
    ("labels", "expected"),
    [
        pytest.param({"severity": "page"}, "growth-ml-page", id="a page"),
        pytest.param({"severity": "ticket"}, "growth-ml-ticket", id="a ticket"),
        pytest.param({"severity": "page", "escalation": "growth-oncall"}, "growth-oncall", id="an escalated page"),
        pytest.param({"severity": "none"}, "growth-ml-ticket", id="an unknown severity"),
        pytest.param({"severity": "page", "lifecycle": "other"}, "search-page", id="a page of another team"),
        pytest.param({"severity": "page", "lifecycle": "unknown"}, "nobody", id="another lifecycle"),
        pytest.param({"severity": "page", "namespace": "elsewhere"}, "nobody", id="another namespace"),
    ],
)
def test_each_severity_reaches_its_receiver(labels, expected, receiver, configuration):
    assert receiver(configuration, {"namespace": "growth", "lifecycle": "churn", **labels}) == expected


@pytest.mark.usefixtures("agent_landed")
def test_every_alert_that_is_raised_reaches_a_receiver_of_its_own_team(planned, rules, receiver, files):
    plan = planned()
    configuration = files(plan)["production/alertmanager.yaml"]
    reached = {}
    for rule in rules(plan):
        if "alert" in rule:
            labels = rule["labels"]
            wanted = labels.get("escalation", f"growth-ml-{labels['severity']}")
            kind = (labels["severity"], labels.get("escalation"))
            reached.setdefault(kind, receiver(configuration, labels))
            assert reached[kind] == wanted
    assert set(reached) == {("page", None), ("ticket", None), ("page", "growth-oncall")}


@pytest.mark.parametrize(
    "to", ["on-call", 'a "b"', "back\\slash", "{{ .Labels }}", "line\nbreak", "größe 世界", "a=b,c"]
)
def test_an_escalation_may_have_any_name(to, planned, files, receiver, validate_manifest):
    def edit(documents):
        documents["lifecycle"]["spec"]["owner"]["escalation"] = [{"after": "30m", "to": to}]

    made = files(planned(edit))
    labels = {"namespace": "growth", "lifecycle": "churn", "severity": "page", "escalation": to}
    assert receiver(made["production/alertmanager.yaml"], labels) == to
    config = yaml.safe_load(made[f"{FOLDER}/apply/alert-routes.yaml"])
    assert validate_manifest(config) == []


def test_the_operator_s_object_routes_as_the_plain_configuration(planned, files):
    made = files(planned())
    plain = yaml.safe_load(made["production/alertmanager.yaml"])["route"]["routes"][0]
    route = yaml.safe_load(made[f"{FOLDER}/apply/alert-routes.yaml"])["spec"]["route"]
    assert [plain["receiver"], *map(short, plain["routes"])] == [route["receiver"], *map(short, route["routes"])]


def short(route):
    """A route in either spelling: what it matches, who gets it, and how soon again."""
    matchers = [
        each if isinstance(each, str) else f"{each['name']}{each['matchType']}{quoted(each['value'])}"
        for each in route["matchers"]
    ]
    return matchers, route["receiver"], route.get("repeat_interval", route.get("repeatInterval"))


def test_no_receiver_holds_a_secret(planned, files):
    made = files(planned())
    assert {frozenset(each) for each in yaml.safe_load(made["production/alertmanager.yaml"])["receivers"]} == {
        frozenset({"name"})
    }
    for each in yaml.safe_load(made[f"{FOLDER}/apply/alert-routes.yaml"])["spec"]["receivers"]:
        assert each["webhookConfigs"] == [{"urlSecret": {"name": "alert-receivers", "key": each["name"]}}]


@pytest.mark.parametrize("name", ["a b", "..", "{{", "ä", "x" * 300, ""])
def test_a_receiver_s_key_is_one_that_a_secret_may_have(name):
    key = routing.key(name)
    assert routing._KEY.fullmatch(key)
    assert key.strip(".")
    assert key != routing.key(f"{name}!")


@pytest.mark.usefixtures("agent_landed")
def test_an_alert_that_says_more_silences_the_one_that_says_less(planned, rules):
    raised = {rule["alert"] for rule in rules(planned()) if "alert" in rule}
    for one in routing.INHIBITIONS:
        assert {one.told, one.untold} <= raised
