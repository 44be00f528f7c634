"""Trainings in virtual time: triggers, the reasons why not, and what becomes of the model."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from lifespec_compiler.engine.observation import Alarm, Request
from virtual.lifecycle import NEW_MODEL, STABLE_MODEL, planned, revision, serving
from virtual.world import World

DAY = 24


def retraining(**spec: object) -> World:
    """A world with a stable model, whose lifecycle trains anew as the spec says."""
    found = serving()
    given = {"triggers": [{"name": "drifted", "monitor": "inputs"}], "cooldown": "1d", "nominate": "direct", **spec}
    found.plan = planned(STABLE_MODEL, retraining=given)
    found.makes = revision(found.plan, NEW_MODEL)
    return found


def alarm(found: World, outcome: str = "Fail") -> None:
    found.alarms.append(Alarm("inputs", found.now, outcome))


def told(found: World) -> list[tuple[str, str]]:
    return [(entry.kind, entry.to.phase if entry.to else "") for entry in found.entries[3:]]


def test_an_alarm_trains_evaluates_and_puts_the_model_through_the_whole_rollout():
    found = retraining()
    alarm(found)
    found.run(50)
    assert told(found) == [
        ("train", "Training"),
        ("advance", "Evaluating"),
        ("advance", "Nominated"),
        ("nominate", "Offline"),
        ("advance", "Canary"),
        ("advance", "Canary"),
        ("advance", "Promoting"),
        ("finish", "Done"),
    ]
    assert found.history.stable == revision(found.plan, NEW_MODEL)


def test_git_does_not_undo_what_a_training_has_promoted():
    found = retraining()
    alarm(found)
    found.run(50)
    before = len(found.entries)
    found.run(50)
    assert len(found.entries) == before


def test_the_same_alarm_seen_a_thousand_times_trains_once():
    found = retraining()
    alarm(found)
    found.alarms *= 5
    found.run(3)
    assert len(found.jobs) == 1


def test_another_alarm_within_the_cooldown_is_answered_with_a_reason():
    found = retraining(cooldown="5d")
    alarm(found)
    found.run(50)
    alarm(found, "Pass")
    alarm(found)
    found.run(1)
    assert found.entries[-1].kind == "suppress"
    assert "cooldown" in found.entries[-1].reason
    assert len(found.jobs) == 1


def test_it_takes_as_many_alarms_in_a_row_as_the_spec_says():
    found = retraining(triggers=[{"name": "drifted", "monitor": "inputs", "consecutive": 2}])
    alarm(found)
    found.run(1)
    alarm(found, "Pass")
    found.run(1)
    alarm(found)
    found.run(1)
    assert not found.jobs
    alarm(found)
    found.run(1)
    assert len(found.jobs) == 1


def test_a_schedule_fires_in_its_time_zone_and_misses_are_not_made_up():
    found = retraining(
        triggers=[{"name": "nightly", "schedule": "30 2 * * *", "timeZone": "Asia/Tokyo"}], cooldown="1h"
    )
    found.makes = None  # it fails, so that the model stays
    found.run(3 * DAY)
    trained = [entry for entry in found.entries if entry.kind == "train"]
    assert [datetime.fromtimestamp(entry.at, UTC).strftime("%H:%M") for entry in trained[1:]] == ["17:30"] * (
        len(trained) - 1
    )
    assert len(trained) in (3, 4)
    found.now += 20 * DAY * 3600
    found.run(1)
    assert sum(entry.kind == "train" for entry in found.entries) == len(trained) + 1


def test_the_limit_holds_whatever_fires():
    found = retraining(cooldown="1m", limit={"runs": 2, "per": "30d"})
    found.makes = None
    for _ in range(6):
        alarm(found)
        found.run(2)
        alarm(found, "Pass")
        found.run(0.1)
    assert len(found.jobs) == 2
    reasons = [entry.reason for entry in found.entries if entry.kind == "suppress"]
    assert len(reasons) == 4
    assert all("limit" in reason for reason in reasons)


def test_new_rows_train_once_until_they_have_come_again():
    found = retraining(triggers=[{"name": "grown", "newLabeledRows": 1000}], cooldown="1h")
    found.new_rows = 999
    found.run(1)
    assert not found.jobs
    found.new_rows = 1000
    found.run(1)
    assert len(found.jobs) == 1
    found.run(10)
    assert len(found.jobs) == 1


@pytest.mark.parametrize(("nominate", "proposed"), [("manual", 0), ("pullRequest", 1)])
def test_what_people_nominate_starts_no_rollout(nominate, proposed):
    found = retraining(nominate=nominate)
    alarm(found)
    found.run(10)
    assert told(found)[-1] == ("finish", "Done")
    assert len(found.proposed) == proposed
    assert found.history.stable == revision(found.plan, STABLE_MODEL)


def test_a_model_that_fails_its_gates_is_not_nominated():
    found = retraining()
    made = revision(found.plan, NEW_MODEL)
    report = found.truths[made].offline
    assert report
    measured = report.spec.measurements[0].model_copy(update={"value": 0.5})
    found.truths[made].offline = report.model_copy(
        update={"spec": report.spec.model_copy(update={"measurements": (measured,)})}
    )
    alarm(found)
    found.run(10)
    assert told(found)[-1] == ("reject", "Rejected")


def test_a_person_may_train_within_the_cooldown_but_not_twice_at_once():
    found = retraining(cooldown="5d", nominate="manual")
    alarm(found)
    found.run(5)
    found.requests += [Request("one", "retrain", None), Request("two", "retrain", None)]
    found.run(1)
    assert len(found.jobs) == 2
    answers = {entry.request: entry.kind for entry in found.entries if entry.request}
    assert answers == {"one": "train", "two": "answer"}
