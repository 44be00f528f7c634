"""Rollouts that are watched by one guard, decided by the engine: how many of them it rolls back."""

from __future__ import annotations

from typing import NamedTuple

from numpy.random import Generator

from lifespec_compiler.engine.case import Record
from lifespec_compiler.engine.history import fold
from lifespec_compiler.engine.live import live_checks
from lifespec_compiler.engine.observation import Observation, Route, ServerState, Window
from lifespec_compiler.engine.state import History, Rollout
from lifespec_compiler.engine.step import step
from lifespec_compiler.engine.values import Position, Revision
from lifespec_compiler.plan import Plan
from lifespec_compiler.statistics.sequential import Counts
from lifespec_compiler.statistics.windows import rollback_chance, window_failure
from virtual.lifecycle import NEW_MODEL, STABLE_MODEL, planned, revision

BEGAN = 1_800_000_000.0


class Watched(NamedTuple):
    """A candidate that is as it is, and the windows that a guard sees of it."""

    requests: int
    """Of the candidate, in one window."""
    share: float
    windows: int
    limit: int
    bounds: tuple[tuple[str, str], ...]
    """Of the guard, as they are written."""
    metric: str = "errorRate"
    other_requests: int = 0
    other_share: float = 0.0

    @property
    def name(self) -> str:
        """For the id of a test."""
        return " ".join(self.cells.split(" | "))

    @property
    def cells(self) -> str:
        """As a row of the table begins."""
        bounds = ", ".join(f"{key}: {value}" for key, value in self.bounds)
        beside = f"; stable {self.other_share:.2%} of {self.other_requests:,}" if self.other_requests else ""
        windows = f"{self.windows} of {self.requests:,}"
        return f"{self.metric} `{bounds}` | {self.limit} | {windows} | {self.share:.2%}{beside}"


CASES = (
    Watched(1000, 0.005, 16, 1, (("max", "1%"),)),
    Watched(1000, 0.008, 16, 2, (("max", "1%"),)),
    Watched(300, 0.005, 64, 2, (("max", "1%"),)),
    Watched(300, 0.005, 64, 5, (("max", "1%"),)),
    Watched(50, 0.001, 64, 1, (("max", "1%"),)),
    Watched(4000, 0.0005, 64, 2, (("max", "0.1%"),)),
    Watched(200, 0.97, 16, 1, (("min", "95%"),), "accuracy"),
    Watched(500, 0.01, 48, 1, (("against", "stable"), ("maxRegression", "1%")), "errorRate", 4500, 0.01),
    Watched(500, 0.01, 48, 2, (("against", "stable"), ("maxRelativeRegression", "50%")), "errorRate", 4500, 0.01),
)


def plan_of(case: Watched) -> Plan:
    """A canary of one long step that has this guard only."""
    guard = {"name": "watched", "metric": case.metric, "window": "15m", **dict(case.bounds)}
    rollout = {
        "steps": [{"weight": "10%", "hold": f"{case.windows // 4 + 1}h"}],
        "guards": [guard],
        "analysis": {"failureLimit": case.limit},
    }
    return planned(NEW_MODEL, rollout=rollout)


def closed_form(case: Watched, plan: Plan) -> float:
    """The chance of a rollback by the statistics of the compiler."""
    (guard,) = live_checks(plan).guards
    (bound,) = guard.bounds
    chance = window_failure(bound.claim, case.requests, case.share, case.other_requests, case.other_share)
    return rollback_chance([chance] * case.windows, case.limit)


def rolled_back(case: Watched, plan: Plan, runs: int, random: Generator) -> int:
    """How many of so many rollouts the engine rolls back."""
    good = random.binomial(case.requests, case.share, (runs, case.windows)).tolist()
    others = random.binomial(case.other_requests, case.other_share, (runs, case.windows)).tolist()
    return sum(
        decided(
            plan, [Counts(each, case.requests) for each in one], [Counts(each, case.other_requests) for each in two]
        )
        for one, two in zip(good, others, strict=True)
    )


def decided(plan: Plan, counts: list[Counts], others: list[Counts], *, one_by_one: bool = False) -> bool:
    """Whether the engine rolls back a rollout with these windows: seen as each of them closes, or all at the end."""
    new, stable = revision(plan, NEW_MODEL), Revision(STABLE_MODEL, plan.hashes.serving)
    (guard,) = live_checks(plan).guards
    rollout = Rollout("churn-0", new, plan.hashes.policy, Position("Canary", 0, 10), BEGAN, 1, first=False)
    history = History(1, stable, rollout, new)
    servers: dict[Revision, ServerState] = {stable: "ready", new: "ready"}
    route = Route(stable, new, 10, 0, 1, BEGAN)
    name = guard.bounds[0].counted
    windows = tuple(
        Window(name, new, number, BEGAN + number * guard.window, one, two if two.total else None)
        for number, (one, two) in enumerate(zip(counts, others, strict=True))
    )
    for last in range(len(windows)) if one_by_one else (len(windows) - 1,):
        seen = Observation(servers, route, windows=windows[last : last + 1] if one_by_one else windows)
        while isinstance(found := step(plan, history, seen, BEGAN + (last + 1) * guard.window), Record):
            if found.entry.kind == "rollBack":
                return True
            history = fold(history, found.entry)
    return False
