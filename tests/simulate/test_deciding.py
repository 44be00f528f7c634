"""Who decided, by what was true when, and what of a scenario came too late for that."""

from __future__ import annotations

from typing import Any

import pytest

from lifespec_compiler.simulate.reading import built_in
from lifespec_compiler.simulate.simulation import simulate
from simulating import plan_of, scenario
from virtual.lifecycle import NEW_MODEL, planned

CANARY = planned(NEW_MODEL)
"""Four hours at 10 %, twelve at 50 %, then it serves."""
BAD = {"errors": {"timesBound": 3}}


def asked(*requests: tuple[str, str], **more: Any):
    return scenario(requests=[{"at": at, "verb": verb} for at, verb in requests], **more)


@pytest.mark.parametrize(
    ("requests", "more", "ending", "by_person"),
    [
        ([("1h", "abort")], {}, "rolledBack", True),
        ([("1h", "pause")], {"duration": "3h"}, "held", True),
        ([("1h", "pause"), ("2h", "abort")], {}, "rolledBack", True),
        ([("1h", "pause"), ("2h", "resume")], {}, "promoted", False),
        ([("1h", "pause"), ("2h", "resume")], {"candidate": BAD}, "rolledBack", False),
        ([], {"candidate": BAD}, "rolledBack", False),
    ],
)
def test_who_stopped_a_candidate_is_known(requests, more, ending, by_person):
    found = simulate(CANARY, asked(*requests, **more), 1)
    assert (found.ending, found.by_person) == (ending, by_person)


def test_a_person_who_confirms_what_the_policy_held_did_not_stop_it():
    held = planned(NEW_MODEL, rollout={"analysis": {"onTimeout": "hold"}})
    given = scenario(changes=[{"at": "1h", "metrics": "stop"}], people={"whenHeld": "abort"}, duration="3d")
    found = simulate(held, given, 1)
    assert [entry.kind for entry in found.entries if entry.kind in ("hold", "rollBack")] == ["hold", "rollBack"]
    assert (found.ending, found.by_person) == ("rolledBack", False)


@pytest.mark.parametrize(
    ("at", "bad", "ending"),
    [("1h", True, "rolledBack"), ("300%", False, "promoted"), ("24h", False, "promoted"), ("400d", False, "promoted")],
)
def test_a_candidate_is_judged_by_what_was_true_before_it_was_promoted(at, bad, ending):
    found = simulate(CANARY, scenario(changes=[{"at": at, "candidate": BAD}]), 1)
    assert (found.candidate_is_bad, found.ending) == (bad, ending)


@pytest.mark.parametrize(("at", "bad"), [("6h", True), ("20h", False)])
def test_a_candidate_that_was_stopped_is_judged_by_what_would_have_come_before_its_promotion(at, bad):
    found = simulate(CANARY, asked(("2h", "abort"), changes=[{"at": at, "candidate": BAD}], duration="2d"), 1)
    assert found.ending == "rolledBack"
    assert found.candidate_is_bad is bad


def test_what_the_offline_evaluation_finds_is_true_from_the_beginning():
    found = simulate(CANARY, scenario(candidate={"offline": "fails"}), 1)
    assert (found.candidate_is_bad, found.ending) == (True, "rejected")


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ({"changes": [{"at": "400d", "candidate": BAD}]}, "the change at 400d comes after the end, and has no effect"),
        ({"changes": [{"at": "300%", "traffic": 2}]}, "the change at 300% comes after the end, and has no effect"),
        ({"requests": [{"at": "9d", "verb": "abort"}]}, "the request at 9d comes after the end, and has no effect"),
        (
            {"drift": [{"kind": "sudden", "by": 1, "at": "2d"}], "duration": "1d"},
            "the drift at 2d comes after the end, and has no effect",
        ),
    ],
)
def test_what_comes_after_the_end_is_told(given, told):
    assert told in simulate(CANARY, scenario(**given), 1).assumptions


def test_what_has_happened_is_not_told_to_be_late():
    given = scenario(changes=[{"at": "1h", "lasting": "1h", "every": "12h", "traffic": 2}], duration="2d")
    assert not any("after the end" in told for told in simulate(CANARY, given, 1).assumptions)


def test_approvals_are_made_up_and_said_to_be():
    approved = planned(NEW_MODEL, rollout={"approval": {"before": ["promoting"], "by": "leads"}})
    late = scenario(people={"approve": "2h"}, duration="1h")
    assert "an approval is given 1h after it is awaited" in simulate(approved, scenario(duration="1h"), 1).assumptions
    assert "an approval is given 2h after it is awaited" in simulate(approved, late, 1).assumptions
    never = scenario(people={"approves": False}, duration="1h")
    for plan, given in ((CANARY, scenario(duration="1h")), (approved, never)):
        assert not any("approval" in told for told in simulate(plan, given, 1).assumptions)


def test_a_change_that_outlasts_its_period_holds_without_a_break_and_once_at_a_time():
    """In parts of a rollout and in hours one cannot be held against the other before there is a plan."""
    given = scenario(changes=[{"at": "0%", "lasting": "50%", "every": "1h", "traffic": 2}], duration="6h")
    found = simulate(plan_of("minimal"), given, 1)
    assert {look.rps for look in found.looks} == {24.0}


def test_leaking_candidates_are_bad_however_early_they_are_stopped():
    found = [simulate(plan_of("minimal"), built_in("slow-leak"), seed) for seed in range(4)]
    assert {(one.ending, one.candidate_is_bad) for one in found} == {("rolledBack", True)}
