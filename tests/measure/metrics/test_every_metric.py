"""What holds for every metric of the catalog, whatever the rows are."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lifespec_runtime.measure.estimate import Estimate, Undefined, level_of
from lifespec_runtime.measure.metrics import METRICS
from lifespec_schema.catalog import METRICS as CATALOG
from measuring import Sample, compare, measure

every_metric = pytest.mark.parametrize("metric", METRICS)
SEEDS = st.integers(0, 2**32 - 1)
KINDS = ("random", "constant", "single class", "missing", "infinite", "weighted", "clustered", "never", "always")


def rows_of(kind, seed, rows, classes=2):
    """A sample that has every column, so that every metric finds what it needs."""
    random = np.random.default_rng(seed)
    labels: Any = random.integers(0, classes, rows) if kind != "single class" else np.ones(rows, np.int64)
    predicted: Any = {"never": np.zeros(rows, np.int64), "always": np.ones(rows, np.int64)}.get(
        kind, random.integers(0, classes, rows)
    )
    probabilities = random.random(rows) if kind != "constant" else np.full(rows, 0.5)
    truth, values = random.normal(5, 2, rows), random.normal(5, 2, rows)
    if kind == "constant":
        truth, values = np.full(rows, 0.1), np.full(rows, 0.1)
    if kind in ("missing", "infinite"):
        values, probabilities = values.copy(), probabilities.copy()
        values[0] = probabilities[0] = np.nan if kind == "missing" else np.inf
    return {
        "labels": labels,
        "truth": truth,
        "classes": predicted,
        "probabilities": probabilities,
        "values": values,
        "weights": random.random(rows) + 0.1 if kind == "weighted" else None,
        "clusters": random.integers(0, max(rows // 4, 1), rows) if kind == "clustered" else None,
        "groups": random.integers(0, 3, rows),
        "queries": random.integers(0, max(rows // 5, 1), rows),
        "training": (np.cumsum(random.normal(size=30)),),
        "raters": np.column_stack((labels, predicted)),
        "column": values,
        "reference": truth,
        "stable": random.normal(5, 2, rows),
        "seconds": np.abs(values),
        "failed": random.random(rows) < 0.1,
        "period": 60.0,
        "valid": random.random(rows) < 0.9,
    }


def sample_for(metric, kind, seed, rows):
    columns = rows_of(kind, seed, rows)
    truth = columns.pop("truth")
    inputs = CATALOG[metric].inputs
    if "values" in inputs:
        columns["labels"] = truth
    if "queryId" in inputs:
        columns["scores"] = columns["probabilities"]
    if metric == "disagreementRate":
        columns["stable"] = columns["labels"]
    if "categoricalColumn" in inputs or metric == "chiSquare":
        columns["column"], columns["reference"] = columns["classes"], columns["labels"]
    return Sample(**columns)


def test_the_catalog_and_the_implementations_have_the_same_metrics():
    assert set(METRICS) == set(CATALOG)


@every_metric
@settings(max_examples=40)
@given(SEEDS, st.integers(1, 400), st.sampled_from(KINDS), st.sampled_from([0.8, 0.9, 0.99]))
def test_a_value_is_a_number_in_range_with_its_interval_around_it_or_there_is_a_reason(metric, seed, rows, kind, level):
    result = measure(metric, sample_for(metric, kind, seed, rows), level=level)
    facts = CATALOG[metric]
    if isinstance(result, Undefined):
        assert result.reason
        return
    assert math.isfinite(result.value)
    assert facts.low is None or result.value >= facts.low - 1e-12
    assert facts.high is None or result.value <= facts.high + 1e-12
    assert 0 < result.samples <= rows
    assert (result.interval is None) == bool(result.note)
    if result.interval:
        low, high, its_level, method = result.interval
        assert low - 1e-9 <= result.value <= high + 1e-9
        assert facts.low is None or low >= facts.low - 1e-12
        assert facts.high is None or high <= facts.high + 1e-12
        assert low < high or method == "identical predictions" or metric.startswith(("chiSquare", "latency"))
        assert its_level == level
    if result.counts and facts.tiers != ("contract",):
        assert result.value == pytest.approx(result.counts.good / result.counts.total)


@every_metric
@settings(max_examples=40)
@given(SEEDS, st.integers(2, 300), st.sampled_from(["random", "weighted"]))
def test_weights_of_one_size_change_nothing(metric, seed, rows, kind):
    sample = sample_for(metric, kind, seed, rows)
    plain = measure(metric, Sample(**{**columns_of(sample), "weights": None}), level=None)
    doubled = measure(metric, Sample(**{**columns_of(sample), "weights": np.full(rows, 2.0)}), level=None)
    if isinstance(plain, Undefined):
        assert isinstance(doubled, Undefined)
    else:
        assert doubled.value == pytest.approx(plain.value, abs=1e-9)


@every_metric
@settings(max_examples=40)
@given(SEEDS, st.integers(2, 300))
def test_the_order_of_the_rows_changes_nothing(metric, seed, rows):
    sample = sample_for(metric, "random", seed, rows)
    turned = sample.take(np.random.default_rng(seed).permutation(rows))
    first, second = measure(metric, sample), measure(metric, turned)
    assert type(first) is type(second)
    if isinstance(first, Estimate):
        assert second.value == pytest.approx(first.value, rel=1e-9, abs=1e-12)
        assert (first.interval is None) == (second.interval is None)
        if first.interval:
            assert second.interval[:2] == pytest.approx(first.interval[:2], rel=1e-6, abs=1e-9)


@every_metric
def test_no_rows_are_no_number(metric):
    empty = sample_for(metric, "random", 0, 8).take(np.zeros(8, bool))
    result = measure(metric, empty)
    if metric in ("nullValues", "missingValues", "invalidValues", "duplicateValues", "rowCount"):
        assert result.value == 0
    elif metric == "throughput":
        assert result.value == 0
        assert result.interval is None
    else:
        assert isinstance(result, Undefined)


@every_metric
def test_a_difference_is_that_of_the_values(metric):
    first, second = (sample_for(metric, "random", 3, 2000) for _ in range(2))
    other = sample_for(metric, "random", 4, 2000)
    changed = ("classes", "probabilities", "scores", "values", "raters", "column", "seconds", "failed")
    second = Sample(**{**columns_of(second), **{name: getattr(other, name) for name in changed}})
    gap = compare(metric, first, second)
    if isinstance(gap, Undefined):
        assert gap.reason == "two data sets are not compared row by row"
        return
    expected = measure(metric, first).value - measure(metric, second).value
    assert gap.value == pytest.approx(expected, abs=1e-12)
    if gap.interval:
        assert gap.interval.low - 1e-9 <= gap.value <= gap.interval.high + 1e-9
    back = compare(metric, second, first)
    assert back.value == pytest.approx(-gap.value, abs=1e-12)


@every_metric
def test_a_model_does_not_differ_from_itself(metric):
    sample = sample_for(metric, "random", 3, 2000)
    gap = compare(metric, sample, sample)
    if isinstance(gap, Estimate):
        assert gap.value == 0
        if gap.interval:
            assert gap.interval.low <= 0 <= gap.interval.high


@pytest.mark.parametrize("metric", ["rocAuc", "averagePrecision", "f1", "recall", "precision", "accuracy"])
@given(SEEDS, st.integers(4, 60))
def test_the_other_models_flaw_is_named(metric, seed, rows):
    sample = sample_for(metric, "random", seed, rows)
    sample.labels[:2] = 0, 1
    bad = np.full(rows, np.nan)
    broken = Sample(labels=sample.labels, classes=np.full(rows, -1), probabilities=bad)
    gap = compare(metric, sample, broken)
    assert isinstance(gap, Undefined)
    assert "of the other model" in gap.reason


def test_rows_of_other_labels_are_not_the_same_rows():
    sample = sample_for("accuracy", "random", 1, 9)
    other = Sample(labels=1 - sample.labels, classes=sample.classes)
    with pytest.raises(ValueError, match="not the same rows"):
        compare("accuracy", sample, other)


def test_parameters_and_levels_are_those_that_the_catalog_allows():
    sample = sample_for("fBeta", "random", 1, 9)
    for metric, parameters in (
        ("fBeta", {"beta": 0}),
        ("fBeta", {"gamma": 1}),
        ("ndcg", {"k": 0}),
        ("f1", {"beta": 2}),
    ):
        with pytest.raises(ValueError, match=f"{metric} does not take"):
            measure(metric, sample, parameters)
    with pytest.raises(ValueError, match="a level is between 0 and 1"):
        measure("f1", sample, level=1)
    with pytest.raises(KeyError):
        measure("happiness", sample)


def test_columns_of_one_sample_are_of_one_length():
    with pytest.raises(ValueError, match="differ in length"):
        Sample(labels=np.zeros(3), classes=np.zeros(4, int))


def test_both_ends_of_an_interval_are_bounds_at_the_confidence():
    assert level_of(0.95) == pytest.approx(0.9)


def columns_of(sample):
    return {name: getattr(sample, name) for name in sample.__dataclass_fields__}
