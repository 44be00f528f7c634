"""Rollouts in virtual time: promoted, rolled back, held, and what people and Git say meanwhile."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from lifespec_compiler.engine.observation import Request
from virtual.lifecycle import NEW_MODEL, OTHER_MODEL, STABLE_MODEL, planned, revision, serving, world
from virtual.world import START, Truth, World


def kinds(found: World) -> list[str]:
    return [f"{entry.kind}>{entry.to.phase if entry.to else ''}" for entry in found.entries]


def test_a_first_model_gets_all_traffic_at_once_and_is_watched():
    found = world(planned(STABLE_MODEL))
    found.run(30)
    assert kinds(found) == ["nominate>Offline", "advance>Promoting", "finish>Done"]
    assert found.entries[-1].at - found.entries[1].at >= 16 * 3600
    assert found.route.stable == revision(found.plan, STABLE_MODEL)


def test_a_healthy_candidate_goes_through_all_steps_and_the_old_one_is_removed():
    found = serving()
    found.run(40)
    assert kinds(found)[3:] == [
        "nominate>Offline",
        "advance>Canary",
        "advance>Canary",
        "advance>Promoting",
        "finish>Done",
    ]
    new = revision(found.plan, NEW_MODEL)
    assert found.history.stable == new
    assert list(found.servers) == [new]
    assert found.route[:4] == (new, None, 0, 0)
    first, second = found.entries[4], found.entries[5]
    assert second.at - first.at >= 4 * 3600
    assert [cause.verdict for cause in second.causes] == ["Pass"]


def test_nothing_is_done_once_it_is_at_rest():
    found = serving()
    found.run(40)
    before = dict(found.observer.effects)
    found.run(100)
    assert found.observer.effects == before


def test_a_candidate_with_errors_is_rolled_back_and_comes_back_only_by_retry():
    found = serving(new=Truth(error_rate=0.05))
    found.run(10)
    assert kinds(found)[-2:] == ["rollBack>RollingBack", "finish>RolledBack"]
    stable, new = revision(found.plan, STABLE_MODEL), revision(found.plan, NEW_MODEL)
    assert found.history.stable == stable
    assert found.route[:4] == (stable, None, 0, 0)
    assert list(found.servers) == [stable]
    count = len(found.entries)
    found.run(10)
    assert len(found.entries) == count
    found.requests.append(Request("again", "retry", None, new, "ada", "the cause is mended"))
    found.truths[new].error_rate = 0.001
    found.run(40)
    assert found.history.stable == new


def test_a_bad_offline_report_rejects_before_any_traffic():
    found = world(planned(STABLE_MODEL), {NEW_MODEL: 0.7})
    found.run(30)
    found.plan = planned(NEW_MODEL)
    found.run(10)
    assert kinds(found)[-2:] == ["nominate>Offline", "reject>Rejected"]
    assert found.entries[-1].causes[0].verdict == "Fail"
    assert revision(found.plan, NEW_MODEL) not in found.servers


def test_without_data_nothing_is_promoted_and_the_timeout_rolls_back():
    found = serving()
    found.silent = True
    found.run(12)
    assert kinds(found)[-2:] == ["rollBack>RollingBack", "finish>RolledBack"]
    assert found.entries[-2].at - found.entries[-3].at >= 8 * 3600


def test_a_candidate_that_never_gets_ready_is_rolled_back_at_the_timeout():
    found = serving(new=Truth(never_ready=True))
    found.run(12)
    assert kinds(found)[-2:] == ["rollBack>RollingBack", "finish>RolledBack"]
    assert found.route.weight == 0


def test_abort_wins_over_everything_and_a_stale_request_is_answered():
    found = serving()
    found.run(6)
    rollout = found.history.rollout
    assert rollout
    assert rollout.position.phase == "Canary"
    found.requests += [
        Request("b", "pause", rollout.id, by="ada"),
        Request("c", "abort", rollout.id, by="ada", reason="customers call"),
        Request("a", "approve", "churn-of-yesterday", by="ada"),
    ]
    found.run(1)
    answered = {entry.request: entry for entry in found.entries if entry.request}
    assert answered["c"].kind == "rollBack"
    assert answered["c"].sequence < answered["b"].sequence
    assert answered["a"].reason.startswith("stale")
    assert answered["b"].kind == "answer"
    assert found.history.rollout is None


def test_a_pause_holds_the_weight_and_resume_begins_the_step_again():
    found = serving()
    found.run(2)
    rollout = found.history.rollout
    assert rollout
    assert rollout.position.weight == 10
    found.requests.append(Request("p", "pause", rollout.id))
    found.run(20)
    assert found.route.weight == 10
    assert kinds(found)[-1] == "hold>Held"
    found.requests.append(Request("r", "resume", rollout.id))
    found.run(3.5)
    assert found.route.weight == 10
    found.run(1)
    assert found.route.weight == 50


def test_traffic_that_somebody_lowered_is_not_restored():
    found = serving()
    found.run(2)
    found.route = found.route._replace(weight=3)
    found.run(1)
    assert kinds(found)[-1] == "hold>Held"
    assert found.route.weight == 3


def test_git_going_back_to_stable_rolls_back():
    found = serving()
    found.run(2)
    found.plan = planned(STABLE_MODEL)
    found.run(1)
    assert "withdraw>RollingBack" in kinds(found)
    assert found.history.stable == revision(found.plan, STABLE_MODEL)
    assert found.history.rollout is None


def test_another_model_in_git_begins_a_new_rollout_from_nothing():
    found = serving()
    found.run(10)
    old = found.history.rollout
    assert old
    assert old.position.weight == 50
    found.plan = planned(OTHER_MODEL)
    found.run(1)
    assert found.history.rollout
    assert found.history.rollout.id != old.id
    assert found.route.weight <= 10
    assert revision(found.plan, NEW_MODEL) not in found.servers


def test_a_changed_policy_begins_anew_with_the_same_model():
    found = serving()
    found.run(10)
    old = found.history.rollout
    assert old is not None
    found.plan = planned(NEW_MODEL, rollout={"guards": [{"metric": "errorRate", "max": "2%", "window": "15m"}]})
    found.run(1)
    new = found.history.rollout
    assert new
    assert new.id != old.id
    assert new.revision == old.revision
    assert found.route.weight <= 10


def test_an_approval_is_awaited_before_the_phase_that_it_names():
    approval = {"approval": {"before": ["promoting"], "by": "growth-leads"}, "steps": [{"weight": "50%", "hold": "1h"}]}
    found = serving()
    found.plan = planned(NEW_MODEL, rollout=approval)
    found.run(20)
    rollout = found.history.rollout
    assert rollout
    assert rollout.position.phase == "Canary"
    found.requests.append(Request("yes", "approve", rollout.id, by="ada"))
    found.run(1)
    assert found.history.stable == revision(found.plan, NEW_MODEL)


def test_a_freeze_stops_nominations_and_raises_but_no_rollback():
    day = datetime.fromtimestamp(START + 30 * 3600, UTC).date().isoformat()
    found = serving(new=Truth(error_rate=0.05))
    found.plan = planned(NEW_MODEL, rollout={"freeze": [f"{day}/{day}"]})
    before = len(found.entries)
    found.run(1)
    assert len(found.entries) == before


@pytest.mark.parametrize("seed", range(8))
def test_a_guard_tolerates_as_many_windows_as_its_limit_says(seed):
    found = serving()
    found.random.seed(seed)
    new = revision(found.plan, NEW_MODEL)
    found.run(1)
    found.truths[new].error_rate = 0.03
    found.run(0.5)
    assert sum(entry.kind == "failure" for entry in found.entries) == 1
