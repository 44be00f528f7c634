from __future__ import annotations

import re
from typing import get_args

import pytest
from pydantic_core import PydanticCustomError

from lifespec_schema.catalog import (
    FAMILIES,
    METRICS,
    UNITS,
    Direction,
    Estimate,
    Form,
    Input,
    Metric,
    Per,
    Problem,
    Tier,
    Unit,
    merge,
    metrics_for,
    suggest,
)
from lifespec_schema.values import form, quantities

LISTED = {
    "classification": "accuracy precision recall f1 fBeta falsePositiveRate rocAuc averagePrecision logLoss brier "
    "expectedCalibrationError geometricMean",
    "regression": "r2 mse rmse mae mape wmape",
    "forecasting": "smape mase",
    "ranking": "map ndcg mrr",
    "fairness": "disparateImpact demographicParityDifference equalOpportunityDifference equalizedOddsDifference "
    "groupBenefit",
    "agreement": "cohenKappa",
    "contract": "nullValues missingValues invalidValues duplicateValues rowCount",
    "drift": "ks chiSquare psi jensenShannon wasserstein unseenCategories missingShare",
    "serving": "latencyP50 latencyP90 latencyP95 latencyP99 errorRate throughput disagreementRate predictionPsi",
}

every_metric = pytest.mark.parametrize("metric", METRICS.values(), ids=METRICS)


def test_the_catalog_has_exactly_the_metrics_that_the_language_lists():
    assert {family: [metric.id for metric in metrics] for family, metrics in FAMILIES.items()} == {
        family: ids.split() for family, ids in LISTED.items()
    }
    assert list(METRICS) == [metric for ids in LISTED.values() for metric in ids.split()]


def test_two_metrics_of_one_id_are_refused():
    accuracy = METRICS["accuracy"]
    with pytest.raises(ValueError, match=r"two metrics 'accuracy'.*'second'"):
        merge({"first": (accuracy,), "second": (accuracy._replace(title="Another"),)})


def test_the_catalog_cannot_be_changed():
    with pytest.raises(TypeError):
        METRICS["accuracy"] = METRICS["recall"]  # type: ignore[index]
    with pytest.raises(AttributeError):
        METRICS["accuracy"].title = "Another"  # type: ignore[misc]


@every_metric
def test_every_fact_is_one_of_its_words(metric: Metric):
    assert set(metric.problems) <= set(get_args(Problem))
    assert set(metric.inputs) <= set(get_args(Input))
    assert set(metric.tiers) <= set(get_args(Tier))
    assert metric.direction in get_args(Direction)
    assert metric.unit in get_args(Unit)
    assert metric.per in get_args(Per)
    assert metric.estimate in get_args(Estimate)
    assert metric.problems
    assert metric.inputs
    assert metric.tiers
    for listed in (metric.problems, metric.inputs, metric.tiers):
        assert len(set(listed)) == len(listed)


@every_metric
def test_every_metric_is_explained_in_one_line(metric: Metric):
    assert re.fullmatch(r"[A-Z][^\n]{10,119}\.", metric.meaning)
    assert metric.title
    assert metric.source
    assert metric.standard


def test_ids_are_camel_case_and_titles_are_unique():
    assert all(re.fullmatch(r"[a-z][a-zA-Z0-9]*", metric) for metric in METRICS)
    assert len({metric.title for metric in METRICS.values()}) == len(METRICS)


@every_metric
def test_ranges_fit_units(metric: Metric):
    assert metric.low is None or metric.high is None or metric.low < metric.high
    if metric.unit in ("ratio", "seconds", "count", "perSecond"):
        assert metric.low == 0


@every_metric
def test_what_has_no_sum_over_rows_cannot_be_tested_live(metric: Metric):
    for problem in metric.problems:
        if metric.estimate_for(problem) == "statistic" and metric.needs_labels:
            assert "online" not in metric.tiers_for(problem)
    assert (metric.per == "dataset") == (metric.estimate == "statistic" or metric.tiers == ("contract",))


@every_metric
def test_labels_decide_about_concept_drift(metric: Metric):
    assert ("concept" in metric.tiers) <= metric.needs_labels
    assert not (metric.needs_labels and set(metric.tiers) & {"data", "prediction"})


@every_metric
def test_parameter_defaults_are_allowed_and_absurd_values_are_not(metric: Metric):
    for parameter in metric.parameters:
        assert metric.parameter(parameter.name) is parameter
        assert parameter.default is None or parameter.allows(parameter.default)
        assert not parameter.allows(-1)
        assert not parameter.allows(True)
        assert not parameter.allows([1])
        assert not parameter.allows("median")
    assert metric.parameter("colour") is None


def test_bounds_of_parameters():
    beta, k, averaging = (METRICS[m].parameter(p) for m, p in (("fBeta", "beta"), ("ndcg", "k"), ("f1", "averaging")))
    assert beta
    assert k
    assert averaging
    assert [beta.allows(value) for value in (0, 0.5, 2)] == [False, True, True]
    assert [k.allows(value) for value in (0, 1, 1.5)] == [False, True, False]
    assert [averaging.allows(value) for value in ("macro", "binary")] == [True, False]


def test_percentiles_have_a_share_form():
    shares = {metric.id: metric.share_beyond for metric in METRICS.values() if metric.share_beyond is not None}
    assert shares == {"latencyP50": 0.5, "latencyP90": 0.1, "latencyP95": 0.05, "latencyP99": 0.01}
    assert all(METRICS[metric].unit == "seconds" and METRICS[metric].estimate == "share" for metric in shares)


def test_macro_averages_over_classes_are_no_shares_of_rows():
    recall = METRICS["recall"]
    assert recall.estimate_for("binaryClassification") == "share"
    assert recall.estimate_for("multiclassClassification") == "statistic"
    assert "online" in recall.tiers_for("binaryClassification")
    assert "online" not in recall.tiers_for("multiclassClassification")
    assert recall.tiers_for("regression") == ()


def test_metrics_for_a_problem_and_a_tier():
    online = {metric.id for metric in metrics_for("regression", "online")}
    assert online == {
        "mse",
        "mae",
        "mape",
        "latencyP50",
        "latencyP90",
        "latencyP95",
        "latencyP99",
        "errorRate",
        "throughput",
    }
    assert {metric.id for metric in metrics_for("ranking", "concept")} == {"map", "ndcg", "mrr"}
    assert "rocAuc" in {metric.id for metric in metrics_for("binaryClassification", "concept")}
    assert all(metrics_for(problem, tier) for problem in get_args(Problem) for tier in ("offline", "shadow", "data"))


@pytest.mark.parametrize("unit", UNITS)
def test_the_example_of_a_unit_is_a_threshold_in_one_of_its_forms(unit: Unit):
    facts = UNITS[unit]
    assert set(facts.forms) <= set(get_args(Form))
    text = facts.example
    forms: set[Form] = set()
    if quantities.percent(text) is not None:
        forms.add("percent")
    if quantities.seconds(text) is not None:
        forms.add("duration")
    try:
        form.number(float(text), "bad", "a number")
        forms.add("number")
    except (ValueError, PydanticCustomError):
        pass
    assert forms
    assert forms <= set(facts.forms)


def test_every_unit_has_facts():
    assert set(UNITS) == set(get_args(Unit))


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("auc", "rocAuc"),
        ("roc_auc_score", "rocAuc"),
        ("ROC-AUC", "rocAuc"),
        ("rocauc", "rocAuc"),
        ("acuracy", "accuracy"),
        ("f1_score", "f1"),
        ("p99", "latencyP99"),
        ("latency_p95", "latencyP95"),
        ("ece", "expectedCalibrationError"),
        ("mean_squared_error", "mse"),
        ("root_mean_squared_error", "rmse"),
        ("sensitivity", "recall"),
        ("jensenshannon", "jensenShannon"),
        ("predictionpsi", "predictionPsi"),
        ("population stability index", "psi"),
        ("equalised odds", "equalizedOddsDifference"),
        ("customer happiness", None),
        ("", None),
        ("x" * 100_000, None),
    ],
)
def test_suggestions(written: str, meant: str | None):
    assert suggest(written) == meant


@pytest.mark.parametrize("metric", METRICS)
def test_an_id_suggests_itself(metric: str):
    assert suggest(metric) == metric


def test_aliases_lead_to_metrics_and_hide_none():
    from lifespec_schema.catalog.aliases import ALIASES

    assert set(ALIASES.values()) <= set(METRICS)
    assert not set(ALIASES) & {metric.lower() for metric in METRICS}
    assert all(re.fullmatch(r"[a-z0-9]+", alias) for alias in ALIASES)
