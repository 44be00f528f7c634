"""The bounds against SciPy and against published examples."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from lifespec_runtime.measure.metrics.intervals import (
    areas,
    calibration,
    counts,
    divergences,
    influence,
    means,
    proportions,
    ratios,
    spreads,
)
from measuring import Sample, compare, measure

LEVELS = st.sampled_from([0.8, 0.9, 0.95, 0.99])
same = pytest.approx


@given(st.integers(0, 300), st.integers(1, 300), LEVELS)
def test_shares_are_those_of_scipy(good, more, level):
    trials = stats.binomtest(min(good, more), more)
    for method, bounds in (("exact", proportions.exact), ("wilson", proportions.score)):
        theirs = trials.proportion_ci(level, method)
        assert bounds(min(good, more), more, level) == (same(theirs.low, abs=1e-9), same(theirs.high, abs=1e-9))


@given(st.integers(0, 5000), LEVELS)
def test_counts_are_garwoods(events, level):
    tail = (1 - level) / 2
    low = stats.chi2.ppf(tail, 2 * events) / 2 if events else 0
    assert counts.poisson(events, level) == (same(low), same(stats.chi2.ppf(1 - tail, 2 * events + 2) / 2))


@given(st.integers(1, 3000), st.sampled_from([0.1, 0.5, 0.9, 0.99]), LEVELS)
def test_ranks_are_the_narrowest_that_are_sure_enough(count, share, level):
    low, high = counts.ranks(count, share, level)
    below = stats.binom(count, share)
    tail = (1 - level) / 2 + 1e-12
    # So many values are below the percentile with at most the tail's chance; one more is too many.
    assert low is None or below.cdf(low) <= tail
    assert below.cdf(0 if low is None else low + 1) > tail - 2e-12
    assert high is None or below.sf(high) <= tail
    assert below.sf((count if high is None else high) - 1) > tail - 2e-12


def test_unskewed_means_are_students(random):
    rows = np.concatenate((random.normal(size=50), [0.0]))
    rows = np.concatenate((rows, -rows))
    theirs = stats.t.interval(0.9, len(rows) - 1, rows.mean(), stats.sem(rows))
    assert ratios.mean_bounds(ratios.moments(rows), 0.9) == same(theirs)


@given(st.integers(0, 2**32 - 1), st.integers(5, 200), LEVELS)
def test_the_two_ways_to_bound_a_mean_agree(seed, rows, level):
    values = np.random.default_rng(seed).exponential(size=rows)
    solved = ratios.mean_bounds(ratios.moments(values), level)
    found = ratios.bounds(ratios.moments(values), level)
    for one, two in zip(solved, found, strict=True):
        assert np.isnan(two) or one == same(float(two), rel=1e-6)


def test_a_quotient_without_skewness_is_fiellers(random):
    """Fieller's roots of a quadratic, for rows whose third moments vanish."""
    above, below = random.normal(2, 1, 4000), random.normal(5, 1, 4000)
    above, below = np.concatenate((above, 4 - above)), np.concatenate((below, 10 - below))
    n, limit = len(above), stats.t.ppf(0.95, len(above) - 1) ** 2 / (len(above) - 1)
    covariance = np.cov(above, below, ddof=0)
    a = below.mean() ** 2 - limit * covariance[1, 1]
    b = above.mean() * below.mean() - limit * covariance[0, 1]
    c = above.mean() ** 2 - limit * covariance[0, 0]
    root = np.sqrt(b * b - a * c)
    assert n == 8000
    assert ratios.bounds(ratios.moments(above, below), 0.9, n) == (
        same((b - root) / a, rel=1e-5),
        same((b + root) / a, rel=1e-5),
    )


def test_delong_is_the_variance_of_the_components(random):
    labels, scores = np.repeat([0, 1], 200), random.normal(size=400)
    scores[labels == 1] += 1
    above, below = scores[labels == 1], scores[labels == 0]
    first = (above[:, None] > below).mean(axis=1)
    second = (above[:, None] > below).mean(axis=0)
    variance = first.var(ddof=1) / 200 + second.var(ddof=1) / 200
    interval = measure("rocAuc", Sample(labels=labels, scores=scores), level=0.9).interval
    assert (interval.high - interval.low) / 2 == same(1.6449 * np.sqrt(variance), rel=0.03)


def test_a_perfect_order_of_few_rows_is_not_certain():
    labels = np.repeat([0, 1], [150, 100])
    result = measure("rocAuc", Sample(labels=labels, scores=labels + np.linspace(0, 0.5, 250)), level=0.9)
    assert result.value == 1
    assert result.interval[:2] == same((0.05**0.01, 1))


@pytest.mark.parametrize(
    ("metric", "sample"),
    [
        ("brier", Sample(labels=np.ones(200, int), probabilities=np.ones(200))),
        ("mrr", Sample(labels=np.ones(200, int), scores=np.ones(200), queries=np.arange(200))),
        ("f1", Sample(labels=np.tile([0, 1], 200), classes=np.tile([0, 1], 200))),
        ("f1", Sample(labels=np.tile([0, 1, 2], 200), classes=np.tile([0, 1, 2], 200), names=("a", "b", "c"))),
        ("fBeta", Sample(labels=np.tile([0, 1], 200), classes=np.tile([0, 1], 200))),
        ("geometricMean", Sample(labels=np.tile([0, 1], 200), classes=np.tile([0, 1], 200))),
        ("cohenKappa", Sample(raters=np.column_stack([np.tile([0, 1], 200)] * 2))),
        ("averagePrecision", Sample(labels=np.tile([0, 1], 200), scores=np.tile([0.0, 1.0], 200))),
    ],
)
def test_what_never_failed_may_still_fail_elsewhere(metric, sample):
    low, high, *_ = measure(metric, sample, level=0.9).interval
    assert high - low > 0.003
    assert high - low < 0.05


def test_an_unbounded_loss_that_never_varied_has_no_interval():
    result = measure("mae", Sample(labels=np.arange(200.0), values=np.arange(200.0)))
    assert result.value == 0
    assert result.interval is None
    assert result.note == "it is the same in every row, so nothing is known of how it varies"


def test_two_models_that_give_the_same_numbers_differ_by_nothing():
    sample = Sample(labels=np.arange(400.0), values=np.arange(400.0) ** 1.1)
    for metric in ("mae", "rmse", "r2"):
        assert compare(metric, sample, sample).interval[:2] == (0, 0)


def test_two_models_that_give_the_same_classes_may_differ_elsewhere():
    sample = Sample(labels=np.tile([0, 1], 200), classes=np.tile([0, 0, 1, 1], 100))
    for metric in ("accuracy", "recall", "precision", "f1", "geometricMean"):
        low, high, *_ = compare(metric, sample, sample).interval
        assert low < 0 < high < 0.05


def test_weights_and_clusters_widen_the_interval(random):
    labels, classes = random.integers(0, 2, 4000), random.integers(0, 2, 4000)
    scores = random.random(4000) + 0.1 * labels
    numbers = {"labels": random.exponential(size=4000), "values": random.exponential(size=4000)}
    weights, clusters = random.exponential(size=4000), np.repeat(np.arange(400), 10)
    for metric, columns in (
        ("accuracy", {"labels": labels, "classes": classes}),
        ("recall", {"labels": labels, "classes": classes}),
        ("rocAuc", {"labels": labels, "scores": scores}),
        ("averagePrecision", {"labels": labels, "scores": scores}),
        ("mae", numbers),
        ("r2", numbers),
    ):
        plain, weighted = (measure(metric, Sample(**columns, weights=each)).interval for each in (None, weights))
        assert weighted.high - weighted.low > 1.2 * (plain.high - plain.low), metric
        repeated = {name: np.repeat(values[:400], 10) for name, values in columns.items()}
        apart, together = (measure(metric, Sample(**repeated, clusters=each)).interval for each in (None, clusters))
        assert together.high - together.low > 2.5 * (apart.high - apart.low), metric


@given(st.integers(0, 2**32 - 1), LEVELS)
def test_the_score_of_two_groups_is_newcombes_difference(seed, level):
    random = np.random.default_rng(seed)
    total = random.integers(30, 300, 2).astype(float)
    good = np.floor(total * [0.8, 0.2])
    (low_1, high_1), (low_2, high_2) = (proportions.score(*pair, level) for pair in zip(good, total, strict=True))
    one, two = good / total
    gap = one - two
    assert spreads.greatest_difference([(good, total)], level) == (
        same(gap - np.hypot(one - low_1, high_2 - two)),
        same(gap + np.hypot(high_1 - one, two - low_2)),
    )


def test_newcombes_published_example():
    """Table II (a) of Newcombe 1998: 56/70 against 48/80, method 10."""
    good, total = np.array([56.0, 48.0]), np.array([70.0, 80.0])
    low, high = spreads.greatest_difference([(good, total)], 0.95)
    assert (round(float(low), 4), round(float(high), 4)) == (0.0524, 0.3339)


def test_logit_bounds_stay_inside():
    low, high = influence.bounds(0.98, 0.02**2, 30, 0.95, "logit")
    assert 0.8 < low < 0.98 < high < 1


def test_a_divergence_near_zero_is_bounded_by_the_noncentral_chi_square():
    low, high = divergences.bounds(0.05, 4 * 0.05 * 0.002, 9 * 0.002, 0.002, 0.9)
    assert stats.ncx2.sf(25, 9, low / 0.002) == same(0.05, abs=2e-3)
    assert stats.ncx2.cdf(25, 9, high / 0.002) == same(0.05, abs=2e-3)
    assert divergences.bounds(0.01, 0.0, 9 * 0.002, 0.002, 0.9)[0] == 0


def test_gaps_without_error_are_certain():
    gaps = np.array([0.1, -0.2, 0.0])
    assert calibration.bounds(gaps, np.zeros(3), 1e9, 0.9) == (same(0.3), same(0.3))


def test_bounds_take_many_at_once():
    good = np.arange(11)
    together = proportions.exact(good, 10, 0.9)
    alone = [proportions.exact(count, 10, 0.9) for count in good]
    assert np.allclose(together, np.transpose(alone))
    assert means.geometric(np.array([[10, 10], [0, 5]]), np.full((2, 2), 10.0), 0.9)[0].shape == (2,)
    areas_at_once = areas.delong([0.9, 1.0], ([0.01, 0], [0.01, 0]), ([0, 0], [0, 0]), (200, 300), 0.9)
    assert areas_at_once[0].shape == (2,)


@pytest.mark.parametrize("metric", ["r2", "wmape"])
def test_sums_give_the_interval_that_influences_give(metric, random):
    labels = random.normal(5, 1, 400)
    columns = {"labels": labels, "values": labels + random.normal(0, 0.5, 400)}
    plain = measure(metric, Sample(**columns)).interval
    apart = measure(metric, Sample(**columns, clusters=np.arange(400))).interval
    assert plain == (same(apart.low), same(apart.high), *apart[2:])
