"""Recorded metrics are decided on as one would expect."""

from __future__ import annotations

import pytest

from lifespec_compiler.simulate.reading import built_in
from lifespec_compiler.simulate.replaying import replay
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
