"""A rule's docstring is its documentation: complete, true, and the only source of its page."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from lifespec_compiler.rules import HEADINGS, RULES, pages

DOCS = Path(__file__).parents[2] / "docs" / "rules"
BLOCK = re.compile(r"```yaml\n(.*?)```", re.DOTALL)
PROJECT, MODEL = "# lifespec.yaml\n", "# model.yaml\n"
WITH_EXAMPLE = [name for name, rule in RULES.items() if BLOCK.search(rule.sections["Example"])]
WITH_REMEDY = [name for name, rule in RULES.items() if BLOCK.search(rule.sections["Use instead"])]


@pytest.mark.parametrize("name", RULES)
def test_a_docstring_has_a_summary_and_all_headings_in_order(name):
    rule = RULES[name]
    assert tuple(rule.sections) == HEADINGS
    assert all(rule.sections.values())
    assert rule.summary.endswith(".")
    assert len(rule.summary) <= 130


@pytest.mark.parametrize("name", RULES)
def test_an_id_is_kebab_case_and_since_is_a_version(name):
    assert re.fullmatch(r"[a-z]+(-[a-z]+)+", name)
    assert RULES[name].id == name
    assert re.fullmatch(r"\d+\.\d+\.\d+", RULES[name].since)


@pytest.mark.parametrize("name", WITH_EXAMPLE)
def test_the_example_has_the_finding(name, lint_spec):
    assert lint_spec(*blocks(name, "Example")).of(name)


@pytest.mark.parametrize("name", WITH_REMEDY)
def test_what_to_use_instead_does_not(name, lint_spec):
    assert lint_spec(*blocks(name, "Use instead")).of(name, "internal-error") == []


def test_only_a_crash_has_no_example():
    assert [name for name in RULES if name not in WITH_EXAMPLE] == ["internal-error"]


@pytest.mark.parametrize("name", RULES)
def test_the_page_is_fresh(name, golden):
    golden(DOCS / f"{name}.md").check(pages.page(RULES[name]))


def test_the_list_of_rules_is_fresh(golden):
    golden(DOCS / "README.md").check(pages.index(RULES.values()))


def test_every_page_belongs_to_a_rule():
    assert sorted(path.stem for path in DOCS.glob("*.md")) == sorted([*RULES, "README"])


def blocks(name: str, section: str) -> tuple[list[str], str | None, str | None]:
    """The section's blocks of YAML: those of the spec, the project's, and the model version's."""
    found = BLOCK.findall(RULES[name].sections[section])
    project, model = ([block for block in found if block.startswith(mark)] for mark in (PROJECT, MODEL))
    spec = [block for block in found if block not in project + model]
    return spec, project[0] if project else None, model[0] if model else None
