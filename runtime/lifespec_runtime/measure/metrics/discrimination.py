"""How well scores tell classes apart: areas under curves, with the influence of every row from one sort."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from lifespec_runtime.measure.estimate import Undefined

from .intervals import influence
from .intervals.areas import area_bounds
from .linear import bounded, paired
from .measured import Influences, Measured, Metric, Outcome, Parameters, answered, flaw, worth
from .sample import Floats, Mask, Sample

_UNIT = (0.0, 1.0)


class Curve(NamedTuple):
    """An area of one class against the rest, and what each row contributes to it."""

    value: float
    rows: Floats


Area = Callable[[Mask, Floats, Floats | None], Curve]


def roc(positive: Mask, scores: Floats, weights: Floats | None) -> Curve:
    """The area under the ROC curve with DeLong's structural components as influences; ties count half."""
    order, ends = _by_score(scores)
    weight = positive[order].astype(np.float64)
    rest = 1 - weight
    if weights is not None:
        weight, rest = weight * weights[order], rest * weights[order]
    below, level_with = _below(rest, ends)
    below_positive, level_positive = _below(weight, ends)
    positives, negatives = weight.sum(), rest.sum()
    placed = (below + level_with / 2) / negatives
    value = float(weight @ placed / positives)
    mean = len(order) if weights is None else weights.sum()
    above = 1 - (below_positive + level_positive / 2) / positives
    contributions = np.where(
        positive[order], (placed - value) * (mean / positives), (above - value) * (mean / negatives)
    )
    return Curve(value, _back(contributions, order))


def precision_recall(positive: Mask, scores: Floats, weights: Floats | None) -> Curve:
    """The average precision, each group of tied scores being one step."""
    order, ends = _by_score(-scores)
    weight = positive[order].astype(np.float64)
    everything = np.ones(len(order)) if weights is None else weights[order]
    weight = weight * everything
    _, sizes = ends
    last = np.cumsum(sizes) - 1
    found, looked_at = np.cumsum(weight)[last], np.cumsum(everything)[last]
    gained = np.diff(found, prepend=0.0)
    total = found[-1]
    with np.errstate(divide="ignore", invalid="ignore"):
        precision = np.where(looked_at > 0, found / looked_at, 0.0)
        per_row = np.where(looked_at > 0, gained / looked_at, 0.0)
    value = float(gained @ precision / total)
    # A row raises the precision at every step from its own score downwards: sums over the steps that follow.
    following = np.cumsum(per_row[::-1])[::-1]
    following_precise = np.cumsum((per_row * precision)[::-1])[::-1]
    mean = everything.sum()
    hit = np.repeat(precision - value + following - following_precise, sizes)
    miss = np.repeat(-following_precise, sizes)
    return Curve(value, _back(np.where(positive[order], hit, miss) * (mean / total), order))


def _by_score(scores: Floats) -> tuple[np.ndarray[tuple[int], np.dtype[np.int64]], tuple[Floats, np.ndarray[tuple[int], np.dtype[np.int64]]]]:
    order = np.argsort(scores)
    ordered = scores[order]
    starts = np.flatnonzero(np.concatenate(([True], ordered[1:] != ordered[:-1])))
    return order, (starts, np.diff(np.append(starts, len(ordered))))


def _below(weights: Floats, ends: tuple[Floats, Floats]) -> tuple[Floats, Floats]:
    starts, sizes = ends
    level_with = np.add.reduceat(weights, starts)
    below = np.cumsum(level_with) - level_with
    return np.repeat(below, sizes), np.repeat(level_with, sizes)


def _back(values: Floats, order: Floats) -> Floats:
    placed = np.empty_like(values)
    placed[order] = values
    return placed
