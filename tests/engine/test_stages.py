"""What a stage is decided by: enough of it, fresh, of the right revision, and counted as it may be."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest

from cases import plans_of
from lifespec_compiler.engine.case import Deploy, Effect, Evaluate
from lifespec_compiler.engine.observation import Counted, Request, Window
from lifespec_compiler.engine.step import step
from lifespec_compiler.engine.values import Revision
from lifespec_compiler.plan import Plan
from lifespec_compiler.statistics.sequential import Counts
from lifespec_schema.records.report import LifecycleReport
from virtual.driving import drive, told
from virtual.lifecycle import NEW_MODEL, OTHER_MODEL, STABLE_MODEL, planned, revision, serving, world, written
from virtual.world import World

HOUR = 3600.0
NOW = -1.0
"""Of something counted: its newest is of whatever time it is."""
GOOD, BAD = Counts(10, 100_000), Counts(20_000, 100_000)
STEP = {"steps": [{"weight": "50%", "hold": "1h", "timeout": "3h"}], "guards": []}


def one_step(plan: Plan | None = None) -> World:
    """A rollout at its only step, of one hour, without guards."""
    found = serving()
    found.plan = plan or planned(NEW_MODEL, rollout=STEP)
    found.run(0.2)
    assert found.route.weight == 50
    return found


def counted(found: World, candidate: Counts = GOOD, check: str = "errors", **more: Any) -> Counted:
    """Something that was counted, of the candidate and just now, unless it is said otherwise."""
    of = more.pop("of", revision(found.plan, NEW_MODEL))
    return Counted(check, of, candidate, GOOD, more.pop("newest", NOW), **more)


def shown(found: World, hours: float, *given: Counted) -> str:
    """What comes of it when this is all that is counted, and its newest is of now."""
    drive(found, hours, counted=lambda world: tuple(now(world, one) for one in given))
    return told(found)[-1]


def now(world: World, one: Counted) -> Counted:
    return one._replace(newest=world.now) if one.newest == NOW else one


def having(found: World, **states: str) -> Callable[[World], dict[Revision, str]]:
    """The servers that there are, in these states."""
    models = {
        revision(found.plan, {"stable": STABLE_MODEL, "new": NEW_MODEL}[name]): state for name, state in states.items()
    }
    return lambda world: {each: models.get(each, state) for each, state in world.observe().servers.items()}


def test_what_is_counted_of_the_candidate_decides():
    found = one_step()
    assert shown(found, 1.2, counted(found)) == "finish>Done"
    found = one_step()
    assert shown(found, 0.2, counted(found, BAD)) == "finish>RolledBack"


def decoys(found: World) -> dict[str, tuple[Counted, ...]]:
    """Things that look like data, and are none."""
    early = found.route.since - 61
    return {
        "nothing": (),
        "another revision": (counted(found, of=revision(found.plan, OTHER_MODEL)),),
        "stable's": (counted(found, of=revision(found.plan, STABLE_MODEL)),),
        "another check": (counted(found, check="latency"),),
        "too old": (counted(found, newest=found.now - HOUR),),
        "before the route was set": (counted(found, since=early),),
        "too few": (counted(found, Counts(0, 99)),),
        "two that contradict each other": (counted(found), counted(found, BAD)),
        "more good than there are": (counted(found, Counts(200, 100)),),
        "less than none": (counted(found, Counts(-5, 100_000)),),
        "infinitely many": (counted(found, Counts(1, float("inf"))),),  # type: ignore[arg-type]
    }


@pytest.mark.parametrize("decoy", list(decoys(serving())))
def test_what_is_no_data_neither_promotes_nor_fails_and_the_timeout_decides(decoy):
    found = one_step()
    began = found.entries[-1].at
    assert shown(found, 2.7, *decoys(found)[decoy]) == "advance>Canary"
    assert shown(found, 0.5, *decoys(found)[decoy]) == "finish>RolledBack"
    assert found.entries[-2].at - began >= 3 * HOUR


def test_data_from_the_future_is_no_data():
    found = one_step()
    drive(found, 2.7, counted=(counted(found, newest=found.now + 10 * HOUR),))
    assert told(found)[-1] == "advance>Canary"


def test_at_the_timeout_a_person_is_asked_where_the_spec_says_so():
    found = one_step(planned(NEW_MODEL, rollout={**STEP, "analysis": {"onTimeout": "hold"}}))
    assert shown(found, 4) == "hold>Held"
    assert found.route.weight == 50


def test_without_data_at_the_end_of_the_hold_it_goes_back_where_the_spec_says_so():
    found = one_step(planned(NEW_MODEL, rollout={**STEP, "analysis": {"onNoData": "rollback"}}))
    assert shown(found, 0.7) == "advance>Canary"
    assert shown(found, 0.3) == "finish>RolledBack"


def test_undecided_is_not_without_data():
    found = one_step(planned(NEW_MODEL, rollout={**STEP, "analysis": {"onNoData": "rollback"}}))
    assert shown(found, 2, counted(found, Counts(100, 10_000))) == "advance>Canary"


def test_a_fail_acts_before_the_hold_is_over_and_a_pass_does_not():
    found = one_step()
    assert shown(found, 0.5, counted(found)) == "advance>Canary"
    assert shown(found, 0.1, counted(found, BAD)) == "finish>RolledBack"


def test_it_is_looked_at_every_interval():
    found = one_step(planned(NEW_MODEL, rollout={**STEP, "analysis": {"interval": "7m"}}))
    wait = drive(found, 1 / 60)
    assert wait.until == found.now + 420  # type: ignore[union-attr]


PER_USER = {
    "metrics": [
        {
            "name": "acceptance",
            "direction": "increase",
            "per": "user",
            "delay": "30m",
            "query": {"good": "sum(a)", "total": "sum(b)"},
        }
    ],
}
ONLINE = {"online": {"gates": [{"name": "accepted", "metric": "acceptance", "min": "1%"}]}}


@pytest.mark.parametrize(("unit", "decided"), [("user", True), ("request", False)])
def test_a_metric_per_user_is_counted_only_where_each_user_stays_with_one_revision(unit, decided):
    assignment = {"unit": "user", "bucketHeader": "x-user"} if unit == "user" else {"unit": "request"}
    documents = {"evaluation": ONLINE, "rollout": {**STEP, "assignment": assignment}}
    found = one_step(with_metrics(documents))
    assert shown(found, 2, counted(found, Counts(20_000, 100_000), "accepted")) == (
        "finish>Done" if decided else "advance>Canary"
    )


@pytest.mark.parametrize(("unit", "end"), [("user", "finish>RolledBack"), ("request", "advance>Canary")])
def test_a_guard_per_user_counts_only_where_each_user_stays_with_one_revision(unit, end):
    assignment = {"unit": "user", "bucketHeader": "x-user"} if unit == "user" else {"unit": "request"}
    guard = {"name": "accepts", "metric": "acceptance", "min": "50%", "window": "15m"}
    analysis = {"failureLimit": 0}
    rollout = {**STEP, "guards": [guard], "assignment": assignment, "analysis": analysis}
    found = one_step(with_metrics({"evaluation": {"online": None}, "rollout": rollout}))
    drive(found, 0.7, windows=windows(found, Counts(1, 1000), guard="accepts"))
    assert told(found)[-1] == end


def with_metrics(spec: dict[str, Any]) -> Plan:
    """A plan whose spec has a metric of the team's own."""
    documents = written(NEW_MODEL, **spec)
    documents.spec.update(PER_USER)
    return plans_of(documents)[-1]


def test_outcomes_that_are_known_later_make_the_stage_longer():
    sticky = {"unit": "user", "bucketHeader": "x-user"}
    found = one_step(with_metrics({"evaluation": ONLINE, "rollout": {**STEP, "assignment": sticky}}))
    began = found.entries[-1].at
    assert shown(found, 2, counted(found, Counts(20_000, 100_000), "accepted")) == "finish>Done"
    assert found.entries[-2].at - began >= 1.5 * HOUR


SHADOW: dict[str, Any] = {
    "mirror": "20%",
    "duration": "2h",
    "minRequests": 50_000,
    "gates": [{"name": "drifted", "metric": "predictionPsi", "max": 0.1}],
}


def shadowed(**shadow: Any) -> World:
    found = serving()
    found.plan = planned(NEW_MODEL, rollout={"guards": []}, evaluation={"shadow": {**SHADOW, **shadow}})
    found.run(0.2)
    assert found.route.mirror == 20
    return found


def report_of(found: World, value: float, *, width: float = 0.01, **more: Any) -> LifecycleReport:
    """A report on the open rollout's shadow, two hours long."""
    rollout = found.history.rollout
    assert rollout
    begin = found.route.since + more.pop("later", 0.0)
    end = begin + more.pop("length", 2 * HOUR + 120)
    moments = [datetime.fromtimestamp(at, UTC).strftime("%Y-%m-%dT%H:%M:%SZ") for at in (begin + 0.999, end)]
    interval = {"low": value - width, "high": value + width, "level": 0.9, "method": "bootstrap"}
    spec = {
        "lifecycle": found.plan.name,
        "uid": found.observe().uid,
        "stream": rollout.id,
        "revision": rollout.revision._asdict(),
        "tier": "shadow",
        "window": {"from": moments[0], "to": moments[1]},
        "measurements": [{"check": "drifted", "value": value, "samples": 60_000, "interval": interval}],
        **more,
    }
    return LifecycleReport.model_validate(
        {
            "apiVersion": "lifespec.dev/v1alpha1",
            "kind": "LifecycleReport",
            "metadata": {"name": "shadow", "namespace": found.plan.namespace},
            "spec": spec,
        }
    )


@pytest.mark.parametrize(("psi", "told_at_the_end"), [(0.02, "advance>Canary"), (0.5, "reject>Rejected")])
def test_a_metric_that_is_no_count_is_judged_by_a_report_at_the_end_of_the_hold(psi, told_at_the_end):
    found = shadowed()
    drive(found, 1.7, reports=(report_of(found, psi),))
    assert told(found)[-1] == "advance>Shadow"
    drive(found, 0.4, reports=(report_of(found, psi),))
    assert told(found)[-1] == told_at_the_end
    assert found.entries[-1].causes[-1].report == "shadow"


def test_a_report_is_asked_for_once_when_the_hold_is_over():
    found = shadowed()
    seen = []
    for _ in range(150):
        found.advance(60)
        step_taken = next_step(found)
        if isinstance(step_taken, Evaluate):
            seen.append(step_taken)
            found.apply(step_taken)
    assert [(each.tier, each.revision.model) for each in seen] == [("shadow", NEW_MODEL)]
    assert seen[0].since == found.route.since


def next_step(found: World) -> object:
    state = dict.fromkeys(found.observe().evaluations, "running")
    return step(found.plan, found.history, found.observe()._replace(reports=(), evaluations=state), found.now)


def others(found: World) -> dict[str, LifecycleReport]:
    """Reports that a shadow must not be judged by."""
    good = report_of(found, 0.02)
    return {
        "of another rollout": report_of(found, 0.02, stream="churn-of-yesterday"),
        "of another tier": report_of(found, 0.02, tier="online"),
        "of before": report_of(found, 0.02, later=-HOUR),
        "of too short a time": report_of(found, 0.02, length=HOUR),
        "of a month that there is not": report_of(
            found, 0.02, window={"from": "2027-13-01T00:00:00Z", "to": "2027-13-02T00:00:00Z"}
        ),
        "of no time": report_of(found, 0.02, window=None),
        "that cannot tell": report_of(found, 0.1, width=0.05),
        "without the value": report_of(found, 0.02, measurements=()),
        "of another revision": report_of(
            found,
            0.02,
            revision={"model": OTHER_MODEL, "serving": good.spec.revision.serving if good.spec.revision else ""},
        ),
    }


@pytest.mark.parametrize("which", list(others(shadowed())))
def test_a_report_of_something_else_decides_nothing(which):
    found = shadowed()
    drive(found, 3, reports=(others(found)[which],))
    assert told(found)[-1] == "advance>Shadow"
    drive(found, 2, reports=(others(found)[which],))
    assert told(found)[-1] == "finish>RolledBack"


def test_the_first_report_counts_and_no_later_one():
    found = shadowed()
    late = report_of(found, 0.02, length=3 * HOUR)
    drive(found, 2.5, reports=(late, report_of(found, 0.5)))
    assert told(found)[-1] == "reject>Rejected"


def test_shadow_has_no_verdict_below_its_requests():
    gates = [{"name": "errors-in-shadow", "metric": "errorRate", "max": "1%"}]
    found = shadowed(gates=gates)
    few = counted(found, Counts(0, 49_999), "errors-in-shadow")
    assert shown(found, 2.2, few) == "advance>Shadow"
    assert shown(found, 0.1, few._replace(candidate=Counts(0, 50_000))) == "advance>Canary"


def windows(found: World, *counts: Counts | None, guard: str = "guard-errorRate") -> tuple[Window, ...]:
    rollout = found.history.rollout
    assert rollout is not None
    return tuple(
        Window(guard, revision(found.plan, NEW_MODEL), number, rollout.since + number * QUARTER, each)
        for number, each in enumerate(counts)
        if each
    )


def guarded(on_no_data: str, **rollout: Any) -> World:
    found = serving()
    guard = {"metric": "errorRate", "max": "1%", "window": "15m", "minSamples": 100, "onNoData": on_no_data}
    found.plan = planned(
        NEW_MODEL,
        evaluation={"online": None},
        rollout={"steps": [{"weight": "50%", "hold": "1h", "timeout": "3h"}], "guards": [guard], **rollout},
    )
    found.run(0.2)
    return found


QUARTER = 900.0
FULL, EMPTY = Counts(0, 1000), Counts(0, 99)


@pytest.mark.parametrize(
    ("on_no_data", "within_an_hour", "later"),
    [
        ("hold", "advance>Canary", "finish>RolledBack"),
        ("ignore", "advance>Canary", "finish>Done"),
        ("rollback", "finish>RolledBack", "finish>RolledBack"),
    ],
)
def test_what_a_window_without_data_does(on_no_data, within_an_hour, later):
    found = guarded(on_no_data)
    shown = windows(found, FULL, EMPTY)
    drive(found, 0.7, windows=shown)
    assert told(found)[-1] == within_an_hour
    drive(found, 2.7, windows=shown)
    assert told(found)[-1] == later


@pytest.mark.parametrize(("on_no_data", "end"), [("hold", "advance>Canary"), ("rollback", "finish>RolledBack")])
def test_windows_that_never_come_are_without_data(on_no_data, end):
    found = guarded(on_no_data)
    drive(found, 0.7, windows=())
    assert told(found)[-1] == end


def test_a_failing_window_that_is_shown_again_counts_once():
    found = guarded("hold")
    shown = windows(found, Counts(500, 1000), FULL, FULL, FULL)
    drive(found, 0.6, windows=shown)
    assert told(found)[-1] == "failure>"
    drive(found, 0.9, windows=shown)
    assert told(found)[-2:] == ["advance>Promoting", "finish>Done"]


def test_a_window_that_cannot_be_over_yet_or_is_of_another_rollout_is_none():
    found = guarded("hold")
    bad = Counts(500, 1000)
    three = windows(found, bad, bad, bad)
    future = [one._replace(number=one.number + 90, since=one.since + 90 * QUARTER) for one in three]
    before = [one._replace(since=0.0) for one in three]
    other = [one._replace(revision=revision(found.plan, OTHER_MODEL)) for one in three]
    drive(found, 0.9, windows=(*future, *before, *other))
    assert told(found)[-1] == "advance>Canary"


IMPOSSIBLE = [Counts(-5, 1000), Counts(-10, -1000), Counts(2000, 1000), Counts(0, 0)]


@pytest.mark.parametrize("impossible", IMPOSSIBLE)
def test_a_window_of_impossible_counts_is_without_data(impossible):
    found = guarded("hold")
    drive(found, 1.5, windows=windows(found, FULL, impossible))
    assert told(found)[-1] == "advance>Canary"
    found = guarded("rollback")
    drive(found, 0.7, windows=windows(found, FULL, impossible))
    assert told(found)[-1] == "finish>RolledBack"


def test_windows_that_contradict_each_other_are_without_data():
    found = guarded("hold")
    good, bad = windows(found, FULL)[0], windows(found, Counts(500, 1000))[0]
    for both in ((good, bad), (bad, good), (good, bad, good)):
        drive(found, 0.5, windows=both)
        assert told(found)[-1] == "advance>Canary"
    newer = good._replace(number=6, since=good.since + 6 * QUARTER)
    drive(found, 0.5, windows=(newer, newer))
    assert told(found)[-1] == "finish>Done"


def test_a_window_of_a_low_number_is_no_newest_one():
    """It says nothing of today, nor does it under the number of a later one."""
    found = guarded("hold")
    (first,) = windows(found, FULL)
    drive(found, 1.2, windows=(first,))
    drive(found, 0.8, windows=(first._replace(number=6),))
    assert told(found)[-1] == "advance>Canary"
    drive(found, 0.2, windows=(first._replace(number=6, since=first.since + 6 * QUARTER),))
    assert told(found)[-1] == "finish>Done"


def test_a_window_of_long_ago_is_no_newest_one():
    found = guarded("hold")
    old = tuple(one._replace(since=found.now) for one in windows(found, FULL))
    drive(found, 1.5, windows=old)
    assert told(found)[-1] == "advance>Canary"


def test_a_route_that_says_it_was_set_long_ago_makes_no_hold_shorter():
    found = one_step()
    found.route = found.route._replace(since=0.0)
    assert shown(found, 0.7, counted(found)) == "advance>Canary"


@pytest.mark.parametrize(("most", "end"), [(1000, "finish>RolledBack"), (1_000_000, "finish>Done")])
def test_a_suspected_candidate_may_not_answer_more_than_the_exposure_that_was_agreed(most, end):
    found = guarded("hold", maxExposure=most)
    drive(found, 1.2, windows=windows(found, Counts(500, 1000), FULL, FULL, FULL), exposure=20_000)
    assert told(found)[-1] == end


def test_a_healthy_candidate_may_answer_as_many_as_it_takes():
    found = guarded("hold", maxExposure=1000)
    drive(found, 1.2, windows=windows(found, FULL, FULL, FULL, FULL), exposure=20_000)
    assert told(found)[-1] == "finish>Done"


def test_where_all_traffic_is_the_candidates_nothing_is_compared_with_stable():
    found = serving()
    guard = {"metric": "errorRate", "against": "stable", "maxRegression": "1%", "window": "15m"}
    found.plan = planned(NEW_MODEL, rollout={"strategy": "direct", "hold": "1h", "steps": None, "guards": [guard]})
    found.run(3)
    assert told(found)[-1] == "finish>Done"


def test_servers_that_fail_are_given_up_at_once():
    found = one_step()
    drive(found, 1 / 60, servers=having(found, new="failed"))
    assert told(found)[-2:] == ["rollBack>RollingBack", "finish>RolledBack"]
    assert found.entries[-2].reason == "its servers failed"


@pytest.mark.parametrize("which", ["stable", "new"])
def test_nothing_is_raised_while_servers_are_not_ready(which):
    found = one_step()
    good = counted(found)
    drive(found, 2, servers=having(found, **{which: "starting"}), counted=lambda world: (now(world, good),))
    assert told(found)[-1] == "advance>Canary"


def test_a_degraded_stable_does_not_keep_the_candidate_from_going_down():
    found = one_step()
    bad = counted(found, BAD)
    drive(found, 1 / 60, servers=having(found, stable="failed"), counted=lambda world: (now(world, bad),))
    assert "rollBack>RollingBack" in told(found)
    assert found.route[:4] == (revision(found.plan, STABLE_MODEL), None, 0, 0)


class Crowded(World):
    """A namespace without room for the new model's servers."""

    def apply(self, effect: Effect) -> None:
        if not isinstance(effect, Deploy) or effect.revision.model != NEW_MODEL:
            super().apply(effect)


def test_servers_that_can_never_be_had_are_given_up_at_the_timeout():
    found = serving()
    found.__class__ = Crowded
    found.plan = planned(NEW_MODEL, rollout=STEP)
    drive(found, 2.8)
    assert told(found)[-1] == "advance>Canary"
    drive(found, 0.5)
    assert told(found)[-1] == "finish>RolledBack"


def evaluation(world: World, state: str) -> dict[str, str]:
    rollout = world.history.rollout
    return {f"{rollout.id}-offline-{rollout.sequence}": state} if rollout else {}


@pytest.mark.parametrize(("state", "reason"), [("failed", "the evaluation failed"), ("succeeded", "no report")])
def test_an_evaluation_that_leaves_no_report_is_a_persons_to_look_at(state, reason):
    found = serving()
    drive(found, 1.2, offline=None, evaluations=lambda world: evaluation(world, state))
    assert told(found)[-1] == "hold>Held"
    assert reason in found.entries[-1].reason


def test_no_approval_makes_a_report_sound():
    found = serving()
    offline = found.truths[revision(found.plan, NEW_MODEL)].offline
    assert offline
    empty = offline.model_copy(update={"spec": offline.spec.model_copy(update={"measurements": ()})})
    drive(found, 0.1, offline=empty, evaluations=lambda world: evaluation(world, "succeeded"))
    assert told(found)[-1] == "hold>Held"
    rollout = found.history.rollout
    assert rollout
    found.requests.append(Request("yes", "approve", rollout.id))
    drive(found, 1, offline=empty, evaluations=lambda world: evaluation(world, "succeeded"))
    assert told(found)[-1] == "answer>Canary"


def test_a_report_that_does_not_hold_what_is_asked_is_asked_for_again():
    found = serving()
    offline = found.truths[revision(found.plan, NEW_MODEL)].offline
    assert offline
    empty = offline.model_copy(update={"spec": offline.spec.model_copy(update={"measurements": ()})})
    drive(found, 1 / 60, offline=empty, evaluations={})
    shown = found.observe()._replace(offline=empty, evaluations={})
    asked = step(found.plan, found.history, shown, found.now)
    assert isinstance(asked, Evaluate)
    assert asked.revision == revision(found.plan, NEW_MODEL)
    drive(found, 1 / 60, offline=empty, evaluations={asked.name: "succeeded"})
    assert told(found)[-1] == "hold>Held"
    assert found.entries[-1].causes[0].verdict == "Error"


@pytest.mark.parametrize(("left", "held"), [(3, 3), (0, 0), (-20, 0)])
def test_traffic_that_somebody_lowered_is_held_at_what_is_left(left, held):
    found = one_step()
    found.route = found.route._replace(weight=left)
    drive(found, 0.1)
    assert told(found)[-1] == "hold>Held"
    assert found.entries[-1].to
    assert found.entries[-1].to.weight == found.route.weight == held


def test_a_clock_that_was_far_ahead_ends_in_a_decision():
    found = serving()
    found.plan = planned(NEW_MODEL, rollout=STEP)
    found.now += 10 * 365 * 86400.0
    found.run(0.2)
    assert told(found)[-1] == "advance>Canary"
    found.now -= 10 * 365 * 86400.0
    found.run(0.1)
    assert told(found)[-1] == "finish>RolledBack"
    assert "clock" in found.entries[-2].reason


def test_a_first_model_is_not_ended_by_an_exposure_that_a_person_has_seen():
    """There is nothing to go back to: after a failure that its limit allows it goes on."""
    found = world(planned(STABLE_MODEL, rollout={"maxExposure": 1000}))
    found.run(2)
    truth = found.truths[revision(found.plan, STABLE_MODEL)]
    truth.error_rate = 0.05
    while not (found.history.rollout and found.history.rollout.failures):
        found.tick()
    truth.error_rate = 0.0001
    found.run(30)
    assert "failure>" in told(found)
    assert told(found)[-1] == "finish>Done"


def test_traffic_that_others_raised_goes_back_to_what_was_decided():
    found = one_step()
    decided = found.route.weight
    found.route = found.route._replace(weight=decided + 30)
    found.run(0.1)
    assert found.route.weight == decided
    assert told(found)[-1] == "advance>Canary"


def test_counts_that_come_twice_and_are_the_same_are_one():
    found = one_step()
    good = counted(found)
    assert shown(found, 1.2, good, good) == "finish>Done"


@pytest.mark.parametrize("good", [float("inf"), float("nan"), 10**400, -1])
def test_a_rate_of_impossible_counts_is_without_data(good):
    gate = {"metric": "throughput", "min": 5}
    found = one_step(planned(NEW_MODEL, rollout=STEP, evaluation={"online": {"gates": [gate]}}))
    one = counted(found)._replace(check="throughput", candidate=Counts(good, 1000))
    assert shown(found, 1.2, one) == "advance>Canary"


def test_a_clock_that_was_set_back_by_seconds_hides_no_window():
    found = guarded("hold")
    bad = tuple(one._replace(since=one.since - 30.0) for one in windows(found, Counts(500, 1000), Counts(500, 1000)))
    drive(found, 0.7, windows=bad)
    assert told(found)[-2:] == ["rollBack>RollingBack", "finish>RolledBack"]
