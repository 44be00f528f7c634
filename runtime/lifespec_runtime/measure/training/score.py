"""How good a trial is: the metric that selects, of its predictions through the predict contract."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from lifespec_compiler.plan import Plan
from lifespec_runtime.measure.estimate import Undefined
from lifespec_runtime.measure.evaluation.answers import Answers, with_answers
from lifespec_runtime.measure.evaluation.naming import Named, named
from lifespec_runtime.measure.evaluation.truth import Truth, truth
from lifespec_runtime.measure.metrics import measure
from lifespec_runtime.measure.models import Coding, CommandModel, coding, features
from lifespec_runtime.measure.models.errors import broken
from lifespec_runtime.measure.rows import Rows
from lifespec_runtime.measure.splits import Split
from lifespec_runtime.measure.splits.divide import Places


class Scorer(NamedTuple):
    """What trials are held against."""

    plan: Plan
    rows: Rows
    code: Coding
    true: Truth
    metric: Named

    @property
    def direction(self) -> str:
        """Which way is better."""
        return self.metric.facts.direction

    def score(self, model: Path, command: Sequence[str], folder: Path, places: Places) -> float:
        """The metric of a model's predictions for some rows. Raises `ModelError`, also where it has no value."""
        predictor = CommandModel(self.plan, self.code, model, command, folder)
        found = predictor.predict(features(self.plan, self.rows, places))
        sample = self.true.sample(places)
        answers = Answers(found.classes, found.probabilities, found.values)
        measured = measure(
            self.metric.metric, with_answers(sample, answers, self._threshold()), self.metric.parameters, None
        )
        if isinstance(measured, Undefined):
            message = f"`{self.metric.name}` has no value: {measured.reason}"
            raise broken("model-no-answer", message, " ".join(command))
        return float(measured.value)

    def _threshold(self) -> float | None:
        wanted: Any = self.plan.spec.objective.decision_threshold
        return float(wanted.value) if wanted is not None and wanted.kind == "fixed" else None

    def better(self, one: float, other: float) -> bool:
        """Whether a value is better than another."""
        return one > other if self.direction == "increase" else one < other

    def mean(self, values: Sequence[float]) -> float:
        """The mean over folds."""
        return float(np.mean(values))


def scorer(plan: Plan, rows: Rows, divided: Split) -> Scorer | None:
    """What trials are held against; None where the spec's metric is measured on live traffic only."""
    select = plan.spec.experiments.select
    metric = named(plan, select.metric) if select is not None else None
    if metric is None:
        return None
    code = coding(plan, rows)
    return Scorer(plan, rows, code, truth(plan, rows, code, divided), metric)
