"""Each strategy's way to all traffic, the first model's, and batch serving's."""

from __future__ import annotations

from typing import Any

import pytest

from lifespec_compiler.engine.case import Effect, Evaluate, Wait
from lifespec_compiler.engine.observation import Counted, Request
from lifespec_compiler.engine.values import Position
from lifespec_compiler.plan import Plan
from lifespec_compiler.statistics.sequential import Counts
from virtual.driving import drive, told
from virtual.lifecycle import NEW_MODEL, STABLE_MODEL, planned, report, revision, serving, world
from virtual.world import Truth, World

HOUR = 3600.0
SHADOW = {"mirror": "20%", "duration": "6h", "gates": [{"metric": "errorRate", "max": "1%"}]}
OTHERS: dict[str, dict[str, Any]] = {
    "blueGreen": {"strategy": "blueGreen", "hold": "4h", "steps": None},
    "direct": {"strategy": "direct", "hold": "4h", "steps": None},
    "abTest": {"strategy": "abTest", "weight": "50%", "duration": "24h", "steps": None},
}


def without_none(given: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in given.items() if value is not None}


def strategy(name: str, model: str, **more: Any) -> Plan:
    """A plan with one of the strategies that have no steps."""
    guards = [{"metric": "errorRate", "max": "1%", "window": "15m"}]
    return planned(model, rollout={**OTHERS[name], "guards": guards}, **more)


@pytest.mark.parametrize("name", ["blueGreen", "direct"])
def test_all_at_once_is_held_and_the_old_revision_waits_beside_it(name):
    found = serving()
    old, new = revision(found.plan, STABLE_MODEL), revision(found.plan, NEW_MODEL)
    found.plan = strategy(name, NEW_MODEL)
    before = len(found.entries)
    found.run(3.9)
    assert told(found, before) == ["nominate>Offline", "advance>Promoting"]
    assert found.route.weight == 100
    assert set(found.servers) == {old, new}
    found.run(0.4)
    assert told(found, before)[-1] == "finish>Done"
    assert found.entries[-1].at - found.entries[-2].at >= 4 * HOUR
    assert list(found.servers) == [new]


@pytest.mark.parametrize("name", ["blueGreen", "direct"])
def test_all_at_once_goes_back_when_a_guard_fails(name):
    found = serving(new=Truth(error_rate=0.1))
    found.plan = strategy(name, NEW_MODEL, evaluation={"online": None})
    found.run(2)
    assert told(found)[-2:] == ["rollBack>RollingBack", "finish>RolledBack"]
    assert found.route.stable == found.history.stable == revision(found.plan, STABLE_MODEL)


def test_an_ab_test_has_its_share_for_its_time_and_then_is_decided():
    found = serving()
    found.plan = strategy("abTest", NEW_MODEL)
    before = len(found.entries)
    found.run(23)
    assert told(found, before) == ["nominate>Offline", "advance>Canary"]
    assert found.route.weight == 50
    found.run(2)
    assert told(found, before)[2:] == ["advance>Promoting", "finish>Done"]


def test_shadow_comes_before_any_live_traffic():
    found = serving()
    found.plan = planned(NEW_MODEL, evaluation={"shadow": SHADOW})
    before = len(found.entries)
    found.run(5.9)
    assert told(found, before) == ["nominate>Offline", "advance>Shadow"]
    assert (found.route.weight, found.route.mirror) == (0, 20)
    found.run(40)
    assert [entry.to.phase for entry in found.entries[before:] if entry.to] == [
        "Offline",
        "Shadow",
        "Canary",
        "Canary",
        "Promoting",
        "Done",
    ]


def test_a_candidate_that_fails_in_shadow_is_rejected_without_live_traffic():
    found = serving(new=Truth(error_rate=0.1))
    found.plan = planned(NEW_MODEL, evaluation={"shadow": SHADOW}, rollout={"guards": []})
    before = found.answered[0]
    found.run(6)
    assert told(found)[-1] == "reject>Rejected"
    assert found.answered[0] == before
    assert found.route[:4] == (revision(found.plan, STABLE_MODEL), None, 0, 0)
    assert revision(found.plan, NEW_MODEL) not in found.servers
    assert revision(found.plan, NEW_MODEL) in found.history.refused


def test_guards_are_watched_in_shadow_too():
    found = serving(new=Truth(error_rate=0.1))
    gates = [{"metric": "latencyP99", "max": "10s"}]
    found.plan = planned(NEW_MODEL, evaluation={"shadow": {**SHADOW, "gates": gates}})
    before = found.answered[0]
    found.run(2)
    assert told(found)[-3:] == ["failure>", "rollBack>RollingBack", "finish>RolledBack"]
    assert found.answered[0] == before


def test_guards_count_over_the_whole_rollout():
    found = serving()
    new = revision(found.plan, NEW_MODEL)
    found.plan = planned(NEW_MODEL, evaluation={"online": None})
    found.run(2)
    found.truths[new].error_rate = 0.05
    while not (found.history.rollout and found.history.rollout.failures):
        found.tick()
    found.truths[new].error_rate = 0.001
    found.run(6)
    assert found.history.rollout
    assert found.history.rollout.position == Position("Canary", 1, 50)
    found.truths[new].error_rate = 0.05
    found.run(1)
    assert told(found)[-2:] == ["rollBack>RollingBack", "finish>RolledBack"]


def test_a_first_model_without_guards_is_promoted_after_the_sum_of_the_holds():
    found = world(planned(STABLE_MODEL, rollout={"guards": []}))
    found.run(17)
    assert told(found) == ["nominate>Offline", "advance>Promoting", "finish>Done"]
    assert found.entries[2].at - found.entries[1].at >= 16 * HOUR


def test_a_first_model_waits_for_its_approval():
    found = world(planned(STABLE_MODEL, rollout={"approval": {"before": ["promoting"], "by": "growth-leads"}}))
    found.run(5)
    assert told(found) == ["nominate>Offline"]
    rollout = found.history.rollout
    assert rollout
    assert found.tick().awaits == "Promoting"
    found.requests.append(Request("yes", "approve", rollout.id))
    found.run(30)
    assert told(found) == ["nominate>Offline", "answer>Promoting", "advance>Promoting", "finish>Done"]


RELATIVE = {
    "offline": {
        "gates": [{"metric": "rocAuc", "min": 0.8}, {"metric": "rocAuc", "against": "stable", "maxRegression": 0.01}]
    }
}


def test_a_first_model_is_held_to_its_absolute_gates_only():
    found = world(planned(STABLE_MODEL, evaluation=RELATIVE))
    found.run(1)
    assert told(found)[:2] == ["nominate>Offline", "advance>Promoting"]


def test_where_bootstrap_refuses_a_person_decides_on_the_first_model():
    evaluation = {**RELATIVE, "bootstrap": {"relativeGates": "refuse"}}
    found = world(planned(STABLE_MODEL, evaluation=evaluation))
    found.run(5)
    assert told(found) == ["nominate>Offline", "hold>Held"]
    rollout = found.history.rollout
    assert rollout
    found.requests.append(Request("yes", "approve", rollout.id))
    found.run(30)
    assert told(found)[2:] == ["answer>Promoting", "resume>Offline", "advance>Promoting", "finish>Done"]


def test_a_first_model_whose_guard_fails_is_held_and_keeps_serving():
    found = world(planned(STABLE_MODEL), stable=Truth(error_rate=0.1))
    found.run(5)
    assert told(found)[-1] == "hold>Held"
    assert found.route.candidate == revision(found.plan, STABLE_MODEL)
    assert found.route.weight == 100
    assert found.history.stable is None


def test_a_first_model_whose_guard_fails_gives_way_to_the_constant():
    fallback = {"fallback": {"kind": "constant", "response": "{}"}}
    plan = planned(STABLE_MODEL, serving=fallback)
    found = world(plan)
    found.run(1)
    assert found.route.weight == 100
    assert not found.route.fallback
    found.truths[revision(plan, STABLE_MODEL)].error_rate = 0.1
    found.run(3)
    assert told(found)[-1] == "hold>Held"
    assert found.route.candidate is None
    assert found.route.fallback == "{}"
    rollout = found.history.rollout
    assert rollout
    found.truths[revision(plan, STABLE_MODEL)].error_rate = 0.001
    found.requests.append(Request("mended", "resume", rollout.id))
    found.run(0.1)
    assert (found.route.weight, found.route.fallback) == (100, None)


def test_a_paused_first_model_keeps_its_route_beside_a_constant():
    found = world(planned(STABLE_MODEL, serving={"fallback": {"kind": "constant", "response": "{}"}}))
    found.run(1)
    rollout = found.history.rollout
    assert rollout
    found.requests.append(Request("wait", "pause", rollout.id))
    found.run(1)
    assert (found.route.weight, found.route.fallback) == (100, None)


BATCH = {
    "mode": "batch",
    "schedule": "0 4 * * *",
    "output": "s3://scores/churn/",
    "shadowRuns": 2,
}


DISAGREEMENT = {"metric": "disagreementRate", "max": "5%"}


def batch(model: str, *, guards: list[Any] | None = None, gates: list[Any] | None = None) -> Plan:
    """Scores are written once a day; two runs of a candidate are compared."""
    return planned(
        model,
        serving=BATCH,
        evaluation={"online": None, "shadow": {**SHADOW, "gates": gates or [DISAGREEMENT]}},
        rollout={"guards": guards or [], "steps": [{"weight": "100%", "hold": "1h"}]},
    )


def scored() -> World:
    """A batch lifecycle whose first model has the output pointer."""
    found = world(batch(STABLE_MODEL))
    for model in (STABLE_MODEL, NEW_MODEL):
        found.truths[revision(found.plan, model)] = Truth(offline=report(found.plan, model, 0.9))
    found.run(1)
    assert told(found) == ["nominate>Offline", "advance>Promoting", "finish>Done"]
    found.plan = batch(NEW_MODEL)
    return found


def test_a_batch_candidate_has_its_runs_compared_before_the_pointer_moves():
    found = scored()
    before = len(found.entries)
    drive(found, 30, compared=1)
    assert told(found, before) == ["nominate>Offline", "advance>Shadow"]
    assert found.route.weight == 0
    drive(found, 1, compared=2)
    assert told(found, before)[2:] == ["advance>Promoting", "finish>Done"]
    assert found.history.stable == revision(found.plan, NEW_MODEL)


def test_a_batch_candidate_whose_runs_do_not_come_is_given_up():
    found = scored()
    drive(found, 24 * 5, compared=1)
    assert told(found)[-2:] == ["rollBack>RollingBack", "finish>RolledBack"]


def test_a_policy_that_changes_takes_no_traffic_from_the_first_model():
    found = world(planned(STABLE_MODEL))
    found.run(2)
    assert found.route.weight == 100
    found.plan = planned(STABLE_MODEL, rollout={"guards": [{"metric": "errorRate", "max": "2%", "window": "15m"}]})
    for _ in range(60 * 17):
        found.tick()
        assert found.route.weight == 100 or found.route.stable is not None
    assert found.history.stable == revision(found.plan, STABLE_MODEL)
    assert told(found).count("nominate>Offline") == 2


ROWS = Counts(500, 50_000)


def compared(found: World, runs: int, age: float = 0.0) -> dict[str, Any]:
    """So many runs beside stable's, the newest some seconds ago."""
    of = revision(found.plan, NEW_MODEL)
    rows = Counts(ROWS.good * runs, ROWS.total * runs)
    return {
        "compared": runs,
        "counted": lambda world: (Counted("shadow-disagreementRate", of, rows, None, world.now - age),),
    }


def test_batches_of_hours_ago_are_data_all_the_same():
    """There is none newer until the next run: a person's approval may come in between."""
    found = scored()
    drive(found, 9)
    before = len(found.entries)
    drive(found, 0.2, **compared(found, 2, age=8 * 3600.0))
    assert told(found, before) == ["advance>Promoting", "finish>Done"]


def test_a_batch_candidate_whose_rows_differ_is_rejected_whenever_that_is_seen():
    found = scored()
    drive(found, 9)
    of = revision(found.plan, NEW_MODEL)
    bad = (Counted("shadow-disagreementRate", of, Counts(30_000, 50_000), None, found.now - 8 * 3600.0),)
    drive(found, 0.2, compared=2, counted=bad)
    assert told(found)[-1] == "reject>Rejected"


def test_a_batch_guard_waits_for_the_first_run():
    found = scored()
    guard = {"metric": "errorRate", "max": "1%", "window": "15m", "onNoData": "rollback"}
    found.plan = batch(NEW_MODEL, guards=[guard])
    before = len(found.entries)
    drive(found, 20, compared=0)
    assert told(found, before) == ["nominate>Offline", "advance>Shadow"]


def test_a_batch_candidate_says_how_many_runs_there_were_when_it_is_given_up():
    found = scored()
    drive(found, 24 * 5, compared=1)
    assert found.entries[-2].reason == "1 of 2 runs stood beside stable's in time"


def test_a_batch_report_is_asked_for_after_the_runs():
    found = scored()
    gate = {"name": "psi", "metric": "predictionPsi", "max": 0.1}
    found.plan = batch(NEW_MODEL, gates=[gate])
    asked, apply = [], found.apply

    def heard(effect: Effect) -> None:
        asked.append(effect)
        apply(effect)

    found.apply = heard  # type: ignore[method-assign]
    assert isinstance(last := drive(found, 20, compared=1), Wait)
    assert last.why == "1 of 2 runs stand beside stable's"
    assert [one.tier for one in asked if isinstance(one, Evaluate)] == ["offline"]
    drive(found, 1, compared=2)
    assert [one.tier for one in asked if isinstance(one, Evaluate)] == ["offline", "shadow"]
