"""The short form of `make simulations` for live checks: errors under constant looking, and the guard rule."""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from lifespec_compiler.statistics.sequential import Claim, Counts
from lifespec_compiler.statistics.windows import rollback_chance, window_failure
from simulations import rollouts, sequential
from simulations.always_valid import ERROR, KINDS, TRAFFIC, looked, setting_of
from simulations.checks import CHANCE

RUNS, LOOKS = 1000, 3000
SHARES = st.just(0.0) | st.just(1.0) | st.floats(1e-6, 1 - 1e-6)
PAGE = Path(__file__).resolve().parents[2] / "docs/deciding/checks.md"


def above_by_chance(share: float, runs: int) -> float:
    """Three standard errors."""
    return 3 * math.sqrt(share * (1 - share) / runs)


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.metric)
def test_looking_all_the_time_makes_no_more_errors_than_were_agreed(kind):
    found = looked(kind, TRAFFIC[0], RUNS, np.random.default_rng(7), LOOKS)
    assert max(found) <= RUNS * (ERROR + above_by_chance(ERROR, RUNS))


@pytest.mark.parametrize("kind", [KINDS[0], KINDS[5]], ids=lambda kind: kind.metric)
def test_blocks_leave_out_nothing_that_single_looks_would_see(kind, monkeypatch):
    setting = setting_of(kind, 30, 270, 100, 400)
    blocks = sequential.look(setting, 4000, ERROR, np.random.default_rng(1))
    monkeypatch.setattr(sequential, "BLOCK", 0.0)
    single = sequential.look(setting, 4000, ERROR, np.random.default_rng(2))
    for one, other in zip(blocks, single, strict=True):
        assert abs(np.isfinite(one).mean() - np.isfinite(other).mean()) <= above_by_chance(ERROR, 4000) * math.sqrt(2)


@pytest.mark.parametrize("case", rollouts.CASES, ids=lambda case: case.name)
def test_guards_roll_back_as_often_as_the_closed_form_says(case):
    plan = rollouts.plan_of(case)
    runs = 10_000 if case is rollouts.CASES[0] else 400
    exact = rollouts.closed_form(case, plan)
    found = rollouts.rolled_back(case, plan, runs, np.random.default_rng(7)) / runs
    assert abs(found - exact) <= (CHANCE if runs == 10_000 else above_by_chance(exact, runs))


def test_the_order_in_which_windows_are_seen_changes_nothing():
    case = rollouts.CASES[2]
    plan, random = rollouts.plan_of(case), np.random.default_rng(3)
    answers = set()
    for good in random.binomial(case.requests, case.share, (100, case.windows)).tolist():
        counts, others = [Counts(each, case.requests) for each in good], [Counts(0, 0)] * case.windows
        at_once = rollouts.decided(plan, counts, others)
        assert at_once == rollouts.decided(plan, counts, others, one_by_one=True)
        answers.add(at_once)
    assert answers == {True, False}


@given(st.integers(1, 3000), SHARES, st.floats(0, 1), st.sampled_from(["atMost", "atLeast"]))
def test_the_failure_of_a_window_is_a_tail_of_the_binomial(requests, share, bound, side):
    shares = np.arange(requests + 1) / requests
    broken = shares > bound if side == "atMost" else shares < bound
    expected = stats.binom.pmf(np.arange(requests + 1), requests, share)[broken].sum()
    assert window_failure(Claim(side, bound), requests, share) == pytest.approx(expected, rel=1e-7, abs=1e-9)


@given(st.integers(1, 60), st.integers(1, 60), SHARES, SHARES, st.floats(-0.2, 0.2))
def test_the_failure_of_a_window_beside_another_is_a_sum_over_both(requests, others, share, other, offset):
    claim = Claim("atMost", offset, 1)
    good, beside = np.arange(requests + 1)[:, None] / requests, np.arange(others + 1)[None, :]
    chances = stats.binom.pmf(np.arange(requests + 1), requests, share)[:, None] * stats.binom.pmf(
        np.arange(others + 1), others, other
    )
    expected = chances[good > offset + beside / others].sum()
    assert window_failure(claim, requests, share, others, other) == pytest.approx(expected, rel=1e-7, abs=1e-9)


@given(st.integers(0, 40), SHARES, st.integers(0, 6))
def test_equal_windows_fail_as_often_as_the_binomial_says(windows, chance, limit):
    assert rollback_chance([chance] * windows, limit) == pytest.approx(stats.binom.sf(limit, windows, chance), abs=1e-9)


def test_the_page_has_every_row_of_the_long_form():
    text = PAGE.read_text("utf-8")
    for kind in KINDS:
        assert text.count(f"| {kind.metric} | {kind.bound} |") == len(TRAFFIC) + 1
    for case in rollouts.CASES:
        assert text.count(f"| {case.cells} |") == 1
