"""The models that are given: asked on a machine or over HTTP, or known by a file of predictions."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

from lifespec_compiler.plan import Plan
from lifespec_runtime.measure.estimate import Undefined
from lifespec_runtime.measure.metrics.sample import Floats
from lifespec_runtime.measure.models import ModelError, Predictions, Predictor, features
from lifespec_runtime.measure.rows import Rows
from lifespec_runtime.measure.splits import Split

from .answers import Answers
from .latency import timed


class Contender(NamedTuple):
    """A model that takes part."""

    name: str
    """`candidate`, `stable`, or what the user calls it."""
    uri: str
    digest: str | None
    test: Answers
    """What it says of the test split, in the split's order."""
    validation: Callable[[], Answers | None]
    """What it says of the validation split; None where that is not known."""
    predict: Callable[[Any], Answers] | None = None
    """What it says of a table of features; None where only some predictions are known."""
    seconds: Callable[[int], Floats | Undefined] = lambda _: Undefined(WITHOUT_MODEL)
    """How long requests of so many rows take."""
    transport: str = ""


WITHOUT_MODEL = "a file of predictions has no latency: give a model with --model"


def asked(
    name: str,
    uri: str,
    digest: str | None,
    predictor: Predictor,
    server: Callable[[], Predictor],
    transport: str,
    *,
    plan: Plan,
    rows: Rows,
    divided: Split,
) -> Contender:
    """A model that answers; `server` is what requests are timed with.

    Raises `ModelError` where it does not answer for the test split as it must.
    """

    def seconds(batch: int) -> Floats | Undefined:
        try:
            return timed(server().predict, features(plan, rows, divided.test), batch)
        except ModelError as error:
            return Undefined(f"its requests cannot be timed: {error.flaw.message}")

    return Contender(
        name,
        uri,
        digest,
        answers(predictor.predict(features(plan, rows, divided.test))),
        lambda: answers(predictor.predict(features(plan, rows, divided.validation))),
        lambda table: answers(predictor.predict(table)),
        seconds,
        transport,
    )


def answers(given: Predictions) -> Answers:
    """A model's predictions as they become part of samples."""
    return Answers(given.classes, given.probabilities, given.values)
