"""A situation in which the true value is known, and what share of many intervals holds it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import NamedTuple

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from lifespec_runtime.measure.estimate import Estimate
from lifespec_runtime.measure.metrics import Sample, measure

Floats = NDArray[np.float64]
Bounds = tuple[Floats, Floats]


class Both(NamedTuple):
    """Our bounds and a rival's, one for each replication; NaN where there is no interval."""

    ours: Bounds
    rival: Bounds
    weights: Floats | None = None
    """The chance of each outcome, where all are enumerated instead of drawn."""
    others: Mapping[str, Bounds] = {}
    """Further published intervals by name."""


Draw = Callable[[Generator, int], Callable[[float], Both]]
"""Draws so many data sets, and then bounds their values at a level."""


class Scenario(NamedTuple):
    """One row of the table."""

    metric: str
    case: str
    n: int
    truth: float
    draw: Draw
    rival: str
    """The published interval that ours is compared with."""


class Found(NamedTuple):
    """What a scenario came to at one level, in shares of one."""

    scenario: Scenario
    level: float
    covered: float
    missed_above: float
    """The truth was above the interval."""
    missed_below: float
    trusted: float
    """Data sets that had an interval at all; the verdict on the others is Inconclusive."""
    width: float
    """The mean width relative to the rival's, over the data sets that gave both."""
    rival_covered: float
    drawn: int
    """Data sets that were drawn; 0 where all outcomes are enumerated."""
    rival: str
    """The published interval: of several the narrowest of those that cover, or the one that comes closest to it."""


def run(scenario: Scenario, replications: int, seed: int, levels: tuple[float, ...] = (0.9, 0.95)) -> list[Found]:
    """The scenario at every level, from the same draws."""
    bounds = scenario.draw(np.random.default_rng(seed), replications)
    return [_found(scenario, level, bounds(level)) for level in levels]


BELOW = 0.01
"""How far below its level an interval's coverage may be."""


class _Rival(NamedTuple):
    name: str
    covered: float
    reach: float
    """Our mean width relative to its own."""


def _found(scenario: Scenario, level: float, both: Both) -> Found:
    low, high = both.ours
    weights = np.ones(len(low)) if both.weights is None else both.weights
    there = np.isfinite(low) & np.isfinite(high)
    total = weights[there].sum()
    # Bounds come out of roundings, so a truth on the edge of its range may seem to lie beyond it.
    slack = 1e-9 * max(1.0, abs(scenario.truth))
    above, below = scenario.truth > high + slack, scenario.truth < low - slack
    held = there & ~above & ~below
    named = {scenario.rival: both.rival, **both.others}
    rivals = [_rival(name, bounds, both.ours, weights, scenario.truth) for name, bounds in named.items()]
    covering = [rival for rival in rivals if rival.covered >= level - BELOW]
    best = max(covering, key=lambda rival: rival.reach) if covering else max(rivals, key=lambda rival: rival.covered)
    return Found(
        scenario,
        level,
        float(weights[held].sum() / total),
        float(weights[there & above].sum() / total),
        float(weights[there & below].sum() / total),
        float(total / weights.sum()),
        best.reach,
        best.covered,
        len(low) if both.weights is None else 0,
        best.name,
    )


def _rival(name: str, bounds: Bounds, ours: Bounds, weights: Floats, truth: float) -> _Rival:
    low, high = bounds
    there = np.isfinite(low) & np.isfinite(high) & np.isfinite(ours[0]) & np.isfinite(ours[1])
    width = weights[there] @ (high - low)[there]
    if not width:
        return _Rival(name, 0.0, 1.0)
    slack = 1e-9 * max(1.0, abs(truth))
    held = there & (low - slack <= truth) & (truth <= high + slack)
    covered = float(weights[held].sum() / weights[there].sum())
    return _Rival(name, covered, float(weights[there] @ (ours[1] - ours[0])[there] / width))


def through_measure(metric: str, samples: list[Sample], level: float, **parameters: object) -> tuple[Floats, Bounds]:
    """Values and bounds as users get them, one data set after the other."""
    values, low, high = (np.full(len(samples), np.nan) for _ in range(3))
    for place, sample in enumerate(samples):
        result = measure(metric, sample, parameters, level)
        if isinstance(result, Estimate):
            values[place] = result.value
            if result.interval:
                low[place], high[place] = result.interval.low, result.interval.high
    return values, (low, high)
