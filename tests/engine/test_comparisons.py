"""An offline report is of the stable model that there was: with another one, what it compared says nothing."""

from __future__ import annotations

from typing import Any, Final

import pytest

from lifespec_compiler.engine.case import Evaluate, Wait
from lifespec_compiler.engine.observation import Request
from lifespec_compiler.engine.step import step
from lifespec_compiler.plan import Plan
from lifespec_schema.records.report import LifecycleReport, Measurement
from virtual.lifecycle import NEW_MODEL, OTHER_MODEL, STABLE_MODEL, planned, report, revision, world
from virtual.world import World

AGAINST: Final = "rocAuc-against-stable"
GATES: Final[dict[str, Any]] = {
    "offline": {
        "gates": [{"metric": "rocAuc", "min": 0.5}, {"metric": "rocAuc", "against": "stable", "maxRegression": 0.01}]
    }
}


def nominated(model: str) -> Plan:
    return planned(model, evaluation=GATES)


def compared(plan: Plan, model: str, value: float, stable: float) -> LifecycleReport:
    """What an evaluation finds of a model while a stable one has this value."""
    found = report(plan, model, value)
    measured = Measurement(check=AGAINST, quantity="difference", value=value - stable, samples=5000)
    spec = found.spec.model_copy(update={"measurements": (*found.spec.measurements, measured)})
    return found.model_copy(update={"spec": spec})


def reported_and_aborted() -> World:
    """NEW is as good as stable at 0.80, and was aborted in its first step."""
    found = world(nominated(STABLE_MODEL))
    found.run(30)
    new = revision(found.plan, NEW_MODEL)
    found.truths[new].offline = compared(found.plan, NEW_MODEL, 0.80, 0.80)
    found.plan = nominated(NEW_MODEL)
    found.run(1)
    assert found.history.rollout
    assert verdicts(found)[AGAINST] == ("Pass", 0.0)
    found.requests.append(Request("stop", "abort", found.history.rollout.id, at=found.now))
    found.run(1)
    assert found.history.rollout is None
    return found


def better_one_serves() -> World:
    """And then OTHER, at 0.95, became stable."""
    found = reported_and_aborted()
    other, new = (revision(found.plan, model) for model in (OTHER_MODEL, NEW_MODEL))
    found.truths[other].offline = compared(found.plan, OTHER_MODEL, 0.95, 0.80)
    found.plan = nominated(OTHER_MODEL)
    found.run(40)
    assert found.history.stable == other
    found.truths[new].offline = compared(found.plan, NEW_MODEL, 0.80, 0.95)
    found.requests.append(Request("again", "retry", None, new, at=found.now))
    return found


def verdicts(found: World) -> dict[str, tuple[str, float | None]]:
    return {cause.check: (cause.verdict, cause.value) for cause in found.entries[-1].causes}


def phases(found: World, since: int) -> list[str]:
    return [f"{entry.kind}>{entry.to.phase if entry.to else ''}" for entry in found.entries[since:]]


def test_what_was_compared_with_another_stable_model_is_evaluated_anew():
    found = better_one_serves()
    found.evaluation_takes = 1800.0
    before = len(found.entries)
    found.run(0.4)
    assert phases(found, before) == ["nominate>Offline"]
    assert "running" in found.observe().evaluations.values()
    found.run(0.2)
    assert phases(found, before) == ["nominate>Offline", "reject>Rejected"]
    outcome, value = verdicts(found)[AGAINST]
    assert (outcome, value) == ("Fail", pytest.approx(-0.15))
    assert found.route.candidate is None


def test_whoever_goes_on_showing_the_old_report_asks_a_person_and_promotes_nothing():
    found = better_one_serves()
    old = found.evaluated[revision(found.plan, NEW_MODEL)].report(None)
    before, asked = len(found.entries), set[str]()
    for _ in range(60):
        shown = found.observe()._replace(offline=old, evaluations=dict.fromkeys(asked, "succeeded"))
        wanted = step(found.plan, found.history, shown, found.now)
        if isinstance(wanted, Evaluate):
            asked.add(wanted.name)
        elif isinstance(wanted, Wait):
            found.advance(60)
        else:
            found.carry_out(wanted)
    assert phases(found, before) == ["nominate>Offline", "hold>Held"]
    assert len(asked) == 1
    told = {cause.check: (cause.verdict, cause.reason) for cause in found.entries[-1].causes}
    assert told[AGAINST] == ("Error", "it was compared with another stable model")
    assert told["rocAuc"] == ("Pass", "")


def test_a_retry_against_the_same_stable_model_needs_no_other_report():
    found = reported_and_aborted()
    evaluated = dict(found.evaluated)
    found.requests.append(Request("again", "retry", None, revision(found.plan, NEW_MODEL), at=found.now))
    found.run(1)
    assert verdicts(found)[AGAINST] == ("Pass", 0.0)
    assert found.entries[-1].to
    assert found.entries[-1].to.phase == "Canary"
    assert found.evaluated == evaluated
