"""Metrics of predicted numbers against scikit-learn: equal to a relative 1e-9."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.metrics import (
    mean_absolute_error,
    mean_absolute_percentage_error,
    mean_squared_error,
    r2_score,
    root_mean_squared_error,
)

from measuring import Sample, measure

SEEDS = st.integers(0, 2**32 - 1)
THEIRS = {
    "r2": r2_score,
    "mse": mean_squared_error,
    "rmse": root_mean_squared_error,
    "mae": mean_absolute_error,
    "mape": mean_absolute_percentage_error,
}
same = pytest.approx


def case(seed, rows, scale=1.0, offset=0.0, weighted=False):
    random = np.random.default_rng(seed)
    labels = offset + scale * random.normal(size=rows)
    values = labels + scale * random.normal(size=rows)
    return Sample(labels=labels, values=values, weights=random.integers(1, 5, rows) / 2 if weighted else None)


@pytest.mark.parametrize("metric", THEIRS)
@given(SEEDS, st.integers(2, 80), st.sampled_from([1e-6, 1.0, 1e6]), st.sampled_from([0.0, 3.0, 1e4]), st.booleans())
def test_equal_to_scikit_learn(metric, seed, rows, scale, offset, weighted):
    sample = case(seed, rows, scale, offset, weighted)
    expected = THEIRS[metric](sample.labels, sample.values, sample_weight=sample.weights)
    assert measure(metric, sample).value == same(expected, rel=1e-9)


@given(SEEDS, st.integers(1, 80), st.booleans())
def test_weighted_percentage_error_is_the_error_of_the_sums(seed, rows, weighted):
    sample = case(seed, rows, weighted=weighted)
    weights = np.ones(rows) if sample.weights is None else sample.weights
    expected = weights @ np.abs(sample.values - sample.labels) / (weights @ np.abs(sample.labels))
    assert measure("wmape", sample).value == same(expected)


def test_integers_are_numbers(value):
    sample = Sample(labels=np.array([1, 2, 3]), values=np.array([1, 2, 5]))
    assert value("mae", sample) == same(2 / 3)


def test_rows_without_a_label_do_not_count(value):
    sample = Sample(labels=np.array([1.0, np.nan, 3.0]), values=np.array([2.0, np.inf, 3.0]))
    assert value("mse", sample) == 0.5


@pytest.mark.parametrize("metric", [*THEIRS, "wmape", "smape"])
@pytest.mark.parametrize("bad", [np.nan, np.inf, -np.inf])
def test_a_prediction_that_is_no_number_is_fatal(metric, bad, reason):
    sample = Sample(labels=np.array([1.0, 2.0, 4.0]), values=np.array([1.0, bad, 2.0]))
    assert reason(metric, sample) == "predictions are missing or infinite in 1 of 3 rows"


@pytest.mark.parametrize("metric", [*THEIRS, "wmape", "smape"])
def test_an_infinite_label_is_fatal(metric, reason):
    sample = Sample(labels=np.array([1.0, np.inf]), values=np.array([1.0, 2.0]))
    assert reason(metric, sample) == "labels are missing or infinite in 1 of 2 rows"


def test_what_has_no_scale_has_no_relative_error(reason):
    flat = Sample(labels=np.full(5, 0.1), values=np.arange(5.0))
    assert reason("r2", flat) == "all labels are the same, so there is no variance to explain"
    assert reason("r2", Sample(labels=np.array([1.0]), values=np.array([1.0]))) == "one row has no variance"
    zero = Sample(labels=np.array([0.0, 0.0, 1.0]), values=np.ones(3))
    assert reason("mape", zero) == "2 of 3 labels are zero, and errors are relative to labels"
    assert reason("wmape", zero.take(np.array([0, 1]))) == "all labels are zero, and errors are relative to labels"


def test_what_overflows_is_no_number(reason):
    sample = Sample(labels=np.array([1e200, 1.0]), values=np.array([-1e200, 1.0]))
    with np.errstate(over="ignore", invalid="ignore"):
        assert reason("mse", sample) == "it is not finite"


def test_symmetric_percentage_error(value):
    sample = Sample(labels=np.array([100.0, 0.0, 0.0]), values=np.array([50.0, 0.0, 3.0]))
    assert value("smape", sample) == same((50 / 75 + 0 + 2) / 3)


def test_scaled_error_is_relative_to_the_seasonal_naive_forecast(value):
    training = np.array([1.0, 5.0, 2.0, 7.0, 4.0, 9.0])
    sample = Sample(labels=np.array([3.0, 8.0]), values=np.array([5.0, 9.0]), training=(training,))
    assert value("mase", sample) == same(1.5 / np.abs(np.diff(training)).mean())
    assert value("mase", sample, seasonality=2) == same(1.5 / np.abs(training[2:] - training[:-2]).mean())


def test_every_series_has_its_own_scale(value):
    training = (np.array([0.0, 1.0, 0.0]), np.array([0.0, 10.0, 0.0]))
    sample = Sample(
        labels=np.array([1.0, 10.0]), values=np.array([2.0, 20.0]), training=training, series=np.array([0, 1])
    )
    assert value("mase", sample) == 1


@pytest.mark.parametrize(
    ("training", "said"),
    [
        ((), "there is no training series"),
        ((np.array([1.0]),), "a training series has 1 values, and one season has 1"),
        ((np.array([1.0, np.nan, 2.0]),), "values of a training series are missing or infinite"),
        ((np.ones(9),), "a training series repeats itself exactly, so the naive forecast has no error to compare with"),
        ((np.arange(3.0),) * 2, "there are several series, and rows do not say which is theirs"),
    ],
)
def test_without_a_scale_there_is_no_scaled_error(training, said, reason):
    sample = Sample(labels=np.array([1.0]), values=np.array([2.0]), training=training)
    assert reason("mase", sample) == said
