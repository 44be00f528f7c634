"""Published intervals that ours are compared with, over the last axis where they take rows."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import special, stats
from scipy.optimize import elementwise

Floats = NDArray[np.float64]
Bounds = tuple[Floats, Floats]


def z(level: float) -> float:
    return float(special.ndtri((1 + level) / 2))


def student(rows: Floats, level: float) -> Bounds:
    count = rows.shape[-1]
    reach = stats.t.ppf((1 + level) / 2, count - 1) * rows.std(axis=-1, ddof=1) / np.sqrt(count)
    return rows.mean(axis=-1) - reach, rows.mean(axis=-1) + reach


def delta_quotient(above: Floats, below: Floats, level: float) -> Bounds:
    """The delta method on the quotient of two means."""
    count = above.shape[-1]
    ratio = above.mean(axis=-1) / below.mean(axis=-1)
    residuals = (above - ratio[..., None] * below) / below.mean(axis=-1)[..., None]
    reach = stats.t.ppf((1 + level) / 2, count - 1) * residuals.std(axis=-1, ddof=1) / np.sqrt(count)
    return ratio - reach, ratio + reach


def wald(value: Floats, variance: Floats, level: float, low: float = -np.inf, high: float = np.inf) -> Bounds:
    reach = z(level) * np.sqrt(variance)
    known = variance > 0
    return (
        np.where(known, np.maximum(value - reach, low), np.nan),
        np.where(known, np.minimum(value + reach, high), np.nan),
    )


def through_logit(value: Floats, variance: Floats, level: float) -> Bounds:
    """A variance carried over to the scale of log odds."""
    with np.errstate(all="ignore"):
        reach = z(level) * np.sqrt(variance) / (value * (1 - value))
        low, high = special.expit(special.logit(value) - reach), special.expit(special.logit(value) + reach)
    known = (variance > 0) & (value > 0) & (value < 1)
    return np.where(known, low, np.nan), np.where(known, high, np.nan)


def newcombe(value: Floats, positives: int, negatives: int, level: float) -> Bounds:
    """Of an area under a ROC curve: the fifth method, its equation solved by SciPy."""
    rows = (positives + negatives) / 2 - 1

    def gap(area: Floats, estimate: Floats) -> Floats:
        spread = area * (1 - area) * (1 + rows * (1 - area) / (2 - area) + rows * area / (1 + area))
        return (estimate - area) ** 2 - z(level) ** 2 * spread / (positives * negatives)

    inside = np.clip(value, 1e-9, 1 - 1e-9)
    ends = (np.full_like(value, 1e-12), inside), (inside, np.full_like(value, 1 - 1e-12))
    low, high = (elementwise.find_root(gap, end, args=(value,)).x for end in ends)
    return np.where(value <= 1e-9, 0.0, low), np.where(value >= 1 - 1e-9, 1.0, high)


def on_logit(value: Floats, count: Floats | float, level: float) -> Bounds:
    """Boyd, Eng and Page: as if the area were a share of the positives."""
    with np.errstate(all="ignore"):
        reach = z(level) / np.sqrt(count * value * (1 - value))
        return special.expit(special.logit(value) - reach), special.expit(special.logit(value) + reach)


def agresti_caffo(good: Floats, total: Floats, level: float) -> Bounds:
    """Of the difference of two independent shares, by adding one to all counts."""
    share = (good + 1) / (total + 2)
    variance = (share * (1 - share) / (total + 2)).sum(axis=-1)
    return wald(share[..., 0] - share[..., 1], variance, level)


def tango(first_only: ArrayLike, second_only: ArrayLike, total: int, level: float) -> Bounds:
    """Of the difference of two shares of the same rows: what a score test does not reject."""
    first, second = np.asarray(first_only, dtype=float), np.asarray(second_only, dtype=float)

    def root(low: Floats, high: Floats, target: float) -> Floats:
        for _ in range(50):
            gap = (low + high) / 2
            b = -first - second + (2 * total - first + second) * gap
            nuisance = (np.sqrt(np.maximum(b * b + 8 * total * second * gap * (1 - gap), 0.0)) - b) / (4 * total)
            spread = np.sqrt(np.maximum(total * (2 * nuisance + gap * (1 - gap)), 1e-300))
            above = (first - second - total * gap) / spread > target
            low, high = np.where(above, gap, low), np.where(above, high, gap)
        return (low + high) / 2

    centre = (first - second) / total
    return root(np.full_like(centre, -1), centre, z(level)), root(centre, np.full_like(centre, 1), -z(level))


def katz(good: Floats, total: Floats, level: float) -> Bounds:
    """Of the quotient of two independent shares, on the scale of logarithms."""
    with np.errstate(all="ignore"):
        log = np.log(good[..., 0] / total[..., 0]) - np.log(good[..., 1] / total[..., 1])
        variance = (1 / good - 1 / total).sum(axis=-1)
    low, high = wald(log, np.where(np.isfinite(variance), variance, 0.0), level)
    return np.exp(low), np.exp(high)


def rao(events: Floats, level: float) -> Bounds:
    """Score bounds of a Poisson mean."""
    square = z(level) ** 2
    half = z(level) * np.sqrt(events + square / 4)
    return events + square / 2 - half, events + square / 2 + half
