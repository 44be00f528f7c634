"""The chances of windows whose requests arrive by chance, against scipy's distributions and numpy's draws."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from lifespec_compiler.daytime import FLAT, factors
from lifespec_compiler.statistics.arrivals import Windows, below, rollback_chance, window_failure
from lifespec_compiler.statistics.sequential import Claim

BOUNDS = st.integers(30, 7000).map(lambda parts: parts / 10_000)
SIDES = st.sampled_from(["atMost", "atLeast"])


def summed(claim: Claim, expected: float, share: float, least: int) -> float:
    """Over every number of requests that may come, the binomial chance of each count that breaks the bound."""
    found, most = 0.0, int(stats.poisson.isf(1e-14, expected)) + 2
    for total in range(max(1, least), most):
        shares = np.arange(total + 1) / total
        broken = shares > claim.offset if claim.side == "atMost" else shares < claim.offset
        found += stats.poisson.pmf(total, expected) * stats.binom.pmf(np.arange(total + 1), total, share)[broken].sum()
    return found


@settings(max_examples=60)
@given(st.floats(0.05, 150), st.floats(0.0005, 0.6), BOUNDS, SIDES, st.integers(1, 60))
def test_a_window_fails_as_often_as_the_sum_says(expected, share, bound, side, least):
    claim = Claim(side, bound if side == "atMost" else round(1 - bound, 4))
    share = share if side == "atMost" else 1 - share
    found = window_failure(claim, expected, share, least)
    assert found == pytest.approx(summed(claim, expected, share, least), abs=0.005, rel=0.02)


@pytest.mark.parametrize(
    ("expected", "share", "bound"),
    [(20000, 0.008, 0.01), (5000, 0.04, 0.05), (15000, 0.0099, 0.01), (1000, 0.2, 0.22), (6000, 0.017, 0.02)],
)
def test_many_requests_fail_as_often_too(expected, share, bound):
    totals = np.arange(*stats.poisson.interval(1 - 1e-13, expected), dtype=int)
    broken = np.floor(bound * totals + 1e-9)
    exact = (stats.poisson.pmf(totals, expected) * stats.binom.sf(broken, totals, share)).sum()
    assert window_failure(Claim("atMost", bound), expected, share) == pytest.approx(exact, rel=0.03)


@pytest.mark.parametrize(
    ("claim", "expected", "share", "others", "other"),
    [
        (Claim("atMost", 0.01, 1), 500, 0.01, 4500, 0.01),
        (Claim("atMost", 0, 1.5), 500, 0.01, 4500, 0.01),
        (Claim("atLeast", -0.05, 1), 200, 0.8, 1800, 0.8),
        (Claim("atLeast", 0, 0.9), 60, 0.7, 60, 0.75),
        (Claim("atMost", 0.01, 1), 200, 0.001, 1800, 0.001),
    ],
)
def test_a_window_beside_stable_fails_as_often_as_it_is_drawn(claim, expected, share, others, other):
    random, draws = np.random.default_rng(1), 400_000
    asked, beside = random.poisson(expected, draws), random.poisson(others, draws)
    measured = random.binomial(asked, share) / np.maximum(asked, 1)
    limit = claim.offset + claim.slope * random.binomial(beside, other) / beside
    broken = (measured > limit if claim.side == "atMost" else measured < limit) & (asked > 0)
    found = broken.mean()
    chance = window_failure(claim, expected, share, 1, others, other)
    assert chance == pytest.approx(found, rel=0.03, abs=4 * np.sqrt(found / draws))
    assert window_failure(claim, expected, share, 1, 0, other) == 0


@given(st.floats(0, 5000), st.floats(0.01, 5000))
def test_fewer_than_so_many_is_the_tail_of_poisson(count, mean):
    assert below(count, mean) == pytest.approx(stats.poisson.cdf(np.ceil(count) - 1, mean), abs=0.002)


@given(st.floats(0, 1), st.integers(1, 3000), st.integers(0, 20))
def test_equal_windows_roll_back_as_often_as_the_binomial_says(failing, number, limit):
    found = rollback_chance([Windows(failing, 0.0, number)], limit)
    assert found == pytest.approx(stats.binom.sf(limit, number, failing), abs=1e-6)


def test_windows_of_many_kinds_are_those_of_simulation():
    kinds = [Windows(0.02, 0.0, 40), Windows(0.2, 0.001, 7), Windows(0.0, 0.01, 5), Windows(1e-15, 0.0, 900)]
    random, runs = np.random.default_rng(2), 200_000
    failed = sum(random.binomial(number, failing, runs) for failing, _, number in kinds)
    silent = sum(random.binomial(number, silent, runs) for _, silent, number in kinds)
    for limit in (0, 2, 5):
        harmed = np.mean((failed > limit) | (silent > 0))
        assert rollback_chance(kinds, limit) == pytest.approx(harmed, abs=0.005)
    assert rollback_chance([Windows(1.0, 0.0, 2)], 2) == 0
    assert rollback_chance([Windows(1.0, 0.0, 3)], 2) == 1
    assert rollback_chance([Windows(0.5, 0.0, 2000)], 1000) == pytest.approx(stats.binom.sf(1000, 2000, 0.5), abs=1e-6)


@given(st.floats(0.01, 0.95), st.floats(1.05, 20))
def test_a_day_has_its_least_at_four_its_most_at_sixteen_and_its_mean(least, most):
    day = factors(least, most)
    assert sum(day) == pytest.approx(24)
    if day is not FLAT:
        assert day[4] == min(day)
        assert day[16] == max(day)


def test_a_day_has_what_is_said_of_it():
    day = factors(0.2, 1.8)
    assert (day[4], day[16]) == (pytest.approx(0.2), pytest.approx(1.8))
    assert factors(1.0, 3.0) is FLAT
