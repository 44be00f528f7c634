from __future__ import annotations

import re
from pathlib import Path

import pytest
import yaml

from leaves.witnesses import VARIANTS
from lifespec_compiler.emit.render import render_all
from lifespec_compiler.series import ALL
from lifespec_compiler.targets import TARGETS, prometheus
from lifespec_compiler.targets.prometheus import recorded, scraping
from lifespec_compiler.targets.prometheus.promql import quoted

LABELS = {"severity", "team", "namespace", "lifecycle", "environment"}
ANNOTATIONS = {"summary", "description", "runbook_url", "spec_path", "owner"}
FOLDER = "production/growth/churn"


def loaded(files, path):
    return list(yaml.safe_load_all(files[path]))


@pytest.mark.parametrize("variant", ["maximal", "small"])
def test_a_plan_compiles_to_its_golden_files(variant, planned, files, golden):
    made = files(planned(of=variant))
    repeated = {f"{FOLDER}/apply/prometheus-rules.yaml", "alerts.md"}
    assert repeated < set(made)
    for path, content in made.items():
        if path not in repeated:
            golden(Path("prometheus", variant, path)).check(content.decode())


@pytest.mark.parametrize("variant", VARIANTS)
def test_promtool_finds_nothing_in_any_rule_file(variant, planned, rule_file, promtool):
    assert promtool(rule_file(planned(of=variant))) == ""


@pytest.mark.parametrize(
    "rule",
    [
        pytest.param({"alert": "A", "expr": "sum("}, id="no PromQL"),
        pytest.param({"alert": "A", "expr": "up", "annotations": {"a": "{{ $value"}}, id="no template"),
        pytest.param({"record": "a b", "expr": "up", "for": "1m"}, id="no recording rule"),
    ],
)
def test_promtool_can_find_something(rule, promtool):
    assert promtool(yaml.safe_dump({"groups": [{"name": "g", "rules": [rule]}]}).encode()) != ""


@pytest.mark.parametrize("variant", VARIANTS)
def test_every_object_is_one_that_the_operator_knows(variant, planned, files, validate_manifest):
    made = files(planned(of=variant))
    objects = [each for path in made if "/apply/" in path for each in loaded(made, path)]
    kinds = {each["kind"]: validate_manifest(each) for each in objects if each["kind"] != "Kustomization"}
    assert {kind: wrong for kind, wrong in kinds.items() if wrong} == {}
    assert {"PrometheusRule", "AlertmanagerConfig"} <= set(kinds)


def test_the_operator_s_own_definitions_refuse_what_is_wrong(planned, files, validate_manifest):
    (rule,) = loaded(files(planned()), f"{FOLDER}/apply/prometheus-rules.yaml")
    rule["spec"]["groups"][0]["rules"][0]["alerts"] = "no such key"
    assert validate_manifest(rule) != []


def test_the_folder_builds_to_exactly_its_objects(planned, files, kustomize_build, tmp_path):
    made = files(planned())
    for path, content in made.items():
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_bytes(content)
    built = {each["kind"]: each for each in kustomize_build(tmp_path / FOLDER / "apply")}
    written = [each for path in made if "/apply/" in path for each in loaded(made, path)]
    assert built == {each["kind"]: each for each in written if each["kind"] != "Kustomization"}


def test_with_other_targets_the_folder_still_has_one_list(planned):
    plan = planned()
    kubernetes = {manifest.path for manifest in TARGETS["kubernetes"].compile(plan)}
    both = kubernetes & {manifest.path for manifest in prometheus.compile(plan)}
    assert both == {f"{FOLDER}/apply/kustomization.yaml"}


@pytest.mark.parametrize("variant", VARIANTS)
def test_the_object_holds_the_rules_of_the_plain_file(variant, planned, files):
    made = files(planned(of=variant))
    (rule,) = loaded(made, f"{FOLDER}/apply/prometheus-rules.yaml")
    assert loaded(made, f"{FOLDER}/rules.yaml") == [rule["spec"]]


@pytest.mark.parametrize("variant", VARIANTS)
@pytest.mark.usefixtures("agent_landed")
def test_every_alert_says_whose_it_is_and_what_to_do(variant, planned, rules):
    for rule in rules(planned(of=variant)):
        if "alert" in rule:
            assert set(rule["labels"]) >= LABELS, rule["alert"]
            assert set(rule["annotations"]) == ANNOTATIONS, rule["alert"]
            assert rule["labels"]["severity"] in {"page", "ticket"}


@pytest.mark.usefixtures("agent_landed")
def test_every_alert_s_place_in_the_spec_exists(planned, rules):
    plan = planned()
    for rule in rules(plan):
        if "alert" in rule:
            place = plan.values
            for step in re.findall(r"[^.\[\]]+", rule["annotations"]["spec_path"]):
                place = place[int(step)] if step.isdigit() else place[step]


@pytest.mark.usefixtures("agent_landed")
def test_rules_read_no_series_but_the_public_ones_and_their_own(planned, rules):
    known = {series.name for series in ALL} | {series.name for series in recorded.ALL}
    for rule in rules(planned()):
        named = set(re.findall(r"\blifespec[a-z_:0-9]+", rule["expr"]))
        assert {re.sub(r"_(?:bucket|count)$", "", name) for name in named} <= known, rule


def test_recorded_series_are_those_that_are_announced(planned, rules):
    made = {}
    for rule in rules(planned()):
        if "record" in rule:
            made.setdefault(rule["record"], set()).update(rule["labels"])
    assert {name: labels - {"namespace", "lifecycle"} for name, labels in made.items()} == {
        series.name: set(series.labels) for series in recorded.ALL
    }


@pytest.mark.usefixtures("agent_landed")
def test_every_rule_is_about_its_own_lifecycle_only(planned, rules):
    plan = planned()
    own = f"namespace={quoted(plan.namespace)}, lifecycle={quoted(plan.name)}"
    for rule in rules(plan):
        read = re.findall(r"\b(?:lifespec[a-z_:0-9]+|ALERTS)\{", rule["expr"])
        assert rule["expr"].count(own) == len(read)
        assert rule["expr"].count("{") == len(read) >= 1 or rule["expr"].startswith("vector(")


def test_a_batch_model_has_nothing_to_scrape_and_no_requests(planned, files, rules):
    plan = planned(of="batch")
    assert f"{FOLDER}/apply/pod-monitors.yaml" not in files(plan)
    assert not any("requests" in rule["expr"] for rule in rules(plan))


def test_the_lifecycle_is_a_label_of_every_series_that_is_scraped(planned, files):
    (monitor,) = loaded(files(planned()), f"{FOLDER}/apply/pod-monitors.yaml")
    (endpoint,) = monitor["spec"]["podMetricsEndpoints"]
    assert endpoint["relabelings"] == [
        {
            "sourceLabels": ["__meta_kubernetes_pod_label_lifespec_dev_lifecycle"],
            "targetLabel": "lifecycle",
            "action": "replace",
        }
    ]
    assert endpoint["honorLabels"] is False


def test_the_servers_that_are_scraped_are_those_that_the_agent_creates(planned, files):
    plan = planned()
    (monitor,) = loaded(files(plan), f"{FOLDER}/apply/pod-monitors.yaml")
    owned = [each for each in TARGETS["kubernetes"].compile(plan) if each.path.endswith("/deployment.yaml")]
    (deployment,) = yaml.safe_load_all(render_all(owned)[owned[0].path])
    template = deployment["spec"]["template"]
    wanted = monitor["spec"]["selector"]["matchLabels"]
    assert wanted.items() <= template["metadata"]["labels"].items()
    ports = [port["name"] for container in template["spec"]["containers"] for port in container["ports"]]
    assert monitor["spec"]["podMetricsEndpoints"][0]["port"] in ports


def test_an_agent_is_scraped_and_missed_only_where_one_is_installed(planned, files, rules, request):
    def without(documents):
        del documents["project"]["spec"]["environments"][-1]["agentImage"]

    assert not any("/agent/" in path for path in files(planned()))
    request.getfixturevalue("agent_landed")
    assert loaded(files(planned()), "production/growth/agent/pod-monitor.yaml") == [scraping.agent(planned())]
    assert any(rule.get("alert") == "LifespecAgentAbsent" for rule in rules(planned()))
    assert not any("/agent/" in path for path in files(planned(without)))
    assert not any(rule.get("alert") == "LifespecAgentAbsent" for rule in rules(planned(without)))


def test_an_agent_s_monitor_is_one_that_the_operator_knows(planned, validate_manifest):
    assert validate_manifest(scraping.agent(planned())) == []
