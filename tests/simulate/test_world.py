"""What is counted in a world of known truth agrees with closed forms, from the right time on."""

from __future__ import annotations

from dataclasses import replace
from math import erfc, exp, log, sqrt

import pytest

from lifespec_compiler.engine.case import Direct, Evaluate
from lifespec_compiler.engine.history import History
from lifespec_compiler.engine.observation import Alarm, Observation, Release, Request, Route
from lifespec_compiler.engine.state import Rollout
from lifespec_compiler.engine.values import Position, Revision
from lifespec_compiler.simulate.reports import UID, live_report, offline_report
from lifespec_compiler.simulate.truth import Truth
from lifespec_compiler.simulate.world import World
from virtual.lifecycle import planned

MODELS = ["sha256:" + letter * 64 for letter in "ab"]
PLAN = planned(
    MODELS[1],
    evaluation={
        "online": {
            "gates": [
                {"name": "errors", "metric": "errorRate", "max": "1%"},
                {"name": "quality", "metric": "brier", "max": 0.3},
                {"name": "fast", "metric": "latencyP95", "against": "stable", "maxRegression": "10ms"},
            ]
        },
        "shadow": {
            "mirror": "20%",
            "duration": "2h",
            "gates": [{"name": "copies", "metric": "errorRate", "max": "1%"}],
        },
    },
    rollout={"guards": [{"name": "guard", "metric": "errorRate", "max": "1%", "window": "15m"}]},
    data={"labels": {"column": "churned", "delay": {"p50": "1h", "p95": "4h"}, "share": "50%"}},
)
STABLE, NEW = (Revision(model, PLAN.hashes.serving) for model in MODELS)


def history(sequence: int = 5) -> History:
    rollout = Rollout("churn-1", NEW, PLAN.hashes.policy, Position("Canary", 0, 10), 0.0, sequence, first=False)
    return History(sequence=sequence, stable=STABLE, rollout=rollout)


def world(weight: int = 10, mirror: int = 0, **truths: Truth) -> World:
    """A candidate that has just got its traffic."""
    found = World(PLAN, {STABLE: truths.get("stable", Truth()), NEW: truths.get("new", Truth())}, rps=100)
    found.observe(history())
    found.apply(Direct(Route(STABLE, NEW, weight, mirror, 5, found.now)))
    return found


def counts(found: World) -> dict:
    return {one.check: one for one in found.observe(history()).counted}


def close(good: int, total: float, share: float) -> bool:
    """Within five standard deviations of a binomial count."""
    return abs(good - total * share) < 5 * sqrt(total * share * (1 - share)) + 1


def test_counts_are_of_the_share_of_requests_that_is_routed():
    found = world(10, new=Truth(error_rate=0.02), stable=Truth(error_rate=0.001))
    for _ in range(600):
        found.advance(60)
    errors = counts(found)["errors"]
    asked, others = 100 * 36_000 * 0.1, 100 * 36_000 * 0.9
    assert abs(errors.candidate.total - asked) < 5 * sqrt(asked)
    assert abs(errors.stable.total - others) < 5 * sqrt(others)
    assert close(errors.candidate.good, errors.candidate.total, 0.02)
    assert close(errors.stable.good, errors.stable.total, 0.001)
    assert found.answered[0] == errors.candidate.total
    assert found.answered[2] == errors.stable.total
    assert errors.newest == found.now


def test_a_gate_counts_from_the_time_that_the_route_was_set():
    found = world()
    found.advance(3600)
    found.apply(Direct(found.route._replace(weight=50, sequence=6, since=found.now)))
    assert counts(found)["errors"].candidate == (0, 0)
    found.advance(60)
    total = counts(found)["errors"].candidate.total
    assert abs(total - 3000) < 5 * sqrt(3000)
    assert counts(found)["errors"].since == found.now - 60


def test_in_shadow_copies_are_counted_and_nobody_is_answered_by_the_candidate():
    found = world(weight=0, mirror=20)
    found.advance(3600)
    copies = counts(found)["copies"]
    assert abs(copies.candidate.total - 72_000) < 5 * sqrt(72_000)
    assert abs(copies.stable.total - 360_000) < 5 * sqrt(360_000)
    assert found.answered[0] == 0
    assert found.answered[4] == copies.candidate.total


def test_outcomes_are_known_when_their_time_has_come_and_only_as_many_as_there_ever_are():
    found = world(50, new=Truth(shares={"brier": 0.2}))
    for _ in range(59):
        found.advance(60)
    assert counts(found)["quality"].candidate == (0, 0)
    for _ in range(600 - 59):
        found.advance(60)
    known = counts(found)["quality"].candidate
    expected = 100 * 0.5 * 0.5 * 60 * ((600 - 60) + (600 - 240)) / 2
    assert expected * 0.97 < known.total < expected * 1.01
    assert close(known.good, known.total, 0.2)


def test_the_tail_is_that_of_a_log_normal_distribution():
    truth = Truth(latency=0.05, latency_spread=0.4)
    assert truth.slower_than(0.05) == pytest.approx(0.5)
    assert truth.slower_than(truth.percentile(0.99)) == pytest.approx(0.01)
    assert truth.slower_than(0.08) == pytest.approx(erfc(log(0.08 / 0.05) / 0.4 / sqrt(2)) / 2)
    assert truth.percentile(0.5) == pytest.approx(0.05)


def test_a_relative_percentile_counts_beyond_stables_and_what_is_allowed_more():
    slow = Truth(latency=0.06, latency_spread=0.5)
    found = world(50, new=slow, stable=Truth(latency=0.04, latency_spread=0.5))
    for _ in range(60):
        found.advance(60)
    fast = counts(found)["fast.maxRegression"]
    bound = 0.04 * exp(1.6448536269514722 * 0.5) + 0.01
    assert close(fast.candidate.good, fast.candidate.total, slow.slower_than(bound))
    assert close(fast.stable.good, fast.stable.total, 0.05)


def test_a_truth_that_changes_is_counted_from_then_on():
    new = Truth(error_rate=0.0, shares={"brier": 0.0})
    found = world(50, new=new)
    found.advance(3600)
    before = counts(found)["errors"].candidate
    assert (before.good, found.answered[1]) == (0, 0)
    new.error_rate, new.shares["brier"] = 0.5, 1.0
    for _ in range(600):
        found.advance(60)
    errors, quality = (counts(found)[name].candidate for name in ("errors", "quality"))
    assert close(errors.good, errors.total - before.total, 0.5)
    assert found.answered[1] == pytest.approx(errors.good, rel=0.01)
    assert quality.total > quality.good > 0.8 * quality.total


def test_everything_in_the_world_is_seen_under_its_name():
    found = world()
    found.requests.append(Request("pause-1", "pause", "churn-1"))
    found.alarms.append(Alarm("inputs", found.now, "Fail"))
    found.new_rows, found.makes, found.created = 7, NEW, 5.0
    found.jobs["monthly@0"] = found.now
    found.proposed.add("monthly@1")
    found.earlier.add(Release(MODELS[0], "image"))
    found.servers |= {STABLE: found.now - 3600, NEW: found.now}
    found.apply(Evaluate(NEW, "offline", "churn-1-offline-2"))
    seen = found.observe(history())
    assert seen == Observation(
        servers={STABLE: "ready", NEW: "starting"},
        route=found.route,
        counted=seen.counted,
        windows=(),
        offline=None,
        requests=(Request("pause-1", "pause", "churn-1"),),
        created=5.0,
        alarms=(Alarm("inputs", found.now, "Fail"),),
        new_rows=7,
        jobs={"monthly@0": "running"},
        trained=NEW,
        proposed=frozenset({"monthly@1"}),
        uid=UID,
        earlier=frozenset({Release(MODELS[0], "image")}),
        evaluations={"churn-1-offline-2": "succeeded"},
        exposure=0,
    )
    assert {one.check for one in seen.counted} == {"errors", "quality", "fast.maxRegression"}


def test_an_offline_report_names_the_stable_model_of_then_until_another_evaluation_is_over():
    found = world(new=Truth(offline=offline_report(PLAN, NEW, "passes")))
    found.evaluation_takes = 600.0
    other = Revision("sha256:" + "c" * 64, STABLE.serving)
    for name, stable in (("first", STABLE), ("second", other)):
        found.route = Route(stable)
        found.apply(Evaluate(NEW, "offline", name))
        found.now += 599
        assert found.observe(history()).offline is None
        found.apply(Evaluate(NEW, "offline", name))
        found.now += 1
        found.route = Route(other)
        shown = found.observe(history()).offline
        assert shown
        assert shown.spec.stable
        assert (shown.spec.stable.model, shown.spec.stable.serving) == stable
        assert found.observe(history()).offline is shown


def test_a_report_on_live_traffic_names_the_stable_model():
    asked = Evaluate(NEW, "shadow", "any", 1_800_000_000.0)
    for stable in (STABLE, None):
        made = live_report(PLAN, asked, "churn-1", (Truth(), Truth()), 10, asked.since + 60, stable)
        named = made.spec.stable
        assert (Revision(named.model, named.serving) if named else None) == stable


def test_windows_are_disjoint_and_hold_all_requests():
    found = world(new=Truth(error_rate=0.05))
    seen = {}
    for minute in range(60):
        found.advance(60)
        windows = found.observe(history()).windows
        found.rest()
        assert len(windows) == (0 if minute < 14 else 1)
        seen |= {(window.check, window.number): window for window in windows}
    assert [number for _, number in seen] == [0, 1, 2, 3]
    assert sum(window.candidate.total for window in seen.values()) == found.answered[0]
    assert [window.since - found.now for window in seen.values()] == [-3600, -2700, -1800, -900]
    assert all(close(window.candidate.good, window.candidate.total, 0.05) for window in seen.values())


def test_a_window_is_shown_until_somebody_has_seen_it_and_waits_and_the_newest_always():
    found = world()
    for _ in range(45):
        found.advance(60)
    assert [window.number for window in found.observe(history()).windows] == [0, 1, 2]
    assert [window.number for window in found.observe(history()).windows] == [0, 1, 2]
    found.rest()
    assert [window.number for window in found.observe(history()).windows] == [2]


def test_a_long_step_of_time_ends_windows_where_they_end():
    found = world()
    found.advance(3600)
    totals = [window.candidate.total for window in found.observe(history()).windows]
    assert len(totals) == 4
    assert all(abs(total - 9000) < 5 * sqrt(9000) for total in totals)


def test_metrics_that_stop_are_lost_and_their_windows_are_empty():
    found = world()
    found.advance(900)
    newest, before = found.now, counts(found)["errors"]
    found.dark = True
    found.advance(900)
    after = counts(found)["errors"]
    assert after.candidate == before.candidate
    assert after.newest == newest
    assert [window.candidate for window in found.observe(history()).windows][-1] == (0, 0)
    assert found.answered[0] > before.candidate.total


def test_what_is_counted_while_the_metrics_system_is_down_is_seen_afterwards():
    found = world()
    found.silent = True
    found.advance(3600)
    seen = found.observe(history())
    assert (seen.counted, seen.windows) == ((), ())
    found.rest()
    found.silent = False
    assert len(found.observe(history()).windows) == 4
    assert counts(found)["errors"].candidate.total == found.answered[0]


def test_another_rollout_begins_with_nothing():
    found = world()
    found.advance(3600)
    opened = history()
    assert opened.rollout is not None
    other = opened._replace(rollout=opened.rollout._replace(id="churn-2"))
    seen = found.observe(other)
    assert seen.windows == ()
    assert all(one.candidate == (0, 0) for one in seen.counted)


def test_requests_follow_the_hours_of_the_day():
    found = world(50)
    found.hours = tuple(0.0 if hour < 12 else 2.0 for hour in range(24))
    by_hour = []
    for _ in range(24):
        before = found.answered[0]
        hour = int(found.now // 3600) % 24
        found.advance(3600)
        by_hour.append((hour, found.answered[0] - before))
    assert all((count == 0) == (hour < 12) for hour, count in by_hour)
    total = sum(count for _, count in by_hour)
    assert abs(total - 100 * 86_400 * 0.5) < 5 * sqrt(100 * 86_400 * 0.5)


def test_the_same_seed_counts_the_same_and_another_one_does_not():
    found = []
    for seed in (1, 1, 2):
        each = replace(world(), seed=seed)
        each.__post_init__()
        each.observe(history())
        each.apply(Direct(Route(STABLE, NEW, 10, 0, 5, each.now)))
        each.advance(3600)
        found.append(counts(each)["errors"])
    assert found[0] == found[1]
    assert found[0] != found[2]
