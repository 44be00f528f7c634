"""Whatever people write, the dashboard keeps its structure, and nothing of theirs is a variable of Grafana."""

from __future__ import annotations

import json
import re

import pytest
from markdown_it import MarkdownIt

from leaves.alternatives import edit

VARIABLE = re.compile(r"\$(\w+)|\[\[(\w+?)(?::(\w+))?\]\]|\$\{(\w+)(?:\.([^:^}]+))?(?::([^}]+))?\}", re.ASCII)
"""Grafana's own pattern of variables, with JavaScript's meaning of `\\w`."""

OURS = {"datasource", "stable", "candidate", "__rate_interval", "__range"}

FREE_TEXTS = {
    "business metric": ("objective", "business", "metric"),
    "reason": ("objective", "whyNotRules"),
    "stakeholder": ("objective", "stakeholders", 0),
    "risk": ("objective", "risks", 0, "risk"),
    "escalation": ("owner", "escalation", 0, "to"),
    "good": ("metrics", 5, "query", "good"),
    "total": ("metrics", 5, "query", "total"),
}
HOSTILE = (
    "$datasource",
    "${datasource}",
    "${__user.login}",
    "[[datasource]]",
    "\\$datasource",
    "`$datasource`",
    "`[[datasource]]`",
    "$$datasource $",
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "# heading\n\n- list\n\n| a | b |\n| --- | --- |",
    "[x](javascript:alert(1)) ![y](http://example.com/z)",
    '"}],"panels":[{"type":"text"}]',
    "\u202e\u2066 \x07 \ud7ff",
    "{{ .Values.x }} {% raw %}",
    "---\nkind: Secret",
)


def names(found):
    """The variables that Grafana would look for in any text of the dashboard."""
    return {next(filter(None, match.groups())) for text in texts(found) for match in VARIABLE.finditer(text)}


def texts(value):
    if isinstance(value, str):
        yield value
    for item in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
        yield from texts(item)


def shape(value):
    """The structure without the texts."""
    if isinstance(value, dict):
        return {key: shape(item) for key, item in value.items()}
    if isinstance(value, list):
        return [shape(item) for item in value]
    return type(value).__name__ if isinstance(value, str) else value


@pytest.mark.parametrize("text", HOSTILE)
@pytest.mark.parametrize("field", FREE_TEXTS)
def test_a_text_changes_no_structure_and_is_no_variable(field, text, dashboard):
    found = dashboard(lambda documents: edit(documents, ("lifecycle", "spec", *FREE_TEXTS[field]), text)).json
    assert names(found) <= OURS
    panels = [panel for panel in found["panels"] if not panel["title"].startswith("acceptance")]
    expected = [panel for panel in dashboard().json["panels"] if not panel["title"].startswith("acceptance")]
    same = [without_place(panel) for panel in panels]
    assert [shape(panel) for panel in same] == [shape(without_place(panel)) for panel in expected]


def without_place(panel):
    """A panel without its place: where a query cannot be asked, its panel is missing, and others move up."""
    return {key: value for key, value in panel.items() if key not in ("id", "gridPos")}


@pytest.mark.parametrize("text", HOSTILE)
@pytest.mark.parametrize("field", ["business metric", "reason", "stakeholder", "risk"])
def test_markdown_keeps_its_structure(field, text, dashboard):
    def blocks(found):
        rendered = MarkdownIt("gfm-like", {"linkify": False})
        panels = [panel for panel in found["panels"] if panel["type"] == "text"]
        tokens = [token for panel in panels for token in rendered.parse(panel["options"]["content"])]
        inline = [child.type for token in tokens for child in token.children or () if child.type != "text"]
        return [token.type for token in tokens], [
            kind for kind in inline if kind not in ("code_inline", "text_special")
        ]

    found = dashboard(lambda documents: edit(documents, ("lifecycle", "spec", *FREE_TEXTS[field]), text)).json
    assert blocks(found) == blocks(dashboard().json)


def test_what_is_read_is_what_was_written(dashboard):
    text = "costs $5 or ${less} [[sometimes]]"
    found = dashboard(lambda documents: edit(documents, ("lifecycle", "spec", "objective", "whyNotRules"), text))
    content = found.panel("What it is for")["options"]["content"]
    rendered = MarkdownIt("commonmark").render(content).replace("\u2060", "")
    assert text in rendered


def test_all_of_it_is_one_document_of_plain_json(dashboard):
    found = dashboard(lambda documents: edit(documents, ("lifecycle", "spec", "objective", "whyNotRules"), "\u202eä"))
    assert json.loads(json.dumps(found.json, allow_nan=False)) == found.json
