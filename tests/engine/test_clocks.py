"""Clocks that were wrong for a moment: what happened then neither happens twice nor keeps the rest from happening."""

from __future__ import annotations

from typing import Any

import pytest

from lifespec_compiler.engine.case import Record
from lifespec_compiler.engine.history import REQUESTS
from lifespec_compiler.engine.observation import Alarm, Request
from lifespec_compiler.engine.step import step
from virtual.driving import drive
from virtual.lifecycle import NEW_MODEL, STABLE_MODEL, planned, revision, serving
from virtual.world import World

YEARS = 10 * 365 * 86400.0


def watched(*triggers: dict[str, Any], **more: Any) -> World:
    """A stable model, whose trainings come to nothing but a record."""
    found = serving()
    found.plan = planned(STABLE_MODEL, retraining={"triggers": list(triggers), "nominate": "manual", **more})
    found.makes = revision(found.plan, NEW_MODEL)
    return found


DRIFTED = {"name": "drifted", "monitor": "inputs"}
GROWN = {"name": "grown", "newLabeledRows": 10}


def trainings(found: World) -> list[str | None]:
    return [entry.stream for entry in found.entries if entry.kind == "train"]


@pytest.mark.parametrize("fraction", [0.0, 0.4, 0.5, 0.6])
def test_an_alarm_at_a_fraction_of_a_second_trains_once(fraction):
    found = watched(DRIFTED)
    found.alarms.append(Alarm("inputs", found.now + fraction, "Fail"))
    found.run(3)
    assert trainings(found) == [f"drifted@{int(found.alarms[0].until)}"]
    assert "suppress" not in {entry.kind for entry in found.entries}


@pytest.mark.parametrize("fraction", [0.0, 0.4, 0.5, 0.6])
def test_rows_after_a_training_at_a_fraction_of_a_second_train_once_each_time(fraction):
    found = watched(GROWN, cooldown="1h")
    found.now += fraction
    for _ in range(2):
        found.new_rows = 10
        drive(found, 12)
    assert len(set(trainings(found))) == len(trainings(found)) == 2


def test_an_alarm_of_the_future_is_none_and_hides_none():
    found = watched(DRIFTED)
    found.alarms.append(Alarm("inputs", found.now + YEARS, "Fail"))
    found.run(1)
    assert trainings(found) == []
    found.alarms.append(Alarm("inputs", found.now, "Fail"))
    found.run(1)
    assert len(trainings(found)) == 1


def test_a_training_of_the_future_keeps_no_later_one_away():
    found = watched(DRIFTED, cooldown="1d", limit={"runs": 1, "per": "30d"})
    found.now += YEARS
    found.alarms.append(Alarm("inputs", found.now - YEARS, "Fail"))  # whoever measures has the right time
    found.run(4)
    assert trainings(found)
    found.now -= YEARS
    found.alarms[:] = [Alarm("inputs", found.now, "Fail")]
    found.run(1)
    assert len(set(trainings(found))) == len(trainings(found)) == 2


def test_an_answer_of_the_future_makes_no_later_request_forgotten():
    found = serving()
    found.run(1)
    rollout = found.history.rollout
    assert rollout
    found.now += YEARS
    found.requests.append(Request("first", "approve", rollout.id, at=found.now - YEARS))
    drive(found, 0.01, jobs={})
    assert found.entries[-1].request == "first" or found.entries[-1].at > YEARS
    found.now -= YEARS
    made = found.now
    for number in range(REQUESTS + 2):
        found.requests = [Request(f"r{number:05}", "approve", "of-yesterday", at=made + number)]
        found.now = made + number + 1
        drive(found, 0.0)
    found.requests = [Request("last", "approve", "of-yesterday", at=found.now)]
    drive(found, 0.0)
    assert found.entries[-1].request == "last"
    assert found.history.forgotten < found.now


def test_the_oldest_requests_are_answered_first_and_none_is_lost():
    found = serving()
    found.run(1)
    found.requests = [
        Request(f"q{n:05}", "resume", "of-yesterday", at=found.now - n / 10) for n in range(REQUESTS + 50)
    ]
    while isinstance(told := step(found.plan, found.history, found.observe(), found.now), Record):
        found.carry_out(told)
    assert {request.name for request in found.requests} <= {entry.request for entry in found.entries}


@pytest.mark.parametrize("order", [("Pass", "Fail"), ("Fail", "Pass")])
def test_alarms_of_one_moment_that_contradict_each_other_are_none(order):
    found = watched(DRIFTED)
    found.alarms += [Alarm("inputs", found.now, outcome) for outcome in order]
    found.run(0.1)
    assert trainings(found) == []
