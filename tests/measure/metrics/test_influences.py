"""What a row contributes is how the value changes with its weight: held against the change itself."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lifespec_runtime.measure.metrics import agreement, classification, discrimination, pairs, probability, regression
from measuring import Sample

pair: Any = pairs.pair
ROWS = 12
STEP = 1e-6


def _with(blend, averaging):
    return lambda sample, _: classification._influences(pair(sample), blend, averaging)


KINDS = {
    "area": (discrimination._roc, {}),
    "area, macro": (discrimination._roc, {"averaging": "macro"}),
    "area, weighted": (discrimination._roc, {"averaging": "weighted"}),
    "area, micro": (discrimination._roc, {"averaging": "micro"}),
    "precision-recall": (discrimination._precision_recall, {}),
    "precision-recall, macro": (discrimination._precision_recall, {"averaging": "macro"}),
    "precision-recall, weighted": (discrimination._precision_recall, {"averaging": "weighted"}),
    "precision, positive": (_with((1, 0), "positive"), {}),
    "recall, macro": (_with((0, 1), "macro"), {"averaging": "macro"}),
    "F2, macro": (_with((1, 4), "macro"), {"averaging": "macro"}),
    "F1, weighted": (_with((1, 1), "weighted"), {"averaging": "weighted"}),
    "geometric mean": (lambda sample, _: classification._geometric_influences(pair(sample)), {}),
    "kappa": (agreement._kappa, {}),
    "root": (regression._root_influences, {}),
    "explained": (regression._explained_influences, {}),
    "relative": (regression._relative_influences, {}),
    "calibration": (probability._calibration_influences, {"bins": 3}),
}


def case(seed, kind, averaging, weights):
    random = np.random.default_rng(seed)
    classes = 3 if averaging else 2
    labels = np.concatenate((np.arange(classes), random.integers(0, classes, ROWS - classes)))
    names = tuple("abc"[:classes])
    if kind in ("root", "explained", "relative"):
        return Sample(labels=random.normal(5, 1, ROWS), values=random.normal(5, 1, ROWS), weights=weights)
    predicted = np.where(random.random(ROWS) < 0.5, labels, random.integers(0, classes, ROWS))
    predicted[:classes] = np.arange(classes)
    raw = np.round(random.random((ROWS, classes)), 1) + 0.05
    raw /= raw.sum(axis=1, keepdims=True)
    return Sample(
        labels=labels,
        classes=predicted,
        probabilities=raw if classes > 2 else raw[:, 1],
        raters=np.column_stack((labels, predicted)),
        names=names,
        weights=weights,
    )


@pytest.mark.parametrize("kind", KINDS)
@given(st.integers(0, 2**32 - 1), st.integers(0, ROWS - 1), st.booleans())
def test_the_influence_is_the_slope(kind, seed, row, weighted):
    linearise, parameters = KINDS[kind]
    averaging = parameters.get("averaging")
    weights = np.random.default_rng(seed).random(ROWS) + 0.5 if weighted else np.ones(ROWS)
    found = linearise(case(seed, kind, averaging, weights), parameters)
    more, less = weights.copy(), weights.copy()
    more[row] += STEP
    less[row] -= STEP
    slope = (
        linearise(case(seed, kind, averaging, more), parameters).value
        - linearise(case(seed, kind, averaging, less), parameters).value
    ) / (2 * STEP)
    # An influence is per row of weight one: the slope times the row's weight, times the rows.
    assert found.rows[row] == pytest.approx(slope * weights[row] * ROWS, abs=2e-5)
    assert found.rows.mean() == pytest.approx(0, abs=1e-9)
