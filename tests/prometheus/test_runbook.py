from __future__ import annotations

import re
from pathlib import Path

import pytest

from lifespec_compiler.targets.prometheus import kinds, runbook
from lifespec_compiler.targets.prometheus.escalation import ESCALATION
from prometheus.cases import PAIRS

ROOT = Path(__file__).parents[2]
NAMES = [value for name, value in vars(kinds).items() if name.isupper()]


def test_every_alert_has_a_section_and_every_section_an_alert():
    assert list(runbook.SECTIONS) == NAMES
    assert {alert for alert, _ in PAIRS} == set(NAMES)


@pytest.mark.parametrize("kind", NAMES)
def test_a_section_says_what_it_means_where_to_look_and_what_to_do(kind):
    section = runbook.SECTIONS[kind]
    assert section.means.endswith(".")
    assert section.look
    assert section.do


def test_the_page_in_the_documentation_is_the_one_that_is_compiled(planned, files):
    page = (ROOT / "docs" / "alerts.md").read_text("utf-8")
    assert page == runbook.page()
    assert files(planned())["alerts.md"].decode() == page


def anchors(page):
    return {heading.lower() for heading in re.findall(r"^## (.+)$", page, re.MULTILINE)}


@pytest.mark.parametrize(
    ("repository", "expected"),
    [
        pytest.param(
            {"kind": "github", "url": "https://github.com/example/models", "branch": "main"},
            "https://github.com/example/models/blob/main/generated/alerts.md",
            id="on GitHub",
        ),
        pytest.param(
            {"kind": "gitlab", "url": "https://gitlab.example.com/ml/models/", "branch": "release 1{{"},
            "https://gitlab.example.com/ml/models/-/blob/release%201%7B%7B/generated/alerts.md",
            id="on GitLab, with a branch of any name",
        ),
        pytest.param(None, "docs/alerts.md", id="without a repository"),
    ],
)
@pytest.mark.usefixtures("agent_landed")
def test_every_alert_leads_to_a_section_of_a_page_that_exists(repository, expected, planned, files, rules):
    def edit(documents):
        documents["project"]["spec"].pop("repository")
        if repository:
            documents["project"]["spec"]["repository"] = repository

    plan = planned(edit)
    sections = anchors(files(plan)["alerts.md"].decode())
    for rule in rules(plan):
        if "alert" in rule:
            page, _, section = rule["annotations"]["runbook_url"].partition("#")
            assert page == expected
            assert section == rule["alert"].lower()
            assert section in sections


def test_the_links_of_the_page_lead_to_its_sections():
    page = runbook.page()
    assert set(re.findall(r"\]\(#([a-z]+)\)", page)) == anchors(page)


@pytest.mark.usefixtures("agent_landed")
def test_labels_that_the_page_names_are_labels_of_the_alerts(planned, rules):
    given = {label for rule in rules(planned()) if "alert" in rule for label in rule["labels"]}
    live = {label for pair in PAIRS.values() for label in pair.fires.labels}
    text = runbook.page()
    named = set(re.findall(r"label `([a-z]+)`", text))
    assert named <= given | live
    assert ESCALATION in given
