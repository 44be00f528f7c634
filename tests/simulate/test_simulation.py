"""Whole runs: every spec, every scenario, the same bytes from the same seed, and numbers that have a closed form."""

from __future__ import annotations

import os
import subprocess
import sys
import tracemalloc
from dataclasses import replace
from math import comb, sqrt

import pytest

from lifespec_compiler.engine.history import fold_all
from lifespec_compiler.engine.live import live_checks
from lifespec_compiler.simulate.answers import answer
from lifespec_compiler.simulate.nominating import _with
from lifespec_compiler.simulate.reading import built_in, missing_facts, names
from lifespec_compiler.simulate.simulation import simulate, simulate_many
from simulating import ROOT, SPECS, plan_of, scenario
from virtual.lifecycle import NEW_MODEL, planned

ROLLOUTS = [name for name in names() if built_in(name).spec.duration is None]
ENDINGS = {
    "healthy": "promoted",
    "first-model": "promoted",
    "double-errors": "rolledBack",
    "slow-leak": "rolledBack",
    "flapping": "rolledBack",
    "no-data": "rolledBack",
    "quiet-nights": "promoted",
    "two-requests": "rolledBack",
}
CANARY = planned(NEW_MODEL)


def kinds(found) -> list[str]:
    return [entry.kind for entry in found.entries]


@pytest.mark.parametrize("environment", ["staging", "production"])
@pytest.mark.parametrize("spec", SPECS)
def test_a_good_candidate_comes_to_an_end_in_every_spec(spec, environment):
    plan = plan_of(spec, environment)
    patient = sum(stage.hold for stage in plan.stages) > 15 * 86400  # more looks than a test has time for
    found = simulate(plan, scenario(duration="2d") if patient else built_in("healthy"), 1)
    assert not found.candidate_is_bad
    assert found.ending in (("open",) if patient else ("promoted",))
    assert found.harmed_since is None
    assert found.bad_exposure <= found.exposure
    assert len(found.looks) <= 520


@pytest.mark.parametrize("name", ROLLOUTS)
@pytest.mark.parametrize("spec", ["minimal", "rain-tomorrow", "train-ridership"])
def test_every_scenario_comes_to_its_end(spec, name):
    found = simulate(plan_of(spec), built_in(name), 3)
    assert found.ending in ("promoted", "rolledBack", "rejected")
    assert fold_all(found.entries).sequence == len(found.entries)
    ats = [look.at for look in found.looks]
    assert ats == sorted(set(ats))
    for before, after in zip(found.looks, found.looks[1:], strict=False):
        assert all(old <= new for old, new in zip(before[5:10], after[5:10], strict=True))


@pytest.mark.parametrize(("name", "ending"), sorted(ENDINGS.items()))
def test_on_a_canary_with_a_guard_and_a_gate_each_ends_as_one_expects(name, ending):
    assert {simulate(CANARY, built_in(name), seed).ending for seed in range(3)} == {ending}


def test_what_nobody_looks_at_is_missed_and_said_to_be():
    found = answer(plan_of("minimal"), list(simulate_many(plan_of("minimal"), built_in("latency"), 5)))
    assert found.candidate_is_bad
    assert found.missed is not None
    assert found.missed.hits == 5


def test_of_two_requests_at_once_abort_wins():
    found = simulate(CANARY, built_in("two-requests"), 1)
    answered = [entry for entry in found.entries if entry.request]
    assert [entry.kind for entry in answered] == ["rollBack", "answer"]
    assert answered[0].at == answered[1].at


def test_no_data_holds_and_ends_at_the_timeout():
    found = simulate(CANARY, built_in("no-data"), 1)
    rolled = next(entry for entry in found.entries if entry.kind == "rollBack")
    advanced = next(entry for entry in found.entries if entry.kind == "advance")
    assert rolled.at - advanced.at >= 8 * 3600


def test_a_drift_is_answered_by_a_training_and_what_it_makes_serves():
    retraining = {
        "triggers": [{"name": "drifted", "monitor": "inputs"}],
        "cooldown": "40d",
        "nominate": "direct",
    }
    monitoring = {
        "predictions": {"log": "s3://logs/churn/", "time": "ts", "id": "request_id"},
        "monitors": [{"name": "inputs", "kind": "data", "window": "7d"}],
    }
    plan = planned(NEW_MODEL, retraining=retraining, monitoring=monitoring)
    found = simulate(plan, built_in("sudden-drift"), 1)
    trained = [entry for entry in found.entries if entry.kind == "train"]
    assert trained
    assert found.retrains == len(trained)
    assert any(entry.at - found.began >= 30 * 86400 for entry in trained)
    assert any(entry.to is not None and entry.to.phase == "Done" and entry.kind == "finish" for entry in found.entries)
    assert fold_all(found.entries).stable != fold_all(found.entries[:1]).stable
    drift = {look.at: look.drift for look in found.looks}
    assert max(drift.values()) == 3
    assert found.looks[-1].drift == 0


def test_approvals_are_given_when_they_are_awaited_and_not_before():
    approval = {"approval": {"before": ["promoting"], "by": "leads"}}
    plan = planned(NEW_MODEL, rollout=approval)
    waiting = simulate(plan, scenario(people={"approves": False}), 1)
    assert waiting.ending == "open"
    given = simulate(plan, scenario(people={"approve": "2h"}), 1)
    approved = next(entry for entry in given.entries if entry.request)
    assert given.ending == "promoted"
    assert approved.at - given.began == pytest.approx((16 + 2) * 3600, abs=600)


def test_git_may_want_something_else_meanwhile():
    found = simulate(CANARY, scenario(changes=[{"at": "30%", "nominate": "stable"}]), 1)
    assert found.ending == "replaced"
    assert [change.what for change in found.changes] == [
        "Git nominates the candidate model",
        "Git nominates the stable model",
    ]


def test_the_ledger_begins_with_what_serves_and_a_first_model_with_nothing():
    assert kinds(simulate(CANARY, built_in("healthy"), 1))[:2] == ["checkpoint", "nominate"]
    assert kinds(simulate(CANARY, built_in("first-model"), 1))[0] == "nominate"


def test_a_spec_that_does_not_say_how_many_requests_there_are_is_not_guessed_at():
    plan = plan_of("minimal")
    assert missing_facts(plan) == ()
    without = planned(NEW_MODEL)
    (found,) = missing_facts(replace(without, spec=_with(without.spec, traffic=None)))
    assert found.rule == "unknown-traffic"
    assert "traffic.rps" in found.help


def test_what_the_spec_does_not_say_is_named():
    found = simulate(plan_of("hotel-rates"), scenario(duration="1h"), 1)
    assert any("offerAcceptance" in told for told in found.assumptions)


# -- the same bytes ----------------------------------------------------------------------------------------------------

SCRIPT = """
import hashlib
from lifespec_compiler.simulate.nominating import _with
from lifespec_compiler.simulate.reading import built_in
from lifespec_compiler.simulate.simulation import simulate
from simulating import plan_of
found = [simulate(plan_of(spec), built_in(name), 7) for spec in ("minimal", "train-ridership")
         for name in ("flapping", "double-errors")]
print(hashlib.sha256(repr(found).encode()).hexdigest())
"""


def test_the_same_seed_gives_the_same_bytes_whatever_the_hash_seed_and_the_zone():
    given = []
    for number in (1, 2):
        environment = {
            **os.environ,
            "PYTHONHASHSEED": str(number),
            "TZ": ("Asia/Tokyo", "America/Chicago")[number - 1],
            "PYTHONPATH": os.pathsep.join(str(ROOT / each) for each in ("tests", "compiler", "schema")),
        }
        given.append(subprocess.run([sys.executable, "-c", SCRIPT], env=environment, capture_output=True, check=True))
    assert given[0].stdout == given[1].stdout
    assert len(given[0].stdout) == 65


def test_another_seed_gives_other_counts():
    one, other = (simulate(CANARY, built_in("healthy"), seed) for seed in (1, 2))
    assert one.exposure != other.exposure


def test_many_runs_are_those_of_their_seeds():
    plan = plan_of("minimal")
    assert list(simulate_many(plan, built_in("flapping"), 3, 5)) == [
        simulate(plan, built_in("flapping"), seed) for seed in (5, 6, 7)
    ]


# -- closed forms ------------------------------------------------------------------------------------------------------


def test_exposure_is_traffic_times_weight_times_time():
    found = [run.exposure for run in simulate_many(CANARY, built_in("healthy"), 8)]
    expected = 50 * 3600 * (0.1 * 4 + 0.5 * 12)
    mean = sum(found) / len(found)
    minutes = 60 * 50 * (0.1 + 0.5 + 1.0) * 4  # decisions are carried out a minute, or the start of a server, later
    assert abs(mean - expected) < 5 * sqrt(expected / len(found)) + minutes


def test_false_rollbacks_are_as_frequent_as_the_guards_closed_form_says():
    """A window fails with a binomial probability; a guard tolerates `failureLimit` of the windows that there are."""
    guard = {"metric": "errorRate", "max": "1%", "window": "15m"}
    plan = planned(
        NEW_MODEL,
        traffic={"rps": 1},
        evaluation={"online": None},
        rollout={"steps": [{"weight": "50%", "hold": "3h"}], "guards": [guard], "analysis": {"interval": "5m"}},
    )
    share, total = 0.0065, 450
    given = scenario(candidate={"errors": {"share": share}})
    runs = list(simulate_many(plan, given, 250))
    assert not any(run.candidate_is_bad for run in runs)
    expected = _false_rollback(total, share, windows=12, limit=1)
    found = answer(plan, runs).false_rollback
    assert found is not None
    assert abs(found.value - expected) < 4 * sqrt(expected * (1 - expected) / len(runs)) + 0.02
    assert live_checks(plan).guards[0].window == 900


def _false_rollback(total: int, share: float, *, windows: int, limit: int) -> float:
    """With Poisson traffic around `total` requests a window."""
    from scipy import stats

    fails = sum(
        stats.poisson.pmf(count, total) * stats.binom(count, share).sf(int(0.01 * count))
        for count in range(total - 120, total + 120)
    )
    kept = sum(comb(windows, failed) * fails**failed * (1 - fails) ** (windows - failed) for failed in range(limit + 1))
    return 1 - kept


# -- room --------------------------------------------------------------------------------------------------------------


def test_ten_weeks_take_no_more_room_than_one():
    plan = plan_of("train-ridership")
    peaks = []
    for days in ("7d", "7d", "70d"):
        given = scenario(duration=days)
        tracemalloc.start()
        simulate(plan, given, 1)
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
    assert peaks[2] < 1.3 * peaks[1] + 200_000
