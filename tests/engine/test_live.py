"""Live checks: what each bound counts and claims, and what a verdict records."""

from __future__ import annotations

from math import log

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lifespec_compiler.engine.bounds import LiveBound
from lifespec_compiler.engine.live import LiveCheck, gate, guard, live_checks
from lifespec_compiler.statistics.sequential import SPENT, Claim, Counts
from virtual.lifecycle import NEW_MODEL, planned

COUNTS = st.integers(1, 10**5).flatmap(lambda total: st.builds(Counts, st.integers(0, total), st.just(total)))
CLAIMS = (Claim("atMost", 0.01), Claim("atLeast", 0.3), Claim("atMost", 0.005, 1.0), Claim("atLeast", 0.0, 0.9))


def checked(claim, *, min_samples=100, rate=False, reported=False):
    bound = LiveBound("max", claim, "errors", "spec.rollout.guards[0].max", "a bound")
    return LiveCheck("errors", (bound,), min_samples, 0.05, 900.0, "hold", 0.0, False, rate, reported), bound


def with_gates(*gates, guards=()):
    return live_checks(
        planned(NEW_MODEL, evaluation={"online": {"gates": list(gates)}}, rollout={"guards": list(guards)})
    )


@given(COUNTS, COUNTS, st.sampled_from(CLAIMS), st.floats(1, 1e6))
def test_before_the_hold_is_over_exactly_the_failures_are_seen(candidate, stable, claim, planned_total):
    check, bound = checked(claim)
    whole = gate(check, bound, candidate, stable, planned_total)
    early = gate(check, bound, candidate, stable, planned_total, only_harm=True)
    assert (early.outcome == "Fail") == (whole.outcome == "Fail")
    assert early.outcome in ("Fail", "Inconclusive")


def test_a_percentile_counts_something_of_its_own_for_every_bound():
    speed = {"name": "speed", "metric": "latencyP99", "max": "120ms"}
    beside = {"name": "beside", "metric": "latencyP95", "against": "stable", "maxRegression": "20ms"}
    errors = {"name": "errors", "metric": "errorRate", "min": "0.1%", "max": "1%"}
    checks = with_gates(speed, beside, errors).online
    found = {bound.counted: bound.claim for check in checks for bound in check.bounds}
    assert found == {
        "speed.max": Claim("atMost", 0.01),
        "beside.maxRegression": Claim("atMost", 0, 1),
        "errors": Claim("atMost", 0.01),
    }
    assert [bound.claim for bound in checks[2].bounds] == [Claim("atLeast", 0.001), Claim("atMost", 0.01)]


@pytest.mark.parametrize(
    ("bound", "claim"),
    [
        ({"maxRegression": "1%"}, Claim("atMost", 0.01, 1)),
        ({"minImprovement": "1%"}, Claim("atMost", -0.01, 1)),
        ({"maxRelativeRegression": "10%"}, Claim("atMost", 0, 1.1)),
    ],
)
def test_a_relative_bound_is_a_claim_on_both_shares(bound, claim):
    (check,) = with_gates({"metric": "errorRate", "against": "stable", **bound}).online
    assert [found.claim for found in check.bounds] == [claim]


def test_the_checks_of_a_plan_are_worked_out_once():
    plan = planned(NEW_MODEL)
    assert live_checks(plan) is live_checks(plan)


def test_a_verdict_records_what_it_rests_on():
    check, bound = checked(Claim("atMost", 0.005, 1))
    cause = gate(check, bound, Counts(60, 1000), Counts(90, 9000), 1000).cause
    assert (cause.verdict, cause.samples, cause.bound, cause.quantity) == ("Fail", 1000, 0.005, "difference")
    assert cause.value == pytest.approx(0.05)
    assert (cause.counts, cause.stable) == (Counts(60, 1000), Counts(90, 9000))
    assert cause.evidence is not None
    assert cause.evidence > log(1 / (SPENT * 0.05))
    assert cause.interval is not None
    assert cause.interval.low > 0.005
    assert cause.interval.level == 0.9


@pytest.mark.parametrize(
    ("counts", "stable", "why"),
    [
        (None, None, "0 of 100 samples"),
        (Counts(0, 99), Counts(0, 900), "99 of 100 samples"),
        (Counts(1, 200), None, "nothing of stable to compare with"),
        (Counts(1, 200), Counts(9, 1800), "the counts cannot tell yet"),
    ],
)
def test_what_cannot_be_told_says_why(counts, stable, why):
    check, bound = checked(Claim("atMost", 0.005, 1))
    cause = gate(check, bound, counts, stable, 1000).cause
    assert (cause.verdict, cause.reason) == ("Inconclusive", why)


def test_a_rate_is_compared_as_it_is_and_a_reported_metric_never():
    check, bound = checked(Claim("atLeast", 5.0), min_samples=1, rate=True)
    assert gate(check, bound, Counts(6000, 900), None, 1).outcome == "Pass"
    assert gate(check, bound, Counts(0, 900), None, 1).outcome == "Fail"
    check, bound = checked(Claim("atMost", 0.1), reported=True)
    assert gate(check, bound, Counts(0, 10**6), None, 1).outcome == "Inconclusive"


def test_a_window_is_compared_as_it_is():
    check, bound = checked(Claim("atMost", 0.01), min_samples=50)
    assert guard(check, bound, Counts(1, 100), None, 0) is None
    broken = guard(check, bound, Counts(2, 100), None, 3)
    assert broken is not None
    assert (broken.outcome, broken.cause.window) == ("Fail", 3)
    empty = guard(check, bound, Counts(0, 49), None, 0)
    assert empty is not None
    assert empty.outcome == "Inconclusive"


@pytest.mark.parametrize("others", range(1, 90))
def test_a_window_that_is_exactly_at_its_bound_keeps_it(others):
    """Bounds are inclusive, also where the last digit of a sum says otherwise."""
    for lost in range(1, 10):
        check, bound = checked(Claim("atMost", lost / 100, 1.0))
        assert guard(check, bound, Counts(others + lost, 100), Counts(others, 100), 0) is None
        assert guard(check, bound, Counts(others + lost + 1, 100), Counts(others, 100), 0) is not None
