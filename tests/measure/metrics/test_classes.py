"""Metrics of predicted classes against scikit-learn and Fairlearn: equal to 1e-12."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from fairlearn.metrics import false_positive_rate
from hypothesis import given
from hypothesis import strategies as st
from sklearn import metrics

from lifespec_runtime.measure.estimate import Counts, Undefined
from measuring import Sample, measure

sklearn: Any = metrics
SEEDS = st.integers(0, 2**32 - 1)
ROWS = st.integers(1, 60)
SHARES = st.sampled_from([0.0, 0.05, 0.5, 0.95, 1.0])
same = pytest.approx
THEIRS = {
    "accuracy": lambda labels, classes, weights: sklearn.accuracy_score(labels, classes, sample_weight=weights),
    "precision": lambda labels, classes, weights: sklearn.precision_score(
        labels, classes, sample_weight=weights, zero_division=np.nan
    ),
    "recall": lambda labels, classes, weights: sklearn.recall_score(
        labels, classes, sample_weight=weights, zero_division=np.nan
    ),
    "f1": lambda labels, classes, weights: sklearn.fbeta_score(
        labels, classes, beta=1, sample_weight=weights, zero_division=np.nan
    ),
    "fBeta": lambda labels, classes, weights: sklearn.fbeta_score(
        labels, classes, beta=2.5, sample_weight=weights, zero_division=np.nan
    ),
}


def case(seed, rows, positive=0.5, right=0.7, weighted=False, classes=2):
    random = np.random.default_rng(seed)
    two = (random.random(rows) < positive).astype(np.int64)
    labels = two if classes == 2 else random.integers(0, classes, rows)
    predicted = np.where(random.random(rows) < right, labels, random.integers(0, classes, rows))
    weights = random.integers(1, 5, rows) * 0.5 if weighted else None
    names = tuple(f"class {code}" for code in range(classes))
    return Sample(labels=labels, classes=predicted, weights=weights, names=names)


@pytest.mark.parametrize("metric", THEIRS)
@given(SEEDS, ROWS, SHARES, SHARES, st.booleans())
def test_two_classes(metric, seed, rows, positive, right, weighted):
    sample = case(seed, rows, positive, right, weighted)
    expected = THEIRS[metric](sample.labels, sample.classes, sample.weights)
    result = measure(metric, sample, {"beta": 2.5} if metric == "fBeta" else {})
    if np.isnan(expected):
        assert isinstance(result, Undefined)
    else:
        assert result.value == same(expected, abs=1e-12)


@given(SEEDS, ROWS, SHARES, SHARES)
def test_false_positives(seed, rows, positive, right):
    sample = case(seed, rows, positive, right)
    result = measure("falsePositiveRate", sample)
    if sample.labels.all():
        assert result == Undefined("no row is negative", rows)
    else:
        assert result.value == same(false_positive_rate(sample.labels, sample.classes, pos_label=1), abs=1e-12)


@pytest.mark.parametrize("averaging", ["macro", "micro", "weighted"])
@pytest.mark.parametrize(
    ("metric", "beta", "theirs"),
    [
        ("precision", None, sklearn.precision_score),
        ("recall", None, sklearn.recall_score),
        ("f1", 1, sklearn.fbeta_score),
        ("fBeta", 0.5, sklearn.fbeta_score),
    ],
)
@given(SEEDS, ROWS, SHARES, st.booleans(), st.integers(3, 6))
def test_several_classes(metric, beta, theirs, averaging, seed, rows, right, weighted, classes):
    sample = case(seed, rows, right=right, weighted=weighted, classes=classes)
    options = {} if beta is None else {"beta": beta}
    expected = theirs(
        sample.labels, sample.classes, average=averaging, sample_weight=sample.weights, zero_division=0, **options
    )
    options = options if metric == "fBeta" else {}
    assert measure(metric, sample, {"averaging": averaging, **options}).value == same(expected, abs=1e-12)


@given(SEEDS, ROWS, SHARES, st.booleans(), st.integers(2, 5))
def test_geometric_mean(seed, rows, right, weighted, classes):
    sample = case(seed, rows, right=right, weighted=weighted, classes=classes)
    present = np.unique(sample.labels)
    result = measure("geometricMean", sample)
    if len(present) < 2:
        assert result == Undefined("all rows have the same label", rows)
        return
    recalls = sklearn.recall_score(
        sample.labels, sample.classes, labels=present, average=None, sample_weight=sample.weights, zero_division=0
    )
    assert result.value == same(np.prod(recalls) ** (1 / len(present)), abs=1e-12)


@given(SEEDS, ROWS, SHARES, st.booleans(), st.integers(2, 5))
def test_kappa(seed, rows, right, weighted, classes):
    sample = case(seed, rows, right=right, weighted=weighted, classes=classes)
    raters = np.column_stack((sample.labels, sample.classes))
    result = measure("cohenKappa", Sample(raters=raters, weights=sample.weights))
    if len(np.unique(raters)) == 1:
        assert isinstance(result, Undefined)
    else:
        expected = sklearn.cohen_kappa_score(sample.labels, sample.classes, sample_weight=sample.weights)
        assert result.value == same(expected, abs=1e-12)


def test_a_row_that_one_rater_left_out_does_not_count(value):
    raters = np.array([[0, 0], [1, 1], [0, 1], [1, 0], [-1, 1], [0, -1]])
    assert value("cohenKappa", Sample(raters=raters)) == sklearn.cohen_kappa_score(raters[:4, 0], raters[:4, 1])


def test_a_row_without_a_label_does_not_count_and_one_without_a_prediction_is_fatal(value, reason):
    labels, classes = np.array([1, 0, -1, 1]), np.array([1, 1, 1, 1])
    assert value("accuracy", Sample(labels=labels, classes=classes)) == 2 / 3
    assert reason("accuracy", Sample(labels=labels, classes=np.array([1, -1, 1, 1]))) == (
        "classes are missing or infinite in 1 of 3 rows"
    )


def test_a_share_says_what_it_is_a_share_of():
    sample = Sample(labels=np.array([1, 1, 1, 0, 0]), classes=np.array([1, 0, 1, 1, 0]))
    assert measure("recall", sample).counts == Counts(2, 3)
    assert measure("precision", sample).counts == Counts(2, 3)
    assert measure("falsePositiveRate", sample).counts == Counts(1, 2)
    assert measure("accuracy", sample).counts == Counts(3, 5)
    assert measure("recall", sample).samples == 3
