"""Drift metrics against SciPy: equal to 1e-9. What no library defines the same way is held against its formula."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.spatial.distance import jensenshannon
from scipy.stats import chi2_contingency, ks_2samp, wasserstein_distance

from measuring import Sample, measure

SEEDS = st.integers(0, 2**32 - 1)
ROWS = st.integers(1, 60)
same = pytest.approx


def numbers(seed, rows, others, digits=17):
    random = np.random.default_rng(seed)
    return Sample(
        column=np.round(random.normal(0.3, 1.5, others), digits), reference=np.round(random.normal(size=rows), digits)
    )


def categories(seed, rows, others, kinds):
    random = np.random.default_rng(seed)
    return Sample(column=random.integers(0, kinds, others), reference=random.integers(0, kinds, rows))


@given(SEEDS, st.integers(3, 60), st.integers(3, 60), st.sampled_from([0, 1, 17]))
def test_kolmogorov_smirnov(seed, rows, others, digits):
    sample = numbers(seed, rows, others, digits)
    expected = ks_2samp(sample.reference, sample.column, method="asymp")[0]
    assert measure("ks", sample).value == same(expected, abs=1e-12)


@given(SEEDS, st.integers(2, 60), ROWS, st.sampled_from([1, 17]))
def test_wasserstein(seed, rows, others, digits):
    sample = numbers(seed, rows, others, digits)
    if np.ptp(sample.reference) == 0:
        return
    expected = wasserstein_distance(sample.reference, sample.column) / sample.reference.std()
    assert measure("wasserstein", sample).value == same(expected, abs=1e-9)


@given(SEEDS, ROWS, ROWS, st.integers(2, 6))
def test_chi_square_and_jensen_shannon_of_categories(seed, rows, others, kinds):
    sample = categories(seed, rows, others, kinds)
    first, second = (np.bincount(part, minlength=kinds) for part in (sample.reference, sample.column))
    seen = (first + second) > 0
    table = np.vstack((first[seen], second[seen]))
    expected = chi2_contingency(table, correction=False)[0]
    assert measure("chiSquare", sample).value == same(expected, abs=1e-9)
    assert measure("jensenShannon", sample).value == same(jensenshannon(first, second), abs=1e-7)


@given(SEEDS, st.integers(20, 90), ROWS, st.integers(2, 12))
def test_bins_of_numbers_are_quantiles_of_the_reference(seed, rows, others, bins):
    sample = numbers(seed, rows, others)
    edges = np.quantile(sample.reference, np.linspace(0, 1, bins + 1)[1:-1], method="inverted_cdf")
    first, second = (
        np.histogram(part, [-np.inf, *np.nextafter(np.unique(edges), np.inf), np.inf])[0]
        for part in (sample.reference, sample.column)
    )
    seen = (first + second) > 0
    assert measure("jensenShannon", sample, {"bins": bins}).value == same(jensenshannon(first, second), abs=1e-7)
    p, q = ((part[seen] + 0.5) / (part.sum() + seen.sum() / 2) for part in (first, second))
    assert measure("psi", sample, {"bins": bins}).value == same((p - q) @ np.log(p / q))


def test_an_unseen_category_is_counted_and_infinitely_far_from_nothing(value):
    sample = Sample(column=np.array([0, 1, 7, 7]), reference=np.array([0, 0, 1, 1]))
    assert value("unseenCategories", sample) == 0.5
    assert 0 < value("psi", sample) < 10


def test_missing_values_have_a_metric_of_their_own(value):
    numeric = Sample(column=np.array([1.0, np.nan, 2.0, 3.0]), reference=np.array([1.0, 2.0, 3.0, np.nan]))
    assert value("missingShare", numeric) == 0.25
    assert value("ks", numeric) == value("wasserstein", numeric) == value("psi", numeric) == 0
    coded = Sample(column=np.array([-1, 0, 1]), reference=np.array([0, 1]))
    assert value("missingShare", coded) == same(1 / 3)
    assert value("unseenCategories", coded) == 0


@pytest.mark.parametrize("metric", ["ks", "psi", "jensenShannon", "wasserstein"])
def test_undefined(metric, reason):
    some, none = np.array([1.0, 2.0]), np.array([np.nan, np.nan])
    assert reason(metric, Sample(column=none, reference=some)) == "every value is missing"
    assert reason(metric, Sample(column=some, reference=none)) == "every value of the reference is missing"
    assert reason(metric, Sample(column=np.array([]), reference=some)) == "there are no rows"
    assert reason(metric, Sample(column=some)) == "there is no reference"


def test_what_has_no_scale_cannot_be_measured_in_it(reason, value):
    flat = Sample(column=np.array([1.0, 2.0]), reference=np.ones(3))
    assert reason("wasserstein", flat) == "all values of the reference are the same, so there is no scale"
    infinite = Sample(column=np.array([1.0, np.inf]), reference=np.array([1.0, 2.0]))
    assert reason("wasserstein", infinite) == "values are infinite"
    assert value("ks", infinite) == 0.5


def test_predictions_are_compared_on_the_same_requests(value):
    same_twice = Sample(column=np.array([0.1, 0.2, 0.9]), stable=np.array([0.1, 0.2, 0.9]))
    assert value("predictionPsi", same_twice) == 0
    assert measure("predictionPsi", Sample(column=np.arange(900.0), stable=np.arange(900.0))).interval.method == (
        "identical predictions"
    )
    moved = Sample(column=np.array([1, 1, 1, 0]), stable=np.array([0, 1, 0, -1]))
    assert measure("predictionPsi", moved).samples == 3
