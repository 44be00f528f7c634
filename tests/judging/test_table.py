"""The meaning of every kind of bound, case by case."""

from __future__ import annotations

import pytest

from judging.reports import interval, only, planned
from lifespec_compiler.judging import shown

AUC = {"metric": "rocAuc", "min": 0.8, "name": "auc"}
ERROR = {"metric": "falsePositiveRate", "max": 0.1, "name": "fpr"}
BOTH = [
    pytest.param(AUC, 0.8, "Pass", id="min is inclusive"),
    pytest.param(AUC, 0.7999, "Fail", id="below min"),
    pytest.param(ERROR, 0.1, "Pass", id="max is inclusive"),
    pytest.param(ERROR, 0.1001, "Fail", id="above max"),
]


@pytest.mark.parametrize(("gate", "value", "outcome"), BOTH)
def test_without_a_confidence_the_value_decides_whatever_its_interval(gate, value, outcome):
    measured = {"check": gate["name"], "value": value}
    assert only(planned(gate), measured).outcome == outcome
    assert only(planned(gate), {**measured, "interval": interval(0, 1)}).outcome == outcome


def test_why_there_is_no_interval_is_no_reason_where_the_value_alone_decides():
    verdict = only(planned(AUC), {"check": "auc", "value": 0.7, "reason": "12 rows are fewer than 100"})
    assert (verdict.outcome, verdict.reason) == ("Fail", "")


@pytest.mark.parametrize(
    ("gate", "low", "high", "outcome"),
    [
        pytest.param(AUC, 0.8, 0.9, "Pass", id="min: inside, its end on the bound"),
        pytest.param(AUC, 0.79, 0.9, "Inconclusive", id="min: on both sides"),
        pytest.param(AUC, 0.7, 0.8, "Inconclusive", id="min: the upper end on the bound is inside"),
        pytest.param(AUC, 0.7, 0.79, "Fail", id="min: outside"),
        pytest.param(ERROR, 0.05, 0.1, "Pass", id="max: inside, its end on the bound"),
        pytest.param(ERROR, 0.05, 0.11, "Inconclusive", id="max: on both sides"),
        pytest.param(ERROR, 0.1, 0.2, "Inconclusive", id="max: the lower end on the bound is inside"),
        pytest.param(ERROR, 0.11, 0.2, "Fail", id="max: outside"),
    ],
)
def test_with_a_confidence_the_whole_interval_decides(gate, low, high, outcome):
    plan = planned({**gate, "confidence": "95%"})
    for value in (low, (low + high) / 2, high):
        verdict = only(plan, {"check": gate["name"], "value": value, "interval": interval(low, high)})
        assert verdict.outcome == outcome


@pytest.mark.parametrize(
    ("confidence", "measured", "outcome", "reason"),
    [
        pytest.param(
            "95%", {"interval": interval(0.85, 0.9, 0.95)}, "Error", "a level of 95 %, not of 90 %", id="another level"
        ),
        pytest.param("99%", {"interval": interval(0.85, 0.9, 0.98)}, "Pass", "", id="twice as far from certainty"),
        pytest.param("95%", {}, "Inconclusive", "there is no interval", id="no interval"),
        pytest.param(
            "95%",
            {"reason": "only 12 rows"},
            "Inconclusive",
            "only 12 rows",
            id="no interval, with what is known of it",
        ),
    ],
)
def test_a_confidence_needs_the_interval_of_its_level(confidence, measured, outcome, reason):
    verdict = only(planned({**AUC, "confidence": confidence}), {"check": "auc", "value": 0.87, **measured})
    assert verdict.outcome == outcome
    assert reason in verdict.reason
    assert bool(reason) is bool(verdict.reason)


@pytest.mark.parametrize(
    ("gate", "difference", "outcome", "words"),
    [
        pytest.param(
            {"metric": "rocAuc", "maxRegression": 0.01}, -0.01, "Pass", "at most 0.01 worse than stable", id="rises"
        ),
        pytest.param(
            {"metric": "rocAuc", "maxRegression": 0.01},
            0.81 - 0.82,
            "Pass",
            "at most 0.01 worse",
            id="binary fractions",
        ),
        pytest.param({"metric": "rocAuc", "maxRegression": 0.01}, -0.011, "Fail", "at most", id="rises, too far down"),
        pytest.param({"metric": "rocAuc", "maxRegression": 0.01}, 0.2, "Pass", "at most", id="rises, better"),
        pytest.param({"metric": "logLoss", "maxRegression": 0.01}, 0.01, "Pass", "at most 0.01 worse", id="falls"),
        pytest.param({"metric": "logLoss", "maxRegression": 0.01}, 0.011, "Fail", "at most", id="falls, too far up"),
        pytest.param({"metric": "logLoss", "maxRegression": 0.01}, -0.2, "Pass", "at most", id="falls, better"),
        pytest.param(
            {"metric": "rocAuc", "minImprovement": 0.01}, 0.01, "Pass", "at least 0.01 better than stable", id="better"
        ),
        pytest.param({"metric": "rocAuc", "minImprovement": 0.01}, 0.009, "Fail", "at least", id="not enough"),
        pytest.param({"metric": "logLoss", "minImprovement": 0.01}, -0.01, "Pass", "at least", id="better is less"),
        pytest.param({"metric": "logLoss", "minImprovement": 0.01}, -0.009, "Fail", "at least", id="not enough less"),
    ],
)
def test_differences_know_which_way_is_better(gate, difference, outcome, words):
    measured = {"check": "g", "value": difference, "quantity": "difference"}
    verdict = only(planned({**gate, "name": "g", "against": "stable"}), measured)
    assert verdict.outcome == outcome
    assert verdict.quantity == "difference"
    assert words in verdict.words


@pytest.mark.parametrize(
    ("metric", "difference", "outcome"),
    [("rocAuc", -0.05, "Pass"), ("rocAuc", -0.051, "Fail"), ("logLoss", 0.05, "Pass"), ("logLoss", 0.051, "Fail")],
)
def test_relative_regressions_are_of_the_relative_difference(metric, difference, outcome):
    plan = planned({"metric": metric, "name": "g", "against": "stable", "maxRelativeRegression": "5%"})
    verdict = only(plan, {"check": "g", "value": difference, "quantity": "relativeDifference"})
    assert verdict.outcome == outcome
    assert verdict.words == "at most 5 % worse than stable"
    assert only(plan, {"check": "g", "value": 0.9}).outcome == "Error"


def test_a_difference_to_people_is_judged_like_any_other():
    plan = planned({"metric": "recall", "name": "g", "against": "team", "minImprovement": 0.05, "confidence": "95%"})
    measured = {"check": "g", "value": 0.1, "quantity": "difference", "interval": interval(0.06, 0.14)}
    assert only(plan, measured, stable=False).outcome == "Pass"


@pytest.mark.parametrize(
    ("check", "measured", "outcome", "leaf"),
    [
        pytest.param(
            {"fairness": [{"metric": "disparateImpact", "attribute": "plan", "min": 0.8, "name": "f"}]},
            {"check": "f", "value": 0.79},
            "Fail",
            ("fairness", 0, "min"),
            id="fairness",
        ),
        pytest.param(
            {
                "fairness": [
                    {
                        "metric": "equalOpportunityDifference",
                        "attribute": "plan",
                        "max": 0.1,
                        "name": "f",
                        "confidence": "90%",
                    }
                ]
            },
            {"check": "f", "value": 0.05, "interval": interval(0.01, 0.11, 0.8)},
            "Inconclusive",
            ("fairness", 0, "max"),
            id="fairness with a confidence",
        ),
        pytest.param(
            {
                "robustness": [
                    {
                        "perturb": "gaussianNoise",
                        "scale": 0.1,
                        "features": "numeric",
                        "metric": "rocAuc",
                        "maxRegression": 0.03,
                        "name": "r",
                    }
                ]
            },
            {"check": "r", "value": -0.04, "quantity": "difference"},
            "Fail",
            ("robustness", 0, "maxRegression"),
            id="robustness",
        ),
        pytest.param(
            {"latency": {"p99": "40ms"}},
            {"check": "latency.p99", "value": 0.04},
            "Pass",
            ("latency", "p99"),
            id="latency",
        ),
        pytest.param(
            {"latency": {"p99": "40ms"}},
            {"check": "latency.p99", "value": 0.041},
            "Fail",
            ("latency", "p99"),
            id="too slow",
        ),
    ],
)
def test_checks_beside_gates(check, measured, outcome, leaf):
    from judging.reports import report
    from lifespec_compiler.judging import judge

    gate, verdict = judge(planned(**check), report({"check": "any", "value": 0.1}, measured))
    assert gate.outcome == "Pass"
    assert verdict.outcome == outcome
    assert verdict.path == ("spec", "evaluation", "offline", *leaf)


@pytest.mark.parametrize(
    ("measured", "outcome", "reason"),
    [
        pytest.param([], "Error", "it was not measured", id="nothing"),
        pytest.param([{"check": "other", "value": 1}], "Error", "it was not measured", id="something else"),
        pytest.param(
            [{"check": "auc", "quantity": "difference", "value": 0.9}],
            "Error",
            "it was not measured",
            id="a difference",
        ),
        pytest.param([{"check": "auc", "samples": 0}], "Error", "there was nothing to measure", id="no value"),
        pytest.param(
            [{"check": "auc", "reason": "no row is positive"}], "Error", "no row is positive", id="no value, and why"
        ),
        pytest.param([{"check": "auc", "value": 1.2}], "Error", "cannot have this value", id="an impossible value"),
        pytest.param(
            [{"check": "auc", "value": 0.9}, {"check": "auc", "value": 0.7}],
            "Error",
            "more than once",
            id="measured twice, differently",
        ),
        pytest.param([{"check": "auc", "value": 0.9}] * 2, "Pass", "", id="measured twice, alike"),
    ],
)
def test_what_was_not_measured_is_an_error(measured, outcome, reason):
    verdict = only(planned(AUC), *measured)
    assert verdict.outcome == outcome
    assert reason in verdict.reason


@pytest.mark.parametrize(
    ("value", "unit", "text"),
    [
        (0.8, "ratio", "0.8"),
        (0.87134, "ratio", "0.8713"),
        (-0.00006415, "ratio", "-0.00006"),
        (0.0, "ratio", "0"),
        (0.04, "seconds", "40 ms"),
        (0.0125, "seconds", "12.5 ms"),
        (0, "seconds", "0 s"),
        (90, "seconds", "1.5 min"),
        (86400, "seconds", "1 d"),
        (12345, "rows", "12,345"),
        (0.05, "share", "5 %"),
        (5, "percent", "5 %"),
        (1234.5, "targetUnit", "1,234.5"),
        (12.0, "perSecond", "12 per second"),
    ],
)
def test_values_are_shown_in_their_unit(value, unit, text):
    assert shown(value, unit) == text
