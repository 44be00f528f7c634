"""Metrics that compare groups against Fairlearn: equal to 1e-12."""

from __future__ import annotations

import numpy as np
import pytest
from fairlearn.metrics import (
    demographic_parity_difference,
    demographic_parity_ratio,
    equal_opportunity_difference,
    equalized_odds_difference,
)
from hypothesis import given
from hypothesis import strategies as st

from lifespec_runtime.measure.estimate import Undefined
from measuring import Sample, compare, measure

THEIRS = {
    "disparateImpact": demographic_parity_ratio,
    "demographicParityDifference": demographic_parity_difference,
    "equalOpportunityDifference": equal_opportunity_difference,
    "equalizedOddsDifference": equalized_odds_difference,
}
same = pytest.approx


def case(seed, rows, groups, weighted=False):
    random = np.random.default_rng(seed)
    labels, classes = random.integers(0, 2, rows), random.integers(0, 2, rows)
    # Every group has both labels, so that nothing is undefined.
    group = np.concatenate((np.repeat(np.arange(groups), 2), random.integers(0, groups, rows - 2 * groups)))
    labels[: 2 * groups] = np.tile([0, 1], groups)
    classes[0] = 1
    weights = random.integers(1, 5, rows) / 2 if weighted else None
    return Sample(labels=labels, classes=classes, groups=group, weights=weights)


@pytest.mark.parametrize("metric", THEIRS)
@given(st.integers(0, 2**32 - 1), st.integers(10, 80), st.integers(2, 5), st.booleans())
def test_equal_to_fairlearn(metric, seed, rows, groups, weighted):
    sample = case(seed, rows, groups, weighted)
    expected = THEIRS[metric](
        sample.labels, sample.classes, sensitive_features=sample.groups, sample_weight=sample.weights
    )
    assert measure(metric, sample).value == same(expected, abs=1e-12)


@given(st.integers(0, 2**32 - 1), st.integers(10, 80), st.integers(2, 5))
def test_benefit_is_predicted_per_true_positives(seed, rows, groups):
    sample = case(seed, rows, groups)
    benefits = [
        sample.classes[sample.groups == group].sum() / sample.labels[sample.groups == group].sum()
        for group in range(groups)
    ]
    assert measure("groupBenefit", sample).value == same(min(benefits) / max(benefits))


def test_rows_of_unknown_group_do_not_count(value):
    sample = Sample(classes=np.array([1, 0, 1, 1, 0]), groups=np.array([0, 0, 1, 1, -1]))
    assert value("demographicParityDifference", sample) == 0.5
    assert measure("demographicParityDifference", sample).samples == 4


def test_parity_needs_no_labels(value):
    sample = Sample(labels=np.array([-1, -1, -1, -1]), classes=np.array([1, 0, 1, 1]), groups=np.array([0, 0, 1, 1]))
    assert value("disparateImpact", sample) == 0.5


def test_undefined(reason):
    labels, classes, groups = np.array([1, 0, 0, 0]), np.array([1, 0, 1, 1]), np.array([0, 0, 1, 1])
    sample = Sample(labels=labels, classes=classes, groups=groups, group_names=("young", "old"))
    assert reason("equalOpportunityDifference", sample) == "no row of old is positive"
    assert reason("groupBenefit", sample) == "no row of old is positive"
    assert reason("disparateImpact", Sample(classes=classes, groups=np.zeros(4, int))) == "all rows are of one group"
    nobody = Sample(classes=np.zeros(4, int), groups=groups)
    assert reason("disparateImpact", nobody) == "no row of any group is predicted positive"
    assert reason("demographicParityDifference", Sample(classes=classes)) == "there is no attribute to group by"


def test_the_difference_of_two_models_is_drawn_from_the_same_rows():
    sample = case(3, 4000, 3)
    flipped = np.where(np.arange(4000) % 10 == 0, 1 - sample.classes, sample.classes)
    other = Sample(labels=sample.labels, classes=flipped, groups=sample.groups)
    for metric in (*THEIRS, "groupBenefit"):
        gap = compare(metric, sample, other)
        assert gap.value == same(measure(metric, sample).value - measure(metric, other).value)
        assert gap.interval.low < gap.value < gap.interval.high
        assert gap == compare(metric, sample, other), "the draw is the same every time"
        assert compare(metric, sample, sample).interval[:2] == (0, 0)


def test_a_small_group_leaves_no_interval_and_says_so():
    result = measure("equalOpportunityDifference", case(1, 40, 4))
    assert not isinstance(result, Undefined)
    assert result.interval is None
    assert "positive rows of the smallest group are fewer than the 30" in result.note
