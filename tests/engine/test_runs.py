"""Trainings in virtual time: triggers, the reasons why not, and what becomes of the model."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from cases import plans_of
from lifespec_compiler.engine.observation import Alarm, Request
from lifespec_compiler.engine.step import step
from virtual.lifecycle import NEW_MODEL, OTHER_MODEL, STABLE_MODEL, planned, report, revision, serving, written
from virtual.world import Truth, World

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
        ("train", "Queued"),
        ("advance", "Training"),
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
    found.run(1)
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


def test_a_training_waits_until_the_budget_has_room():
    found = retraining(cooldown="1m")
    budgeted(found, cpuHours=2.5, per="10d")
    for _ in range(4):
        alarm(found)
        found.run(3)
        alarm(found, "Pass")
        found.run(0.1)
    assert len(found.jobs) == 2
    assert found.history.run
    assert found.history.run.phase == "Queued"
    began = found.history.trained[0]
    found.run(24 * 10)
    assert len(found.jobs) == 3
    assert found.history.trained[2] - began >= 10 * 86400


def test_a_training_that_never_fits_is_answered_with_the_reason():
    found = retraining()
    budgeted(found, cpuHours=0.5, per="30d")
    alarm(found)
    found.run(1)
    assert found.entries[-1].kind == "suppress"
    assert found.entries[-1].reason == "one training may take 1 cpu hours, and the budget is 0.5"
    assert not found.jobs


@pytest.mark.parametrize(("quota", "word"), [({"cpu": "500m"}, "cpu"), ({"memory": "1Gi"}, "memory")])
def test_a_training_that_does_not_fit_the_quota_is_answered_with_the_reason(quota, word):
    found = retraining()
    environments = [{"name": "production", "namespace": "{namespace}", "quota": quota}]
    project = {
        "apiVersion": "lifespec.dev/v1alpha1",
        "kind": "LifespecProject",
        "spec": {"environments": environments},
    }
    given = {"triggers": [{"name": "drifted", "monitor": "inputs"}]}
    found.plan = plans_of(written(STABLE_MODEL, retraining=given)._replace(project=project))[-1]
    alarm(found)
    found.run(1)
    assert found.entries[-1].kind == "suppress"
    assert word in found.entries[-1].reason


def budgeted(found: World, **budget: object) -> None:
    given = {"triggers": [{"name": "drifted", "monitor": "inputs"}], "cooldown": "1m", "nominate": "manual"}
    found.plan = planned(STABLE_MODEL, retraining=given, experiments={"budget": budget})
    found.makes = None


def test_triggers_run_in_one_environment_only_and_where_the_agent_trains():
    found = retraining()
    project = {"apiVersion": "lifespec.dev/v1alpha1", "kind": "LifespecProject", "spec": {"runner": "ci"}}
    given = {"triggers": [{"name": "drifted", "monitor": "inputs"}]}
    found.plan = plans_of(written(STABLE_MODEL, retraining=given)._replace(project=project))[-1]
    alarm(found)
    found.run(1)
    assert not found.jobs


def test_a_job_that_is_gone_is_not_made_again():
    found = retraining()
    alarm(found)
    found.run(0.1)
    assert len(found.jobs) == 1
    found.jobs.clear()
    found.run(20)
    assert not found.jobs
    assert found.entries[-1].reason == "its Job is gone"


def test_a_run_goes_on_when_the_plan_changes_and_is_judged_by_the_new_one():
    found = retraining()
    alarm(found)
    found.run(0.5)
    found.plan = planned(
        STABLE_MODEL,
        retraining={"triggers": [{"name": "drifted", "monitor": "inputs"}], "nominate": "direct"},
        evaluation={"offline": {"gates": [{"metric": "rocAuc", "min": 0.95}]}},
    )
    found.run(5)
    assert told(found)[-1] == ("reject", "Rejected")
    assert len(found.jobs) == 1


def test_a_run_whose_spec_no_longer_trains_ends_without_a_nomination():
    found = retraining()
    alarm(found)
    found.run(0.5)
    found.plan = planned(STABLE_MODEL)
    found.run(5)
    assert told(found)[-1] == ("finish", "Done")
    assert found.entries[-1].reason == "a person nominates it"


def test_alarms_that_go_on_after_the_cooldown_train_again():
    found = retraining(cooldown="2d")
    found.makes = None
    for _ in range(5):
        alarm(found)
        found.run(24)
    kinds = [entry.kind for entry in found.entries if entry.kind in ("train", "suppress")]
    assert kinds == ["train", "suppress", "train", "suppress", "train"]


def test_an_alarm_that_is_replayed_after_a_newer_one_trains_nothing():
    found = retraining(cooldown="1m")
    found.makes = None
    alarm(found)
    first = found.alarms[0]
    found.run(3)
    alarm(found)
    found.run(3)
    found.alarms = [first]
    found.run(3)
    assert len(found.jobs) == 2


def test_new_rows_within_the_cooldown_wait_and_are_not_lost():
    found = retraining(triggers=[{"name": "grown", "newLabeledRows": 1000}], cooldown="2d")
    found.makes = None
    found.new_rows = 1000
    found.run(1)
    found.new_rows = 1000
    found.run(40)
    assert len(found.jobs) == 1
    found.run(10)
    assert len(found.jobs) == 2
    assert all(entry.kind != "suppress" for entry in found.entries)


def test_a_clock_that_goes_back_fires_no_schedule_twice():
    found = retraining(triggers=[{"name": "nightly", "schedule": "0 3 * * *"}], cooldown="1m")
    found.makes = None
    found.run(30)
    before = len(found.jobs)
    found.now -= 20 * 3600
    found.run(18)
    assert len(found.jobs) == before


def test_a_direct_nomination_waits_for_the_open_rollout():
    found = retraining()
    found.plan = planned(
        OTHER_MODEL, retraining={"triggers": [{"name": "drifted", "monitor": "inputs"}], "nominate": "direct"}
    )
    alarm(found)
    found.run(16)
    assert found.history.run
    assert found.history.run.phase == "Nominated"
    found.run(40)
    assert found.history.stable == revision(found.plan, NEW_MODEL)
    assert sum(entry.kind == "nominate" and entry.run is not None for entry in found.entries) == 1


def test_a_model_that_was_trained_under_an_older_serving_is_nominated_under_the_present_one():
    found = retraining()
    alarm(found)
    found.run(0.5)
    plan = planned(
        STABLE_MODEL,
        retraining={"triggers": [{"name": "drifted", "monitor": "inputs"}], "nominate": "direct"},
        serving={"env": {"LOG_LEVEL": "debug"}},
    )
    for model in (STABLE_MODEL, NEW_MODEL):
        found.truths[revision(plan, model)] = Truth(offline=report(plan, model, 0.9))
    found.plan = plan
    found.run(80)
    assert found.history.stable == revision(plan, NEW_MODEL)


@pytest.mark.parametrize("schedule", ["30 2 29 3 *", "30 2 * * *"])
def test_a_schedule_in_the_hour_that_summer_time_skips_fires_once_a_day(schedule):
    found = retraining(triggers=[{"name": "nightly", "schedule": schedule, "timeZone": "Europe/Vienna"}], cooldown="1m")
    found.makes = None
    found.now = datetime(2027, 3, 26, 12, tzinfo=UTC).timestamp()
    found.created = found.now
    found.run(24 * 4)
    days = [datetime.fromtimestamp(entry.at, UTC).date() for entry in found.entries if entry.kind == "train"]
    assert len(days) == len(set(days)) == (4 if schedule.endswith("* * *") else 1)


GROWN = {"triggers": [{"name": "grown", "newLabeledRows": 10}]}


def test_rows_are_asked_for_again_after_a_run_that_a_person_aborted_before_it_trained():
    found = retraining(**GROWN)
    found.new_rows = 10
    found.advance(60)
    queued = step(found.plan, found.history, found.observe(), found.now)
    found.carry_out(queued)
    assert told(found) == [("train", "Queued")]
    found.requests.append(Request("no", "abort", None, run="grown@0", at=found.now))
    found.run(23)
    assert told(found)[-1] == ("finish", "Rejected")
    assert len(told(found)) == 2
    found.run(2)
    assert told(found)[2:4] == [("train", "Queued"), ("advance", "Training")]
    assert found.entries[-1].stream != "grown@0"


TOO_LITTLE = {"experiments": {"budget": {"cpuHours": 0, "per": "30d"}}}


def test_a_person_trains_no_more_than_the_budget_can_ever_hold():
    found = retraining()
    found.plan = planned(STABLE_MODEL, **TOO_LITTLE)
    found.requests.append(Request("go", "retrain", None, at=found.now))
    found.run(1)
    assert found.entries[-1].kind == "answer"
    assert "the budget is 0" in found.entries[-1].reason
    assert not found.jobs


def test_a_queued_training_ends_when_the_budget_can_never_hold_it_any_more():
    found = retraining()
    alarm(found)
    found.advance(60)
    found.carry_out(step(found.plan, found.history, found.observe(), found.now))
    found.plan = planned(STABLE_MODEL, **TOO_LITTLE)
    found.run(1)
    assert told(found)[-2:] == [("train", "Queued"), ("finish", "Rejected")]
    assert "the budget is 0" in found.entries[-1].reason


@pytest.mark.parametrize(
    ("project", "reason"),
    [
        ({"runner": "ci", "ci": "github"}, "runner: ci"),
        ({"environments": [{"name": "staging"}, {"name": "production"}]}, "another environment"),
    ],
)
def test_a_person_trains_only_where_trainings_run(project, reason):
    found = serving()
    given = {"triggers": [{"name": "drifted", "monitor": "inputs"}], "environment": "staging"}
    if "runner" in project:
        given.pop("environment")
    documents = written(STABLE_MODEL, retraining=given)
    spec = {"apiVersion": "lifespec.dev/v1alpha1", "kind": "LifespecProject", "spec": project}
    found.plan = plans_of(documents._replace(project=spec))[-1]
    found.requests.append(Request("go", "retrain", None, at=found.now))
    found.run(1)
    assert found.entries[-1].kind == "answer"
    assert reason in found.entries[-1].reason
    assert not found.jobs
