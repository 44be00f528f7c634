"""Intervals against SciPy's, and what becomes of the runs."""

from __future__ import annotations

from random import Random

import pytest
from scipy import stats

from lifespec_compiler.simulate.answers import answer, quantile, wrong
from lifespec_compiler.simulate.outcome import Ending, Simulation
from lifespec_compiler.statistics.exact import beta_share, quantile_ranks, share_interval
from simulating import plan_of

PLAN = plan_of("minimal")


def run(ending: Ending = "promoted", *, bad=False, exposure=100, detected=None, retrains=0, days=10.0) -> Simulation:
    return Simulation(
        "made",
        1,
        0.0,
        days * 86400,
        (),
        (),
        (),
        bad,
        ending,
        exposure,
        exposure // 100,
        None,
        detected,
        retrains,
        0,
        None,
        1,
    )


@pytest.mark.parametrize(("good", "total"), [(0, 1), (1, 1), (0, 10), (10, 10), (3, 10), (50, 1000), (9999, 10_000)])
@pytest.mark.parametrize("level", [0.8, 0.95, 0.99])
def test_intervals_of_shares_are_those_of_clopper_and_pearson(good, total, level):
    expected = stats.binomtest(good, total).proportion_ci(level, "exact")
    assert share_interval(good, total, level) == pytest.approx((expected.low, expected.high), abs=1e-9)


@pytest.mark.parametrize(("a", "b"), [(0.5, 0.5), (1, 1), (3, 500), (400, 2), (5000, 5000)])
def test_the_beta_distribution_is_that_of_scipy(a, b):
    for x in (0.0, 1e-6, 0.01, 0.3, 0.5, 0.77, 0.999, 1.0):
        assert beta_share(x, a, b) == pytest.approx(stats.beta(a, b).cdf(x), abs=1e-10)


@pytest.mark.parametrize("total", [1, 5, 6, 20, 60, 100, 1000])
@pytest.mark.parametrize("share", [0.5, 0.95])
def test_order_statistics_hold_the_quantile_as_often_as_they_say_and_no_narrower_ones_do(total, share):
    low, high = quantile_ranks(total, share)
    below = stats.binom(total, share)
    if low is not None:
        assert below.sf(low) >= 0.975
        assert below.sf(low + 1) < 0.975
    else:
        assert below.sf(0) < 0.975
    if high is not None:
        assert below.cdf(high) >= 0.975
        assert high == 0 or below.cdf(high - 1) < 0.975
    else:
        assert below.cdf(total - 1) < 0.975


def test_the_interval_of_a_median_holds_it_in_95_of_100_experiments():
    random, held = Random(5), 0
    for _ in range(1000):
        found = quantile(sorted(random.expovariate(1) for _ in range(40)), 0.5)
        assert found.low is not None
        assert found.high is not None
        held += found.low <= 0.6931471805599453 <= found.high
    assert 940 <= held <= 1000


def test_of_a_good_candidate_one_asks_how_often_it_is_stopped():
    found = answer(PLAN, [run()] * 8 + [run("rolledBack"), run("open")])
    assert (found.promoted.hits, found.stopped.hits, found.undecided.hits) == (8, 1, 1)
    assert found.false_rollback == found.stopped
    assert found.missed is None
    assert found.time_to_detect is None
    expected = stats.binomtest(1, 10).proportion_ci(0.95, "exact")
    assert (found.stopped.low, found.stopped.high) == pytest.approx((expected.low, expected.high))


def test_of_a_bad_candidate_one_asks_how_often_it_is_missed_and_how_soon_it_is_found():
    runs = [run("rolledBack", bad=True, exposure=100 * n, detected=60.0 * n) for n in range(1, 100)]
    found = answer(PLAN, [*runs, run(bad=True, exposure=99_999)])
    assert found.missed is not None
    assert found.missed.hits == 1
    assert found.false_rollback is None
    assert found.time_to_detect is not None
    assert found.time_to_detect.median.runs == 99
    assert found.time_to_detect.median.value == 60 * 50
    assert found.exposure is not None
    assert found.exposure.worst == 99_999


def test_retrains_are_counted_for_30_days():
    found = answer(PLAN, [run("none", retrains=3, days=90)] * 5)
    assert found.retrains_a_month is not None
    assert found.retrains_a_month.median.value == 1
    assert found.exposure is None


def test_a_day_says_nothing_of_a_month():
    found = answer(PLAN, [run("none", retrains=1, days=1)])
    assert found.retrains_a_month is None
    assert found.cpu_hours_a_month is None


def test_runs_of_several_scenarios_have_no_answer_together():
    with pytest.raises(ValueError, match="several"):
        answer(PLAN, [run(), run()._replace(scenario="other")])
    with pytest.raises(ValueError, match="no scenario"):
        answer(PLAN, [])


def test_a_candidate_that_a_person_stopped_is_no_false_rollback_but_a_share_of_its_own():
    by_person = [run(ending)._replace(by_person=True) for ending in ("rolledBack", "rejected", "held")]
    found = answer(PLAN, [*by_person, run("rolledBack"), run(), run("open")])
    assert found.by_person is not None
    shares = (found.promoted, found.stopped, found.by_person, found.undecided)
    assert [each.hits for each in shares] == [1, 1, 3, 1]
    assert sum(each.value for each in shares) == pytest.approx(1)
    assert found.false_rollback == found.stopped
    expected = stats.binomtest(3, 6).proportion_ci(0.95, "exact")
    assert (found.by_person.low, found.by_person.high) == pytest.approx((expected.low, expected.high))
    assert wrong(found) == found.stopped


def test_where_a_candidate_was_good_in_some_runs_and_bad_in_others_both_questions_have_an_answer():
    bad = [run("rolledBack", bad=True)] * 5 + [run("promoted", bad=True)] * 2
    found = answer(PLAN, [*bad, *[run()] * 2, *[run("rolledBack")] * 1])
    assert found.candidate_is_bad
    assert found.missed is not None
    assert found.false_rollback is not None
    assert (found.missed.hits, found.missed.runs) == (2, 10)
    assert (found.false_rollback.hits, found.false_rollback.runs) == (1, 10)
    decided = wrong(found)
    assert decided is not None
    expected = stats.binomtest(3, 10).proportion_ci(0.95, "exact")
    assert (decided.value, decided.low, decided.high) == pytest.approx((0.3, expected.low, expected.high))


def test_without_a_candidate_nothing_was_decided_wrongly():
    assert wrong(answer(PLAN, [run("none")] * 3)) is None


def test_what_is_assumed_of_one_run_only_is_not_told_of_all():
    both, one = run()._replace(assumptions=("a", "b")), run()._replace(assumptions=("b",))
    assert answer(PLAN, [both, both]).assumptions == ("a", "b")
    assert answer(PLAN, [both, one]).assumptions == ("b",)
