"""What `lifespec status` says is awaited, held against an engine that sees the whole world."""

from __future__ import annotations

import pytest

from cases import plans_of
from lifespec_compiler.engine.history import History
from lifespec_compiler.engine.live import guard, live_checks
from lifespec_compiler.engine.observation import Alarm
from lifespec_compiler.engine.state import Rollout
from lifespec_compiler.engine.values import Position
from lifespec_runtime.cli.ledger_report.status import Stands, as_json, as_text
from lifespec_runtime.ledger.file import Recorded
from lifespec_runtime.ledger.lines import Decision
from lifespec_runtime.ledger.record import Subject, record
from lifespec_runtime.ledger.standing import Awaited, Standing, standing
from lifespec_runtime.ledger.supposed import supposed
from lifespec_runtime.ledger.times import moment
from virtual.lifecycle import NEW_MODEL, STABLE_MODEL, planned, revision, serving, written
from virtual.world import World

SUBJECT = Subject("growth", "churn")
HOUR = 3600.0


def stands(world: World, at: float) -> Standing:
    decisions = tuple(Decision(entry, record(entry, SUBJECT), entry.sequence) for entry in world.entries)
    return standing(Recorded("churn.jsonl", SUBJECT, decisions, None), world.plan, at)


def awaited(world: World) -> Awaited | None:
    return stands(world, world.now).awaited


def training() -> World:
    """An alarm has asked for a training, which takes a while, as does the evaluation of what it makes."""
    found = serving()
    triggers = [{"name": "drifted", "monitor": "inputs"}]
    found.plan = planned(STABLE_MODEL, retraining={"triggers": triggers, "nominate": "direct"})
    found.makes, found.evaluation_takes = revision(found.plan, NEW_MODEL), 2 * HOUR
    found.alarms.append(Alarm("inputs", found.now, "Fail"))
    return found


def nominated(**spec: object) -> World:
    found = serving()
    found.plan = planned(NEW_MODEL, **spec)
    return found


def guarded(**guard: object) -> World:
    return nominated(rollout={"guards": [{"window": "15m", "onNoData": "rollback", **guard}]})


WORLDS = {
    "training": training,
    "at most": lambda: guarded(metric="errorRate", max="1%"),
    "compared": lambda: guarded(metric="errorRate", against="stable", maxRegression="1%"),
    "a rate": lambda: guarded(metric="throughput", min=1.5, minSamples=500),
}


@pytest.mark.parametrize("name", WORLDS)
def test_nothing_is_said_to_be_due_while_the_engine_waits(name):
    world = WORLDS[name]()
    world.run(0.1)
    for _ in range(21):
        world.run(1 / 6)
        found = awaited(world)
        assert found is not None
        assert not found.what.startswith("the decision")
    assert world.history.rollout
    assert world.history.rollout.position.phase == "Canary"


def test_an_open_training_is_awaited_and_then_the_report_on_its_model():
    world = training()
    world.run(0.2)
    assert world.history.run
    assert awaited(world) == Awaited("the training runs")
    while world.history.run.phase == "Training":
        world.tick()
    assert awaited(world) == Awaited(f"a report on the model of {world.history.run.id}")


@pytest.mark.parametrize("samples", [1, 7, 1000])
@pytest.mark.parametrize(
    "bound",
    [
        {"metric": "errorRate", "max": "0%"},
        {"metric": "accuracy", "min": "100%"},
        {"metric": "throughput", "min": 5.5},
        {"metric": "throughput", "max": 0},
        {"metric": "latencyP95", "max": "1ms"},
        *(
            {"metric": metric, "against": "stable", key: "30%"}
            for metric in ("errorRate", "accuracy")
            for key in ("maxRegression", "minImprovement", "maxRelativeRegression")
        ),
    ],
)
def test_what_is_supposed_keeps_any_guard(bound, samples):
    plan = planned(NEW_MODEL, rollout={"guards": [{"window": "15m", "minSamples": samples, **bound}]})
    rollout = Rollout(
        "churn-1", revision(plan, NEW_MODEL), plan.hashes.policy, Position("Canary", 0, 10), 0.0, 3, False
    )
    [check] = live_checks(plan).guards
    windows = supposed(plan, History(rollout=rollout), HOUR).windows
    for one, window in zip(check.bounds, windows, strict=True):
        assert guard(check, one, window.candidate, window.stable, 0) is None


def test_a_stage_is_decided_later_where_outcomes_are_known_later():
    documents = written(NEW_MODEL, evaluation={"online": {"gates": [{"metric": "acceptance", "min": "1%"}]}})
    query = {"good": "sum(accepted)", "total": "sum(shown)"}
    metric = {"name": "acceptance", "direction": "increase", "per": "request", "delay": "3h", "query": query}
    documents.spec["metrics"] = [metric]
    world = serving()
    world.plan = plans_of(documents)[-1]
    world.run(0.2)
    found, rollout = awaited(world), world.history.rollout
    assert found
    assert rollout
    assert (found.earliest, found.latest) == (rollout.since + 7 * HOUR, rollout.since + 11 * HOUR)


@pytest.mark.parametrize(
    ("waits", "then"),
    [
        ({"freeze": ["2027-01-17/2027-02-17"]}, "the end of the freeze"),
        ({"approval": {"before": ["promoting"], "by": "leads"}}, "an approval before Promoting"),
    ],
)
def test_what_passed_may_wait_longer_than_a_stage_may_take(waits, then):
    world = nominated(rollout=waits)  # at 14:00 on the day before the freeze
    world.run(0.2)
    first, rollout = awaited(world), world.history.rollout
    assert first
    assert rollout
    assert (first.latest, first.then) == (rollout.since + 8 * HOUR, "")
    world.run(5)
    second, rollout = awaited(world), world.history.rollout
    assert second
    assert rollout
    assert (second.earliest, second.latest, second.then) == (rollout.since + 12 * HOUR, None, then)
    told = as_text([Stands("churn.jsonl", SUBJECT, (), stands(world, world.now), world.now, 0, "")])
    assert f"what comes next waits for {then}\n" in f"{told}\n"
    assert "at the latest" not in told
    world.run(30)
    assert world.history.rollout == rollout, "it stands there though its timeout is over"


@pytest.mark.parametrize("zone", ["UTC", "Pacific/Auckland", "America/Los_Angeles"])
def test_no_schedule_is_next_where_the_calendar_ends(zone):
    world = serving()
    schedule = {"name": "leap", "schedule": "0 0 29 2 *", "timeZone": zone}
    world.plan = planned(NEW_MODEL, retraining={"triggers": [schedule]})
    world.run(0.1)
    for at in ("0001-01-01T00:00:00Z", "0001-01-02T00:00:00Z", "2026-11-22T00:00:00Z"):
        found = stands(world, moment(at))
        assert found.awaited is not None
        assert [name for name, after in found.scheduled if after > moment(at)] in (["leap"], [])
    assert found.scheduled
    for at in ("9996-02-29T18:00:00Z", "9999-12-30T00:00:00Z", "9999-12-31T23:59:59Z"):
        found = stands(world, moment(at))
        assert found.awaited is not None
        assert found.scheduled == ()


def test_a_stage_that_the_calendar_ends_in_has_no_time():
    world = nominated()
    world.run(0.2)
    late = moment("9999-12-31T23:00:00Z") - world.entries[-1].at
    moved = [entry._replace(at=entry.at + late) for entry in world.entries]
    decisions = tuple(Decision(entry, record(entry, SUBJECT), entry.sequence) for entry in moved)
    found = standing(Recorded("churn.jsonl", SUBJECT, decisions, None), world.plan, moved[-1].at + 60)
    assert found.awaited == Awaited("the stage is held")
    told = Stands("churn.jsonl", SUBJECT, tuple(moved), found, moved[-1].at, 5, "")
    assert "the stage is held" in as_text([told])
    assert "the stage is held" in as_json([told])
