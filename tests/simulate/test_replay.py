"""Recorded metrics are decided on as one would expect."""

from __future__ import annotations

import pytest

from lifespec_compiler.simulate.reading import built_in
from lifespec_compiler.simulate.replaying import replay
from simulating import scenario
from traced import BEGAN, csv, rows, trace
from virtual.lifecycle import NEW_MODEL, planned

PLAN = planned(NEW_MODEL)


def test_a_recorded_healthy_candidate_is_promoted_and_its_gate_saw_just_what_was_recorded():
    found = replay(PLAN, trace(csv(rows(0.002))), built_in("healthy"))
    assert found.ending == "promoted"
    assert found.scenario == "recorded.csv"
    advanced = [entry for entry in found.entries if entry.kind == "advance"]
    (cause,) = [cause for cause in advanced[1].causes if cause.check == "errors"]
    assert cause.verdict == "Pass"
    assert cause.samples == pytest.approx(4 * 3600 * 5, rel=0.01)
    assert cause.value == pytest.approx(0.002, rel=0.05)


def test_a_recorded_bad_candidate_is_rolled_back_after_the_second_window():
    guarded = planned(NEW_MODEL, evaluation={"online": None})
    found = replay(guarded, trace(csv(rows(0.02))), built_in("healthy"))
    assert found.ending == "rolledBack"
    rolled = next(entry for entry in found.entries if entry.kind == "rollBack")
    advanced = next(entry for entry in found.entries if entry.kind == "advance")
    assert 1800 <= rolled.at - advanced.at <= 1800 + 120


def test_a_restart_of_the_servers_changes_nothing():
    one, other = (
        replay(PLAN, trace(csv(rows(0.002, restarts=restarts))), built_in("healthy")) for restarts in (1e9, 3.0)
    )
    assert [(entry.kind, entry.at) for entry in one.entries] == [(entry.kind, entry.at) for entry in other.entries]


def test_a_recording_in_which_the_candidate_falls_silent_promotes_nothing():
    found = replay(
        PLAN,
        trace(csv([row for row in rows(0.002) if row[1] == "stable" or row[0] < BEGAN + 7200])),
        built_in("healthy"),
    )
    assert found.ending == "rolledBack"


def test_what_was_not_recorded_has_no_data_and_is_named():
    plan = planned(
        NEW_MODEL, evaluation={"online": {"gates": [{"name": "fast", "metric": "latencyP99", "max": "120ms"}]}}
    )
    found = replay(plan, trace(csv(rows(0.002))), built_in("healthy"))
    assert found.ending == "rolledBack"
    assert any("fast" in told for told in found.assumptions)


GUARDED = planned(
    NEW_MODEL,
    evaluation={"online": {"gates": [{"name": "fast", "metric": "latencyP99", "max": "120ms"}]}},
    rollout={
        "steps": [{"weight": "10%", "hold": "1h"}],
        "guards": [
            {"metric": "errorRate", "max": "1%", "window": "15m"},
            {"name": "worse", "metric": "errorRate", "against": "stable", "maxRegression": "2%", "window": "15m"},
        ],
        "approval": {"before": ["promoting"], "by": "leads"},
    },
)


def assumptions(*recorded: tuple, scenario=None, plan=GUARDED) -> list[str]:
    return list(replay(plan, trace(csv(list(recorded))), scenario or built_in("healthy")).assumptions)


def counters(name: str, role: str = "candidate") -> list[tuple]:
    return [(BEGAN + 60 * minute, role, name, 0, 300 * minute) for minute in range(3)]


def test_what_is_missing_is_told_by_the_name_under_which_it_would_be_found():
    missing = "no `latency>0.12` of the candidate was recorded, so `fast` has no data"
    assert missing in assumptions(*rows(0.002, 1))
    found = assumptions(*rows(0.002, 1), *counters("latency>0.12"))
    assert not any("`fast`" in told or "was recorded, and no check" in told for told in found)
    assert missing in assumptions(*rows(0.002, 1), *counters("latency>0.12", "stable"))


def test_a_bound_against_stable_needs_stables_counts():
    told = "no `errorRate` of stable was recorded, so `worse` has nothing to compare with"
    assert told not in assumptions(*rows(0.002, 1))
    assert told in assumptions(*(row for row in rows(0.002, 1) if row[1] == "candidate"))
    assert told not in assumptions(
        *(row for row in rows(0.002, 1) if row[1] == "candidate"), scenario=built_in("first-model")
    )


def test_what_was_recorded_and_nothing_asks_for_is_told_with_the_least_likely_first():
    def told(*names: str) -> list[str]:
        found = assumptions(*rows(0.002, 1), *(row for name in names for row in counters(name)))
        return [one for one in found if "no check of the spec counts" in one]

    assert told() == []
    assert told("error_rate") == ["`error_rate` was recorded, and no check of the spec counts it"]
    assert told("latency>1", "guard-erorRate") == [
        "`guard-erorRate`, `latency>1` were recorded, and no check of the spec counts them"
    ]
    assert told("latency>1", "latency>2", "latency>3", "x", "latency>4") == [
        "`x`, `latency>1`, `latency>2` and 2 more were recorded, and no check of the spec counts them"
    ]
    [hostile] = told("\x1b[31mred")
    assert "\x1b" not in hostile


def test_the_offline_report_and_the_approvals_of_a_replay_are_made_up_and_said_to_be():
    approved = "an approval is given 1h after it is awaited"
    report = "the offline report is that of scenario `healthy`: none was recorded"
    assert approved in assumptions(*rows(0.002, 1))
    assert report in assumptions(*rows(0.002, 1))
    never = scenario(people={"approves": False})
    assert not any("approval" in told for told in assumptions(*rows(0.002, 1), scenario=never))


def test_what_a_scenario_says_of_requests_has_no_effect_on_a_recording_and_that_is_told():
    assert not any("no effect" in told for told in assumptions(*rows(0.002, 1)))
    for name, ignored in (
        ("two-requests", "`requests` of scenario `two-requests` has"),
        ("double-errors", "`candidate.errors` of scenario `double-errors` has"),
        ("flapping", "`changes` of scenario `flapping` has"),
        ("seasonal-drift", "`drift`, `duration` of scenario `seasonal-drift` have"),
    ):
        assert f"{ignored} no effect on what was recorded" in assumptions(*rows(0.002, 1), scenario=built_in(name))
