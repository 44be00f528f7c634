"""Batch serving in a world of known truth: the schedule, what is compared, what becomes of bad and of missing runs."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from math import comb, sqrt
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from cases import plans_of
from lifespec_compiler.engine.history import fold_all
from lifespec_compiler.plan import Plan
from lifespec_compiler.simulate.answers import answer
from lifespec_compiler.simulate.foreign import foreign
from lifespec_compiler.simulate.nominating import _with
from lifespec_compiler.simulate.outcome import Batches, Simulation
from lifespec_compiler.simulate.reading import built_in, missing_facts, names, unreplayable
from lifespec_compiler.simulate.simulation import simulate, simulate_many
from simulating import scenario
from virtual.lifecycle import NEW_MODEL, planned, written

HOUR, DAY = 3600.0, 86400.0
RUN = 0.1
"""How long a healthy run takes, in parts of the time between two."""
GATES = [
    {"name": "errors", "metric": "errorRate", "max": "1%"},
    {"name": "same", "metric": "disagreementRate", "max": "5%"},
]


def batch(runs: int = 2, **spec: Any) -> Plan:
    """A model that scores a table at four in the morning."""
    serving = {"mode": "batch", "schedule": "0 4 * * *", "output": "s3://scores/churn/", "shadowRuns": runs}
    shadow = {"mirror": "20%", "duration": "6h", "gates": GATES}
    sections: dict[str, Any] = {
        "serving": serving,
        "evaluation": {"online": None, "shadow": shadow},
        "rollout": {"guards": [], "steps": [{"weight": "100%", "hold": "1h"}]},
    }
    for name, section in spec.items():
        sections[name] = {**sections.get(name, {}), **section}
    documents = written(NEW_MODEL, **sections)
    del documents.spec["traffic"]  # of what scores tables nobody asks anything
    return plans_of(documents)[-1]


DAILY = batch()
ENDINGS = {
    "healthy": "promoted",
    "double-errors": "rejected",
    "slow-leak": "rejected",
    "label-delay": "rejected",
    "broken-feature": "rejected",
    "failing-runs": "rolledBack",
    "late-runs": "rolledBack",
    "no-data": "rolledBack",
    "metrics-source-down": "promoted",
    "first-model": "promoted",
    "two-requests": "rolledBack",
    "latency": "promoted",
    "quiet-nights": "promoted",
}


def batches(found: Simulation) -> Batches:
    assert found.batches is not None
    return found.batches


def began(found: Simulation, role: str = "candidate") -> list[float]:
    return [run.began for run in batches(found).runs if run.role == role]


def decided(found: Simulation, phase: str) -> float:
    return next(entry.at for entry in found.entries if entry.to is not None and entry.to.phase == phase)


@pytest.mark.parametrize(("name", "ending"), sorted(ENDINGS.items()))
def test_each_scenario_ends_as_one_expects(name, ending):
    assert {simulate(DAILY, built_in(name), seed).ending for seed in range(3)} == {ending}


def test_a_candidate_that_is_worse_than_a_bad_stable_is_bad():
    found = simulate(DAILY, built_in("broken-feature"), 1)  # a feature is missing, and both say so
    assert found.candidate_is_bad
    failed = next(cause for entry in found.entries for cause in entry.causes if cause.verdict == "Fail")
    assert (failed.check, failed.samples) == ("same", 10_000)
    expected = 0.025 + 3 * 0.025  # three times as far from what is good as the bound
    assert abs((failed.value or 0.0) - expected) < 5 * sqrt(expected * (1 - expected) / failed.samples)


@pytest.mark.parametrize("runs", [1, 3])
def test_a_good_candidate_is_promoted_by_the_last_of_its_runs(runs):
    found = simulate(batch(runs), built_in("healthy"), 1)
    assert (found.ending, batches(found).compared) == ("promoted", runs)
    first = datetime(2026, 11, 3, 4, tzinfo=UTC).timestamp()
    assert began(found) == [first + number * DAY for number in range(runs)]
    assert decided(found, "Promoting") == first + (runs - 1 + RUN) * DAY
    assert found.harmed_since is None
    assert found.exposure == 0  # its rows were compared, and used by nobody


def test_the_schedule_is_kept_on_its_own_clock_when_that_is_changed():
    vienna = {"timeZone": "Europe/Vienna", "shadowRuns": 4}
    found = simulate(batch(serving=vienna), scenario(start="2026-03-27"), 1)
    told = [datetime.fromtimestamp(at, ZoneInfo("Europe/Vienna")) for at in began(found)]
    assert [f"{at:%m-%d %H:%M}" for at in told] == ["03-28 04:00", "03-29 04:00", "03-30 04:00", "03-31 04:00"]
    assert next(timedelta(seconds=later - at) for at, later in pairwise(began(found))) == timedelta(hours=23)


def test_rows_are_counted_of_both_sides_and_as_often_as_is_true():
    found = simulate(batch(4), scenario(candidate={"errors": {"share": 0.004}}, traffic={"rowsPerRun": 40_000}), 1)
    advanced = next(entry for entry in found.entries if entry.to is not None and entry.to.phase == "Promoting")
    errors = next(cause for cause in advanced.causes if cause.check == "errors")
    assert errors.counts is not None
    good, total = errors.counts
    assert total == 4 * 40_000 == batches(found).rows
    assert abs(good - 0.004 * total) < 5 * sqrt(total * 0.004 * 0.996)
    own = [run for run in batches(found).runs if run.role == "candidate"]
    assert abs(sum(run.bad for run in own) - 0.004 * total) < 5 * sqrt(total * 0.004 * 0.996)
    assert [run.rows for run in own] == [40_000] * 4


def test_the_first_bad_run_ends_a_bad_candidate_and_nobody_used_its_rows():
    found = simulate(batch(5), scenario(candidate={"quality": 3}), 1)
    assert found.candidate_is_bad
    assert found.ending == "rejected"
    assert (batches(found).compared, batches(found).rows, found.exposure) == (1, 10_000, 0)
    assert found.detected_after == 0.0


@pytest.mark.parametrize(
    "candidate", [{"runs": {"fail": "100%"}}, {"runs": {"take": 2.5}}, {"starts": False}], ids=["fails", "late", "none"]
)
def test_a_candidate_whose_runs_do_not_come_is_given_up_after_twice_their_time(candidate):
    found = simulate(DAILY, scenario(candidate=candidate), 1)
    assert found.candidate_is_bad
    assert found.ending == "rolledBack"
    waited = decided(found, "RollingBack") - decided(found, "Shadow")
    assert 2 * 2 * DAY <= waited <= 2 * 2 * DAY + HOUR


def test_a_run_that_is_not_over_leaves_the_next_one_out():
    found = simulate(DAILY, built_in("late-runs"), 1)
    first, second = (run for run in batches(found).runs if run.role == "candidate")
    assert (first.ending, first.late, second.ending) == ("succeeded", True, "stopped")
    assert second.began - first.began == 3 * DAY
    assert batches(found)[:3] == (1, 0, 1)
    assert len(began(found, "stable")) == 4


def test_runs_of_which_nothing_is_counted_promote_nobody():
    found = simulate(DAILY, scenario(changes=[{"at": "0%", "metrics": "stop"}]), 1)
    assert (found.ending, found.candidate_is_bad, batches(found).compared) == ("rolledBack", False, 0)
    assert len(began(found)) == 4


def test_what_is_told_late_counts_when_it_is_told():
    down = scenario(changes=[{"at": "0%", "lasting": "3d", "metrics": "sourceDown"}])
    found = simulate(DAILY, down, 1)
    assert found.ending == "promoted"
    assert decided(found, "Promoting") - found.began >= 3 * DAY


def test_stables_runs_fail_too_and_are_compared_with_nothing():
    found = simulate(DAILY, scenario(stable={"runs": {"fail": "100%"}}), 1)
    assert (found.ending, batches(found)[:2]) == ("rolledBack", (0, 0))
    assert {run.ending for run in batches(found).runs if run.role == "candidate"} == {"succeeded"}


def test_a_candidate_that_fails_now_and_then_is_promoted_as_often_as_chance_says():
    """Four of its runs end before the timeout, and two must succeed."""
    share, runs = 0.45, 200
    found = answer(DAILY, list(simulate_many(DAILY, scenario(candidate={"runs": {"fail": share}}), runs)))
    expected = sum(comb(4, well) * (1 - share) ** well * share ** (4 - well) for well in (2, 3, 4))
    assert abs(found.promoted.value - expected) < 4 * sqrt(expected * (1 - expected) / runs)
    assert not found.candidate_is_bad
    assert found.failed_runs is not None
    assert 0 < found.failed_runs.worst <= 4


def test_a_rollout_that_is_resumed_begins_its_runs_anew():
    asked = [{"at": "22h30m", "verb": "pause"}, {"at": "30h", "verb": "resume"}]
    found = simulate(DAILY, scenario(requests=asked), 1)
    assert found.ending == "promoted"
    assert batches(found).compared == 3
    assert decided(found, "Promoting") == began(found)[2] + RUN * DAY


def test_a_guard_sees_the_rows_of_each_run_in_the_window_in_which_it_ends():
    guard = {"name": "guard", "metric": "errorRate", "max": "1%", "window": "15m"}
    plan = batch(
        5, rollout={"guards": [guard]}, evaluation={"shadow": {"mirror": "1%", "duration": "1h", "gates": GATES[1:]}}
    )
    found = simulate(plan, built_in("double-errors"), 1)
    failing = [cause for entry in found.entries for cause in entry.causes if cause.verdict == "Fail"]
    assert found.ending == "rolledBack"
    assert [cause.samples for cause in failing] == [10_000, 10_000]
    assert batches(found).compared == 2


def test_the_first_model_is_compared_with_nothing():
    found = simulate(DAILY, built_in("first-model"), 1)
    assert (found.ending, batches(found).compared, batches(found).runs) == ("promoted", 0, ())


def test_the_rows_that_train_again_are_those_that_are_scored():
    spec = {
        "retraining": {
            "triggers": [{"name": "rows", "newLabeledRows": 100_000}],
            "cooldown": "1d",
            "nominate": "manual",
        },
        "data": {"labels": {"column": "churned", "delay": {"p95": "1h"}, "share": "50%"}},
    }
    found = simulate(batch(**spec), scenario(nominate=False, duration="50d"), 1)
    trained = [entry.at for entry in found.entries if entry.kind == "train"]
    assert [round((at - found.began) / DAY) for at in trained] == [20, 40]  # 10,000 rows a day, of half the outcome


def test_what_was_compared_is_still_known_when_an_approval_comes_hours_later():
    approval = {"before": ["promoting"], "by": "leads"}
    found = simulate(batch(rollout={"approval": approval}), scenario(people={"approve": "7h"}), 1)
    assert found.ending == "promoted"
    assert (batches(found).compared, len(began(found))) == (2, 2)
    assert decided(found, "Promoting") == began(found)[1] + RUN * DAY + 7 * HOUR


@pytest.mark.parametrize(("quality", "ending"), [(0, "promoted"), (2, "rejected")])
def test_what_is_no_count_is_reported_when_the_last_run_is_there(quality, ending):
    gates = [{"name": "shifted", "metric": "predictionPsi", "max": 0.1}]
    plan = batch(evaluation={"shadow": {"mirror": "1%", "duration": "1h", "gates": gates}})
    found = simulate(plan, scenario(candidate={"quality": quality}), 1)
    last = found.entries[-2] if ending == "promoted" else found.entries[-1]
    (cause,) = last.causes
    assert (found.ending, cause.check, cause.samples) == (ending, "shifted", 20_000)
    assert last.at >= began(found)[1] + RUN * DAY


def test_a_window_between_two_runs_is_no_missing_data():
    guard = {"name": "guard", "metric": "errorRate", "max": "1%", "window": "15m", "onNoData": "rollback"}
    assert simulate(batch(rollout={"guards": [guard]}), built_in("healthy"), 1).ending == "promoted"


# -- what has no effect is said --------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", names())
def test_a_scenario_that_does_not_apply_changes_nothing_and_says_so(name):
    own = {"failing-runs", "late-runs"}
    theirs = {"latency", "quiet-nights"}
    online = planned(NEW_MODEL)
    for plan, strange in ((DAILY, theirs), (online, own)):
        found = foreign(plan, built_in(name))
        assert found.applies == (name not in strange)
        assert bool(found.told) == (name in strange)
        if name in strange:
            given, healthy = (simulate(plan, built_in(each), 1) for each in (name, "healthy"))
            assert (given.entries, given.ending) == (healthy.entries, healthy.ending)
            assert (given.foreign, given.applies) == (found.told, False)


def test_what_applies_in_part_says_the_rest():
    mixed = scenario(candidate={"latency": {"timesBound": 2}, "errors": {"timesBound": 2}})
    found = simulate(DAILY, mixed, 1)
    assert (found.applies, found.ending) == (True, "rejected")
    (told,) = found.foreign
    assert "`latency`" in told
    users = foreign(DAILY, scenario(traffic={"usersPerRequest": 2, "times": 2}))
    assert users.applies
    assert "`traffic.usersPerRequest`" in users.told[0]
    rows = foreign(planned(NEW_MODEL), scenario(traffic={"rowsPerRun": 5}))
    assert (rows.applies, len(rows.told)) == (False, 1)
    assert foreign(DAILY, scenario()).applies


def test_what_decides_nothing_in_the_spec_is_said():
    gates = [*GATES, {"name": "fast", "metric": "latencyP99", "max": "120ms"}]
    shadow, online = {"mirror": "20%", "duration": "6h", "gates": gates}, {"gates": [{"metric": "brier", "max": 0.3}]}
    plan = batch(evaluation={"shadow": shadow, "online": online})
    plan = replace(plan, spec=_with(plan.spec, traffic=planned(NEW_MODEL).spec.traffic))
    told = simulate(plan, scenario(duration="1h"), 1).assumptions
    for what in (
        "`traffic`",
        "`evaluation.shadow.duration`",
        "`rollout`",
        "`fast` never",
        "`online-brier` never",
        "10,000 rows",
    ):
        assert any(what in one for one in told), (what, told)
    assert not any("latency" in one or "requests fails" in one for one in told)


def test_a_run_scores_what_the_scenario_says_or_else_the_contract():
    rows = {
        "default": scenario(),
        "said": scenario(traffic={"rowsPerRun": 123}),
        "twice": scenario(traffic={"rowsPerRun": 123, "times": 2}),
        "less": scenario(changes=[{"at": "0%", "traffic": 0.5}]),
    }
    found = {name: {run.rows for run in batches(simulate(DAILY, given, 1)).runs} for name, given in rows.items()}
    assert found == {"default": {10_000}, "said": {123}, "twice": {246}, "less": {5_000}}
    columns = [{"name": name, "logicalType": "integer"} for name in ("tenure", "churned")]
    source = {"name": "customers", "schema": columns, "volume": {"minRows": 3000}}
    promised = simulate(batch(data={"sources": [source]}), scenario(), 1)
    assert {run.rows for run in batches(promised).runs} == {3_000}
    assert promised.assumptions[0] == "a run scores 3,000 rows, the fewest that `customers` may have"


def test_no_traffic_has_to_be_known_and_no_recording_can_be_replayed():
    assert missing_facts(DAILY) == ()
    (refused,) = unreplayable(DAILY)
    assert refused.rule == "no-requests"
    assert unreplayable(planned(NEW_MODEL)) == ()


# -- whatever happens --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", [name for name in names() if built_in(name).spec.duration is None])
def test_of_each_model_one_run_goes_on_at_a_time_and_begins_on_the_schedule(name):
    found = simulate(batch(3), built_in(name), 5)
    for role in ("stable", "candidate"):
        own = [run for run in batches(found).runs if run.role == role]
        assert all(before.ended <= after.began for before, after in pairwise(own))
        assert all(datetime.fromtimestamp(run.began, UTC).hour == 4 for run in own)
    assert batches(found).compared <= len(began(found))
    assert fold_all(found.entries).sequence == len(found.entries)
    for before, after in pairwise(found.looks):
        assert all(old <= new for old, new in zip(before[5:10], after[5:10], strict=True))


def test_the_same_seed_is_the_same_run():
    given = scenario(candidate={"runs": {"fail": "45%"}})
    assert simulate(DAILY, given, 3) == simulate(DAILY, given, 3)
    assert len({batches(simulate(DAILY, given, seed)).failed for seed in range(8)}) > 1
