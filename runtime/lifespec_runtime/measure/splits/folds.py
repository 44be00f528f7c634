"""Folds of the training split, for selection by cross-validation."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from lifespec_compiler.plan import Plan
from lifespec_runtime.measure.rows import Rows

from . import keys
from .divide import Places, Split, column_hashes, flawed_splits, times
from .parts import by_stratum, by_time


class Fold(NamedTuple):
    """What one fit learns from, and what it is measured on."""

    train: Places
    validation: Places


def folds(plan: Plan, rows: Rows, divided: Split, count: int) -> list[Fold]:
    """So many folds of the training split, made as the splits are.

    Random, stratified and group: each row is validated on once. Temporal: each fold is validated on later rows than
    those it learns from, so the oldest are never validated on. Raises `FlawedDataError` where there are too few rows.
    """
    wanted: Any = plan.spec.data.splits
    train = divided.train
    cuts = [place / count for place in range(1, count)]
    if wanted.strategy == "temporal":
        parts = by_time(times(rows)[train], [place / (count + 1) for place in range(1, count + 1)])
        found = [Fold(train[parts <= fold], train[parts == fold + 1]) for fold in range(count)]
    else:
        own = keys.of_rows(rows)[train] if wanted.strategy != "group" else column_hashes(rows)[train]
        hashes = keys.drawn(own, wanted.seed, "folds")
        strata = column_hashes(rows)[train] if wanted.strategy == "stratified" else np.zeros(len(train), np.uint64)
        parts = by_stratum(hashes, strata, cuts)
        found = [Fold(train[parts != fold], train[parts == fold]) for fold in range(count)]
    if any(not len(fold.train) or not len(fold.validation) for fold in found):
        raise flawed_splits(rows, f"{len(train):,} rows to learn from are too few for {count} folds")
    return found
