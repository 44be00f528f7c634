"""How often chance alone rolls back a healthy candidate: what is printed, against rollouts that the engine decides."""

from __future__ import annotations

import re
from typing import NamedTuple

import numpy as np
import pytest
import yaml

from lifespec_compiler.daytime import factors
from lifespec_compiler.engine.live import live_checks
from lifespec_compiler.rules.remedies import ALLOWED, CAUGHT
from lifespec_compiler.statistics.sequential import Claim, Counts
from simulations.rollouts import decided

RUNS, RUNS_AT_ONCE = 250, 2400
APART = 0.01
"""How far a chance may be from the simulated one, beside three standard errors of the simulation."""
LOG = {"log": "s3://logs/churn/", "time": "ts", "id": "request_id"}


class Case(NamedTuple):
    """A rollout that one guard watches, and a candidate that just keeps what is promised."""

    name: str
    guard: dict
    steps: tuple[tuple[int, float], ...]
    """Weights, and hours that they are held."""
    share: float | None
    """Of requests that have what is counted, of the candidate and of stable; None where nothing is said of it."""
    traffic: dict
    promise: dict
    limit: int = 1


def objective(target: str, **latency: str) -> dict:
    slo = {"name": "kept", "sli": "latency" if latency else "availability", "target": target, "window": "30d"}
    return {"monitoring": {"predictions": LOG, "slos": [slo | latency]}}


def gate(**bound: str) -> dict:
    return {"evaluation": {"online": {"gates": [{"name": "kept", "minSamples": 10, **bound}]}}}


def errors(window: str, bound: str, **more: object) -> dict:
    return {"metric": "errorRate", "max": bound, "window": window, **more}


DAY = {"rps": 2, "peakRps": 6, "dailyMinimumRps": 0.2}
TWO_DAYS = ((10, 24), (50, 24))
RIGHT = {"metric": "accuracy", "window": "30m"}
WORSE = {"metric": "errorRate", "against": "stable", "maxRegression": "1%", "window": "1h"}
SLOW = {"metric": "latencyP99", "max": "120ms"}
CASES = (
    Case("flat", errors("15m", "1%"), TWO_DAYS, 0.002, {"rps": 2}, objective("99.8%")),
    Case("uneven", errors("50m", "1%"), ((10, 7), (35, 4.5)), 0.003, {"rps": 1}, objective("99.7%"), 0),
    Case("nights", errors("15m", "2%"), TWO_DAYS, 0.001, DAY, objective("99.9%"), 2),
    Case("short nights", errors("20m", "2%"), ((20, 3), (50, 5)), 0.001, DAY, objective("99.9%"), 0),
    Case("samples", errors("15m", "3%", minSamples=30), ((10, 48),), 0.004, DAY, objective("99.6%"), 2),
    Case("long windows", errors("5h", "1%"), ((5, 72),), 0.004, DAY, objective("99.6%"), 0),
    Case("a gate", errors("30m", "1%"), ((10, 24),), 0.003, {"rps": 3}, gate(metric="errorRate", max="0.3%")),
    Case("latency", {**SLOW, "window": "15m"}, ((10, 24),), 0.005, {"rps": 10}, objective("99.5%", threshold="100ms")),
    Case("at least", {**RIGHT, "min": "75%"}, ((10, 24),), 0.8, {"rps": 1}, gate(metric="accuracy", min="80%")),
    Case(
        "against stable",
        {**RIGHT, "against": "stable", "maxRegression": "6%"},
        ((10, 24),),
        0.8,
        {"rps": 2},
        gate(metric="accuracy", min="80%"),
    ),
    Case("errors against stable", WORSE, ((20, 24), (50, 12)), 0.002, DAY, objective("99.8%")),
    Case("no data", {**SLOW, "window": "1h", "minSamples": 60, "onNoData": "rollback"}, ((10, 12),), None, DAY, {}),
    Case("dead", {"metric": "throughput", "min": 0.02, "window": "15m"}, ((10, 6),), None, DAY, {}, 0),
)


def written(case: Case) -> str:
    steps = [{"weight": f"{weight}%", "hold": f"{round(hours * 60)}m"} for weight, hours in case.steps]
    rollout = {"steps": steps, "guards": [case.guard], "analysis": {"failureLimit": case.limit}}
    return yaml.safe_dump({"traffic": case.traffic, "rollout": rollout, **case.promise})


def printed(message: str) -> float:
    found = re.search(r"rolls back (?:([\d.]+)% of|(nearly all)) healthy", message)
    assert found, message
    return 1.0 if found[2] else float(found[1]) / 100


def arriving(plan, start: int) -> tuple[np.ndarray, np.ndarray]:
    """By minute of the rollout, requests that are expected of the candidate and of stable."""
    traffic = plan.spec.traffic
    flat = traffic.daily_minimum_rps is None
    day = (1.0,) * 24 if flat else factors(traffic.daily_minimum_rps / traffic.rps, traffic.peak_rps / traffic.rps)
    weights = np.array([stage.weight / 100 for stage in plan.stages for _ in range(round(stage.hold / 60))])
    hours = (start + np.arange(len(weights)) // 60) % 24
    rate = traffic.rps * 60 * np.array(day)[hours]
    return rate * weights, rate * (1 - weights)


def rolled_back(plan, share: float, runs: int, seed: int) -> float:
    """The share of rollouts that the engine rolls back; each begins at some hour."""
    random = np.random.default_rng(seed)
    (guard,) = live_checks(plan).guards
    minutes = round(guard.window / 60)
    found = 0
    for _ in range(runs):
        expected = arriving(plan, int(random.integers(24)))
        windows = len(expected[0]) // minutes
        asked, others = (
            random.poisson(each[: windows * minutes].reshape(windows, minutes).sum(axis=1)) for each in expected
        )
        if guard.rate:
            counts = [Counts(int(total), round(guard.window)) for total in asked]
        else:
            counts = [Counts(int(random.binomial(total, share)), int(total)) for total in asked]
        beside = [Counts(int(random.binomial(total, share)), int(total)) for total in others]
        found += decided(plan, counts, beside)
    return found / runs


def close(chance: float, found: float, runs: int = RUNS) -> bool:
    return abs(chance - found) <= APART + 3 * np.sqrt(max(chance * (1 - chance), 1e-3) / runs)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_the_printed_chance_is_that_of_the_engine(case, lint_spec):
    linted = lint_spec(written(case))
    (finding,) = linted.of("trigger-happy-guard")
    found = rolled_back(linted.plans[-1], case.share or 0.0, RUNS, 5)
    assert close(printed(finding.message), found), (finding.message, found)


def simulated(plan, share: float, stable: float, seed: int, runs: int = RUNS_AT_ONCE) -> float:
    """The same by arithmetic on many rollouts at once."""
    random = np.random.default_rng(seed)
    (guard,) = live_checks(plan).guards
    claim, minutes, found = guard.bounds[0].claim, round(guard.window / 60), 0
    for start in range(24):
        expected = arriving(plan, start)
        size = (runs // 24, len(expected[0]) // minutes)
        asked, others = (
            random.poisson(each[: size[1] * minutes].reshape(size[1], minutes).sum(axis=1), size) for each in expected
        )
        if guard.rate:
            value, limit, silent = asked / guard.window, claim.offset, np.zeros(size, bool)
        else:
            silent = asked < max(1, guard.min_samples)
            value = random.binomial(asked, share) / np.maximum(asked, 1)
            limit = claim.offset + claim.slope * random.binomial(others, stable) / np.maximum(others, 1)
        broken = ~silent & (value > limit if claim.side == "atMost" else value < limit)
        harm = silent.any(axis=1) & (guard.on_no_data == "rollback")
        found += (harm | (broken.sum(axis=1) > live_checks(plan).failure_limit)).sum()
    return found / (runs // 24 * 24)


def twice_as_bad(claim: Claim, stable: float) -> float:
    best = stable if claim.slope else 0.0 if claim.side == "atMost" else 1.0
    return best + 2 * (claim.offset + claim.slope * stable - best)


def changed(case: Case, way: str) -> Case:
    """The case with a change that a finding offers."""
    found = re.fullmatch(r"`([\w.]+): (\S+)`.*", way)
    assert found
    key, value = found.groups()
    if key == "analysis.failureLimit":
        return case._replace(limit=int(value))
    return case._replace(guard={**case.guard, key: yaml.safe_load(value)})


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_each_change_that_is_offered_keeps_healthy_candidates_and_stops_bad_ones(case, lint_spec):
    linted = lint_spec(written(case))
    (finding,) = linted.of("trigger-happy-guard")
    assert close(
        printed(finding.message), simulated(linted.plans[-1], case.share or 0.0, case.share or 0.0, 7), RUNS_AT_ONCE
    )
    ways = finding.help.split(", or ")
    for way in ways:
        after = changed(case, way)
        mended = lint_spec(written(after))
        assert mended.of("trigger-happy-guard", "toothless-rollback") == []
        plan = mended.plans[-1]
        assert simulated(plan, case.share or 0.0, case.share or 0.0, 8) <= ALLOWED + 3 * np.sqrt(ALLOWED / RUNS_AT_ONCE)
        if case.share is not None:
            (bound,) = live_checks(plan).guards[0].bounds
            bad = twice_as_bad(bound.claim, case.share)
            assert simulated(plan, bad, case.share, 9) >= CAUGHT - 3 * np.sqrt((1 - CAUGHT) / RUNS_AT_ONCE)


@pytest.mark.parametrize("case", CASES[:4], ids=lambda case: case.name)
def test_a_higher_limit_is_the_smallest(case, lint_spec):
    (finding,) = lint_spec(written(case)).of("trigger-happy-guard")
    offered = re.search(r"failureLimit: (\d+)", finding.help)
    for limit in range(case.limit, int(offered[1]) if offered else case.limit):
        assert lint_spec(written(case._replace(limit=limit))).of("trigger-happy-guard")


def test_the_cases_have_chances_of_every_size(lint_spec):
    found = [printed(lint_spec(written(case)).of("trigger-happy-guard")[0].message) for case in CASES[:3]]
    assert sum(chance < 0.1 for chance in found) >= 1
    assert sum(0.1 < chance < 0.9 for chance in found) >= 1
    assert sum(chance > 0.9 for chance in found) >= 1
