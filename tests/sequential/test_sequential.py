"""Always-valid tests: the error under constant looking, their power, and what they say of extreme counts."""

from __future__ import annotations

import itertools
import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import special, stats

from lifespec_compiler.statistics import sequential
from lifespec_compiler.statistics.sequential import Claim, Counts, interval, judge, measured
from simulations.sequential import Setting, Totals, deviate, log_mixture, look

ERROR = 0.05
RUNS = 2000
TOLERANCE = 3 * math.sqrt(ERROR * (1 - ERROR) / RUNS)
"""Three standard errors of the simulation."""

JUST_TRUE = [
    *(Setting(share, 0, 0, each, 0, 300, 100) for share in (0.5, 0.1, 0.01, 0.001) for each in (1, 72)),
    Setting(0.01, 0, 0, 72, 0, 300, 3),
    Setting(0.01, 1, 0.3, 8, 72, 120, 60),
    Setting(0.005, 1, 0.01, 40, 40, 120, 60),
    Setting(0.001, 1, 0.002, 72, 8, 120, 60),
    Setting(0, 1.1, 0.05, 8, 72, 120, 60),
    Setting(-0.01, 1, 0.9, 40, 40, 120, 60),
]
COUNTS = st.integers(1, 10**6).flatmap(lambda total: st.builds(Counts, st.integers(0, total), st.just(total)))


@pytest.mark.parametrize("setting", JUST_TRUE, ids=lambda setting: setting.name)
def test_a_claim_that_is_just_true_is_rarely_called_broken_however_often_one_looks(setting):
    found = look(setting, RUNS, ERROR, np.random.default_rng(20261121))
    assert np.isfinite(found.above).mean() <= ERROR + TOLERANCE
    assert np.isfinite(found.below).mean() <= ERROR + TOLERANCE


def test_a_harm_of_twice_the_bound_is_found_with_less_than_three_times_a_fixed_sample():
    """The fixed-sample test needs its whole sample; this one may stop early, and pays for it with a wider bound."""
    power, bound, harm = 0.9, 0.01, 0.02
    needed = next(n for n in range(100, 5000) if stats.binom.sf(stats.binom.isf(ERROR, n, bound), n, harm) >= power)
    setting = Setting(bound, 0, 0, 10, 0, 600, needed // 10, share=harm)
    until = look(setting, RUNS, ERROR, np.random.default_rng(7)).above
    assert np.isfinite(until).mean() > 0.99
    assert np.quantile(until, power) < 3 * needed
    assert np.median(until) < 1.2 * needed


@given(COUNTS, COUNTS, st.sampled_from([(0.01, 0.0), (0.01, 1.0), (-0.02, 1.0), (0.0, 1.25)]))
def test_the_arrays_of_the_simulation_are_the_code_that_decides(candidate, other, bound):
    offset, slope = bound
    setting = Setting(offset, slope, 0.1, candidate.total, other.total, 1, 1)
    counts = [(found.good, found.total - found.good) for found in (candidate, other)]
    found, _ = deviate(setting, Totals(*(np.array([float(each)]) for pair in counts for each in pair)), np.array([0.1]))
    judged = judge(Claim("atMost", offset, slope), candidate, other, planned=candidate.total)
    if math.isfinite(judged.log_evidence):
        expected = log_mixture(np.abs(found), 8.0)[0]
        assert judged.log_evidence == pytest.approx(expected, rel=1e-4, abs=1e-4)
        assert np.sign(found[0]) == np.sign(judged.difference) or abs(found[0]) < 1e-3
    else:
        assert not math.isfinite(found[0])


@given(COUNTS, st.floats(0.001, 0.999), st.floats(1, 1e7))
def test_at_least_is_at_most_of_the_rest(counts, bound, planned):
    rest = Counts(counts.total - counts.good, counts.total)
    at_most = judge(Claim("atMost", bound), counts, None, planned)
    at_least = judge(Claim("atLeast", 1 - bound), rest, None, planned)
    assert at_least.log_evidence == pytest.approx(at_most.log_evidence, rel=1e-6, abs=1e-6)
    if abs(abs(at_most.log_evidence) - math.log(20)) > 1e-3:
        assert at_least.outcome == at_most.outcome


@given(st.integers(1, 10**5), st.floats(0.01, 0.99), st.floats(1, 1e6))
def test_a_worse_count_is_never_judged_better(total, bound, planned):
    order = {"Pass": 0, "Inconclusive": 1, "Fail": 2}
    claim = Claim("atMost", bound)
    outcomes = [order[judge(claim, Counts(total * part // 20, total), None, planned).outcome] for part in range(21)]
    assert outcomes == sorted(outcomes)


@pytest.mark.parametrize("side", ["atMost", "atLeast"])
def test_without_counts_nothing_is_decided(side):
    assert judge(Claim(side, 0.5), Counts(0, 0), None, 100).outcome == "Inconclusive"
    assert judge(Claim(side, 0.5, 1.0), Counts(10, 10), Counts(0, 0), 100).outcome == "Inconclusive"
    assert judge(Claim(side, 0.5, 1.0), Counts(10, 10), None, 100).outcome == "Inconclusive"


@pytest.mark.parametrize("claim", [Claim("atMost", 0.1), Claim("atMost", 0.01, 1.0)])
def test_who_may_never_err_is_never_sure(claim):
    clear = Counts(10**6, 10**6), Counts(0, 10**6)
    assert judge(claim, *clear, 10**6, error=1e-12).outcome == "Fail"
    found = judge(claim, *clear, 10**6, error=0.0)
    assert (found.outcome, found.log_evidence > 1000) == ("Inconclusive", True)
    value = measured(claim, Counts(3, 100), Counts(2, 100))
    low, high = interval(claim, Counts(3, 100), Counts(2, 100), 100, error=0.0)
    assert value is not None
    assert low < value < high


def test_what_cannot_be_decides_at_once():
    assert judge(Claim("atMost", 0.0), Counts(1, 10**6), None, 10**6).outcome == "Fail"
    assert judge(Claim("atLeast", 1.0), Counts(10**6 - 1, 10**6), None, 10**6).outcome == "Fail"


def halved(claim: Claim, candidate: Counts, other: Counts) -> float:
    """The greatest log-likelihood on the boundary, by halving the slope of it down to 0."""

    def slope(counts: Counts, share: float) -> float:
        bad = counts.total - counts.good
        left = (counts.good / share if share > 0 else math.inf) if counts.good else 0.0
        return left - ((bad / (1 - share) if share < 1 else math.inf) if bad else 0.0)

    low, high = max(0.0, -claim.offset / claim.slope), min(1.0, (1 - claim.offset) / claim.slope)
    for _ in range(100):
        middle = (low + high) / 2
        rises = claim.slope * slope(candidate, claim.offset + claim.slope * middle) + slope(other, middle) > 0
        low, high = (middle, high) if rises else (low, middle)
    return log_likelihood(claim, candidate, other, (low + high) / 2)


def log_likelihood(claim: Claim, candidate: Counts, other: Counts, share: float) -> float:
    at = min(1.0, max(0.0, claim.offset + claim.slope * share))
    pairs = ((candidate, at), (other, share))
    return float(sum(special.xlogy(good, p) + special.xlogy(n - good, 1 - p) for (good, n), p in pairs))


@given(COUNTS, COUNTS, st.sampled_from([(0.01, 1.0), (-0.02, 1.0), (0.0, 1.25), (0.0, 1.0), (0.0, 0.9), (-0.5, 1.0)]))
def test_steps_on_the_boundary_end_where_halvings_do(candidate, other, bound):
    claim = Claim("atMost", *bound)
    found = sequential._most_likely_on_boundary(claim, candidate, other)
    assert found is not None
    expected = halved(claim, candidate, other)
    reached = log_likelihood(claim, candidate, other, found)
    assert reached == expected or reached == pytest.approx(expected, rel=1e-9, abs=1e-7)


EXTREME = st.builds(lambda bad, total: Counts(max(0, total - bad), total), st.integers(0, 20), st.integers(1, 10**6))
"""Shares near 1; the rest of them near 0."""
NEAR = COUNTS | EXTREME | EXTREME.map(lambda counts: Counts(counts.total - counts.good, counts.total))


@given(
    NEAR,
    NEAR,
    st.sampled_from([(0.1, 0.0), (0.999, 0.0), (0.01, 1.0), *((0.0, slope) for slope in (0.5, 0.9, 1.1, 2.0, 100.0))]),
    st.sampled_from(["atMost", "atLeast"]),
    st.floats(0.01, 100),
    st.sampled_from([0.2, 0.05, 0.001]),
)
def test_a_bound_is_undecided_exactly_within_the_interval(candidate, other, bound, side, part, error):
    claim, planned = Claim(side, *bound), candidate.total / part
    value = measured(claim, candidate, other)
    if value is None:
        return
    low, high = interval(claim, candidate, other, planned, error=error)
    assert low <= value <= high
    at = claim.slope - 1 if claim.slope not in (0, 1) else claim.offset
    if all(abs(at - end) > 1e-6 * max(1.0, abs(end)) for end in (low, high)):
        decided = judge(claim, candidate, other, planned, error=error).outcome != "Inconclusive"
        assert decided == (not low <= at <= high)


COVERED = [
    (0.0, 0.999, 0.0),
    (1.0, 0.004, 0.01),
    (0.9, 0.999, 0.9),
    (0.9, 1.0, 0.98),
    (1.1, 0.01, 0.005),
]
"""What is claimed, the true share, and the other's, who has nine times the traffic."""


@pytest.mark.parametrize(("slope", "share", "other_share"), COVERED)
def test_the_true_value_is_beyond_an_end_of_any_interval_as_rarely_as_is_said(slope, share, other_share):
    runs, totals, error = 200, [100, 300, 1000], 0.1
    truth = share - slope * other_share if slope in (0, 1) else share / other_share - 1
    random, more = np.random.default_rng(20261122), np.diff(totals, prepend=0)
    good = random.binomial(more, share, (runs, len(totals))).cumsum(1).tolist()
    others = random.binomial(9 * more, other_share, (runs, len(totals))).cumsum(1).tolist()
    below, above = set(), set()
    for run, (place, total) in itertools.product(range(runs), enumerate(totals)):
        counts, other = Counts(good[run][place], total), Counts(others[run][place], 9 * total)
        if measured(Claim("atMost", 0, slope), counts, other) is None:
            continue
        low, high = interval(Claim("atMost", 0, slope), counts, other, totals[-1], error=error)
        below |= {run} if truth < low else set()
        above |= {run} if truth > high else set()
    assert max(len(below), len(above)) <= runs * (error + 3 * math.sqrt(error * (1 - error) / runs))
