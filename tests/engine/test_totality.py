"""Whatever is said to it, the engine has an answer, always the same one, and the answer follows what is recorded."""

from __future__ import annotations

from functools import cache
from types import MappingProxyType
from typing import Any, get_args

from hypothesis import given, settings
from hypothesis import strategies as st

from lifespec_compiler.engine.case import Effect, Record, Wait
from lifespec_compiler.engine.history import History, fold
from lifespec_compiler.engine.observation import (
    Alarm,
    Counted,
    JobState,
    Observation,
    Release,
    Request,
    Route,
    ServerState,
    Verb,
    Window,
)
from lifespec_compiler.engine.step import step
from lifespec_compiler.engine.values import Revision
from lifespec_compiler.plan import Plan
from lifespec_compiler.statistics.sequential import Counts
from virtual.lifecycle import NEW_MODEL, OTHER_MODEL, STABLE_MODEL, planned, report, serving

MODELS = (STABLE_MODEL, NEW_MODEL, OTHER_MODEL)
UIDS = ("", "0f8fad5b-d9cb-469f-a165-70867728950e", "7c9e6679-7425-40de-944b-e07fc1f90ae7")
RETRAINING = {
    "triggers": [
        {"name": "drifted", "monitor": "inputs"},
        {"name": "grown", "newLabeledRows": 10},
        {"name": "nightly", "schedule": "0 3 * * *"},
    ],
    "nominate": "direct",
}
SHADOW = {"mirror": "20%", "duration": "6h", "gates": [{"name": "psi", "metric": "predictionPsi", "max": 0.1}]}
GUARD = {"metric": "errorRate", "against": "stable", "maxRegression": "1%", "window": "15m", "onNoData": "rollback"}


@cache
def plans() -> tuple[Plan, ...]:
    return (
        planned(STABLE_MODEL, retraining=RETRAINING),
        planned(NEW_MODEL, evaluation={"shadow": SHADOW}, retraining=RETRAINING),
        planned(NEW_MODEL, rollout={"strategy": "direct", "hold": "1h", "steps": None, "guards": [GUARD]}),
        planned(OTHER_MODEL, serving={"onDelete": "remove", "fallback": {"kind": "constant", "response": "{}"}}),
        planned(
            NEW_MODEL,
            serving={"mode": "batch", "schedule": "0 4 * * *", "output": "s3://scores/churn/"},
            rollout={"guards": [], "approval": {"before": ["offline", "promoting"]}},
        ),
    )


@cache
def histories() -> tuple[History, ...]:
    """Every state of a lifecycle with rollouts, a rollback and trainings."""
    found = serving()
    found.run(8)
    found.plan = plans()[1]
    found.alarms.append(Alarm("inputs", found.now, "Fail"))
    found.run(10)
    found.plan = planned(OTHER_MODEL)
    found.truths[Revision(OTHER_MODEL, found.plan.hashes.serving)].error_rate = 0.2
    found.run(10)
    states = [History()]
    for entry in found.entries:
        states.append(fold(states[-1], entry))
    return tuple(states)


def revisions() -> st.SearchStrategy[Revision]:
    return st.builds(
        Revision, st.sampled_from(MODELS), st.sampled_from(sorted({plan.hashes.serving for plan in plans()}))
    )


numbers = st.integers(-10, 10**7) | st.just(10**30)
moments = st.floats(0, 4e9, allow_nan=False)
counts = st.builds(Counts, numbers, numbers)
streams = st.sampled_from([*sorted({one.rollout.id for one in histories() if one.rollout}), "churn-of-yesterday"])
runs = st.sampled_from([*sorted({one.run.id for one in histories() if one.run}), "nightly@1"])
checks = st.sampled_from(["errors", "guard-errorRate", "guard-errorRate-against-stable", "psi", "nothing"])
states = st.sampled_from(get_args(JobState))
reports = st.builds(report, st.sampled_from(plans()), st.sampled_from(MODELS), st.sampled_from([0.1, 0.9]))


@st.composite
def observations(draw: st.DrawFn) -> Observation:
    """Anything that might be seen, most of which never is."""

    def several(of: st.SearchStrategy[Any], most: int = 3) -> tuple[Any, ...]:
        return tuple(draw(st.lists(of, max_size=most)))

    name = st.sampled_from(["a", "b", "c"])
    requests = st.builds(
        Request,
        name,
        st.sampled_from(get_args(Verb)),
        st.none() | streams,
        st.none() | revisions(),
        run=st.none() | runs,
        groups=st.none() | st.just(frozenset({"a"})),
        at=moments,
    )
    maybe = st.none() | revisions()
    route = st.builds(Route, maybe, maybe, st.integers(-20, 200), st.integers(-20, 200), st.integers(0, 60), moments)
    return Observation(
        servers=MappingProxyType(draw(st.dictionaries(revisions(), st.sampled_from(get_args(ServerState))))),
        route=draw(route),
        counted=several(st.builds(Counted, checks, revisions(), counts, st.none() | counts, moments)),
        windows=several(st.builds(Window, checks, revisions(), numbers, numbers, counts, st.none() | counts), 6),
        offline=draw(st.none() | reports),
        requests=several(requests),
        created=draw(moments),
        alarms=several(st.builds(Alarm, st.just("inputs"), moments, st.sampled_from(["Pass", "Fail", "Error"]))),
        new_rows=draw(st.none() | numbers),
        jobs=MappingProxyType(draw(st.dictionaries(runs, states, max_size=2))),
        trained=draw(maybe),
        run_report=draw(st.none() | reports),
        proposed=frozenset(several(runs)),
        uid=draw(st.sampled_from(UIDS)),
        deleting=draw(st.booleans()),
        annotated=draw(st.sampled_from([None, "sha256:0", plans()[0].hashes.plan])),
        semantics=draw(st.sampled_from([None, 1, 2])),
        earlier=frozenset(several(st.builds(Release, st.sampled_from(MODELS), st.just("image")))),
        reports=several(reports),
        compared=draw(st.integers(-1, 5)),
        exposure=draw(st.none() | numbers),
    )


@given(st.sampled_from(plans()), st.sampled_from(histories()), observations(), moments)
@settings(max_examples=100, deadline=None)
def test_every_combination_has_an_answer_that_can_be_recorded(plan, history, seen, now):
    found = step(plan, history, seen, now)
    assert found == step(plan, history, seen, now)
    if isinstance(found, Record):
        after = fold(history, found.entry)
        assert after.sequence == history.sequence + 1
        assert found.entry.at == now
    else:
        assert isinstance(found, (Wait, *get_args(Effect)))


@given(st.sampled_from(plans()), st.sampled_from(histories()), observations(), moments)
@settings(max_examples=60, deadline=None)
def test_one_thing_seen_for_ever_comes_to_an_end_of_decisions(plan, history, seen, now):
    """With nothing changing but the ledger there is soon nothing left to decide."""
    for _ in range(60):
        found = step(plan, history, seen, now)
        if not isinstance(found, Record):
            return
        history = fold(history, found.entry)
    raise AssertionError("decisions without an end")
