"""Always-valid tests: the error under constant looking, their power, and what they say of extreme counts."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from lifespec_compiler.statistics.sequential import Claim, Counts, judge
from simulations.sequential import Setting, log_evidence, simulate

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
    found = simulate(setting, RUNS, ERROR, np.random.default_rng(20261121))
    assert found.above <= ERROR + TOLERANCE
    assert found.below <= ERROR + TOLERANCE


def test_a_harm_of_twice_the_bound_is_found_with_less_than_three_times_a_fixed_sample():
    """The fixed-sample test needs its whole sample; this one may stop early, and pays for it with a wider bound."""
    power, bound, harm = 0.9, 0.01, 0.02
    needed = next(n for n in range(100, 5000) if stats.binom.sf(stats.binom.isf(ERROR, n, bound), n, harm) >= power)
    setting = Setting(bound, 0, 0, 10, 0, 600, needed // 10, share=harm)
    found = simulate(setting, RUNS, ERROR, np.random.default_rng(7))
    assert found.above > 0.99
    assert np.quantile(found.until_above, power) < 3 * needed
    assert np.median(found.until_above) < 1.2 * needed


@given(COUNTS, COUNTS, st.sampled_from([(0.01, 0.0), (0.01, 1.0), (-0.02, 1.0), (0.0, 1.25)]))
def test_the_arrays_of_the_simulation_are_the_code_that_decides(candidate, other, bound):
    offset, slope = bound
    setting = Setting(offset, slope, 0.1, candidate.total, other.total, 1, 1)
    evidence = log_evidence(
        setting, np.array([float(candidate.good)]), candidate.total, np.array([float(other.good)]), other.total
    )
    found = judge(Claim("atMost", offset, slope), candidate, other, planned=candidate.total)
    if math.isfinite(found.log_evidence):
        expected = max(0.0, found.log_evidence) * math.copysign(1, found.difference) if found.difference else 0.0
        assert evidence[0] == pytest.approx(expected, rel=1e-6, abs=1e-6)
    else:
        assert abs(evidence[0]) == math.inf or math.isnan(evidence[0])


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


def test_what_cannot_be_decides_at_once():
    assert judge(Claim("atMost", 0.0), Counts(1, 10**6), None, 10**6).outcome == "Fail"
    assert judge(Claim("atLeast", 1.0), Counts(10**6 - 1, 10**6), None, 10**6).outcome == "Fail"
