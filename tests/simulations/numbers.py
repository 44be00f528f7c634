"""Means, quotients of sums and roots, over rows that are more and more skewed."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from lifespec_runtime.measure.metrics import Sample
from lifespec_runtime.measure.metrics.intervals import ratios

from . import rivals
from .scenario import Both, Scenario, through_measure
from .shares import smallest

Floats = NDArray[np.float64]

LOSSES: dict[str, tuple[str, float, Callable[[Generator, tuple[int, int]], Floats]]] = {
    "normal errors": ("mae", float(np.sqrt(2 / np.pi)), lambda random, shape: np.abs(random.normal(size=shape))),
    "squares of normal errors": ("mse", 1.0, lambda random, shape: np.square(random.normal(size=shape))),
    "exponential losses": ("mae", 1.0, lambda random, shape: random.exponential(size=shape)),
    "log losses, calibrated, uniform": (
        "logLoss",
        0.5,
        lambda random, shape: _log_losses(random.random(shape), random),
    ),
    "squares, calibrated, rare": (
        "brier",
        1 / 11 - 2 / 132,
        lambda random, shape: _squares(random.beta(1, 10, shape), random),
    ),
    "reciprocal ranks 1, 1/2, 1/3 …": ("mrr", 0.0, lambda random, shape: 1 / random.geometric(0.5, shape)),
}


def _log_losses(given: Floats, random: Generator) -> Floats:
    true = random.random(given.shape) < given
    return -np.log(np.where(true, given, 1 - given))


def _squares(given: Floats, random: Generator) -> Floats:
    return np.square(given - (random.random(given.shape) < given))


def scenarios() -> Iterator[Scenario]:
    """Means stand for all metrics that are means."""
    for case, (metric, truth, losses) in LOSSES.items():
        exact = float(np.log(2)) if metric == "mrr" else truth
        for factor in (1, 3, 10):
            n = smallest(metric) * factor
            yield Scenario(metric, case, n, exact, _mean(n, losses), "Student")
    for factor in (1, 3):
        n = smallest("r2") * factor
        yield Scenario("r2", "R² 0.8, normal", n, 0.8, _relative_to(n, "r2", _normal), "delta method")
        yield Scenario(
            "wmape", "log-normal labels", n, _RELATIVE, _relative_to(n, "wmape", _log_normal), "delta method"
        )
    for factor in (1, 3, 10):
        n = smallest("fBeta") * factor
        for beta in (0.5, 2.0):
            truth = (1 + beta**2) * 0.5 / ((1 + beta**2) * 0.5 + beta**2 * 0.2 + 0.3)
            yield Scenario(
                "fBeta", f"beta {beta:g}", n, truth, _quotient(n, partial(_f_beta, beta=beta)), "delta method"
            )


def _mean(
    n: int, losses: Callable[[Generator, tuple[int, int]], Floats]
) -> Callable[[Generator, int], Callable[[float], Both]]:
    def draw(random: Generator, replications: int) -> Callable[[float], Both]:
        rows = losses(random, (replications, n))
        known = ratios.moments(rows)
        return lambda level: Both(ratios.mean_bounds(known, level), rivals.student(rows, level))

    return draw


_RELATIVE = float(0.2 * np.sqrt(2 / np.pi))
"""Errors are normal with a fifth of the label as their standard deviation."""


def _normal(random: Generator, shape: tuple[int, int]) -> tuple[Floats, Floats]:
    explained = random.normal(0, np.sqrt(0.8), shape)
    return explained + random.normal(0, np.sqrt(0.2), shape), explained


def _log_normal(random: Generator, shape: tuple[int, int]) -> tuple[Floats, Floats]:
    labels = np.exp(random.normal(0, 0.7, shape))
    return labels, labels * (1 + random.normal(0, 0.2, shape))


def _relative_to(
    n: int, metric: str, rows: Callable[[Generator, tuple[int, int]], tuple[Floats, Floats]]
) -> Callable[[Generator, int], Callable[[float], Both]]:
    def draw(random: Generator, replications: int) -> Callable[[float], Both]:
        labels, values = rows(random, (replications, n))
        samples = [Sample(labels=one, values=two) for one, two in zip(labels, values, strict=True)]
        errors = np.abs(values - labels)

        def bounds(level: float) -> Both:
            ours = through_measure(metric, samples, level)[1]
            if metric == "wmape":
                return Both(ours, rivals.delta_quotient(errors, np.abs(labels), level))
            centred = labels - labels.mean(axis=-1, keepdims=True)
            low, high = rivals.delta_quotient(np.square(errors), np.square(centred), level)
            return Both(ours, (1 - high, 1 - low))

        return bounds

    return draw


def _f_beta(random: Generator, shape: tuple[int, int], beta: float) -> tuple[Floats, Floats]:
    kind = random.choice(3, shape, p=[0.5, 0.2, 0.3])
    hits = (1 + beta**2) * (kind == 0)
    return hits, hits + beta**2 * (kind == 1) + (kind == 2)


def _quotient(
    n: int, parts: Callable[[Generator, tuple[int, int]], tuple[Floats, Floats]]
) -> Callable[[Generator, int], Callable[[float], Both]]:
    def draw(random: Generator, replications: int) -> Callable[[float], Both]:
        above, below = parts(random, (replications, n))
        known = ratios.moments(above, below)
        return lambda level: Both(ratios.bounds(known, level, n), rivals.delta_quotient(above, below, level))

    return draw
