"""The greatest difference and the least quotient between groups, and distances between distributions."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray
from scipy import special

from lifespec_runtime.measure.metrics import Sample
from lifespec_runtime.measure.metrics.intervals import spreads

from . import rivals
from .scenario import Both, Scenario, through_measure
from .shares import smallest

Floats = NDArray[np.float64]
Drawn = Callable[[Generator, int], Callable[[float], Both]]

SHARES = ((0.5, 0.5), (0.5, 0.4), (0.2, 0.05), (0.3, 0.3, 0.3, 0.3), (0.5, 0.45, 0.4, 0.2))
MIXES = {
    "no drift": np.full(10, 0.1),
    "some drift": np.linspace(0.07, 0.13, 10),
    "much drift": np.geomspace(0.3, 0.02, 10) / np.geomspace(0.3, 0.02, 10).sum(),
}


def scenarios() -> Iterator[Scenario]:
    """Groups of one size, with shares that are equal or not; ten bins, moved or not."""
    for factor in (1, 4):
        for shares in SHARES:
            case = "shares " + ", ".join(f"{share:g}" for share in shares)
            n = smallest("demographicParityDifference") * factor
            gap = max(shares) - min(shares)
            rival = "Agresti-Caffo" if len(shares) == 2 else "Bonferroni"
            yield Scenario("demographicParityDifference", case, n, gap, _difference(n, shares), rival)
            n = smallest("disparateImpact") * factor
            quotient = min(shares) / max(shares)
            rival = "Katz" if len(shares) == 2 else "Bonferroni"
            yield Scenario("disparateImpact", case, n, quotient, _quotient(n, shares), rival)
    for factor in (1, 4):
        n = smallest("groupBenefit") * factor
        yield Scenario("groupBenefit", "benefits 1.2 and 0.9", n, 0.75, _benefit(n), "delta method")
    for case, mix in MIXES.items():
        even = np.full(10, 0.1)
        for factor in (1, 10):
            n = smallest("psi") * factor
            index = float((mix - even) @ np.log(mix / even))
            middle = (mix + even) / 2
            distance = float(np.sqrt((special.rel_entr(mix, middle) + special.rel_entr(even, middle)).sum() / 2))
            yield Scenario("psi", case, n, index, _binned("psi", n, mix), "delta method")
            yield Scenario("jensenShannon", case, n, distance, _binned("jensenShannon", n, mix), "delta method")
    for moved in (0.0, 0.1, 0.5):
        for factor in (1, 10):
            n = smallest("wasserstein") * factor
            case = f"moved by {moved:g} standard deviations"
            yield Scenario("wasserstein", case, n, moved, _moved("wasserstein", n, moved), "delta method")
            n = smallest("ks") * factor
            gap = float(2 * special.ndtr(moved / 2) - 1)
            yield Scenario("ks", case, n, gap, _moved("ks", n, moved), "band")


def _difference(n: int, shares: tuple[float, ...]) -> Drawn:
    def draw(random: Generator, replications: int) -> Callable[[float], Both]:
        good = random.binomial(n, shares, (replications, len(shares))).astype(np.float64)
        total = np.full_like(good, n)

        def bounds(level: float) -> Both:
            ours = spreads.greatest_difference([(good, total)], level)
            return Both(ours, _rival_difference(good, total, level))

        return bounds

    return draw


def _rival_difference(good: Floats, total: Floats, level: float) -> tuple[Floats, Floats]:
    count = good.shape[-1]
    each = 1 - (1 - level) / (count * (count - 1) / 2)
    lows, highs = [], []
    for one in range(count):
        for two in range(one + 1, count):
            low, high = rivals.agresti_caffo(good[:, [one, two]], total[:, [one, two]], each)
            lows.append(np.maximum(np.maximum(low, -high), 0))
            highs.append(np.maximum(np.abs(low), np.abs(high)))
    return np.max(lows, axis=0), np.max(highs, axis=0)


def _quotient(n: int, shares: tuple[float, ...]) -> Drawn:
    def draw(random: Generator, replications: int) -> Callable[[float], Both]:
        good = random.binomial(n, shares, (replications, len(shares))).astype(np.float64)
        total = np.full_like(good, n)

        def bounds(level: float) -> Both:
            centre, below, above = spreads.share_reaches(good, total, level)
            _, *wider = spreads.share_reaches(good, total, spreads.shared(level, len(shares)))
            ours = spreads.least_quotient(centre, below, above, (wider[0], wider[1]))
            return Both(ours, _rival_quotient(good, total, level))

        return bounds

    return draw


def _rival_quotient(good: Floats, total: Floats, level: float) -> tuple[Floats, Floats]:
    count = good.shape[-1]
    each = 1 - (1 - level) / (count * (count - 1) / 2)
    lows, highs = [], []
    for one in range(count):
        for two in range(one + 1, count):
            low, high = rivals.katz(good[:, [one, two]], total[:, [one, two]], each)
            lows.append(np.minimum(low, 1 / high))
            highs.append(np.minimum(np.minimum(high, 1 / low), 1))
    return np.min(lows, axis=0), np.min(highs, axis=0)


def _benefit(n: int) -> Drawn:
    chances = [[0.4, 0.1, 0.2, 0.3], [0.35, 0.15, 0.1, 0.4]]
    """Of true and predicted positive, missed, false alarm and the rest: 0.6 per 0.5, and 0.45 per 0.5."""

    def draw(random: Generator, replications: int) -> Callable[[float], Both]:
        cells = np.stack([random.multinomial(2 * n, chance, replications) for chance in chances], axis=1).astype(float)
        both, missed, alarms = cells[..., 0], cells[..., 1], cells[..., 2]

        def bounds(level: float) -> Both:
            counts = both, both + alarms, both + missed
            centre, reach = spreads.benefit_reaches(*counts, level)
            ours = spreads.least_quotient(centre, reach, reach, (reach, reach))
            logs = np.log(counts[1] / counts[2])
            variance = ((alarms + missed) / (counts[1] * counts[2])).sum(axis=1)
            low, high = rivals.wald(logs[:, 1] - logs[:, 0], variance, level)
            return Both(ours, (np.exp(low), np.minimum(np.exp(high), 1)))

        return bounds

    return draw


def _binned(metric: str, n: int, mix: Floats) -> Drawn:
    def draw(random: Generator, replications: int) -> Callable[[float], Both]:
        even = np.full(10, 0.1)
        samples = [
            Sample(
                reference=np.repeat(np.arange(10), random.multinomial(n, even)),
                column=np.repeat(np.arange(10), random.multinomial(n, mix)),
            )
            for __ in range(replications)
        ]

        def bounds(level: float) -> Both:
            values, ours = through_measure(metric, samples, level)
            if metric == "psi":
                slopes = np.log(mix / even) + 1 - even / mix, 1 - mix / even - np.log(mix / even)
            else:
                with np.errstate(all="ignore"):
                    middle, scale = (mix + even) / 2, 4 * values.mean()
                slopes = np.log(mix / middle) / scale, np.log(even / middle) / scale
            spread = sum(
                (part * slope**2).sum() - (part @ slope) ** 2 for part, slope in zip((mix, even), slopes, strict=True)
            )
            return Both(ours, rivals.wald(values, np.full_like(values, spread / n), level, 0))

        return bounds

    return draw


def _moved(metric: str, n: int, moved: float) -> Drawn:
    def draw(random: Generator, replications: int) -> Callable[[float], Both]:
        samples = [
            Sample(reference=random.normal(size=n), column=random.normal(moved, 1, n)) for _ in range(replications)
        ]

        def bounds(level: float) -> Both:
            values, ours = through_measure(metric, samples, level)
            if metric == "ks":
                return Both(ours, ours)
            return Both(ours, rivals.wald(values, np.full_like(values, 2 / n), level, 0))

        return bounds

    return draw
