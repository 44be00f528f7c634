"""Robustness: how far a metric falls when the features are disturbed."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, Final, NamedTuple

from lifespec_compiler.plan import Plan
from lifespec_runtime.measure.estimate import Result, Undefined
from lifespec_runtime.measure.metrics.sample import Sample

from .detail import Perturbed, figure
from .gates import quantities
from .measured import Measured, difference, level, relative, value
from .naming import Named, named
from .perturb import perturbed, selected
from .subjects import Subject

SEED: Final = 20_261_121
"""Fixed, so that two models are disturbed in the same way."""

Predict = Callable[[Any], Sample]
"""The sample of the test split with the model's predictions for a table of its features."""


class Disturbed(NamedTuple):
    """The measurement of a robustness check, and what lies behind it."""

    measured: Measured
    detail: Perturbed | None


def robustness(
    plan: Plan, candidate: Subject, tables: Callable[[], tuple[Any, Any]], predict: Predict | None
) -> Iterator[Disturbed]:
    """Every robustness check, in the order of the spec.

    `tables` makes the features of the test and of the training split; `predict` is None where only a file of
    predictions is known, which cannot answer for disturbed rows.
    """
    for check in plan.spec.evaluation.offline.robustness:
        yield _disturbed(plan, check, candidate, tables, predict)


def _disturbed(
    plan: Plan, check: Any, candidate: Subject, tables: Callable[[], tuple[Any, Any]], predict: Predict | None
) -> Disturbed:
    name, metric, wanted = check.name or check.metric, named(plan, check.metric), level(None)
    quantity = quantities(check)[0]
    features = selected(plan, check.features, check.perturb)
    if isinstance(candidate.sample, Undefined):
        found: Result = candidate.sample
    elif metric is None:
        found = Undefined(f"{check.metric} cannot be measured offline")
    elif isinstance(features, Undefined):
        found = features
    elif predict is None:
        found = Undefined("a file of predictions cannot answer for disturbed rows: give a model with --model")
    else:
        test, train = tables()
        before = candidate.sample.whole
        after = predict(perturbed(test, train, check, features, SEED))
        found = (difference if quantity == "difference" else relative)(metric, after, before, wanted)
        figures = figure(candidate.sample.value(metric, None, wanted)), figure(value(metric, after, wanted))
        amount = check.scale if check.perturb == "gaussianNoise" else check.share
        detail = Perturbed(name, check.perturb, amount, tuple(feature.name for feature in features), *figures)
        own, other = value(metric, after, wanted), candidate.sample.value(metric, None, wanted)
        return Disturbed(Measured(name, None, quantity, found, own, other), detail)
    return Disturbed(Measured(name, None, quantity, found, found), None)


__all__ = ["SEED", "Disturbed", "Named", "Predict", "robustness"]
