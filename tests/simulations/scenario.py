"""A situation in which the true value is known, and what share of many intervals holds it."""

from __future__ import annotations

from collections.abc import Callable
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


def run(scenario: Scenario, replications: int, seed: int, levels: tuple[float, ...] = (0.9, 0.95)) -> list[Found]:
    """The scenario at every level, from the same draws."""
    bounds = scenario.draw(np.random.default_rng(seed), replications)
    return [_found(scenario, level, bounds(level)) for level in levels]


def _found(scenario: Scenario, level: float, both: Both) -> Found:
    (low, high), (rival_low, rival_high) = both.ours, both.rival
    weights = np.ones(len(low)) if both.weights is None else both.weights
    there = np.isfinite(low) & np.isfinite(high)
    total = weights[there].sum()
    # Bounds come out of roundings, so a truth on the edge of its range may seem to lie beyond it.
    slack = 1e-9 * max(1.0, abs(scenario.truth))
    above, below = scenario.truth > high + slack, scenario.truth < low - slack
    rivals = there & np.isfinite(rival_low) & np.isfinite(rival_high)
    rival_held = (rival_low - slack <= scenario.truth) & (scenario.truth <= rival_high + slack)
    held = there & ~above & ~below
    reach = weights[rivals] @ (rival_high - rival_low)[rivals]
    return Found(
        scenario,
        level,
        float(weights[held].sum() / total),
        float(weights[there & above].sum() / total),
        float(weights[there & below].sum() / total),
        float(total / weights.sum()),
        float(weights[rivals] @ (high - low)[rivals] / reach) if reach else 1.0,
        float(weights[rivals & rival_held].sum() / weights[rivals].sum()) if reach else 0.0,
        len(low) if both.weights is None else 0,
    )


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
