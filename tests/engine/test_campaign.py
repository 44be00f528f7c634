"""Many worlds in which things go wrong at random moments: the observer judges every effect, and all comes to rest."""

from __future__ import annotations

from collections.abc import Callable
from random import Random
from typing import Any, get_args

import pytest

from lifespec_compiler.engine.observation import Request, Verb
from virtual.lifecycle import NEW_MODEL, OTHER_MODEL, STABLE_MODEL, planned, serving
from virtual.world import World

SEEDS = 20
MODELS = (STABLE_MODEL, NEW_MODEL, OTHER_MODEL)
POLICIES: tuple[dict[str, Any], ...] = (
    {},
    {"rollout": {"guards": [{"metric": "errorRate", "max": "2%", "window": "30m"}]}},
    {"rollout": {"analysis": {"failureLimit": 0, "onTimeout": "hold"}}},
)


def another_model(world: World, random: Random) -> None:
    world.plan = planned(random.choice(MODELS))


def another_policy(world: World, random: Random) -> None:
    version = world.plan.spec.model_version
    world.plan = planned(version.digest if version else NEW_MODEL, **random.choice(POLICIES))


def errors(world: World, random: Random) -> None:
    world.truths[random.choice(sorted(world.truths))].error_rate = random.choice((0.02, 0.2))


def health(world: World, _random: Random) -> None:
    for truth in world.truths.values():
        truth.error_rate = 0.001


def silence(world: World, _random: Random) -> None:
    world.silent = not world.silent


def traffic_lowered(world: World, _random: Random) -> None:
    world.route = world.route._replace(weight=world.route.weight // 2)


def servers_restarted(world: World, _random: Random) -> None:
    for each in world.servers:
        if each != world.history.stable:
            world.servers[each] = world.now


def clock_jumps(world: World, random: Random) -> None:
    world.now += random.choice((-3600.0, -60.0, 3600.0, 86400.0))


def stale_reading(world: World, _random: Random) -> None:
    seen = world.observe()
    world.now += 60
    world.tick(stale=seen)


def request(world: World, random: Random) -> None:
    rollout = world.history.rollout
    verb = random.choice(get_args(Verb))
    known = random.choice((rollout.id if rollout else None, "churn-of-yesterday"))
    subject = random.choice(sorted(world.truths)) if verb == "retry" else None
    world.requests.append(Request(f"r{len(world.requests)}", verb, known, subject, "ada"))


FAULTS: tuple[Callable[[World, Random], None], ...] = (
    another_model,
    another_policy,
    errors,
    health,
    silence,
    traffic_lowered,
    servers_restarted,
    clock_jumps,
    stale_reading,
    request,
)


@pytest.mark.parametrize("seed", range(SEEDS))
def test_whatever_goes_wrong_no_invariant_breaks_and_it_comes_to_rest(seed):
    random = Random(seed)
    world = serving()
    for _ in range(25):
        world.run(random.choice((0.05, 0.5, 3, 9)))
        random.choice(FAULTS)(world, random)
    world.silent = False
    health(world, random)
    world.run(60)
    rollout = world.history.rollout
    if rollout is not None:  # a person was asked, and answers
        assert rollout.position.phase == "Held"
        world.requests.append(Request("end", "abort", rollout.id))
        world.run(1)
    before = dict(world.observer.effects)
    world.run(10)
    assert world.observer.effects == before
    assert all(asked.name in world.history.answered for asked in world.requests)
    stable = world.history.stable
    assert stable
    assert world.route.stable == stable
    assert world.observe().servers[stable] == "ready"
