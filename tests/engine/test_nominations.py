"""What Git nominates: a revert acts, an unchanged file never does, and environments come one after the other."""

from __future__ import annotations

from typing import Any

import pytest

from cases import plans_of
from lifespec_compiler.engine.case import Effect, Remove
from lifespec_compiler.engine.observation import Alarm, Release, Request
from lifespec_compiler.engine.values import Revision
from lifespec_compiler.plan import Plan
from virtual.driving import drive, told
from virtual.lifecycle import NEW_MODEL, OTHER_MODEL, STABLE_MODEL, planned, report, revision, serving, world, written
from virtual.world import Truth, World

RETRAINING = {"triggers": [{"name": "drifted", "monitor": "inputs"}], "nominate": "direct"}
NEW_SERVING = {"serving": {"env": {"LOG_LEVEL": "debug"}}}


def trained() -> World:
    """Git has nominated the first model, and a training has promoted another one since."""
    found = serving()
    found.plan = planned(STABLE_MODEL, retraining=RETRAINING)
    found.makes = revision(found.plan, NEW_MODEL)
    found.alarms.append(Alarm("inputs", found.now, "Fail"))
    found.run(50)
    assert found.history.stable == revision(found.plan, NEW_MODEL)
    return found


def known(found: World, plan: Plan, model: str) -> Revision:
    """A revision under another serving, which passes its gates as well."""
    made = revision(plan, model)
    found.truths[made] = Truth(offline=report(plan, model, 0.9))
    return made


def test_a_write_back_only_updates_the_record():
    found = trained()
    before = len(found.entries)
    found.plan = planned(NEW_MODEL, retraining=RETRAINING)
    found.run(10)
    assert told(found, before) == ["nominate>"]
    assert found.entries[-1].reason == "it serves already"
    assert found.history.nominated == revision(found.plan, NEW_MODEL)


def test_a_revert_after_the_write_back_acts():
    found = trained()
    found.plan = planned(NEW_MODEL, retraining=RETRAINING)
    found.run(1)
    found.plan = planned(STABLE_MODEL, retraining=RETRAINING)
    found.run(40)
    assert found.history.stable == revision(found.plan, STABLE_MODEL)


def test_a_new_serving_hash_moves_the_model_that_serves_and_not_the_older_one_in_git():
    found = trained()
    plan = planned(STABLE_MODEL, retraining=RETRAINING, **NEW_SERVING)
    wanted = known(found, plan, NEW_MODEL)
    known(found, plan, STABLE_MODEL)
    found.plan = plan
    before = len(found.entries)
    found.run(60)
    assert found.history.stable == wanted
    assert told(found, before) == [
        "nominate>Offline",
        "advance>Canary",
        "advance>Canary",
        "advance>Promoting",
        "finish>Done",
    ]


def test_without_a_model_version_in_git_a_new_serving_hash_acts_all_the_same():
    found = trained()
    plan = planned(STABLE_MODEL, retraining=RETRAINING, **NEW_SERVING)
    wanted = known(found, plan, NEW_MODEL)
    bare = plans_of(written(STABLE_MODEL, retraining=RETRAINING, **NEW_SERVING)._replace(model=None))[-1]
    assert bare.hashes.serving == wanted.serving
    assert bare.spec.model_version is None
    found.plan = bare
    found.run(60)
    assert found.history.stable == wanted


def test_a_serving_hash_that_changes_with_an_open_candidate_keeps_the_candidate():
    found = serving()
    found.run(2)
    plan = planned(NEW_MODEL, **NEW_SERVING)
    wanted = known(found, plan, NEW_MODEL)
    found.plan = plan
    found.run(1)
    assert found.history.rollout
    assert found.history.rollout.revision == wanted


def test_the_entry_names_the_model_version():
    found = serving()
    found.run(1)
    assert [entry.version for entry in found.entries if entry.kind == "nominate"] == ["churn-1", "churn-1"]


def test_a_revision_that_was_rolled_back_is_noted_and_not_tried_again():
    found = serving(new=Truth(error_rate=0.05))
    found.run(10)
    found.plan = planned(STABLE_MODEL)
    found.run(1)
    found.plan = planned(NEW_MODEL)
    found.run(5)
    assert found.entries[-1].reason.startswith("it was refused before")
    assert found.history.rollout is None


def test_what_git_withdrew_may_be_nominated_again():
    found = serving()
    found.run(2)
    found.plan = planned(STABLE_MODEL)
    found.run(1)
    assert told(found)[-2:] == ["withdraw>RollingBack", "finish>RolledBack"]
    found.plan = planned(NEW_MODEL)
    found.run(40)
    assert found.history.stable == revision(found.plan, NEW_MODEL)


def test_a_revision_that_another_nomination_overtook_while_it_rolled_back_stays_refused():
    found = serving()
    new = revision(found.plan, NEW_MODEL)
    found.run(2)
    rollout = found.history.rollout
    assert rollout
    found.requests.append(Request("stop", "abort", rollout.id))
    found.plan = planned(OTHER_MODEL)
    found.run(1)
    assert found.history.rollout
    assert found.history.rollout.revision == revision(found.plan, OTHER_MODEL)
    assert new in found.history.refused


def test_a_retry_is_for_a_serving_that_the_spec_still_has():
    found = serving(new=Truth(error_rate=0.05))
    found.run(10)
    old = revision(found.plan, NEW_MODEL)
    found.plan = planned(STABLE_MODEL)
    found.run(1)
    plan = planned(STABLE_MODEL, **NEW_SERVING)
    known(found, plan, STABLE_MODEL)
    wanted = known(found, plan, NEW_MODEL)
    found.plan = plan
    found.run(40)
    found.requests += [Request("old", "retry", None, old), Request("well", "retry", None, wanted)]
    found.run(1)
    answered = {entry.request: entry for entry in found.entries if entry.request}
    assert answered["old"].kind == "answer"
    assert answered["well"].kind == "nominate"


def staged(model: str) -> Plan:
    """Production, which comes after staging."""
    project: dict[str, Any] = {
        "apiVersion": "lifespec.dev/v1alpha1",
        "kind": "LifespecProject",
        "spec": {
            "environments": [
                {"name": "staging", "namespace": "{namespace}-staging"},
                {"name": "production", "after": "staging"},
            ]
        },
    }
    return plans_of(written(model)._replace(project=project))[-1]


@pytest.mark.parametrize("what", ["another model", "another image", "the version"])
def test_a_version_comes_when_it_was_done_in_the_environment_before(what):
    plan = staged(STABLE_MODEL)
    found = world(plan)
    model = NEW_MODEL if what == "another model" else STABLE_MODEL
    image = "another" if what == "another image" else plan.spec.serving.image
    found.earlier = {Release(model, image)}
    found.run(30)
    assert bool(found.entries) == (what == "the version")
    assert (found.history.stable is not None) == (what == "the version")


def test_a_policy_change_needs_nothing_of_the_environment_before():
    plan = staged(STABLE_MODEL)
    found = world(plan)
    found.earlier = {Release(STABLE_MODEL, plan.spec.serving.image)}
    found.run(1)
    assert found.history.rollout
    assert found.tick().why
    found.earlier = set()
    found.run(30)
    assert found.history.stable == revision(plan, STABLE_MODEL)


def test_a_route_to_what_nobody_deployed_is_not_taken_for_what_serves():
    found = world(planned(STABLE_MODEL))
    found.evaluation_takes = 7200.0
    found.run(0.1)
    rollout = found.history.rollout
    assert rollout
    assert (rollout.first, rollout.position.phase) == (True, "Offline")
    strange = Revision("sha256:" + "f" * 64, "sha256:" + "e" * 64)
    found.route = found.route._replace(candidate=strange, weight=30)
    found.run(0.1)
    assert strange not in found.servers
    assert found.route.candidate is None


def test_what_is_on_its_way_back_after_harm_does_not_come_back_by_git_alone():
    found = serving(new=Truth(error_rate=0.1))
    stuck, apply = [True], found.apply

    def held(effect: Effect) -> None:
        if not (stuck[0] and isinstance(effect, Remove) and effect.revision.model == NEW_MODEL):
            apply(effect)

    found.apply = held  # type: ignore[method-assign]
    drive(found, 3)
    assert told(found)[-1] == "rollBack>RollingBack"
    for model in (STABLE_MODEL, NEW_MODEL):
        found.plan = planned(model)
        drive(found, 0.1)
    stuck[0] = False
    drive(found, 3)
    assert told(found)[-3:] == ["nominate>", "nominate>", "finish>RolledBack"]
    assert found.entries[-2].reason == "it was refused before; only `retry` brings it back"
    assert found.route.weight == 0


def test_a_retry_does_not_go_ahead_of_the_environment_before():
    spec = {"environments": [{"name": "staging", "namespace": "{namespace}-staging"}, {"name": "production"}]}
    spec["environments"][1]["after"] = "staging"
    project = {"apiVersion": "lifespec.dev/v1alpha1", "kind": "LifespecProject", "spec": spec}
    found = serving(new=Truth(error_rate=0.1))
    found.run(3)
    assert told(found)[-1] == "finish>RolledBack"
    found.plan = plans_of(written(NEW_MODEL)._replace(project=project))[-1]
    found.requests.append(Request("again", "retry", None, revision(found.plan, NEW_MODEL), at=found.now))
    found.run(0.1)
    assert (found.entries[-1].kind, found.entries[-1].reason) == ("answer", "it must be Done in staging first")
    found.earlier = {Release(NEW_MODEL, found.plan.spec.serving.image)}
    found.requests.append(Request("now", "retry", None, revision(found.plan, NEW_MODEL), at=found.now))
    before = len(found.entries)
    found.run(0.1)
    assert told(found, before)[0] == "nominate>Offline"


def test_writing_back_what_is_on_its_way_does_not_begin_it_anew():
    found = trained()
    found.plan = planned(STABLE_MODEL, retraining=RETRAINING)
    found.makes = revision(found.plan, OTHER_MODEL)
    found.run(24)
    found.alarms.append(Alarm("inputs", found.now, "Fail"))
    while not (found.history.rollout and found.history.rollout.position.step == 1):
        found.run(1)
    before = len(found.entries)
    found.plan = planned(OTHER_MODEL, retraining=RETRAINING)
    found.run(0.1)
    assert told(found, before) == ["nominate>"]
    assert found.entries[-1].reason == "it is on its way already"
    assert found.route.weight == 50
