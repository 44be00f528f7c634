"""Metrics of scores and probabilities against scikit-learn: equal to 1e-9."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn import metrics
from sklearn.calibration import calibration_curve

from lifespec_runtime.measure.estimate import Undefined
from measuring import Sample, measure

sklearn: Any = metrics
SEEDS = st.integers(0, 2**32 - 1)
ROWS = st.integers(2, 80)
DIGITS = st.sampled_from([0, 1, 2, 17])
same = pytest.approx


def two(seed, rows, digits=17, weighted=False):
    random = np.random.default_rng(seed)
    probabilities = np.round(random.random(rows), digits)
    labels = (random.random(rows) < probabilities).astype(np.int64)
    labels[:2] = 0, 1
    return Sample(
        labels=labels, probabilities=probabilities, weights=random.integers(1, 5, rows) / 2 if weighted else None
    )


def several(seed, rows, classes, digits=17, weighted=False):
    random = np.random.default_rng(seed)
    raw = np.round(random.random((rows + classes, classes)), digits) + 0.1
    probabilities = raw / raw.sum(axis=1, keepdims=True)
    labels = np.concatenate((np.arange(classes), random.integers(0, classes, rows)))
    weights = random.integers(1, 5, rows + classes) / 2 if weighted else None
    names = tuple(f"class {code}" for code in range(classes))
    return Sample(labels=labels, probabilities=probabilities, weights=weights, names=names)


@given(SEEDS, ROWS, DIGITS, st.booleans())
def test_two_classes(seed, rows, digits, weighted):
    sample = two(seed, rows, digits, weighted)
    for metric, theirs in (
        ("rocAuc", sklearn.roc_auc_score),
        ("averagePrecision", sklearn.average_precision_score),
        ("logLoss", lambda *given, **options: sklearn.log_loss(*given, labels=[0, 1], **options)),
        ("brier", sklearn.brier_score_loss),
    ):
        expected = theirs(sample.labels, sample.probabilities, sample_weight=sample.weights)
        assert measure(metric, sample).value == same(expected, abs=1e-9), metric


@given(SEEDS, ROWS, DIGITS, st.booleans(), st.integers(3, 6), st.sampled_from(["macro", "micro", "weighted"]))
def test_several_classes(seed, rows, digits, weighted, classes, averaging):
    sample = several(seed, rows, classes, digits, weighted)
    labels, given_, weights = sample.labels, sample.probabilities, sample.weights
    auc = sklearn.roc_auc_score(labels, given_, multi_class="ovr", average=averaging, sample_weight=weights)
    assert measure("rocAuc", sample, {"averaging": averaging}).value == same(auc, abs=1e-9)
    precision = sklearn.average_precision_score(labels, given_, average=averaging, sample_weight=weights)
    assert measure("averagePrecision", sample, {"averaging": averaging}).value == same(precision, abs=1e-9)


@given(SEEDS, ROWS, st.booleans(), st.integers(3, 6))
def test_losses_of_several_classes(seed, rows, weighted, classes):
    sample = several(seed, rows, classes, weighted=weighted)
    given_ = (sample.labels, sample.probabilities)
    assert measure("logLoss", sample).value == same(sklearn.log_loss(*given_, sample_weight=sample.weights), abs=1e-9)
    expected = sklearn.brier_score_loss(*given_, sample_weight=sample.weights, scale_by_half=True)
    assert measure("brier", sample).value == same(expected, abs=1e-9)


@given(SEEDS, st.integers(5, 300), DIGITS, st.integers(2, 20))
def test_calibration_error(seed, rows, digits, bins):
    sample = two(seed, rows, digits)
    observed, predicted = calibration_curve(sample.labels, sample.probabilities, n_bins=bins)
    edges = np.linspace(0, 1, bins + 1)
    counts = np.bincount(np.searchsorted(edges[1:-1], sample.probabilities), minlength=bins)
    expected = np.abs(observed - predicted) @ counts[counts > 0] / rows
    assert measure("expectedCalibrationError", sample, {"bins": bins}).value == same(expected, abs=1e-9)


def test_the_calibration_of_several_classes_is_that_of_the_likeliest(value):
    probabilities = np.array([[0.7, 0.2, 0.1], [0.1, 0.8, 0.1], [0.3, 0.3, 0.4]])
    sample = Sample(labels=np.array([0, 0, 2]), probabilities=probabilities, names=("a", "b", "c"))
    top = Sample(labels=np.array([1, 0, 1]), probabilities=np.array([0.7, 0.8, 0.4]))
    assert value("expectedCalibrationError", sample) == same(value("expectedCalibrationError", top))


def test_a_certain_and_wrong_probability_costs_what_scikit_learn_charges(value):
    sample = Sample(labels=np.array([1, 0]), probabilities=np.array([0.0, 0.5]))
    assert value("logLoss", sample) == same(sklearn.log_loss([1, 0], [0.0, 0.5]))


def test_scores_order_rows_where_they_differ_from_probabilities(value):
    labels, scores = np.array([0, 1, 1]), np.array([-3.0, 8.0, 9.0])
    assert value("rocAuc", Sample(labels=labels, scores=scores, probabilities=np.array([0.9, 0.1, 0.1]))) == 1


@pytest.mark.parametrize("metric", ["rocAuc", "averagePrecision"])
def test_one_class_alone_cannot_be_told_apart(metric, reason):
    scores = np.array([0.1, 0.2])
    assert reason(metric, Sample(labels=np.array([1, 1]), scores=scores)) == "no row is negative"
    assert reason(metric, Sample(labels=np.array([0, 0]), scores=scores)) == "no row is positive"
    third = Sample(labels=np.array([0, 1]), scores=np.array([[0.1, 0.2, 0.7]] * 2), names=("a", "b", "c"))
    assert reason(metric, third) == "no row is of class c"


@pytest.mark.parametrize("metric", ["logLoss", "brier", "expectedCalibrationError"])
def test_what_is_no_probability_is_refused(metric, reason):
    labels = np.array([0, 1])
    assert reason(metric, Sample(labels=labels, probabilities=np.array([0.1, 1.2]))) == (
        "probabilities are not between 0 and 1"
    )
    assert "missing or infinite in 1 of 2" in reason(
        metric, Sample(labels=labels, probabilities=np.array([0.1, np.nan]))
    )
    short = Sample(labels=labels, probabilities=np.array([[0.1, 0.2, 0.3]] * 2), names=("a", "b", "c"))
    assert reason(metric, short) == "the probabilities of a row do not add up to 1"


@pytest.mark.parametrize("metric", ["logLoss", "brier", "expectedCalibrationError", "rocAuc", "averagePrecision"])
def test_a_class_that_the_model_never_learned_is_no_number(metric, reason):
    sample = Sample(labels=np.array([0, 1, 3]), probabilities=np.full((3, 3), 1 / 3), names=("a", "b", "c", "new"))
    assert reason(metric, sample).startswith("a label is none of the classes that have a")


@given(SEEDS, ROWS)
def test_an_order_turned_around_is_the_complement(seed, rows):
    sample = two(seed, rows, 1)
    other = Sample(labels=sample.labels, scores=-sample.probabilities)
    first, second = measure("rocAuc", sample), measure("rocAuc", other)
    assert not isinstance(first, Undefined)
    assert first.value + second.value == same(1)
