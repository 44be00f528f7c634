"""What people may ask for, and what it cannot do."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from lifespec_compiler.engine.observation import Alarm, Request
from virtual.driving import drive, told
from virtual.lifecycle import NEW_MODEL, STABLE_MODEL, planned, revision, serving, world
from virtual.world import Truth, World

ALWAYS = ["2020-01-01/2099-12-31"]
APPROVAL = {"approval": {"before": ["promoting"], "by": "growth-leads"}}


def canary() -> World:
    """A rollout at its first step."""
    found = serving()
    found.run(0.2)
    assert found.history.rollout
    assert found.history.rollout.position.weight == 10
    return found


def ask(found: World, verb: Any, name: str = "", **more: Any) -> str:
    """A request about the open rollout; its name."""
    rollout = found.history.rollout
    name = name or f"{verb}-{len(found.requests)}"
    found.requests.append(Request(name, verb, rollout.id if rollout else None, **more))
    return name


def answers(found: World) -> dict[str, tuple[str, str]]:
    return {entry.request: (entry.kind, entry.reason) for entry in found.entries if entry.request}


def test_break_glass_goes_past_a_freeze_and_the_hold_once():
    found = canary()
    found.plan = planned(NEW_MODEL, rollout={"freeze": ALWAYS})
    found.run(6)
    assert found.route.weight == 10
    before = len(found.entries)
    name = ask(found, "break-glass", reason="the old one is wrong")
    found.run(0.1)
    assert told(found, before) == ["breakGlass>", "advance>Canary"]
    assert found.entries[before].request == name
    assert found.entries[before].reason == "the old one is wrong"
    found.run(20)
    assert found.route.weight == 50


def test_break_glass_goes_past_gates_that_cannot_tell_and_an_approval():
    found = canary()
    found.plan = planned(NEW_MODEL, rollout=APPROVAL)
    found.run(0.1)
    found.silent = True
    for _ in range(2):
        ask(found, "break-glass")
        found.run(0.1)
    assert found.history.stable == revision(found.plan, NEW_MODEL)


def test_break_glass_goes_past_nothing_that_failed():
    found = canary()
    found.truths[revision(found.plan, NEW_MODEL)].error_rate = 0.2
    found.run(0.05)
    ask(found, "break-glass")
    found.run(0.5)
    assert "finish>RolledBack" in told(found)
    assert all(entry.to.weight <= 10 for entry in found.entries[3:] if entry.to)


def test_break_glass_is_no_way_around_an_abort_and_needs_no_held_rollout():
    found = canary()
    ask(found, "pause", "a")
    found.run(0.1)
    ask(found, "break-glass", "b")
    found.run(0.1)
    assert answers(found)["b"] == ("answer", "it is held: `resume` comes first")
    ask(found, "break-glass", "c")
    ask(found, "abort", "d")
    found.run(1)
    assert answers(found)["d"][0] == "rollBack"
    assert answers(found)["c"][0] == "answer"
    assert found.history.rollout is None


def test_break_glass_does_not_raise_to_servers_that_are_not_ready():
    found = serving(new=Truth(never_ready=True))
    found.run(0.2)
    ask(found, "break-glass")
    found.run(1)
    assert found.route.weight == 0


@pytest.mark.parametrize(
    ("groups", "approved"),
    [(None, True), (frozenset({"growth-leads"}), True), (frozenset({"interns"}), False), (frozenset(), False)],
)
def test_only_who_is_named_may_approve(groups, approved):
    found = serving()
    found.plan = planned(NEW_MODEL, rollout={**APPROVAL, "steps": [{"weight": "50%", "hold": "1h"}]})
    found.run(3)
    ask(found, "approve", groups=groups)
    found.run(1)
    assert (found.history.stable == revision(found.plan, NEW_MODEL)) == approved


@pytest.mark.parametrize("groups", [frozenset({"growth-leads"}), frozenset({"interns"})])
def test_without_a_name_there_the_approvers_of_governance_approve(groups):
    found = serving()
    found.plan = planned(
        NEW_MODEL,
        governance={"tier": 2, "approvers": ["growth-leads"]},
        rollout={"approval": {"before": ["promoting"]}, "steps": [{"weight": "50%", "hold": "1h"}]},
    )
    found.run(3)
    ask(found, "approve", groups=groups)
    found.run(1)
    assert (found.history.stable == revision(found.plan, NEW_MODEL)) == ("growth-leads" in groups)


@pytest.mark.parametrize("phase", ["offline", "canary"])
def test_an_approval_may_be_asked_for_before_any_phase(phase):
    found = serving()
    found.plan = planned(NEW_MODEL, rollout={"approval": {"before": [phase], "by": "growth-leads"}})
    before = len(found.entries)
    found.run(5)
    assert told(found, before) == ["nominate>Offline"]
    assert (revision(found.plan, NEW_MODEL) in found.evaluated) == (phase != "offline")
    assert found.tick().awaits == phase.title()
    ask(found, "approve")
    found.run(0.2)
    assert told(found, before)[-1] == "advance>Canary"


def test_an_approval_that_nothing_asks_for_is_answered():
    found = canary()
    name = ask(found, "approve")
    found.run(0.1)
    assert answers(found)[name][1] == "nothing before Promoting awaits an approval"


def test_an_approval_is_of_one_rollout():
    found = serving()
    found.plan = planned(NEW_MODEL, rollout={**APPROVAL, "steps": [{"weight": "50%", "hold": "1h"}]})
    found.run(0.2)
    ask(found, "approve")
    found.run(0.2)
    found.plan = planned(NEW_MODEL, rollout={**APPROVAL, "steps": [{"weight": "40%", "hold": "1h"}]})
    found.run(5)
    assert found.tick().awaits == "Promoting"


def test_what_does_not_apply_is_answered_with_the_reason():
    found = canary()
    names = [ask(found, "resume")]
    found.run(0.1)
    names += [ask(found, "pause"), ask(found, "pause")]
    found.run(0.1)
    found.requests.append(Request("late", "abort", "churn-of-yesterday"))
    found.requests.append(Request("odd", "dance", found.history.rollout.id if found.history.rollout else None))  # type: ignore[arg-type]
    found.run(0.1)
    said = answers(found)
    assert said[names[0]][1] == "it is not held"
    assert said[names[2]][1] == "it is held already"
    assert said["late"][1] == "stale: that rollout is not open"
    assert said["odd"][1] == "there is no such verb"


def test_every_request_has_one_answer():
    found = canary()
    for verb in ("abort", "approve", "pause", "resume", "break-glass", "retrain", "retry"):
        ask(found, verb)
    found.run(30)
    asked = [entry.request for entry in found.entries if entry.request]
    assert sorted(asked) == sorted(request.name for request in found.requests)


def test_a_run_can_be_aborted_and_its_job_is_stopped():
    found = serving()
    found.plan = planned(STABLE_MODEL, retraining={"triggers": [{"name": "drifted", "monitor": "inputs"}]})
    found.makes = revision(found.plan, NEW_MODEL)
    found.alarms.append(Alarm("inputs", found.now, "Fail"))
    found.run(0.1)
    run = found.history.run
    assert run
    found.requests += [Request("no", "pause", None, run=run.id), Request("other", "abort", None, run="weekly@1")]
    found.requests.append(Request("stop", "abort", None, run=run.id, reason="the data is broken"))
    found.run(0.1)
    assert found.history.run is None
    assert found.stopped == {run.id}
    assert answers(found)["stop"] == ("finish", "the data is broken")
    assert answers(found)["other"][1] == "stale: that run is not open"
    found.run(30)
    assert len(found.jobs) == 1
    assert revision(found.plan, NEW_MODEL) not in found.servers


def test_a_retry_waits_for_the_end_of_a_freeze():
    found = serving(new=Truth(error_rate=0.2))
    found.run(2)
    new = revision(found.plan, NEW_MODEL)
    assert new in found.history.refused
    day = datetime.fromtimestamp(found.now, UTC).date().isoformat()
    found.plan = planned(NEW_MODEL, rollout={"freeze": [f"{day}/{day}"]})
    found.requests.append(Request("again", "retry", None, new))
    found.run(0.1)
    assert answers(found)["again"][1] == "a freeze stops nominations"


def test_a_retry_of_what_was_never_refused_is_stale():
    found = canary()
    found.requests.append(Request("again", "retry", None, revision(found.plan, NEW_MODEL)))
    found.requests.append(Request("nothing", "retry", None))
    found.run(0.1)
    assert {answers(found)[name][1] for name in ("again", "nothing")} == {"stale: nothing to try again now"}


def test_a_request_that_was_answered_long_ago_is_not_answered_again_though_its_name_is_forgotten():
    found = canary()
    old = Request("old", "retrain", None, at=found.now - 10)
    found.history = found.history._replace(forgotten=found.now)
    before = len(found.entries)
    drive(found, 0.1, requests=(old,))
    assert len(found.entries) == before
    drive(found, 0.1, requests=(old._replace(at=found.now + 60),))
    assert len(found.entries) > before


def test_a_pause_stops_no_guard():
    found = canary()
    ask(found, "pause")
    found.run(0.5)
    found.truths[revision(found.plan, NEW_MODEL)].error_rate = 0.2
    found.run(1)
    assert told(found)[-3:] == ["failure>", "rollBack>RollingBack", "finish>RolledBack"]


def test_an_approval_may_come_ahead_of_its_time():
    found = serving()
    found.plan = planned(NEW_MODEL, rollout={**APPROVAL, "steps": [{"weight": "50%", "hold": "1h"}]})
    found.run(0.2)
    ask(found, "approve")
    found.run(3)
    assert found.history.stable == revision(found.plan, NEW_MODEL)


def test_resume_begins_the_step_anew_with_nothing_counted():
    found = canary()
    found.run(3)
    ask(found, "pause")
    found.run(0.1)
    ask(found, "resume")
    found.run(3.5)
    assert found.route.weight == 10
    found.run(1)
    assert found.route.weight == 50


@pytest.mark.parametrize("phase", ["shadow", "canary", "promoting"])
def test_a_first_model_gets_no_traffic_before_the_approval_that_the_policy_asks_for(phase):
    found = world(planned(STABLE_MODEL, rollout={"approval": {"before": [phase], "by": "growth-leads"}}))
    found.run(3)
    assert found.route.weight == 0
    ask(found, "approve")
    found.run(1)
    assert found.route.weight == 100


def waiting() -> World:
    """Its last step has passed, and waits for an approval, long beyond the step's timeout."""
    found = serving()
    found.plan = planned(NEW_MODEL, rollout={"approval": {"before": ["promoting"], "by": "growth-leads"}})
    found.run(60)
    assert found.history.rollout
    assert found.history.rollout.position.step == 1
    return found


def test_a_gap_in_the_metrics_does_not_end_a_wait_for_an_approval():
    found = waiting()
    drive(found, 23, counted=found.observe().counted, windows=())
    assert found.route.weight == 50
    assert told(found)[-1] == "advance>Canary"


def test_a_gap_as_long_as_the_timeout_ends_a_wait_for_an_approval():
    found = waiting()
    drive(found, 25, counted=found.observe().counted, windows=())
    assert told(found)[-1] == "finish>RolledBack"


def test_an_approval_in_a_gap_promotes_nothing():
    found = waiting()
    before = len(found.entries)
    drive(found, 0.2, counted=found.observe().counted, windows=())
    ask(found, "approve")
    drive(found, 0.2, counted=(), windows=())
    assert "advance>Promoting" not in told(found, before)


def test_after_the_gap_the_approval_promotes():
    found = waiting()
    drive(found, 0.5, counted=found.observe().counted, windows=())
    ask(found, "approve")
    found.run(0.1)
    assert told(found)[-1] in ("advance>Promoting", "finish>Done")


def test_what_was_never_counted_does_not_wait_for_an_approval():
    found = waiting()
    drive(found, 0.1, counted=(), windows=())
    assert told(found)[-1] == "finish>RolledBack"
