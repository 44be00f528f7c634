"""The spec's own words and bounds are in the dashboard, and change with it."""

from __future__ import annotations

import pytest

from leaves.alternatives import edit

SPEC = ("lifecycle", "spec")


def write(*place_and_value):
    *place, value = place_and_value
    return lambda documents: edit(documents, (*SPEC, *place), value)


@pytest.mark.parametrize(
    ("panel", "change", "before", "after"),
    [
        ("Requests", write("traffic", "peakRps", 55), [40], [55]),
        ("Error rate", write("rollout", "guards", 0, "max", "2%"), [0.01], [0.02]),
        ("errors:", write("rollout", "guards", 0, "max", "2%"), [0.0001, 0.01], [0.0001, 0.02]),
        ("errors:", write("rollout", "guards", 0, "min", "0.1%"), [0.0001, 0.01], [0.001, 0.01]),
        ("Latency, 99th", write("serving", "latencyBudget", "90ms"), [0.12], [0.09]),
        ("inputs:", write("monitoring", "monitors", 0, "max", 0.4), [0.3], [0.4]),
        ("scores:", write("monitoring", "monitors", 1, "max", 0.25), [0.2], [0.25]),
        ("decay:", write("monitoring", "monitors", 3, "min", 0.8), [0.82, 0.99], [0.8, 0.99]),
        ("customers:", write("data", "sources", 0, "freshness", "36h"), [86400], [129600]),
        ("availability:", write("monitoring", "slos", 1, "target", "99%"), [0.001], [0.01]),
    ],
)
def test_a_bound_of_the_spec_is_a_line(panel, change, before, after, dashboard):
    assert dashboard().limits(panel) == pytest.approx(before)
    assert dashboard(change).limits(panel) == pytest.approx(after)


def test_the_steps_of_the_rollout_are_lines(dashboard):
    (panel,) = [
        each for each in dashboard().panels if each["title"] == "Candidate's traffic" and each["type"] == "timeseries"
    ]
    steps = panel["fieldConfig"]["defaults"]["thresholds"]["steps"]
    assert [step["value"] for step in steps[1:]] == [10, 50]
    assert panel["fieldConfig"]["defaults"]["custom"]["thresholdsStyle"] == {"mode": "dashed"}


def test_what_may_be_worse_than_stable_is_a_line_that_follows_stable(dashboard):
    limits = [each for each in dashboard().panel("no-slower")["targets"] if "stable {{" not in each["legendFormat"]]
    told = {each["legendFormat"]: each["expr"] for each in limits if "candidate" not in each["legendFormat"]}
    assert told["worst allowed"].endswith("+ 0.02")
    assert told["worst allowed, relatively"].endswith("* (1 + 0.1)")
    assert told["must be reached"].endswith("- 0.001")


def test_a_report_is_late_by_the_monitors_own_rhythm(dashboard):
    def steps(found):
        panel = found.panel("Age of the last report")
        return [
            [step["value"] for step in each["properties"][0]["value"]["steps"][1:]]
            for each in panel["fieldConfig"]["overrides"]
        ]

    day = 86400
    assert steps(dashboard())[0] == [1.5 * day, 3 * day]
    assert steps(dashboard(write("monitoring", "monitors", 0, "every", "6h")))[0] == [1.5 * day / 4, 3 * day / 4]


@pytest.mark.parametrize(
    ("panel", "unit"),
    [
        ("errors:", "percentunit"),
        ("no-slower:", "s"),
        ("acceptance:", "percentunit"),
        ("Requests", "reqps"),
        ("inputs:", "none"),
        ("decay:", "percentunit"),
        ("Budget left of each", "percentunit"),
    ],
)
def test_units_are_the_catalogs(panel, unit, dashboard):
    assert dashboard().panel(panel)["fieldConfig"]["defaults"]["unit"] == unit


def test_links_lead_to_the_files(dashboard):
    links = {each["title"]: each["url"] for each in dashboard().json["links"]}
    root = "https://github.com/example/models/blob/main"
    assert links == {
        "Spec": f"{root}/lifecycle.yaml",
        "Model card": f"{root}/generated/production/growth/churn/README.md",
        "Runbook": f"{root}/generated/alerts.md",
        "Models": "",
    }


def test_links_are_those_of_the_host(dashboard):
    def on_gitlab(documents):
        repository = {"kind": "gitlab", "url": "https://gitlab.example.com/a/b.git", "branch": "r l/$x"}
        documents["project"]["spec"] |= {"repository": repository, "targets": ["kubernetes", "grafana"]}

    links = {each["title"]: each["url"] for each in dashboard(on_gitlab).json["links"]}
    assert links == {"Spec": "https://gitlab.example.com/a/b/-/blob/r%20l/%24x/lifecycle.yaml", "Models": ""}


def test_without_a_repository_there_is_nothing_to_link_to(dashboard):
    found = dashboard(lambda documents: documents["project"]["spec"].pop("repository"))
    assert [each["title"] for each in found.json["links"]] == ["Models"]


def test_where_nothing_asks_for_a_training_there_are_no_rules_for_it(dashboard):
    elsewhere = dashboard(write("retraining", "environment", "staging"))
    assert "What asks for a training" in [panel["title"] for panel in dashboard().panels]
    assert "What asks for a training" not in [panel["title"] for panel in elsewhere.panels]


def test_each_environment_has_its_own_dashboard(dashboard):
    def in_another(documents):
        documents["project"]["spec"]["environments"][-1]["name"] = "live"
        edit(documents, (*SPEC, "retraining", "environment"), "live")

    one, other = dashboard().json, dashboard(in_another).json
    assert one["uid"] != other["uid"]
    assert one["title"] == "growth/churn in production"
    assert 8 <= len(one["uid"]) <= 40
