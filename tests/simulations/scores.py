"""Areas under curves, calibration, averages over classes and agreement."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray
from scipy import special, stats

from lifespec_runtime.measure.estimate import Estimate
from lifespec_runtime.measure.metrics import Sample, compare, measure
from lifespec_runtime.measure.metrics.intervals import areas, calibration
from lifespec_runtime.measure.metrics.intervals.quantiles import normal

from . import rivals
from .scenario import Both, Scenario, through_measure
from .shares import smallest

Floats = NDArray[np.float64]
Drawn = Callable[[Generator, int], Callable[[float], Both]]
Shape = tuple[int, int]
Scores = Callable[[Generator, float, Shape, Shape], tuple[Floats, Floats]]
_BINS = 15


def scenarios() -> Iterator[Scenario]:
    """Two normal distributions of scores; calibrated and bent probabilities; three classes; two raters."""
    yield from _areas()
    yield from _precisions()
    yield from _calibrations()
    yield from _by_class()


def _areas() -> Iterator[Scenario]:
    least = smallest("rocAuc")
    for positives, negatives in ((least, least), (least, 10 * least), (5 * least, 10 * least)):
        for area in (0.6, 0.8, 0.9, 0.95, 0.99):
            case = f"area {area:g}, {positives} of {positives + negatives:,} positive"
            yield Scenario("rocAuc", case, positives, area, _roc(area, positives, negatives, _two_normals), "DeLong")
        for area in (0.95, 0.97):
            case = f"area {area:g}, all but wrong labels in order, {positives} of {positives + negatives:,} positive"
            draw = _roc(area, positives, negatives, _wrong_labels)
            yield Scenario("rocAuc", case, positives, area, draw, "DeLong")
    for lead in (0.0, 0.03):
        for n in (least, 5 * least):
            case = f"paired: {0.85 + lead:g} against 0.85, {n} of {3 * n:,} positive"
            yield Scenario("rocAuc", case, n, lead, _paired("rocAuc", n, 0.85 + lead, 0.85), "independent")


def _precisions() -> Iterator[Scenario]:
    least = smallest("averagePrecision")
    for positives, negatives in ((least, least), (least, 10 * least), (3 * least, 9 * least)):
        for area in (0.7, 0.9):
            truth = _true_precision(area, positives, negatives)
            case = f"{truth:.2f}, {positives} of {positives + negatives:,} positive"
            draw = _precision(area, positives, negatives)
            yield Scenario("averagePrecision", case, positives, truth, draw, "Boyd")


def _calibrations() -> Iterator[Scenario]:
    for case, bend in BENDS.items():
        for factor in (1, 5, 25):
            n = smallest("expectedCalibrationError") * factor
            truth = _true_gap(bend)
            yield Scenario("expectedCalibrationError", case, n, truth, _calibration(n, bend), "delta method")


def _by_class() -> Iterator[Scenario]:
    for recalls in ((0.95, 0.6), (0.9, 0.8, 0.5), (0.99, 0.97)):
        for factor in (1, 3):
            n = smallest("geometricMean") * factor
            truth = float(np.prod(recalls) ** (1 / len(recalls)))
            case = "recalls " + ", ".join(f"{recall:g}" for recall in recalls)
            yield Scenario("geometricMean", case, n, truth, _geometric(n, recalls), "delta method")
    for factor in (1, 3):
        n = smallest("f1") * factor
        for metric in ("recall", "f1"):
            truth = _macro(metric)
            yield Scenario(metric, "macro average of 3 classes", n, truth, _averaged(metric, n), "delta method")
    for agreed in (0.7, 0.9, 0.97):
        for factor in (1, 3):
            n = smallest("cohenKappa") * factor
            yield Scenario("cohenKappa", f"kappa {2 * agreed - 1:.2f}", n, 2 * agreed - 1, _kappa(agreed, n), "Fleiss")


def _two_normals(random: Generator, area: float, positives: Shape, negatives: Shape) -> tuple[Floats, Floats]:
    """Scores of positives and of negatives, a data set a row."""
    distance = special.ndtri(area) * np.sqrt(2)
    return random.normal(distance, 1, positives), random.normal(size=negatives)


def _wrong_labels(random: Generator, area: float, positives: Shape, negatives: Shape) -> tuple[Floats, Floats]:
    """Every positive is above all negatives, but for some that are below all of them."""
    right = random.random(positives) < area
    return np.where(right, 20.0, -20.0) + random.normal(size=positives), random.normal(size=negatives)


def _roc(area: float, positives: int, negatives: int, scores: Scores) -> Drawn:
    def draw(random: Generator, replications: int) -> Callable[[float], Both]:
        value, squares, cubes = np.empty(replications), np.empty((2, replications)), np.empty((2, replications))
        step = max(1, 2_000_000 // (positives + negatives))
        for start in range(0, replications, step):
            part = slice(start, min(start + step, replications))
            count = part.stop - part.start
            above, below = scores(random, area, (count, positives), (count, negatives))
            ranks = np.concatenate((above, below), axis=1).argsort(axis=1).argsort(axis=1)
            placed = (
                (ranks[:, :positives] - above.argsort(axis=1).argsort(axis=1)) / negatives,
                1 - (ranks[:, positives:] - below.argsort(axis=1).argsort(axis=1)) / positives,
            )
            value[part] = placed[0].mean(axis=1)
            for side, components in enumerate(placed):
                centred = components - value[part, None]
                squares[side, part], cubes[side, part] = (centred**2).mean(axis=1), (centred**3).mean(axis=1)
        variance = squares[0] / (positives - 1) + squares[1] / (negatives - 1)
        return lambda level: Both(
            areas.delong(value, (squares[0], squares[1]), (cubes[0], cubes[1]), (positives, negatives), level),
            rivals.wald(value, variance, level, 0, 1),
            others={
                "DeLong, logit scale": rivals.through_logit(value, variance, level),
                "Newcombe": rivals.newcombe(value, positives, negatives, level),
            },
        )

    return draw


def _paired(metric: str, positives: int, first: float, second: float) -> Drawn:
    labels = np.repeat([1, 0, 0], positives)
    distances = special.ndtri([first, second]) * np.sqrt(2)

    def draw(random: Generator, replications: int) -> Callable[[float], Both]:
        common = random.normal(0, np.sqrt(0.8), (replications, len(labels)))
        own = random.normal(0, np.sqrt(0.2), (2, replications, len(labels)))
        scores = [common + noise + distance * labels for noise, distance in zip(own, distances, strict=True)]
        pairs = [tuple(Sample(labels=labels, scores=row) for row in rows) for rows in zip(*scores, strict=True)]

        def bounds(level: float) -> Both:
            low, high, gaps, reach = (np.full(replications, np.nan) for _ in range(4))
            for place, (one, two) in enumerate(pairs):
                gap, alone = compare(metric, one, two, level=level), measure(metric, one, level=level)
                assert isinstance(gap, Estimate)
                assert isinstance(alone, Estimate)
                if gap.interval and alone.interval:
                    gaps[place], reach[place] = gap.value, (alone.interval.high - alone.interval.low) / np.sqrt(2)
                    low[place], high[place] = gap.interval.low, gap.interval.high
            return Both((low, high), (gaps - reach, gaps + reach))

        return bounds

    return draw


def _true_precision(area: float, positives: int, negatives: int) -> float:
    """The mean precision at the score of a positive, in a population of these shares."""
    distance = special.ndtri(area) * np.sqrt(2)
    scores = stats.norm.ppf((np.arange(200_000) + 0.5) / 200_000) + distance
    caught = positives * special.ndtr(distance - scores)
    return float(np.mean(caught / (caught + negatives * special.ndtr(-scores))))


def _precision(area: float, positives: int, negatives: int) -> Drawn:
    def draw(random: Generator, replications: int) -> Callable[[float], Both]:
        labels = np.repeat([1, 0], [positives, negatives])
        distance = special.ndtri(area) * np.sqrt(2)
        scores = random.normal(size=(replications, len(labels))) + distance * labels
        samples = [Sample(labels=labels, scores=row) for row in scores]

        def bounds(level: float) -> Both:
            values, ours = through_measure("averagePrecision", samples, level)
            return Both(ours, rivals.on_logit(values, positives, level))

        return bounds

    return draw


BENDS: dict[str, Callable[[Floats], Floats]] = {
    "calibrated": lambda given: given,
    "a tenth too high": lambda given: 0.9 * given,
    "overconfident": lambda given: special.expit(0.7 * special.logit(given)),
    "squared": lambda given: given**2,
}


def _true_gap(bend: Callable[[Floats], Floats]) -> float:
    given = special.betaincinv(1.0, 3.0, (np.arange(2_000_000) + 0.5) / 2_000_000)
    bins = np.minimum((given * _BINS).astype(int), _BINS - 1)
    return float(np.abs(np.bincount(bins, weights=given - bend(given), minlength=_BINS)).sum() / len(given))


def _calibration(n: int, bend: Callable[[Floats], Floats]) -> Drawn:
    def draw(random: Generator, replications: int) -> Callable[[float], Both]:
        gaps, squares = (np.empty((replications, _BINS)) for _ in range(2))
        for place in range(replications):
            given = random.beta(1, 3, n)
            rows = given - (random.random(n) < bend(given))
            bins = np.minimum((given * _BINS).astype(int), _BINS - 1)
            gaps[place] = np.bincount(bins, weights=rows, minlength=_BINS) / n
            squares[place] = np.bincount(bins, weights=rows**2, minlength=_BINS) / n
        errors = np.sqrt(np.maximum(squares - gaps**2, 0) / n)
        value = np.abs(gaps).sum(axis=1)
        variance = (squares.sum(axis=1) - value**2) / n
        return lambda level: Both(calibration.bounds(gaps, errors, n, level), rivals.wald(value, variance, level, 0))

    return draw


def _geometric(n: int, recalls: tuple[float, ...]) -> Drawn:
    labels = np.repeat(np.arange(len(recalls)), n)
    names = tuple(map(str, range(len(recalls))))

    def draw(random: Generator, replications: int) -> Callable[[float], Both]:
        right = random.random((replications, len(labels))) < np.array(recalls)[labels]
        samples = [Sample(labels=labels, classes=np.where(row, labels, 1 - (labels > 0)), names=names) for row in right]
        shares = right.reshape(replications, len(recalls), n).mean(axis=2)

        def bounds(level: float) -> Both:
            values, ours = through_measure("geometricMean", samples, level)
            relative = ((1 - shares) / np.maximum(shares, 1e-9) / n).sum(axis=1) / len(recalls) ** 2
            return Both(ours, rivals.wald(values, values**2 * relative, level, 0, 1))

        return bounds

    return draw


_CONFUSION = np.array([[0.9, 0.05, 0.05], [0.1, 0.8, 0.1], [0.2, 0.2, 0.6]])
_CLASSES = np.array([0.6, 0.25, 0.15])


def _macro(metric: str) -> float:
    cells = _CONFUSION * _CLASSES[:, None]
    relative_to = _CLASSES if metric == "recall" else (_CLASSES + cells.sum(axis=0)) / 2
    return float(np.mean(cells.diagonal() / relative_to))


def _averaged(metric: str, rarest: int) -> Drawn:
    n = round(rarest * 1.4 / _CLASSES.min())

    def draw(random: Generator, replications: int) -> Callable[[float], Both]:
        flat = random.choice(9, (replications, n), p=(_CONFUSION * _CLASSES[:, None]).ravel())
        samples = [Sample(labels=row // 3, classes=row % 3, names=("a", "b", "c")) for row in flat]

        def bounds(level: float) -> Both:
            values, ours = through_measure(metric, samples, level)
            with np.errstate(all="ignore"):
                slope = np.log(ours[1] / (1 - ours[1])) - np.log(ours[0] / (1 - ours[0]))
            reach = slope / 2 * values * (1 - values)
            return Both(ours, (values - reach, values + reach))

        return bounds

    return draw


def _kappa(agreed: float, n: int) -> Drawn:
    def draw(random: Generator, replications: int) -> Callable[[float], Both]:
        first = random.integers(0, 2, (replications, n))
        second = np.where(random.random((replications, n)) < agreed, first, 1 - first)
        samples = [Sample(raters=np.column_stack(pair)) for pair in zip(first, second, strict=True)]
        tables = [
            np.bincount(2 * one + other, minlength=4).reshape(2, 2) for one, other in zip(first, second, strict=True)
        ]
        spreads = np.array([_large_sample(table) for table in tables])

        def bounds(level: float) -> Both:
            values, ours = through_measure("cohenKappa", samples, level)
            reach = normal(level) * spreads
            return Both(ours, (values - reach, values + reach))

        return bounds

    return draw


def _large_sample(table: NDArray[np.int64]) -> float:
    """The standard error of kappa as Fleiss, Cohen and Everitt give it."""
    rows = table.sum()
    shares = table / rows
    first, second = shares.sum(axis=1), shares.sum(axis=0)
    agreed, chance = np.trace(shares), first @ second
    if chance == 1:
        return float("nan")
    sums = first[np.newaxis, :] + second[:, np.newaxis]
    apart = shares * sums**2 * (1 - agreed) ** 2
    alike = np.diag(shares) * ((1 - chance) - np.diag(sums) * (1 - agreed)) ** 2
    variance = alike.sum() + (apart.sum() - np.trace(apart)) - (agreed * chance - 2 * chance + agreed) ** 2
    return float(np.sqrt(max(variance, 0.0) / rows) / (1 - chance) ** 2)
