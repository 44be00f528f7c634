"""Baselines: simple models that are fitted on the training split, with the spec's features and their transforms."""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from typing import Any, Final, NamedTuple

import numpy as np

from lifespec_compiler.plan import Plan
from lifespec_runtime.measure.estimate import Undefined
from lifespec_runtime.measure.metrics.sample import MISSING, Codes, Floats
from lifespec_runtime.measure.rows import Rows
from lifespec_runtime.measure.splits import Split

from .answers import Answers
from .codes import coded
from .design import Design, NoDesignError
from .past import last_known, one_season_before
from .truth import Truth

SEED: Final = 20_261_121
ROUNDS: Final = 1000


class Ground(NamedTuple):
    """What baselines are fitted on."""

    plan: Plan
    rows: Rows
    divided: Split
    truth: Truth


class Baseline(NamedTuple):
    """What a baseline says of the test split, and of the validation split."""

    test: Answers
    validation: Answers
    own_classes: bool = False
    """Whether it answers with classes, so that no threshold is put on its scores."""


def fitted(kind: str, ground: Ground) -> Baseline | Undefined:
    """A baseline, fitted; or why it cannot be."""
    fit = _FITS.get(kind)
    if fit is None:
        return Undefined(f"there is no baseline of the kind {kind}")
    try:
        with np.errstate(all="ignore"):
            return fit(ground)
    except NoDesignError as error:
        return Undefined(str(error))
    except ValueError as error:  # scikit-learn, of numbers that it cannot take
        return Undefined(f"it cannot be fitted: {str(error).partition(chr(10))[0]}")


def _train(ground: Ground) -> Codes | Floats:
    return ground.truth.labels[ground.divided.train]


def _classes(ground: Ground, draw: Callable[[Floats, int], Codes]) -> Baseline | Undefined:
    """The shares of the classes as probabilities, and classes that `draw` takes from them."""
    if not ground.truth.names:
        return Undefined("the problem has no classes")
    counts = np.bincount(_train(ground).astype(np.int64), minlength=len(ground.truth.names))
    shares = counts / counts.sum()

    def answer(places: Codes) -> Answers:
        several = len(shares) > 2
        each = np.tile(shares, (len(places), 1)) if several else np.full(len(places), shares[1])
        return Answers(classes=draw(shares, len(places)), probabilities=each)

    return Baseline(answer(ground.divided.test), answer(ground.divided.validation), own_classes=True)


def _majority(ground: Ground) -> Baseline | Undefined:
    return _classes(ground, lambda shares, rows: np.full(rows, int(shares.argmax()), np.int64))


def _stratified(ground: Ground) -> Baseline | Undefined:
    def draw(shares: Floats, rows: int) -> Codes:
        drawn = np.random.RandomState(SEED).multinomial(1, shares, size=rows)
        return np.asarray(drawn.argmax(axis=1), np.int64)

    return _classes(ground, draw)


def _constant(of: Callable[[Floats], Any]) -> Callable[[Ground], Baseline | Undefined]:
    def fit(ground: Ground) -> Baseline | Undefined:
        if ground.truth.names:
            return Undefined("the problem has no numbers")
        value = float(of(_train(ground).astype(np.float64)))
        test, validation = (np.full(len(places), value) for places in (ground.divided.test, ground.divided.validation))
        return Baseline(Answers(values=test), Answers(values=validation))

    return fit


def _logistic(ground: Ground) -> Baseline | Undefined:
    labels = _train(ground).astype(np.int64)
    if len(np.unique(labels)) < 2:
        return Undefined("all labels of the training split are the same")
    design = Design(ground.plan, ground.rows, ground.divided.train)
    model: Any = import_module("sklearn.linear_model").LogisticRegression(max_iter=ROUNDS)
    model.fit(design.matrix(ground.divided.train), labels)

    def answer(places: Codes) -> Answers:
        given = np.zeros((len(places), len(ground.truth.names)))
        given[:, model.classes_] = model.predict_proba(design.matrix(places))
        classes = given.argmax(axis=1).astype(np.int64)
        return Answers(classes=classes, probabilities=given if given.shape[1] > 2 else given[:, 1])

    return Baseline(answer(ground.divided.test), answer(ground.divided.validation))


def _linear(ground: Ground) -> Baseline | Undefined:
    if ground.truth.names:
        return Undefined("the problem has no numbers")
    design = Design(ground.plan, ground.rows, ground.divided.train)
    model: Any = import_module("sklearn.linear_model").LinearRegression()
    model.fit(design.matrix(ground.divided.train), _train(ground))
    test, validation = (
        np.asarray(model.predict(design.matrix(places)), np.float64)
        for places in (ground.divided.test, ground.divided.validation)
    )
    return Baseline(Answers(values=test), Answers(values=validation))


def _popular(ground: Ground) -> Baseline | Undefined:
    """How often an item was chosen in the training split."""
    item = ground.rows.used.item
    if item is None:
        return Undefined("nothing says which column names the items: join their source, or make them part of the key")
    codes = coded(ground.rows.column(item.reference)).codes
    train = ground.divided.train
    chosen = train[(_train(ground) > 0) & (codes[train] != MISSING)]
    counts = np.append(np.bincount(codes[chosen], minlength=int(codes.max(initial=0)) + 1), 0).astype(np.float64)
    test, validation = (counts[codes[places]] for places in (ground.divided.test, ground.divided.validation))
    return Baseline(Answers(values=test), Answers(values=validation))


def _of_past(forecast: Callable[..., Floats]) -> Callable[[Ground], Baseline | Undefined]:
    def fit(ground: Ground) -> Baseline | Undefined:
        history = ground.truth.history
        if history is None:
            return Undefined("the splits do not go by time, so no row has a past")
        values = forecast(ground.plan, ground.rows, ground.truth.labels, history)
        return Baseline(Answers(values=values[ground.divided.test]), Answers(values=values[ground.divided.validation]))

    return fit


_FITS: Final[dict[str, Callable[[Ground], Baseline | Undefined]]] = {
    "majorityClass": _majority,
    "stratifiedRandom": _stratified,
    "logisticRegression": _logistic,
    "mean": _constant(np.mean),
    "median": _constant(np.median),
    "linearRegression": _linear,
    "popularity": _popular,
    "persistence": _of_past(last_known),
    "seasonalNaive": _of_past(one_season_before),
}
