"""Metrics of requests and the counts of the Open Data Contract Standard, against NumPy, SciPy and pandas: equal."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import quantile_test

from lifespec_runtime.measure.estimate import Counts
from measuring import Sample, compare, measure

PERCENTILES = {"latencyP50": 0.5, "latencyP90": 0.9, "latencyP95": 0.95, "latencyP99": 0.99}


@pytest.mark.parametrize(("metric", "share"), PERCENTILES.items())
@given(st.integers(0, 2**32 - 1), st.integers(1, 700))
def test_percentiles(metric, share, seed, rows):
    times = np.round(np.random.default_rng(seed).exponential(0.1, rows), 3)
    result = measure(metric, Sample(seconds=times))
    assert result.value == np.quantile(times, share, method="inverted_cdf")
    if result.interval:
        theirs = quantile_test(times, q=result.value, p=share).confidence_interval(0.9)
        assert result.interval.low >= theirs.low
        assert result.interval.high <= theirs.high
        assert result.interval.low <= result.value <= result.interval.high


def test_the_greatest_of_few_requests_does_not_bound_a_high_percentile():
    result = measure("latencyP99", Sample(seconds=np.arange(400.0)), level=0.99)
    assert result.interval is None
    assert result.note == "there are too few requests to bound so high a percentile"


def test_rates():
    failed = np.arange(200) < 3
    assert measure("errorRate", Sample(failed=failed)).counts == Counts(3, 200)
    sample = Sample(failed=failed, period=10.0)
    assert measure("throughput", sample).value == 19.7
    classes, stable = np.array([0, 1, 2, 1]), np.array([0, 1, 1, 1])
    assert measure("disagreementRate", Sample(classes=classes, stable=stable)).value == 0.25


def test_two_revisions_answer_different_requests(random):
    fast, slow = (Sample(seconds=random.exponential(mean, rows)) for mean, rows in ((0.1, 900), (0.2, 5000)))
    gap = compare("latencyP90", fast, slow)
    assert gap.value == measure("latencyP90", fast).value - measure("latencyP90", slow).value
    assert gap.interval.low < gap.value < gap.interval.high < 0


def test_undefined(reason):
    assert reason("errorRate", Sample()) == "there are no requests"
    assert reason("latencyP50", Sample(seconds=np.array([]))) == "there are no rows"
    assert reason("latencyP50", Sample(seconds=np.array([0.1, np.nan]))) == (
        "times are missing or infinite in 1 of 2 rows"
    )
    assert reason("latencyP50", Sample(seconds=np.array([-1.0]))) == "a request took less than no time"
    assert reason("throughput", Sample(failed=np.zeros(3, bool))) == (
        "the period in which the requests came is not known"
    )
    assert reason("throughput", Sample(failed=np.zeros(3, bool), period=0.0)).startswith("the period")


@given(st.lists(st.one_of(st.none(), st.integers(0, 4)), min_size=1, max_size=30))
def test_counts_of_a_column(values):
    present = [value for value in values if value is not None]
    coded = Sample(column=np.array([-1 if value is None else value for value in values]))
    numeric = Sample(column=np.array([np.nan if value is None else value for value in values]))
    for sample in (coded, numeric):
        assert measure("nullValues", sample).value == len(values) - len(present)
        assert measure("duplicateValues", sample).value == len(present) - len(set(present))
        assert measure("rowCount", sample).value == len(values)
    bad = np.arange(len(values)) % 3 == 0
    invalid = measure("invalidValues", Sample(valid=~bad))
    assert invalid.value == bad.sum()
    assert invalid.counts == Counts(bad.sum(), len(values))
    assert invalid.interval is None
    assert invalid.note == "none: every row is counted, so nothing is left to chance"
