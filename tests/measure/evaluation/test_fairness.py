"""Fairness against Fairlearn on the same rows."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from evaluating import customers, found, ground_of, leaving, part, plan_for, run
from lifespec_runtime.measure.estimate import Undefined

fairlearn: Any = pytest.importorskip("fairlearn.metrics")

CHECKS = [
    {"metric": "demographicParityDifference", "attribute": "age", "max": 0.5},
    {"metric": "disparateImpact", "attribute": "plan", "min": 0.1},
    {"name": "odds", "metric": "equalizedOddsDifference", "attribute": "plan", "max": 0.9, "confidence": 0.8},
    {"metric": "equalOpportunityDifference", "attribute": "age", "max": 0.5},
]
GATES = [{"metric": "rocAuc", "min": 0.5}]


@pytest.fixture(scope="module")
def measured(tmp_path_factory: pytest.TempPathFactory) -> Any:
    frame = customers()
    plan = plan_for(frame, "binaryClassification", "churned", {"gates": GATES, "fairness": CHECKS})
    on = ground_of(plan, frame, tmp_path_factory.mktemp("rows"))
    test = part(on, frame)
    test["said"] = leaving().answer(test).classes == 1
    return run(on, leaving()), test


@pytest.mark.parametrize(
    ("check", "peer", "attribute"),
    [
        ("demographicParityDifference-by-age", "demographic_parity_difference", "age"),
        ("disparateImpact-by-plan", "demographic_parity_ratio", "plan"),
        ("odds", "equalized_odds_difference", "plan"),
        ("equalOpportunityDifference-by-age", "equal_opportunity_difference", "age"),
    ],
)
def test_equals_fairlearn(measured: Any, check: str, peer: str, attribute: str) -> None:
    evaluation, test = measured
    wanted = getattr(fairlearn, peer)(test["churned"], test["said"], sensitive_features=test[attribute])
    one = found(evaluation, check)
    assert one.result.value == pytest.approx(wanted)
    assert one.result.interval.low <= wanted <= one.result.interval.high
    assert one.result.interval.level == pytest.approx(0.6 if check == "odds" else 0.9)


def test_the_groups_behind_it(measured: Any) -> None:
    evaluation, test = measured
    shown = {one.check: one for one in evaluation.detail.fairness}["odds"]
    assert [group.name for group in shown.groups] == ["basic", "plus", "pro"]
    for group in shown.groups:
        rows = test[test["plan"] == group.name]
        assert group.rows == len(rows)
        assert group.base.value == pytest.approx(rows["churned"].mean())
        assert group.selected.value == pytest.approx(rows["said"].mean())
        assert group.true_positive_rate.value == pytest.approx(rows[rows["churned"]]["said"].mean())
        assert group.false_positive_rate.value == pytest.approx(rows[~rows["churned"]]["said"].mean())


def test_one_group_alone_is_treated_like_nobody(tmp_path: Path) -> None:
    frame = customers(400)
    frame["age"] = "old"
    plan = plan_for(frame, "binaryClassification", "churned", {"gates": GATES, "fairness": CHECKS[:1]})
    one = found(run(ground_of(plan, frame, tmp_path), leaving()), "demographicParityDifference-by-age")
    assert isinstance(one.result, Undefined)
    assert one.result.reason == "all rows are of one group"
