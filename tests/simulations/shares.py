"""Shares, counts and percentiles: all outcomes are enumerated, so coverage is exact."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np
from numpy.random import Generator
from scipy import stats

from lifespec_runtime.measure.metrics.intervals import counts, proportions
from lifespec_schema.catalog import METRICS

from . import rivals
from .scenario import Both, Scenario

SHARES = (0.002, 0.02, 0.1, 0.3, 0.5)
RATES = (10.0, 31.7, 300.0)
CHANGES = ((0.0, 0.02), (0.005, 0.005), (0.01, 0.05), (0.03, 0.05), (0.1, 0.1), (0.15, 0.25))


def smallest(metric: str) -> int:
    """The catalog's smallest n."""
    found = METRICS[metric].uncertainty.smallest
    assert found is not None
    return found


def scenarios() -> Iterator[Scenario]:
    """One binomial share stands for all of them: they are made in the same way."""
    least = smallest("accuracy")
    for n in (least, least * 3, least * 10, least * 100):
        for share in SHARES:
            yield Scenario("accuracy", f"share {share:g}", n, share, _share(n, share), "Wilson")
    for n in (smallest("f1"), smallest("f1") * 10):
        for overlap in (0.2, 0.7):
            truth = 2 * overlap / (1 + overlap)
            yield Scenario("f1", f"F1 {truth:.2f}", n, truth, _f1(n, overlap), "Wilson of the overlap")
    for mean in RATES:
        yield Scenario("throughput", f"{mean:g} requests expected", round(mean), mean, _rate(mean), "Rao score")
    for metric, share in (("latencyP50", 0.5), ("latencyP90", 0.9), ("latencyP95", 0.95), ("latencyP99", 0.99)):
        for factor in (1, 3, 10):
            n = smallest(metric) * factor
            # For uniform times the percentile is its own level, and every continuous time is a uniform one, bent.
            yield Scenario(metric, "any continuous times", n, share, _percentile(n, share), "Conover")
    for n in (100, 300, 1000):
        for first, second in CHANGES:
            case = f"paired: {first:.0%} against {second:.0%} of rows"
            yield Scenario("accuracy", case, n, first - second, _paired(n, first, second), "Tango")


def _share(n: int, share: float) -> Callable[[Generator, int], Callable[[float], Both]]:
    good = np.arange(n + 1)
    weights = stats.binom.pmf(good, n, share)
    return lambda _, __: (
        lambda level: Both(proportions.exact(good, n, level), proportions.score(good, n, level), weights)
    )


def _f1(n: int, overlap: float) -> Callable[[Generator, int], Callable[[float], Both]]:
    good = np.arange(n + 1)
    weights = stats.binom.pmf(good, n, overlap)

    def bounds(level: float) -> Both:
        ours, rival = proportions.exact(good, n, level), proportions.score(good, n, level)
        turn = [tuple(2 * end / (1 + end) for end in ends) for ends in (ours, rival)]
        return Both(turn[0], turn[1], weights)  # type: ignore[arg-type]

    return lambda _, __: bounds


def _rate(mean: float) -> Callable[[Generator, int], Callable[[float], Both]]:
    events = np.arange(int(mean + 12 * np.sqrt(mean)) + 20)
    weights = stats.poisson.pmf(events, mean)
    return lambda _, __: (
        lambda level: Both(counts.poisson(events, level), rivals.rao(events.astype(float), level), weights)
    )


def _percentile(n: int, share: float) -> Callable[[Generator, int], Callable[[float], Both]]:
    def draw(random: Generator, replications: int) -> Callable[[float], Both]:
        def at(rank: int | None) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
            # The ordered uniform times in turn are beta distributed; ranks of one replication are drawn together.
            return np.full(replications, np.nan) if rank is None else ordered[rank]

        def bounds(level: float) -> Both:
            low, high = counts.ranks(n, share, level)
            reach = rivals.z(level) * np.sqrt(n * share * (1 - share))
            rival = max(int(np.ceil(n * share - reach)) - 1, 0), min(int(np.ceil(n * share + reach)) - 1, n - 1)
            ordered.update(_together(random, n, sorted({low, high, *rival} - {None}), replications))
            return Both((at(low), at(high)), (at(rival[0]), at(rival[1])))

        ordered: dict[int, np.ndarray[tuple[int], np.dtype[np.float64]]] = {}
        return bounds

    return draw


def _together(
    random: Generator, n: int, ranks: list[int], replications: int
) -> dict[int, np.ndarray[tuple[int], np.dtype[np.float64]]]:
    """Ordered uniform values at some ranks: sums of exponential steps, which are gamma distributed."""
    steps = np.diff([0, *(rank + 1 for rank in ranks), n + 1])
    sums = np.cumsum([random.gamma(step, size=replications) for step in steps], axis=0)
    return {rank: sums[place] / sums[-1] for place, rank in enumerate(ranks)}


def _paired(n: int, first: float, second: float) -> Callable[[Generator, int], Callable[[float], Both]]:
    top = [int(stats.binom.isf(1e-7, n, share)) + 1 for share in (first, second)]
    one, two = (part.ravel() for part in np.meshgrid(np.arange(top[0] + 1), np.arange(top[1] + 1), indexing="ij"))
    weights = stats.multinomial.pmf(np.column_stack((one, two, n - one - two)), n, [first, second, 1 - first - second])
    return lambda _, __: (
        lambda level: Both(proportions.paired_difference(one, two, n, level), rivals.tango(one, two, n, level), weights)
    )
