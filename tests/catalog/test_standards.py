"""The catalog's facts held against the libraries that it names."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from lifespec_schema.catalog import METRICS, Metric

LIBRARIES = ("sklearn.", "scipy.", "fairlearn.")
NAMED = {metric.id: metric for metric in METRICS.values() if metric.standard.startswith(LIBRARIES)}
SEEDS = range(5)
ROWS = 200

Find = Callable[[str], Any]
Prepare = Callable[[Any, bool], tuple[tuple[Any, ...], dict[str, Any]]]


@pytest.mark.parametrize("metric", NAMED.values(), ids=NAMED)
def test_the_function_exists_and_takes_the_parameters(metric: Metric, function: Find):
    import inspect

    parameters = inspect.signature(function(metric.standard)).parameters
    theirs = {"averaging": "average"}
    assert {theirs.get(parameter.name, parameter.name) for parameter in metric.parameters} - {"bins"} <= set(parameters)


def _labels_and_classes(random: Any, good: bool) -> tuple[Any, Any]:
    labels = random.permutation([0, 1] * (ROWS // 2))
    wrong = random.random(ROWS) < (0.02 if good else 0.6)
    return labels, labels ^ wrong


def _classes(random: Any, good: bool) -> tuple[tuple[Any, ...], dict[str, Any]]:
    return _labels_and_classes(random, good), {}


def _with_beta(random: Any, good: bool) -> tuple[tuple[Any, ...], dict[str, Any]]:
    return _labels_and_classes(random, good), {"beta": 2.0}


def _scores(random: Any, good: bool) -> tuple[tuple[Any, ...], dict[str, Any]]:
    labels, classes = _labels_and_classes(random, good)
    return (labels, 0.8 * classes + 0.2 * random.random(ROWS)), {}


def _numbers(random: Any, good: bool) -> tuple[tuple[Any, ...], dict[str, Any]]:
    labels = 10 + random.random(ROWS) * 5
    return (labels, labels + random.normal(0, 0.1 if good else 20, ROWS)), {}


def _queries(random: Any, good: bool) -> tuple[tuple[Any, ...], dict[str, Any]]:
    relevance = random.integers(0, 4, (ROWS // 10, 10))
    return (relevance, relevance * (1 if good else -1) + random.random(relevance.shape)), {"k": 5}


def _groups(random: Any, good: bool) -> tuple[tuple[Any, ...], dict[str, Any]]:
    labels = random.permutation([0, 1] * (ROWS // 2))
    groups = random.integers(0, 2, ROWS)
    share = 0.5 if good else 0.1 + 0.8 * groups
    return (labels, (random.random(ROWS) < share).astype(int)), {"sensitive_features": groups}


def _samples(random: Any, good: bool) -> tuple[tuple[Any, ...], dict[str, Any]]:
    return (random.normal(0, 1, ROWS), random.normal(0.0 if good else 2.0, 1, ROWS)), {}


def _histograms(random: Any, good: bool) -> tuple[tuple[Any, ...], dict[str, Any]]:
    first = random.integers(50, 60, 5)
    second = first + random.integers(0, 3, 5) if good else first[::-1] * [1, 9, 1, 9, 1]
    return (first / first.sum(), second / second.sum()), {}


def _table(random: Any, good: bool) -> tuple[tuple[Any, ...], dict[str, Any]]:
    (first, second), _ = _histograms(random, good)
    return ([first * ROWS, second * ROWS],), {"correction": False}


PREPARE: dict[str, Prepare] = {
    **dict.fromkeys(("accuracy", "precision", "recall", "f1", "falsePositiveRate", "cohenKappa"), _classes),
    "fBeta": _with_beta,
    **dict.fromkeys(("rocAuc", "averagePrecision", "logLoss", "brier"), _scores),
    **dict.fromkeys(("r2", "mse", "rmse", "mae", "mape"), _numbers),
    "ndcg": _queries,
    **dict.fromkeys(
        (
            "disparateImpact",
            "demographicParityDifference",
            "equalOpportunityDifference",
            "equalizedOddsDifference",
        ),
        _groups,
    ),
    **dict.fromkeys(("ks", "wasserstein"), _samples),
    "chiSquare": _table,
    "jensenShannon": _histograms,
}


def test_every_named_function_is_measured():
    assert set(PREPARE) == set(NAMED)


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("metric", NAMED.values(), ids=NAMED)
def test_better_predictions_move_the_value_in_the_direction_and_stay_in_range(
    metric: Metric, seed: int, function: Find
):
    measure = function(metric.standard)
    values = {}
    for good in (True, False):
        arguments, options = PREPARE[metric.id](function("numpy.random.default_rng")(seed), good)
        values[good] = _value(measure(*arguments, **options))
    assert values[True] != values[False]
    assert (values[True] > values[False]) == (metric.direction == "increase")
    for value in values.values():
        assert metric.low is None or value >= metric.low
        assert metric.high is None or value <= metric.high


def _value(result: Any) -> float:
    return float(getattr(result, "statistic", result))


def test_extremes_reach_the_bounds(function: Find):
    assert function("scipy.spatial.distance.jensenshannon")([1, 0], [0, 1]) == pytest.approx(
        METRICS["jensenShannon"].high
    )
    assert function("sklearn.metrics.cohen_kappa_score")([0, 1], [1, 0]) == METRICS["cohenKappa"].low
    assert function("sklearn.metrics.brier_score_loss")([0, 1], [1.0, 0.0]) == METRICS["brier"].high
    assert function("sklearn.metrics.r2_score")([1, 2, 3], [30, -20, 9]) < -100


def test_the_brier_score_of_several_classes_is_scaled_by_half(function: Find):
    worst = [[0.0, 1.0, 0.0], [0.0, 0.0, 1.0], [1.0, 0.0, 0.0]]
    assert function("sklearn.metrics.brier_score_loss")([0, 1, 2], worst, scale_by_half=True) == METRICS["brier"].high
