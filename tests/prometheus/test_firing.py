from __future__ import annotations

import re

import pytest

from lifespec_schema.values.written import duration
from prometheus.cases import PAIRS, Story

ABOUT = ("monitor", "slo", "source", "escalation")
LIVE = re.compile(r"\{\{ .*? \}\}")


def key(rule):
    """What tells an alert from all others of a lifecycle."""
    return rule["alert"], next((rule["labels"][name] for name in ABOUT if name in rule["labels"]), "")


def expected(rule, story):
    """The alert as promtool must see it, texts filled in."""
    shown = iter(story.shown)
    texts = {name: LIVE.sub(lambda _: next(shown), text) for name, text in rule["annotations"].items()}
    assert next(shown, None) is None, "the story shows more than the texts have room for"
    return {"exp_labels": {**rule["labels"], **story.labels}, "exp_annotations": texts}


def promtool_test(rule, story, alerts):
    """A unit test in promtool's form."""
    return {
        "evaluation_interval": duration(story.step),
        "tests": [
            {
                "interval": duration(story.step),
                "input_series": [{"series": name, "values": values} for name, values in story.series.items()],
                "alert_rule_test": [
                    {"alertname": rule["alert"], "eval_time": duration(story.at), "exp_alerts": alerts}
                ],
            }
        ],
    }


@pytest.fixture
def told(promtool):
    """`told(rule, story, alerts)`: what promtool says of one rule, with the recording rules that it reads."""

    def run(groups, rule, story: Story, alerts):
        import yaml

        return promtool(yaml.safe_dump({"groups": groups}).encode(), promtool_test(rule, story, alerts))

    return run


@pytest.fixture
def all_rules(planned, rule_file, agent_landed):
    """The rules of the plan that raises every alert."""
    import yaml

    return yaml.safe_load(rule_file(planned()))["groups"]


def alone(groups, wanted, step):
    """What is needed of the groups for one alert: itself, and what it reads; evaluated as often as its series change."""
    reads = {"LifespecUnanswered": ("LifespecMonitorBreached",)}.get(wanted[0], ())
    kept = [group for group in groups if group["name"] == f"growth/churn/slo/{wanted[1]}"]
    rules = [rule for rule in groups[-1]["rules"] if key(rule) == wanted or rule["alert"] in reads]
    return [*kept, {**groups[-1], "rules": rules, "interval": duration(step)}]


@pytest.mark.parametrize("wanted", PAIRS, ids=" ".join)
def test_an_alert_fires_and_its_neighbour_does_not(wanted, all_rules, told):
    (rule,) = [rule for group in all_rules for rule in group["rules"] if "alert" in rule and key(rule) == wanted]
    pair = PAIRS[wanted]
    groups = alone(all_rules, wanted, pair.fires.step)
    alerts = [expected(rule, pair.fires)]
    assert told(groups, rule, pair.fires, alerts) == ""
    assert told(groups, rule, pair.quiet, []) == ""


def test_no_alert_lacks_a_pair_and_no_pair_an_alert(all_rules):
    assert {key(rule) for group in all_rules for rule in group["rules"] if "alert" in rule} == set(PAIRS)


def test_promtool_would_notice_an_alert_that_does_not_fire(all_rules, told):
    wanted = ("LifespecRolloutHeld", "")
    (rule,) = [rule for group in all_rules for rule in group["rules"] if "alert" in rule and key(rule) == wanted]
    pair = PAIRS[wanted]
    groups = alone(all_rules, wanted, pair.fires.step)
    assert "FAILED" in told(groups, rule, pair.fires, [])
    assert "FAILED" in told(groups, rule, pair.quiet, [expected(rule, pair.fires)])
