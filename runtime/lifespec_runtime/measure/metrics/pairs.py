"""Labels beside predicted classes: what the metrics of classes start from."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from lifespec_runtime.measure.estimate import Undefined

from .measured import Metric, Outcome, Parameters, answered, flaw
from .sample import Codes, Floats, Sample


class Pair(NamedTuple):
    """The labelled rows, with their labels and predicted classes."""

    sample: Sample
    labels: Codes
    classes: Codes

    @property
    def several(self) -> bool:
        """Whether there are more than two classes."""
        return len(self.sample.names) > 2

    def table(self) -> Floats:
        """The weight of the rows by label (row) and predicted class (column)."""
        size = max(len(self.sample.names), 2)
        cells = self.labels * size + self.classes
        counted = np.bincount(cells, weights=self.sample.weights, minlength=size * size)
        return counted.reshape(size, size).astype(np.float64)


def pair(sample: Sample) -> Pair | Undefined:
    """Labels and classes of the rows that have a label; or why they cannot be used."""
    rows = answered(sample)
    labels, classes = rows.labels, rows.classes
    wrong = flaw(rows, labels=labels, classes=classes)
    if wrong or labels is None or classes is None:
        return wrong or Undefined("there are no labels")
    return Pair(rows, labels.astype(np.int64, copy=False), classes)


def metric_of_classes(
    measure: Callable[[Pair, Parameters, float | None], Outcome],
    compare: Callable[[Pair, Pair, Parameters, float | None], Outcome],
) -> Metric:
    """A metric from functions of labels and classes."""

    def measured(sample: Sample, parameters: Parameters, level: float | None) -> Outcome:
        found = pair(sample)
        return found if isinstance(found, Undefined) else measure(found, parameters, level)

    def compared(sample: Sample, other: Sample, parameters: Parameters, level: float | None) -> Outcome:
        first, second = pair(sample), pair(other)
        if isinstance(first, Undefined):
            return first
        if isinstance(second, Undefined):
            return Undefined(f"of the other model: {second.reason}", second.samples)
        return compare(first, second, parameters, level)

    return Metric(measured, compared)
