"""Which parameters are tried: some at random, all of a grid, or those that an engine proposes."""

from __future__ import annotations

import hashlib
import itertools
import json
import math
import random
from collections.abc import Iterator, Sequence
from importlib import import_module
from typing import TYPE_CHECKING, Any, Protocol

from lifespec_compiler.plan import Plan

if TYPE_CHECKING:
    from lifespec_schema.spec.experiments import Candidate

Parameters = dict[str, Any]


class MissingEngineError(Exception):
    """The engine of a bayesian search is not installed."""


class EmptySpaceError(Exception):
    """A parameter has no value that could be tried."""


class Search(Protocol):
    """Proposes parameters, round by round, and hears what came of them."""

    def rounds(self) -> Iterator[list[Parameters]]:
        """The parameters of each round, at most `parallel` of them."""
        ...

    def tell(self, outcomes: Sequence[float | None]) -> None:
        """What the trials of the last round reached; None for one that failed."""
        ...


def seed_of(plan: Plan, candidate: Candidate) -> int:
    """The spec's seed, else one that what is trained decides."""
    if candidate.search is not None and candidate.search.seed is not None:
        return candidate.search.seed
    text = f"{plan.hashes.training} {candidate.name}".encode()
    return int.from_bytes(hashlib.sha256(text).digest()[:4], "big") >> 1


def search_of(plan: Plan, candidate: Candidate, direction: str, most: int | None = None) -> Search:
    """The search of a candidate, of at most `most` trials; without one, a single trial with the fixed parameters.

    Raises `MissingEngineError`, and `EmptySpaceError` for a range without any value, or one that begins at 0 and is
    logarithmic.
    """
    wanted = candidate.search
    if wanted is None:
        return _Listed([{}], 1)
    for name, space in wanted.space.items():
        _check(name, space)
    trials = min(wanted.trials, most or wanted.trials)
    seed = seed_of(plan, candidate)
    if wanted.method == "bayesian":
        return _Bayesian(wanted.space, trials, wanted.parallel, seed, direction)
    listed = _grid(wanted.space, trials, seed) if wanted.method == "grid" else _random(wanted.space, trials, seed)
    return _Listed(listed, wanted.parallel)


class _Listed:
    """Trials that are known from the start."""

    def __init__(self, trials: list[Parameters], parallel: int) -> None:
        self._trials, self._parallel = trials, parallel

    def rounds(self) -> Iterator[list[Parameters]]:
        for start in range(0, len(self._trials), self._parallel):
            yield self._trials[start : start + self._parallel]

    def tell(self, outcomes: Sequence[float | None]) -> None:
        """Nothing depends on it."""


class _Bayesian:
    """Trials that optuna proposes; those of one round are proposed together, so that their order is always the same."""

    def __init__(self, space: Any, trials: int, parallel: int, seed: int, direction: str) -> None:
        try:
            optuna: Any = import_module("optuna")  # as slow to import as it is rarely needed
        except ModuleNotFoundError as error:
            if error.name != "optuna":
                raise
            raise MissingEngineError from error
        optuna.logging.set_verbosity(optuna.logging.ERROR)
        sampler = optuna.samplers.TPESampler(seed=seed, constant_liar=parallel > 1)
        way = "maximize" if direction == "increase" else "minimize"
        self._study: Any = optuna.create_study(sampler=sampler, direction=way)
        self._failed = optuna.trial.TrialState.FAIL
        self._space, self._left, self._parallel = space, trials, parallel
        self._asked: list[Any] = []

    def rounds(self) -> Iterator[list[Parameters]]:
        while self._left > 0:
            count = min(self._parallel, self._left)
            self._asked = [self._study.ask() for _ in range(count)]
            self._left -= count
            yield [
                {name: _suggested(trial, name, space) for name, space in self._space.items()} for trial in self._asked
            ]

    def tell(self, outcomes: Sequence[float | None]) -> None:
        for trial, value in zip(self._asked, outcomes, strict=True):
            if value is None:
                self._study.tell(trial, state=self._failed)
            else:
                self._study.tell(trial, value)


def _check(name: str, space: Any) -> None:
    if space.kind == "choice":
        return
    if space.log and space.low <= 0:
        raise EmptySpaceError(f"the range of `{name}` is logarithmic, and begins at {space.low:g}; it must lie above 0")
    if space.kind == "integer" and _whole(space)[0] > _whole(space)[1]:
        raise EmptySpaceError(f"there is no whole number from {space.low:g} to {space.high:g}, the range of `{name}`")


def _suggested(trial: Any, name: str, space: Any) -> Any:
    if space.kind == "choice":
        return json.loads(trial.suggest_categorical(name, list(space.choices)))
    if space.kind == "integer":
        return trial.suggest_int(name, *_whole(space), log=space.log)
    return trial.suggest_float(name, space.low, space.high, log=space.log)


def _random(space: Any, trials: int, seed: int) -> list[Parameters]:
    """Drawn one after the other, so that fewer trials are the first of more."""
    chance = random.Random(seed)  # noqa: S311 - repeatable on purpose
    return [{name: _drawn(one, chance) for name, one in space.items()} for _ in range(trials)]


def _drawn(space: Any, chance: random.Random) -> Any:
    share = chance.random()
    if space.kind == "choice":
        return json.loads(space.choices[int(share * len(space.choices))])
    whole = space.kind == "integer"
    low, high = _whole(space) if whole else (space.low, space.high)
    least, most = (low - 0.5, high + 0.5) if whole else (low, high)
    if space.log:
        value = math.exp(math.log(least) + share * (math.log(most) - math.log(least)))
    else:
        value = least + share * (most - least)
    return min(high, max(low, round(value))) if whole else min(high, max(low, value))


def _grid(space: Any, trials: int, seed: int) -> list[Parameters]:
    """All combinations in the order of the spec; where they are more than the trials, so many of them by chance."""
    axes = [[(name, value) for value in _values(one, trials)] for name, one in space.items()]
    combinations = math.prod(len(axis) for axis in axes)
    if combinations <= trials:
        return [dict(one) for one in itertools.product(*axes)]
    chance = random.Random(seed)  # noqa: S311 - repeatable on purpose
    chosen: set[int] = set()
    while len(chosen) < trials:
        chosen.add(int(chance.random() * combinations))
    return [_at(axes, place) for place in sorted(chosen)]


def _at(axes: list[list[tuple[str, Any]]], place: int) -> Parameters:
    found = []
    for axis in reversed(axes):
        place, rest = divmod(place, len(axis))
        found.append(axis[rest])
    return dict(reversed(found))


def _values(space: Any, trials: int) -> list[Any]:
    """The values of an axis of a grid: the choices, the whole numbers, or evenly spread ones where they are more."""
    if space.kind == "choice":
        return [json.loads(value) for value in space.choices]
    low, high = _whole(space) if space.kind == "integer" else (space.low, space.high)
    if space.kind == "integer" and high - low < trials:
        return list(range(int(low), int(high) + 1))
    count = max(2, trials)
    spread = [_between(low, high, step / (count - 1), log=space.log) for step in range(count)]
    return sorted({round(value) for value in spread}) if space.kind == "integer" else spread


def _between(low: float, high: float, share: float, *, log: bool) -> float:
    if log:
        return float(min(high, max(low, math.exp(math.log(low) + share * (math.log(high) - math.log(low))))))
    return low + share * (high - low)


def _whole(space: Any) -> tuple[int, int]:
    """The least and the greatest whole number of a space."""
    return math.ceil(space.low), math.floor(space.high)
