"""Dashboards of specs, and what is in them."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from leaves.witnesses import MAXIMAL, Witness, production, witness
from lifespec_compiler.plan import Plan
from lifespec_compiler.targets import grafana
from lifespec_schema.findings import Severity

Json = dict[str, Any]
QUERY = {
    "good": 'sum(increase(good_total{revision="$revision"}[$window]))',
    "total": 'sum(increase(all_total{revision="$revision"}[$window]))',
}
Edit = Callable[[Witness], object]


def planned(*edits: Edit, of: str = MAXIMAL) -> Plan:
    """The production plan of a witness, after edits of it."""
    documents = witness(of)
    documents["project"]["spec"]["targets"] = ["kubernetes", "prometheus", "grafana", "docs"]
    for metric in documents["lifecycle"]["spec"].get("metrics", ()):
        if metric.get("kind") == "query":
            metric["query"] = dict(QUERY)
    for edit in edits:
        edit(documents)
    made, findings = production(documents)
    assert made is not None, findings
    assert [found for found in findings if found.severity is Severity.ERROR] == []
    return made


def read(plan: Plan) -> Json:
    """The dashboard as the plain file has it."""
    (text,) = [each.content for each in grafana.compile(plan) if each.path.endswith("/grafana/dashboard.json")]
    assert isinstance(text, str)
    return json.loads(text)


class Dashboard:
    """A dashboard, with ways to find things in it."""

    def __init__(self, plan: Plan) -> None:
        self.json = read(plan)
        self.panels: list[Json] = self.json["panels"]

    def panel(self, title: str) -> Json:
        """The one panel whose title begins so."""
        (found,) = [panel for panel in self.panels if panel["title"].startswith(title)]
        return found

    def limits(self, title: str) -> list[float]:
        """The values at which a panel's colour changes."""
        steps = self.panel(title)["fieldConfig"]["defaults"]["thresholds"]["steps"]
        return [step["value"] for step in steps[1:]]

    def queries(self) -> Iterator[tuple[str, str]]:
        """Every query, with where it stands."""
        for panel in self.panels:
            for target in panel.get("targets", ()):
                yield f"{panel['title']} {target['refId']}", target["expr"]
        for mark in self.json["annotations"]["list"]:
            yield mark["name"], mark["expr"]
        for variable in self.json["templating"]["list"]:
            if variable["type"] == "query":
                query = variable["query"]["query"]
                yield variable["name"], query.removeprefix("label_values(").removesuffix(", revision)")


@pytest.fixture
def dashboard() -> Callable[..., Dashboard]:
    """`dashboard(*edits, of=…)`: the dashboard of a witness after edits of it."""
    return lambda *edits, of=MAXIMAL: Dashboard(planned(*edits, of=of))
