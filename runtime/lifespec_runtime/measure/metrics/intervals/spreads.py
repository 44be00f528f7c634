"""Bounds of the greatest difference and the least quotient between groups, from bounds of every pair of groups."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import permutations

import numpy as np
from numpy.typing import NDArray

from .proportions import score
from .quantiles import normal

Floats = NDArray[np.float64]
Bounds = tuple[Floats, Floats]
Shares = tuple[Floats, Floats]
"""Good and total by group, in the last axis."""


def greatest_difference(sets: Sequence[Shares], level: float) -> Bounds:
    """Of the greatest difference between two groups in any of the sets of shares.

    The upper bound holds because the pair that is furthest apart is one fixed pair; the lower bound must hold for all
    pairs at once, so that its level is shared between them (Bonferroni). Pairs are bounded by Newcombe's hybrid of
    score bounds.
    """
    pairs = sum(good.shape[-1] * (good.shape[-1] - 1) for good, _ in sets)
    apart = _of_pairs(sets, level, lower=False)
    # With two groups the two orders of one pair exclude each other.
    together = _of_pairs(sets, 1 - (1 - level) / (pairs / 2), lower=True)
    return np.maximum(together.max(axis=0), 0.0), np.clip(apart.max(axis=0), 0.0, 1.0)


def _of_pairs(sets: Sequence[Shares], level: float, *, lower: bool) -> Floats:
    found = []
    for good, total in sets:
        low, high = score(good, total, level)
        share = good / total
        for one, two in permutations(range(good.shape[-1]), 2):
            gap = share[..., one] - share[..., two]
            if lower:
                found.append(gap - np.hypot(share[..., one] - low[..., one], high[..., two] - share[..., two]))
            else:
                found.append(gap + np.hypot(high[..., one] - share[..., one], share[..., two] - low[..., two]))
    return np.stack(found)


def least_quotient(logarithms: Floats, below: Floats, above: Floats, wider: tuple[Floats, Floats]) -> Bounds:
    """Of the least quotient between two groups, from the logarithms of their values.

    `below` and `above` are how far each logarithm reaches down and up at the level, `wider` the same at the level that
    all pairs share.
    """
    count = logarithms.shape[-1]
    low, high = [], []
    for one, two in permutations(range(count), 2):
        gap = logarithms[..., one] - logarithms[..., two]
        low.append(gap - np.hypot(below[..., one], above[..., two]))
        high.append(gap + np.hypot(wider[1][..., one], wider[0][..., two]))
    return np.exp(np.minimum(np.stack(low).min(axis=0), 0.0)), np.exp(np.minimum(np.stack(high).min(axis=0), 0.0))


def shared(level: float, groups: int) -> float:
    """The level of each pair where all pairs of groups must hold at once."""
    return 1 - (1 - level) / (groups * (groups - 1) / 2)


def share_reaches(good: Floats, total: Floats, level: float) -> tuple[Floats, Floats, Floats]:
    """The logarithms of shares, half a row being added to both sides, and how far their score bounds reach."""
    low, high = score(good, total, level)
    centre = np.log((good + 0.5) / (total + 1))
    with np.errstate(divide="ignore"):
        return centre, np.maximum(centre - np.log(low), 0.0), np.maximum(np.log(high) - centre, 0.0)


def benefit_reaches(both: Floats, predicted: Floats, true: Floats, level: float) -> tuple[Floats, Floats]:
    """The logarithms of predicted per true positives, and how far they reach to either side."""
    error = np.sqrt((predicted + true - 2 * both + 0.5) / ((predicted + 0.5) * (true + 0.5)))
    return np.log((predicted + 0.5) / (true + 0.5)), normal(level) * error
