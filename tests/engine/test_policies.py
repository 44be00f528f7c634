"""A rollout is judged by the policy that its opening decision embeds, whatever the plan becomes meanwhile."""

from __future__ import annotations

import hashlib
import json

import pytest

from cases import plans_of, read_case
from lifespec_compiler.engine.observation import Alarm, Request
from lifespec_compiler.engine.policy import judged_by, policy_text
from lifespec_compiler.plan import SEMANTICS
from lifespec_compiler.plan.policy import policy_json
from virtual.driving import drive, told
from virtual.lifecycle import NEW_MODEL, OTHER_MODEL, STABLE_MODEL, planned, revision, serving
from virtual.world import Truth, World

ANOTHER = "sha256:" + "0" * 64
STRICT = {"rollout": {"guards": [{"metric": "errorRate", "max": "1%", "window": "15m", "onNoData": "ignore"}]}}
LAX = {"rollout": {"guards": [{"metric": "errorRate", "max": "50%", "window": "15m"}]}}


def canary() -> World:
    """A rollout that stands at its first step."""
    found = serving()
    found.run(1)
    assert found.history.rollout
    assert found.history.rollout.position.weight == 10
    return found


@pytest.mark.parametrize("case", ["minimal", "full", "inside-the-cluster"])
def test_the_policy_text_hashes_to_the_policy_hash(case):
    for plan in plans_of(read_case(case)):
        text = policy_text(plan)
        assert "sha256:" + hashlib.sha256(text.encode()).hexdigest() == plan.hashes.policy
        assert json.loads(text)["semantics"] == SEMANTICS
        assert text.encode() == policy_json(plan.values["spec"])


def test_the_entry_that_opens_a_rollout_embeds_its_policy():
    found = canary()
    opened = [entry for entry in found.entries if entry.kind == "nominate" and entry.stream]
    assert opened
    for entry in opened:
        assert entry.policy
        assert "sha256:" + hashlib.sha256(entry.policy.encode()).hexdigest() == entry.policy_hash
    assert all(entry.policy is None for entry in found.entries if entry not in opened)


def test_an_embedded_policy_is_read_back_as_the_plan_had_it():
    found = canary()
    old, lax = found.plan, planned(NEW_MODEL, **LAX)
    under = judged_by(lax, found.history.rollout)
    assert under
    assert under.checks == old.checks
    assert under.stages == old.stages
    assert under.spec.evaluation == old.spec.evaluation
    assert under.hashes == lax.hashes
    assert judged_by(lax, found.history.rollout) is under
    assert judged_by(old, found.history.rollout) is old


def test_with_a_plan_mismatch_nothing_starts():
    found = serving()
    before = len(found.entries)
    drive(found, 5, annotated=ANOTHER)
    assert len(found.entries) == before
    drive(found, 1, annotated=found.plan.hashes.plan)
    assert told(found, before) == ["nominate>Offline", "advance>Canary"]


def test_with_a_plan_mismatch_no_training_starts_and_none_is_lost():
    found = serving()
    retraining = {"triggers": [{"name": "drifted", "monitor": "inputs"}], "nominate": "manual"}
    found.plan = planned(STABLE_MODEL, retraining=retraining)
    found.alarms.append(Alarm("inputs", found.now, "Fail"))
    drive(found, 1, semantics=SEMANTICS + 1)
    assert not found.jobs
    found.run(1)
    assert len(found.jobs) == 1


def test_with_a_plan_mismatch_an_open_rollout_holds_its_weight():
    found = canary()
    before = len(found.entries)
    found.plan = planned(NEW_MODEL, **LAX)
    drive(found, 20, annotated=ANOTHER)
    assert len(found.entries) == before
    assert found.route.weight == 10


def test_with_a_plan_mismatch_guards_go_on_by_the_embedded_policy():
    found = canary()
    found.plan = planned(NEW_MODEL, **LAX)
    found.truths[revision(found.plan, NEW_MODEL)].error_rate = 0.05
    drive(found, 2, annotated=ANOTHER)
    assert told(found)[-3:] == ["failure>", "rollBack>RollingBack", "finish>RolledBack"]
    assert found.entries[-2].policy_hash == found.entries[3].policy_hash != found.plan.hashes.policy


def test_with_a_plan_mismatch_abort_works():
    found = canary()
    rollout = found.history.rollout
    assert rollout
    found.requests.append(Request("stop", "abort", rollout.id))
    drive(found, 1, annotated=ANOTHER)
    assert told(found)[-2:] == ["rollBack>RollingBack", "finish>RolledBack"]


def test_a_policy_that_changes_in_a_freeze_does_not_touch_the_open_rollout():
    found = canary()
    found.plan = planned(NEW_MODEL, rollout={**LAX["rollout"], "freeze": ["2020-01-01/2099-12-31"]})
    found.truths[revision(found.plan, NEW_MODEL)].error_rate = 0.05
    found.run(2)
    assert told(found)[-2:] == ["rollBack>RollingBack", "finish>RolledBack"]


def test_nothing_is_inherited_by_the_rollout_under_a_changed_policy():
    found = canary()
    new = revision(found.plan, NEW_MODEL)
    found.truths[new].error_rate = 0.05
    while not (found.history.rollout and found.history.rollout.failures):
        found.tick()
    assert sum(map(len, found.history.rollout.failures.values())) == 1
    found.truths[new].error_rate = 0.001
    found.plan = planned(NEW_MODEL, **STRICT)
    found.run(1)
    assert found.history.rollout
    assert found.history.rollout.failures == {}
    assert found.history.rollout.position.weight == 10


@pytest.mark.parametrize("text", ["", "{", "[]", "{}", '{"semantics": 1, "evaluation": 3}', None])
def test_a_rollout_whose_policy_cannot_be_read_is_rolled_back(text):
    found = canary()
    rollout = found.history.rollout
    assert rollout
    found.history = found.history._replace(rollout=rollout._replace(policy=text, policy_hash=ANOTHER))
    found.plan = planned(NEW_MODEL, rollout={"freeze": ["2020-01-01/2099-12-31"]})
    found.run(1)
    assert told(found)[-2:] == ["rollBack>RollingBack", "finish>RolledBack"]
    assert "cannot be read" in found.entries[-2].reason


def test_a_policy_that_was_edited_is_not_obeyed():
    """Its hash says which one the rollout began with."""
    found = canary()
    rollout = found.history.rollout
    assert rollout
    assert rollout.policy
    policy = json.loads(rollout.policy)
    policy["evaluation"]["online"]["gates"] = []
    found.history = found.history._replace(rollout=rollout._replace(policy=json.dumps(policy)))
    found.plan = planned(NEW_MODEL, rollout={"guards": [], "freeze": ["2020-01-01/2099-12-31"]})
    found.run(1)
    assert told(found)[-2:] == ["rollBack>RollingBack", "finish>RolledBack"]


def test_flapping_between_models_inherits_no_verdict():
    found = serving(other=Truth(error_rate=0.001))
    found.run(10)
    assert found.route.weight == 50
    for model in (OTHER_MODEL, NEW_MODEL) * 10:
        found.plan = planned(model)
        found.run(0.1)
        assert found.route.weight <= 10
    streams = [entry.stream for entry in found.entries if entry.kind == "nominate" and entry.stream]
    assert len(streams) == len(set(streams))
    found.run(40)
    assert found.history.stable == revision(found.plan, NEW_MODEL)


def test_a_changed_policy_alone_starts_nothing():
    found = serving()
    found.plan = planned(STABLE_MODEL)
    found.run(1)
    before = len(found.entries)
    found.plan = planned(STABLE_MODEL, **LAX)
    found.run(10)
    assert len(found.entries) == before
