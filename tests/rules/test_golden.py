"""Each rule's case: `bad.yaml` gives exactly `bad.out`, `ok.yaml` is silent for the rule, and fixes mend."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from lifespec_compiler.rules import RULES
from lifespec_runtime.local.splice import spliced
from lifespec_schema.findings import Finding

CASES = Path(__file__).parents[1] / "golden" / "lint"
WITH_CASE = [name for name in RULES if name != "internal-error"]  # no spec should bring that one about


@pytest.mark.parametrize("rule", WITH_CASE)
def test_the_bad_case_gives_its_findings(rule, lint_file, golden):
    linted = lint_file((CASES / rule / "bad.yaml").read_text("utf-8"), name="bad.yaml")
    assert linted.of(rule), f"the bad case of {rule} has no such finding"
    told = [finding for finding in linted.findings if finding.rule == rule or not is_of_completeness(finding)]
    golden(Path("lint") / rule / "bad.out").check("".join(shown(finding) for finding in in_order(told)))


@pytest.mark.parametrize("rule", WITH_CASE)
def test_the_good_case_is_silent(rule, lint_file):
    linted = lint_file((CASES / rule / "ok.yaml").read_text("utf-8"), name="ok.yaml")
    assert linted.of(rule, "internal-error") == []


@pytest.mark.parametrize("rule", WITH_CASE)
def test_the_two_cases_differ_by_what_the_rule_is_about(rule, lint_file):
    ok = lint_file((CASES / rule / "ok.yaml").read_text("utf-8"), name="ok.yaml")
    others = {finding.rule for finding in ok.findings if not is_of_completeness(finding)} - {
        "placeholder-digest",
        "toothless-rollback",
        "pending-field",
    }
    assert others <= {"unknown-fact"}, "a good case is good in every way"


@pytest.mark.parametrize("rule", WITH_CASE)
def test_every_fix_mends_its_finding(rule, lint_file):
    text = (CASES / rule / "bad.yaml").read_text("utf-8")
    before = lint_file(text, name="bad.yaml").of(rule)
    for finding in before:
        if finding.fix:
            after = lint_file(applied(text, finding), name="bad.yaml").of(rule)
            assert finding.message not in [other.message for other in after]
            assert len(after) < len(before), "a fix brings nothing new about"


def test_every_case_belongs_to_a_rule():
    assert sorted(path.name for path in CASES.iterdir()) == sorted(WITH_CASE)


def is_of_completeness(finding: Finding) -> bool:
    """Whether it tells what a case leaves out: cases are short, and each is about one thing."""
    return RULES[finding.rule].area == "completeness"


def in_order(findings: list[Finding]) -> list[Finding]:
    return sorted(findings, key=lambda finding: (finding.place.span, finding.rule))


def shown(finding: Finding) -> str:
    span = finding.place.span
    assert span
    place = f"{finding.place.file}:{span.line}:{span.column}"
    related = "".join(
        f"  see: {other.file}:{other.span.line}:{other.span.column}: {text}\n"
        for text, other in finding.related
        if other.span
    )
    fix = f"  fix: {finding.fix.title}\n" if finding.fix else ""
    return f"{place}: {finding.severity.value} {finding.rule} {finding.message}\n  help: {finding.help}\n{related}{fix}"


def applied(text: str, finding: Finding) -> str:
    """The file as `lint --fix` would write it."""
    assert finding.fix
    value: Any = finding.fix.value
    after = spliced(text.encode(), finding.place.document, finding.fix.path, value)
    assert after is not None, "a fix fits the place for which it is offered"
    return after.decode()
