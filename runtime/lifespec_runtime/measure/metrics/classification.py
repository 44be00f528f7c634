"""Metrics of predicted classes. Of two classes code 1 is the positive one; more classes are averaged."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from lifespec_runtime.measure.estimate import Undefined

from . import shares
from .intervals import influence, proportions
from .linear import IDENTICAL, bounded, gap
from .measured import Influences, Measured, Metric, Outcome, Parameters, answered, flaw, unit_sums, without_exception
from .sample import Codes, Floats, Mask, Sample

_UNIT = (0.0, 1.0)


class Pair(NamedTuple):
    """The labelled rows, with their labels and predicted classes."""

    sample: Sample
    labels: Codes
    classes: Codes

    @property
    def several(self) -> bool:
        """Whether there are more than two classes."""
        return len(self.sample.names) > 2


def pair(sample: Sample) -> Pair | Undefined:
    """Labels and classes of the rows that have a label; or why they cannot be used."""
    rows = answered(sample)
    wrong = flaw(rows, labels=rows.labels, classes=rows.classes)
    if wrong:
        return wrong
    assert rows.labels is not None
    assert rows.classes is not None
    return Pair(rows, rows.labels.astype(np.int64, copy=False), rows.classes)


def _accuracy(sample: Sample, _: Parameters, level: float | None) -> Outcome:
    found = pair(sample)
    if isinstance(found, Undefined):
        return found
    return shares.share(found.sample, found.labels == found.classes, None, level, "there are no rows")


def _accuracy_gap(sample: Sample, other: Sample, _: Parameters, level: float | None) -> Outcome:
    first, second = pair(sample), pair(other)
    if isinstance(first, Undefined):
        return first
    if isinstance(second, Undefined):
        return second
    return shares.difference(
        first.sample, first.classes == first.labels, second.classes == second.labels, None, level
    )


def _within(found: Pair, label: int, level: float | None, nothing: str) -> Outcome:
    return shares.share(found.sample, found.classes == 1, found.labels == label, level, nothing)


def _within_gap(first: Pair, second: Pair, label: int, level: float | None) -> Outcome:
    within: Mask = first.labels == label
    return shares.difference(first.sample, first.classes == 1, second.classes == 1, within, level)


def _recall(sample: Sample, parameters: Parameters, level: float | None) -> Outcome:
    found = pair(sample)
    if isinstance(found, Undefined):
        return found
    return _averaged(found, parameters, level) if found.several else _within(found, 1, level, "no row is positive")


def _rate(sample: Sample, _: Parameters, level: float | None) -> Outcome:
    found = pair(sample)
    return found if isinstance(found, Undefined) else _within(found, 0, level, "no row is negative")
