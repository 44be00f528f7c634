"""A lifecycle is deleted without an outage, and one that is created again takes over what serves."""

from __future__ import annotations

from typing import Any

import pytest

from lifespec_compiler.engine.archive import ENTRIES
from lifespec_compiler.engine.case import LetGo, Wait
from lifespec_compiler.engine.history import fold, fold_all
from lifespec_compiler.engine.observation import Alarm, Request
from lifespec_compiler.engine.step import step
from lifespec_compiler.engine.values import Entry
from virtual.driving import drive, told
from virtual.lifecycle import NEW_MODEL, OTHER_MODEL, STABLE_MODEL, planned, revision, serving, world
from virtual.world import Truth, World

AGAIN = "7c9e6679-7425-40de-944b-e07fc1f90ae7"
REMOVED: dict[str, Any] = {"serving": {"onDelete": "remove"}}


def canary() -> World:
    found = serving()
    found.run(1)
    return found


def again(found: World, hours: float) -> None:
    """The lifecycle is created again, and its models are evaluated for it."""
    for truth in found.truths.values():
        assert truth.offline
        spec = truth.offline.spec.model_copy(update={"uid": AGAIN})
        truth.offline = truth.offline.model_copy(update={"spec": spec})
    drive(found, hours, uid=AGAIN)


def test_deleting_takes_the_candidate_away_and_leaves_stable():
    found = canary()
    before = len(found.entries)
    last = drive(found, 0.2, deleting=True)
    assert isinstance(last, LetGo)
    stable = revision(found.plan, STABLE_MODEL)
    assert told(found, before) == ["withdraw>RollingBack", "finish>RolledBack"]
    assert found.route[:4] == (stable, None, 0, 0)
    assert list(found.servers) == [stable]


def test_deleting_ends_the_training():
    found = serving()
    found.plan = planned(STABLE_MODEL, retraining={"triggers": [{"name": "drifted", "monitor": "inputs"}]})
    found.alarms.append(Alarm("inputs", found.now, "Fail"))
    found.run(0.2)
    run = found.history.run
    assert run
    assert isinstance(drive(found, 0.2, deleting=True), LetGo)
    assert told(found)[-1] == "finish>Rejected"
    assert found.stopped == {run.id}


def test_deleting_removes_stable_only_where_the_spec_says_so():
    found = canary()
    found.plan = planned(NEW_MODEL, **REMOVED)
    drive(found, 0.2, deleting=False)
    before = len(found.entries)
    assert isinstance(drive(found, 0.2, deleting=True), LetGo)
    assert told(found, before) == ["withdraw>RollingBack", "finish>RolledBack", "retire>"]
    assert found.servers == {}
    assert found.route[:4] == (None, None, 0, 0)
    assert found.history.stable is None


def test_while_it_is_deleted_nothing_begins():
    found = serving()
    found.plan = planned(NEW_MODEL, retraining={"triggers": [{"name": "drifted", "monitor": "inputs"}]})
    found.alarms.append(Alarm("inputs", found.now, "Fail"))
    found.requests += [Request("a", "retrain", None), Request("b", "retry", None, revision(found.plan, NEW_MODEL))]
    before = len(found.entries)
    assert isinstance(drive(found, 1, deleting=True), LetGo)
    assert [entry.reason for entry in found.entries[before:]] == ["the lifecycle is deleted"] * 2
    assert not found.jobs


def test_a_first_model_that_serves_already_goes_on_serving():
    found = world(planned(STABLE_MODEL))
    found.run(1)
    assert found.route.weight == 100
    before = len(found.entries)
    assert isinstance(drive(found, 0.5, deleting=True), LetGo)
    assert len(found.entries) == before
    assert found.route.weight == 100
    drive(found, 1, uid=AGAIN)
    assert told(found, before) == ["adopt>"]
    assert found.history.stable == found.route.stable == revision(found.plan, STABLE_MODEL)


def test_a_lifecycle_created_again_takes_over_what_serves_and_never_begins_over_it():
    found = canary()
    drive(found, 0.2, deleting=True)
    before = len(found.entries)
    found.plan = planned(STABLE_MODEL)
    again(found, 30)
    assert told(found, before) == ["adopt>"]
    assert found.entries[-1].uid == AGAIN
    assert [entry.sequence for entry in found.entries] == list(range(1, len(found.entries) + 1))
    assert found.route.stable == found.history.stable == revision(found.plan, STABLE_MODEL)


def test_a_lifecycle_created_again_may_nominate_what_the_old_one_withdrew():
    found = canary()
    drive(found, 0.2, deleting=True)
    before = len(found.entries)
    again(found, 40)
    assert told(found, before)[:2] == ["adopt>", "nominate>Offline"]


def test_a_lifecycle_whose_finalizer_was_removed_by_hand_closes_what_was_open():
    found = canary()
    before = len(found.entries)
    drive(found, 0.2, uid=AGAIN)
    assert told(found, before)[0] == "adopt>"
    assert found.history.stable == revision(found.plan, STABLE_MODEL)


def test_a_lifecycle_created_again_after_its_stable_was_removed_begins_anew():
    found = canary()
    found.plan = planned(STABLE_MODEL, **REMOVED)
    drive(found, 0.2, deleting=True)
    found.plan = planned(STABLE_MODEL)
    before = len(found.entries)
    again(found, 30)
    assert told(found, before) == ["adopt>", "nominate>Offline", "advance>Promoting", "finish>Done"]


def test_a_trigger_is_answered_once_across_lives():
    found = serving()
    plan = planned(STABLE_MODEL, retraining={"triggers": [{"name": "drifted", "monitor": "inputs"}]})
    found.plan = plan
    found.alarms.append(Alarm("inputs", found.now, "Fail"))
    found.run(3)
    assert len(found.jobs) == 1
    drive(found, 0.2, deleting=True)
    drive(found, 80, uid=AGAIN)
    assert len(found.jobs) == 1


def test_without_a_ledger_what_serves_is_taken_over():
    found = canary()
    found.history = fold_all(())
    found.entries.clear()
    found.run(0.1)
    assert told(found)[0] == "adopt>"
    assert found.history.stable == revision(found.plan, STABLE_MODEL)


@pytest.mark.parametrize("days", [9, 11])
def test_a_checkpoint_is_made_when_the_retention_is_over(days):
    found = serving()
    found.plan = planned(STABLE_MODEL, governance={"tier": 2, "approvers": ["a"], "record": {"retention": "11d"}})
    found.run(days * 24)
    made = [entry for entry in found.entries if entry.kind == "checkpoint"]
    assert len(made) == (days == 11)
    if made:
        assert made[0].at - found.entries[0].at >= 11 * 86400


def test_a_checkpoint_tells_all_that_the_entries_before_it_do():
    found = serving(new=Truth(error_rate=0.2))
    found.plan = planned(
        NEW_MODEL,
        governance={"tier": 2, "approvers": ["a"], "record": {"retention": "2d"}},
        retraining={"triggers": [{"name": "drifted", "monitor": "inputs"}], "nominate": "manual"},
    )
    found.alarms.append(Alarm("inputs", found.now, "Fail"))
    found.requests.append(Request("late", "abort", "churn-of-yesterday"))
    found.run(24 * 5)
    index = next(place for place, entry in enumerate(found.entries) if entry.kind == "checkpoint")
    assert fold_all(found.entries[index:]) == fold_all(found.entries)
    told_by_it = fold_all(found.entries[index:])
    assert told_by_it.refused
    assert told_by_it.answered
    assert told_by_it.fired
    assert told_by_it.trained
    found.plan = planned(OTHER_MODEL)
    found.history = told_by_it
    found.run(40)
    assert found.history.stable == revision(found.plan, OTHER_MODEL)


def test_a_checkpoint_is_made_after_many_entries_whatever_their_age():
    found = serving()
    found.plan = planned(STABLE_MODEL)
    found.requests += [Request(f"r{number}", "abort", "churn-of-yesterday") for number in range(ENTRIES)]
    last = found.entries[-1]
    for number, request in enumerate(found.requests):
        entry = Entry(last.sequence + 1 + number, "answer", found.now, "", "", request=request.name, uid=last.uid)
        found.history = fold(found.history, entry)
        found.entries.append(entry)
    found.run(0.1)
    assert [entry.kind for entry in found.entries[-2:]] == ["answer", "checkpoint"]


def first_and(other: str, roc: float = 0.9) -> World:
    """A first model that serves and is not promoted yet, while Git nominates another one."""
    found = world(planned(STABLE_MODEL), {other: roc})
    found.run(2)
    assert (found.route.weight, found.history.stable) == (100, None)
    found.plan = planned(other)
    return found


def test_the_only_thing_that_serves_stays_when_another_model_is_rejected():
    found = first_and(OTHER_MODEL, roc=0.1)
    found.run(1)
    assert told(found)[-1] == "reject>Rejected"
    assert (found.route.candidate, found.route.weight) == (revision(found.plan, STABLE_MODEL), 100)
    assert list(found.servers) == [revision(found.plan, STABLE_MODEL)]
    found.plan = planned(STABLE_MODEL)
    found.run(20)
    assert found.history.stable == revision(found.plan, STABLE_MODEL)


def test_the_only_thing_that_serves_stays_when_another_model_is_aborted():
    found = first_and(OTHER_MODEL)
    found.evaluation_takes = 7200.0
    found.run(0.5)
    assert found.history.rollout
    found.requests.append(Request("no", "abort", found.history.rollout.id, at=found.now))
    found.run(0.5)
    assert told(found)[-1] == "finish>RolledBack"
    assert (found.route.candidate, found.route.weight) == (revision(found.plan, STABLE_MODEL), 100)


def test_the_only_thing_that_serves_stays_when_the_lifecycle_goes_while_another_model_is_evaluated():
    found = first_and(OTHER_MODEL)
    found.evaluation_takes = 7200.0
    found.run(0.5)
    assert isinstance(drive(found, 0.5, deleting=True), LetGo)
    assert told(found)[-2:] == ["withdraw>RollingBack", "finish>RolledBack"]
    assert found.route.weight == 100
    drive(found, 0.1, uid=AGAIN)
    assert "adopt>" in told(found)
    assert found.history.stable == revision(found.plan, STABLE_MODEL)


def test_the_only_thing_that_serves_goes_with_the_lifecycle_where_the_spec_says_so():
    found = first_and(OTHER_MODEL, roc=0.1)
    found.run(1)
    found.plan = planned(OTHER_MODEL, **REMOVED)
    drive(found, 0.5, deleting=True)
    assert found.route[:3] == (None, None, 0)
    assert not found.servers


def test_what_was_open_is_nominated_again_by_a_lifecycle_that_is_created_again():
    """Its finalizer was taken off by hand, so that nothing was withdrawn."""
    found = canary()
    before = len(found.entries)
    again(found, 60)
    assert told(found, before)[:2] == ["adopt>", "nominate>Offline"]
    assert found.history.stable == revision(found.plan, NEW_MODEL)


def test_what_was_rolled_back_when_the_lifecycle_came_back_is_refused():
    found = serving(new=Truth(error_rate=0.1))
    while not (found.history.rollout and found.history.rollout.position.phase == "RollingBack"):
        found.advance(60)
        while not isinstance(made := step(found.plan, found.history, found.observe(), found.now), Wait):
            found.carry_out(made)
            if found.history.rollout and found.history.rollout.position.phase == "RollingBack":
                break
    before = len(found.entries)
    again(found, 10)
    assert told(found, before) == ["adopt>", "nominate>"]
    assert revision(found.plan, NEW_MODEL) in found.history.refused


def test_what_answers_is_adopted_and_not_what_was_to_answer():
    """The second model was on its way, and its servers never became ready."""
    found = first_and(OTHER_MODEL)
    found.truths[revision(found.plan, OTHER_MODEL)].never_ready = True
    found.run(0.5)
    assert told(found)[-1] == "advance>Promoting"
    assert found.route.candidate == revision(found.plan, STABLE_MODEL)
    drive(found, 0.1, uid=AGAIN)
    assert found.history.stable == revision(found.plan, STABLE_MODEL)
    assert found.route[:3] == (revision(found.plan, STABLE_MODEL), None, 0)
