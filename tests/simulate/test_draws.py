"""The samplers against SciPy's distributions, and against themselves."""

from __future__ import annotations

from itertools import pairwise
from random import Random

import numpy as np
import pytest
from scipy import stats

from lifespec_compiler.simulate.draws import binomial, poisson

DRAWS = 20_000
UNLIKELY = 1e-4


def p_value(drawn: list[int], distribution) -> float:
    """Of a chi-square test over cells of about equal probability."""
    ends = np.unique(distribution.ppf(np.linspace(0, 1, 21)[1:-1]))
    edges = np.concatenate([[-1], ends, [np.inf]])
    seen = np.array([np.sum((np.array(drawn) > low) & (np.array(drawn) <= high)) for low, high in pairwise(edges)])
    expected = np.diff(distribution.cdf(edges)) * len(drawn)
    kept = expected > 0
    return float(stats.chisquare(seen[kept], expected[kept]).pvalue) if kept.sum() > 1 else 1.0


@pytest.mark.parametrize(
    ("total", "share"),
    [(1, 0.3), (5, 0.5), (20, 0.1), (2400, 0.001), (999, 0.01), (1001, 0.01), (2400, 0.6), (100_000, 0.3), (7, 0.999)],
)
def test_binomial_counts_are_distributed_as_they_should(total, share):
    uniform = Random(1).random
    drawn = [binomial(uniform, total, share) for _ in range(DRAWS)]
    assert set(drawn) <= set(range(total + 1))
    assert p_value(drawn, stats.binom(total, share)) > UNLIKELY


@pytest.mark.parametrize("mean", [0.05, 3, 9.99, 10, 45, 2400, 1e6])
def test_poisson_counts_are_distributed_as_they_should(mean):
    uniform = Random(2).random
    drawn = [poisson(uniform, mean) for _ in range(DRAWS)]
    assert p_value(drawn, stats.poisson(mean)) > UNLIKELY


def test_what_is_certain_is_certain():
    uniform = Random(3).random
    assert [binomial(uniform, 10, 0), binomial(uniform, 10, 1), binomial(uniform, 0, 0.5), poisson(uniform, 0)] == [
        0,
        10,
        0,
        0,
    ]


@pytest.mark.parametrize("number", [0.0, 0.5, 1 - 2**-53])
def test_the_ends_of_the_unit_interval_are_no_trap(number):
    numbers = iter([number] * 3)
    rest = Random(4).random

    def uniform() -> float:
        return next(numbers, None) or rest()

    for total, share in ((3, 0.2), (1000, 0.3), (10, 0.5)):
        assert 0 <= binomial(uniform, total, share) <= total
    for mean in (0.1, 5, 50):
        assert poisson(uniform, mean) >= 0
