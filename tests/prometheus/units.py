"""promtool's unit tests, made from a story and the rules that it is about."""

from __future__ import annotations

import re
from typing import Any

from lifespec_schema.values.written import duration
from prometheus.cases import Story

Json = dict[str, Any]
Key = tuple[str, str]

ABOUT = ("monitor", "slo", "source", "escalation")
LIVE = re.compile(r"\{\{ .*? \}\}")


def key(rule: Json) -> Key:
    """What tells an alert from all others of a lifecycle: its name, and what it is about."""
    return rule["alert"], next((rule["labels"][name] for name in ABOUT if name in rule["labels"]), "")


def rule_of(groups: list[Json], wanted: Key) -> Json:
    """The one rule of an alert."""
    (found,) = [rule for group in groups for rule in group["rules"] if "alert" in rule and key(rule) == wanted]
    return found


def alone(groups: list[Json], wanted: Key, step: int) -> list[Json]:
    """What one alert needs of the groups: itself, and what it reads; evaluated as often as its series change."""
    reads = {"LifespecUnanswered": ("LifespecMonitorBreached",)}.get(wanted[0], ())
    kept = [group for group in groups if group["name"] == f"growth/churn/slo/{wanted[1]}"]
    rules = [rule for rule in groups[-1]["rules"] if key(rule) == wanted or rule["alert"] in reads]
    return [*kept, {**groups[-1], "rules": rules, "interval": duration(step)}]


def raised(rule: Json, story: Story) -> Json:
    """The alert as promtool must see it, with what is live filled in."""
    shown = iter(story.shown)
    texts = {name: LIVE.sub(lambda _: next(shown), text) for name, text in rule["annotations"].items()}
    assert next(shown, None) is None, "the story shows more than the texts have room for"
    return {"exp_labels": {**rule["labels"], **story.labels}, "exp_annotations": texts}


def unit_test(story: Story, alert: str, alerts: list[Json]) -> Json:
    """That an alert is raised at the story's end exactly so often."""
    test = {"alertname": alert, "eval_time": duration(story.at), "exp_alerts": alerts}
    series = [{"series": name, "values": values} for name, values in story.series.items()]
    step = duration(story.step)
    return {
        "evaluation_interval": step,
        "tests": [{"interval": step, "input_series": series, "alert_rule_test": [test]}],
    }
