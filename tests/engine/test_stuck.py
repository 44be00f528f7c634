"""Something does not come about, however often it is asked for: all else goes on, and what must stop stops."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from lifespec_compiler.engine.case import (
    Case,
    Deploy,
    Direct,
    Effect,
    Record,
    Remove,
    Stop,
    Train,
    Unpin,
    Wait,
    effect_key,
)
from lifespec_compiler.engine.observation import Observation, Route
from lifespec_compiler.engine.policy import judged_by
from lifespec_compiler.engine.step import step
from lifespec_compiler.engine.values import Revision
from virtual.driving import drive, told
from virtual.lifecycle import NEW_MODEL, OTHER_MODEL, STABLE_MODEL, planned, revision, serving
from virtual.world import World

ALARM = {"retraining": {"triggers": [{"name": "enough", "newLabeledRows": 10}], "nominate": "manual"}}


def canary() -> World:
    """At its first step, with nothing but a gate that watches it."""
    found = serving()
    found.plan = planned(NEW_MODEL, rollout={"guards": []})
    found.run(1)
    assert found.route.weight == 10
    return found


def without(found: World, stuck: Callable[[Effect], bool]) -> None:
    """Some effects have no effect in this world."""
    apply = found.apply
    found.apply = lambda effect: None if stuck(effect) else apply(effect)  # type: ignore[method-assign]


def leftover(found: World) -> Callable[[Effect], bool]:
    found.servers[revision(found.plan, OTHER_MODEL)] = found.now
    return lambda effect: isinstance(effect, Remove) and effect.revision.model == OTHER_MODEL


def running(found: World) -> Callable[[Effect], bool]:
    found.jobs["old@1"], found.training_takes = found.now, 1e9
    return lambda effect: isinstance(effect, Stop)


def stable_gone(found: World) -> Callable[[Effect], bool]:
    found.servers.pop(revision(found.plan, STABLE_MODEL))
    return lambda effect: isinstance(effect, Deploy)


@pytest.mark.parametrize("stuck", [leftover, running, stable_gone])
def test_a_gate_that_fails_acts_whatever_else_does_not_come_about(stuck):
    found = canary()
    without(found, stuck(found))
    found.truths[revision(found.plan, NEW_MODEL)].error_rate = 0.2
    drive(found, 1)
    assert "rollBack>RollingBack" in told(found)
    assert found.route.weight == 0


def test_a_route_that_cannot_be_raised_is_given_up_at_the_timeout():
    found = serving()
    without(found, lambda effect: isinstance(effect, Direct))
    drive(found, 9, tried=lambda world: frozenset({("Direct", (world.history.sequence, False))}))
    assert told(found)[-2:] == ["rollBack>RollingBack", "finish>RolledBack"]
    assert found.entries[-2].reason == "the candidate did not get its traffic in time"


@pytest.mark.parametrize("stuck", [leftover, running])
def test_what_cannot_be_removed_keeps_nobody_from_being_promoted(stuck):
    found = canary()
    without(found, stuck(found))
    drive(found, 24)
    assert told(found)[-1] == "finish>Done"


def asked(found: World, *tried: tuple[str, object]) -> object:
    return step(found.plan, found.history, found.observe()._replace(tried=frozenset(tried)), found.now)


def test_what_was_tried_a_moment_ago_is_not_asked_for_and_all_else_is():
    found = canary()
    stable, other = revision(found.plan, STABLE_MODEL), revision(found.plan, OTHER_MODEL)
    found.servers.pop(stable)
    found.servers[other] = found.now
    first = asked(found)
    assert first == Deploy(stable)
    second = asked(found, effect_key(Deploy(stable)))
    assert second == Remove(other)
    third = asked(found, effect_key(Deploy(stable)), effect_key(Remove(other)))
    assert type(third).__name__ == "Wait"


def test_a_training_that_was_refused_a_moment_ago_is_waited_for():
    found = serving()
    found.plan = planned(STABLE_MODEL, **ALARM)
    found.new_rows = 10
    drive(found, 0.02, tried=frozenset({("Train", "enough@0")}))
    assert told(found)[-1] == "train>Queued"
    drive(found, 0.02)
    assert told(found)[-1] == "advance>Training"


def test_effects_have_keys_of_their_own():
    one, two = Revision("a", "b"), Revision("a", "c")
    effects = [
        Deploy(one),
        Deploy(two),
        Remove(one),
        Train("t@1"),
        Stop("t@1"),
        Unpin("t@1"),
        Direct(Route(sequence=3)),
    ]
    assert len({effect_key(effect) for effect in effects}) == len(effects)
    assert effect_key(Direct(Route(sequence=3, since=1.0))) == effect_key(Direct(Route(sequence=3, since=2.0)))


def test_a_training_is_let_go_when_it_is_recorded_that_its_job_was_there():
    found = serving()
    found.plan = planned(STABLE_MODEL, **ALARM)
    found.new_rows = 10
    found.tick()
    assert told(found)[-2:] == ["train>Queued", "advance>Training"]
    pinned = found.observe()._replace(pinned=frozenset({"enough@0"}))
    assert step(found.plan, found.history, pinned, found.now) == Unpin("enough@0")
    queued = found.history._replace(run=found.history.run._replace(phase="Queued"))  # type: ignore[union-attr]
    assert not isinstance(step(found.plan, queued, pinned, found.now), Unpin)


def test_a_route_goes_to_a_stable_that_is_not_ready_where_nothing_else_answers():
    found = serving()
    found.plan = planned(STABLE_MODEL)
    found.run(0.1)
    stable = revision(found.plan, STABLE_MODEL)
    seen: Observation = found.observe()._replace(servers={stable: "failed"}, route=Route())
    case = Case(found.plan, found.history, seen, found.now, judged_by(found.plan, None))
    assert step(found.plan, found.history, seen, found.now) == Direct(
        Route(stable, None, 0, 0, case.history.sequence, found.now)
    )


def test_what_was_decided_is_carried_out_when_the_agent_was_away_for_longer_than_the_timeout():
    """It went away between the decision on the second step and its route."""
    found = canary()
    while True:
        found.advance(60)
        made = step(found.plan, found.history, found.observe(), found.now)
        if isinstance(made, Record):
            break
    found.carry_out(made)
    assert found.history.rollout
    assert found.history.rollout.position.step == 1
    found.now += 25 * 3600
    found.run(0.1)
    assert found.route.weight == 50
    found.run(14)
    assert told(found)[-1] == "finish>Done"


def test_traffic_that_others_raised_goes_down_whatever_was_tried():
    found = canary()
    sequence = found.history.sequence
    found.route = found.route._replace(weight=90)
    lowered = asked(found, ("Direct", (sequence, False)))
    assert isinstance(lowered, Direct)
    assert lowered.route.weight == 10
    again = asked(found, effect_key(lowered), ("Direct", (sequence, False)))
    assert isinstance(again, Wait), "the rest goes on, and it is tried again later"
