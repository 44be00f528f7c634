from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lifespec_runtime.measure.training.search import EmptySpaceError, search_of, seed_of
from rowsets import customers_plan

SPACE = {
    "depth": {"kind": "integer", "low": 2, "high": 8},
    "rate": {"kind": "real", "low": 0.01, "high": 1, "log": True},
    "loss": {"kind": "choice", "choices": ["gini", "entropy", True]},
}


def candidate_of(**search):
    image = "registry.example.com/train@sha256:" + "a" * 64
    experiments = {"candidates": [{"name": "boosting", "image": image, "search": {"space": SPACE, **search}}]}
    plan = customers_plan(experiments=experiments)
    return plan, plan.spec.experiments.candidates[0]


def rounds(values=lambda trial: trial["depth"], most=None, **search):
    """The rounds of a search whose trials reach what `values` says."""
    plan, candidate = candidate_of(**search)
    made = search_of(plan, candidate, "increase", most)
    found = []
    for proposed in made.rounds():
        found.append(proposed)
        made.tell([values(trial) for trial in proposed])
    return found


def flat(found):
    return [trial for proposed in found for trial in proposed]


@pytest.mark.parametrize("method", ["random", "grid", "bayesian"])
def test_trials_are_of_the_space_and_repeatable(method):
    found = rounds(method=method, trials=11, parallel=4, seed=3)
    assert [len(proposed) for proposed in found] == [4, 4, 3]
    for trial in flat(found):
        assert list(trial) == list(SPACE)
        assert trial["depth"] in range(2, 9)
        assert type(trial["depth"]) is int
        assert 0.01 <= trial["rate"] <= 1
        assert trial["loss"] in ("gini", "entropy", True)
    assert found == rounds(method=method, trials=11, parallel=4, seed=3)
    assert flat(found) != flat(rounds(method=method, trials=11, parallel=4, seed=4))


def test_fewer_random_trials_are_the_first_of_more():
    assert (
        flat(rounds(method="random", trials=20, seed=1, most=5)) == flat(rounds(method="random", trials=20, seed=1))[:5]
    )


def test_random_trials_reach_all_of_the_space():
    trials = flat(rounds(method="random", trials=400, seed=1))
    assert {trial["depth"] for trial in trials} == set(range(2, 9))
    assert {trial["loss"] for trial in trials} == {"gini", "entropy", True}
    assert 0.35 < sum(trial["rate"] < 0.1 for trial in trials) / 400 < 0.65, "evenly on a logarithmic scale"


def test_a_grid_is_tried_in_its_order():
    space = {"a": {"kind": "choice", "choices": [1, 2]}, "b": {"kind": "integer", "low": 5, "high": 7}}
    found = flat(rounds(lambda _: 0.5, method="grid", trials=9, space=space))
    assert found == [{"a": a, "b": b} for a in (1, 2) for b in (5, 6, 7)]


@given(st.integers(1, 30), st.integers(1, 9))
def test_a_grid_that_is_too_large_is_tried_in_part(trials, seed):
    space = {name: {"kind": "integer", "low": 1, "high": 9} for name in ("a", "b", "c", "d")}
    found = flat(rounds(lambda _: 0.5, method="grid", trials=trials, seed=seed, space=space))
    assert len({json.dumps(trial) for trial in found}) == len(found) == trials


def test_a_range_of_numbers_becomes_evenly_spread_ones():
    space = {"rate": {"kind": "real", "low": 0.001, "high": 1, "log": True}}
    found = flat(rounds(lambda _: 0.5, method="grid", trials=4, space=space))
    assert [trial["rate"] for trial in found] == pytest.approx([0.001, 0.01, 0.1, 1])


def test_a_bayesian_search_learns():
    best = {"random": 0.0, "bayesian": 0.0}
    for method in best:
        for seed in range(1, 6):
            space = {"x": {"kind": "real", "low": 0, "high": 1}, "y": {"kind": "real", "low": 0, "high": 1}}
            reached = []

            def value(trial, reached=reached):
                reached.append(-((trial["x"] - 0.3) ** 2) - (trial["y"] - 0.7) ** 2)
                return reached[-1]

            rounds(value, method=method, trials=40, seed=seed, space=space)
            best[method] += max(reached)
    assert best["bayesian"] > best["random"]


def test_a_bayesian_search_goes_on_after_a_trial_that_fails():
    found = rounds(lambda trial: None if trial["depth"] > 4 else 1.0, method="bayesian", trials=12, parallel=3, seed=1)
    assert len(flat(found)) == 12


@pytest.mark.parametrize(
    ("space", "told"),
    [
        ({"kind": "real", "low": 0, "high": 1, "log": True}, "must lie above 0"),
        ({"kind": "integer", "low": 0.2, "high": 0.8}, "no whole number"),
    ],
)
def test_a_range_without_values_is_told(space, told):
    plan, candidate = candidate_of(trials=3, space={"rate": space})
    with pytest.raises(EmptySpaceError, match=told):
        search_of(plan, candidate, "increase")


def test_without_a_search_there_is_one_trial():
    plan = customers_plan()
    assert list(search_of(plan, plan.spec.experiments.candidates[0], "increase").rounds()) == [[{}]]


def test_the_seed_is_the_specs_or_comes_from_what_is_trained():
    assert seed_of(*candidate_of(trials=3, seed=7)) == 7
    one, other = seed_of(*candidate_of(trials=3)), seed_of(*candidate_of(trials=4))
    assert one != other
    assert 0 <= one < 2**31
