"""Relative differences: whether their intervals hold, and are no wider than the delta method's on the rows."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from lifespec_runtime.measure.estimate import Undefined
from lifespec_runtime.measure.evaluation.measured import Fixed, relative
from lifespec_runtime.measure.evaluation.naming import Named
from lifespec_runtime.measure.metrics import Sample

MAE = Named("mae", "mae", {})
REPLICATIONS = 1500
LEVEL = 0.9


def errors(values: Any) -> Sample:
    return Sample(labels=np.zeros(len(values)), values=np.asarray(values, np.float64))


@pytest.mark.parametrize(("rows", "together", "scale"), [(500, 0.8, 1.05), (500, 0.0, 1.3), (120, 0.9, 0.9)])
def test_intervals_hold_and_are_narrow(rows: int, together: float, scale: float) -> None:
    draws = np.random.default_rng(1)
    held, widths, by_rows = 0, [], []
    for _ in range(REPLICATIONS):
        one, other = draws.normal(size=(2, rows))
        mine = scale * np.abs(together * one + np.sqrt(1 - together**2) * other)
        theirs = np.abs(one)
        found: Any = relative(MAE, errors(mine), errors(theirs), LEVEL)
        held += found.interval.low <= scale - 1 <= found.interval.high
        widths.append(found.interval.high - found.interval.low)
        ratio = mine.mean() / theirs.mean()
        influence = (mine - ratio * theirs) / theirs.mean()
        by_rows.append(2 * 1.6449 * influence.std(ddof=1) / np.sqrt(rows))
    # One point below nominal, and three standard errors of so many replications.
    assert held / REPLICATIONS >= LEVEL - 0.01 - 3 * np.sqrt(0.09 / REPLICATIONS)
    assert np.mean(widths) <= 1.2 * np.mean(by_rows)


def test_the_same_predictions_differ_by_nothing() -> None:
    values = np.random.default_rng(2).normal(size=200)
    found: Any = relative(MAE, errors(values), errors(values), LEVEL)
    assert (found.value, found.interval[:2]) == (0, (0, 0))


def test_relative_to_what_is_below_zero_keeps_its_sign() -> None:
    draws = np.random.default_rng(3)
    labels = draws.normal(size=2000)
    r2 = Named("r2", "r2", {})
    said = [draws.normal(size=2000) * size for size in (0.5, 1.5)]
    better, worse = (Sample(labels=labels, values=values) for values in said)
    found: Any = relative(r2, better, worse, LEVEL)
    mine, theirs = (1 - np.mean((values - labels) ** 2) / labels.var() for values in said)
    assert theirs < 0
    assert found.value == pytest.approx((mine - theirs) / abs(theirs))
    assert 0 < found.interval.low < found.value < found.interval.high


def test_relative_to_zero_is_nothing() -> None:
    values = np.random.default_rng(4).normal(size=50)
    assert isinstance(relative(MAE, errors(values), errors(np.zeros(50)), LEVEL), Undefined)
    assert isinstance(relative(MAE, errors(values), Fixed(0.0), LEVEL), Undefined)


def test_relative_to_a_fixed_value() -> None:
    values = np.random.default_rng(5).normal(size=500)
    found: Any = relative(MAE, errors(values), Fixed(0.5), LEVEL)
    assert found.value == pytest.approx(np.abs(values).mean() / 0.5 - 1)
    assert found.interval.low < found.value < found.interval.high


def test_so_wide_that_it_has_no_logarithm() -> None:
    draws = np.random.default_rng(6)
    labels = draws.normal(size=400)
    nearly = labels.std() * np.sqrt(1 - 1e-4)
    flat = Sample(labels=labels, values=labels.mean() + nearly * np.sign(draws.normal(size=400)))
    found: Any = relative(Named("r2", "r2", {}), Sample(labels=labels, values=labels * 0.9), flat, LEVEL)
    assert isinstance(found, Undefined) or found.interval is None or np.isfinite(found.interval[:2]).all()
