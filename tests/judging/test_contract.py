"""What plans require of data: names that reports can carry, and the same bounds that the contract has."""

from __future__ import annotations

import re

import pytest
from hypothesis import given, settings

from judging.reports import report
from lifecycles import lifecycles, plan_of, plans_of, small
from lifespec_compiler.judging import Expected, judge, requirements
from lifespec_compiler.judging.contract import names
from lifespec_schema.values.identifiers import NAME_PATTERN

CUSTOMERS = small()["spec"]["data"]["sources"][0]


def with_data(**data):
    """A plan with this beside the source of the small spec; `source` holds more of that."""
    source = {**CUSTOMERS, **data.pop("source", {})}
    return plan_of(small(data={"sources": [source], "labels": {"column": "churned"}, **data}))


@settings(max_examples=50)
@given(lifecycles())
def test_every_rule_has_a_name_of_its_own_that_a_report_can_carry(document):
    for plan in plans_of(document)[0]:
        called = list(names(plan).values())
        assert len(set(called)) == len(called)
        assert all(re.fullmatch(NAME_PATTERN, name) for name in called)
        assert {found.check for found in requirements(plan, "data")} <= set(called)


def test_names_are_made_of_source_and_rule():
    quality = [{"metric": "rowCount", "mustBeGreaterThan": 0}, {"metric": "rowCount", "mustBeLessThan": 9}]
    called = names(with_data(source={"quality": quality, "freshness": "1d"}, readiness={"minLabeledRows": 5}))
    assert called["customers", "tenure-type"] == "customers.tenure-type"
    assert called["customers", "rowCount-2"] == "customers.rowCount-2"
    assert called["customers", "freshness"] == "customers.freshness"
    assert called["readiness", "labeledRows"] == "readiness.labeledRows"


def test_what_no_name_can_hold_is_cut_and_told_apart_by_a_hash():
    long = "a very long name of a column with blanks in it and even longer than that"
    schema = [{"name": long + end, "logicalType": "integer"} for end in ("x", "y")] + [
        {"name": "a b", "logicalType": "integer"},
        {"name": "a_b", "logicalType": "integer"},
    ]
    called = names(with_data(source={"schema": [*CUSTOMERS["schema"], *schema]}))
    mine = [name for (_, rule), name in called.items() if rule.startswith(("a ", "a_"))]
    assert len(set(mine)) == len(mine) == 4
    assert all(re.fullmatch(NAME_PATTERN, name) for name in mine)
    assert called["customers", "a b-type"] == "customers.a_b-type"


@pytest.mark.parametrize(
    ("rule", "measured", "outcome"),
    [
        ({"mustBe": 3}, 3, "Pass"),
        ({"mustBe": 3}, 4, "Fail"),
        ({"mustNotBe": 3}, 4, "Pass"),
        ({"mustNotBe": 3}, 3, "Fail"),
        ({"mustBeGreaterThan": 3}, 4, "Pass"),
        ({"mustBeGreaterThan": 3}, 3, "Fail"),
        ({"mustBeGreaterOrEqualTo": 3}, 3, "Pass"),
        ({"mustBeGreaterOrEqualTo": 3}, 2, "Fail"),
        ({"mustBeLessThan": 3}, 2, "Pass"),
        ({"mustBeLessThan": 3}, 3, "Fail"),
        ({"mustBeLessOrEqualTo": 3}, 3, "Pass"),
        ({"mustBeLessOrEqualTo": 3}, 4, "Fail"),
        ({"mustBeBetween": [3, 5]}, 4, "Pass"),
        ({"mustBeBetween": [3, 5]}, 3, "Fail"),
        ({"mustNotBeBetween": [3, 5]}, 5, "Pass"),
        ({"mustNotBeBetween": [3, 5]}, 4, "Fail"),
        ({"mustBeLessThan": "5%"}, 4.9, "Pass"),
        ({"mustBeLessThan": "5%"}, 5.0, "Fail"),
    ],
)
@pytest.mark.parametrize("severity", ["error", "warning"])
def test_quality_rules_compare_as_their_operator_says(rule, measured, outcome, severity):
    quality = {"name": "q", "metric": "nullValues", "column": "tenure", "severity": severity, **rule}
    plan = with_data(source={"quality": [quality]})
    found = report({"check": "customers.q", "value": measured}, tier="data")
    (verdict,) = judge(plan, found, Expected(tier="data", checks=frozenset(["customers.q"])))
    assert (verdict.outcome, verdict.severity) == (outcome, severity)
    assert verdict.path == ("spec", "data", "sources", 0, "quality", 0)


@pytest.mark.parametrize(
    ("line", "value", "outcome"),
    [
        ("labeledRows", 20, "Pass"),
        ("labeledRows", 19, "Fail"),
        ("positiveShare", 0.02, "Pass"),
        ("positiveShare", 0.019, "Fail"),
        ("missingShare", 0.3, "Pass"),
        ("missingShare", 0.31, "Fail"),
        ("duplicateShare", 0.01, "Pass"),
        ("duplicateShare", 0.011, "Fail"),
        ("classes", 2, "Pass"),
        ("classes", 1, "Fail"),
        ("leakage", 0.97, "Pass"),
        ("leakage", 0.98, "Fail"),
        ("leakage", None, "Inconclusive"),
        ("labeledRows", None, "Error"),
    ],
)
def test_the_scorecard_is_judged_like_everything_else(line, value, outcome):
    ready = {"minLabeledRows": 20, "minPositiveShare": "2%", "maxMissingShare": "30%", "maxDuplicateShare": "1%"}
    name = f"readiness.{line}"
    measured = {"check": name, **({} if value is None else {"value": value})}
    expected = Expected(tier="data", checks=frozenset([name]))
    (verdict,) = judge(with_data(readiness=ready), report(measured, tier="data"), expected)
    assert verdict.outcome == outcome


def test_two_classes_need_some_positives_though_nobody_says_so():
    expected = Expected(tier="data", checks=frozenset(["readiness.positiveShare"]))
    measured = {"check": "readiness.positiveShare", "value": 0.0}
    (verdict,) = judge(with_data(), report(measured, tier="data"), expected)
    assert verdict.outcome == "Fail"


def test_ages_are_judged_in_seconds():
    plan = with_data(source={"freshness": "1d"})
    expected = Expected(tier="data", checks=frozenset(["customers.freshness"]))
    outcomes = [
        judge(plan, report({"check": "customers.freshness", "value": age}, tier="data"), expected)[0].outcome
        for age in (86400, 86401)
    ]
    assert outcomes == ["Pass", "Fail"]
