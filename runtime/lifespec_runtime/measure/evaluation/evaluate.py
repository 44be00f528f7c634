"""The whole evaluation of a model on the test split."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any, NamedTuple

import numpy as np

from lifespec_compiler.plan import Plan
from lifespec_runtime.measure.estimate import Undefined
from lifespec_runtime.measure.metrics.sample import Codes, Floats, Sample
from lifespec_runtime.measure.models import Coding, features
from lifespec_runtime.measure.rows import Rows
from lifespec_runtime.measure.splits import Split

from . import latency as requests
from .account import account
from .answers import Answers, with_answers
from .baselines import Ground, fitted
from .contenders import Contender
from .detail import EvaluationDetail, Latency, Threshold
from .fairness import fairness
from .gates import gates
from .measured import Measured
from .naming import named
from .robustness import robustness
from .slices import Slicer
from .subjects import Human, Others, Subject
from .testsplit import Test
from .truth import truth


class Evaluation(NamedTuple):
    """All that was measured."""

    measured: tuple[Measured, ...]
    detail: EvaluationDetail


def evaluate(
    plan: Plan,
    rows: Rows,
    divided: Split,
    coding: Coding,
    candidate: Contender,
    others: Sequence[Contender] = (),
    doing: Callable[[str], None] = lambda _: None,
) -> Evaluation:
    """Every offline check of the plan, measured for the candidate on the test split; `doing` is told what comes next.

    Raises `ModelError` where a model does not answer as it must, and `FlawedDataError` for labels of another kind.
    """
    objective = plan.spec.objective
    wanted = objective.decision_threshold
    tuning = named(plan, wanted.tune) if wanted is not None and wanted.kind == "tuned" else None
    labels, order = truth(plan, rows, coding, divided), _order(candidate.test, divided)
    test = Test(plan, rows, divided, labels, order, tuning, labels.sample(divided.test[order]))
    mine = test.subject("candidate", "candidate", candidate.test, candidate.validation)
    field = _field(test, others)
    slicer = Slicer(plan, rows, test.places)
    doing("measuring fairness")
    unfair = list(fairness(plan, mine, slicer))
    doing("disturbing features")
    disturbed = list(robustness(plan, mine, partial(_tables, test), _predicted(test, candidate, mine)))
    times = _Times(candidate)
    doing("measuring gates and latency")
    found = [
        *gates(plan, mine, field, slicer),
        *(each.measured for each in unfair),
        *(each.measured for each in disturbed),
        *requests.latency(plan, times),
    ]
    doing("comparing models")
    measured = [_explained(plan, each, mine) for each in found]
    with np.errstate(all="ignore"):
        detail = account(
            test,
            candidate,
            others,
            mine,
            field,
            measured,
            [each.groups for each in unfair if each.groups],
            [each.detail for each in disturbed if each.detail],
            times.shown(),
        )
    return Evaluation(tuple(measured), detail)


def _explained(plan: Plan, found: Measured, mine: Subject) -> Measured:
    """A measurement that is missing for want of a decision threshold says so."""
    check = next((check for check in plan.checks if check.name == found.check), None)
    metric = named(plan, check.metric_name) if check else None
    reason = mine.threshold
    if not isinstance(reason, Undefined) or not isinstance(found.own, Undefined) or found.rows == 0:
        return found
    if metric is None or "classes" not in metric.facts.inputs:
        return found
    return found._replace(result=reason, own=reason)


def _order(answers: Answers, divided: Split) -> Codes:
    scores = answers.probabilities
    if scores is None or scores.ndim != 1:
        return np.arange(len(divided.test))
    return np.argsort(scores, kind="stable")


def _field(test: Test, others: Sequence[Contender]) -> Others:
    """Everything that the candidate may be compared with."""
    given: dict[str, Subject | Human] = {
        other.name: test.subject(other.name, _kind(other.name), other.test, other.validation) for other in others
    }
    made: dict[str, Callable[[], Subject]] = {}
    for baseline in test.plan.spec.experiments.baselines:
        name = baseline.name or baseline.kind
        if baseline.kind == "human":
            given.setdefault(name, Human(name, {metric: float(value) for metric, value in baseline.values.items()}))
        else:
            made[name] = partial(_baseline, test, name, baseline.kind)
    return Others(given, made)


def _kind(name: str) -> str:
    return name if name == "stable" else "other"


def _baseline(test: Test, name: str, kind: str) -> Subject:
    found = fitted(kind, Ground(test.plan, test.rows, test.divided, test.truth))
    if isinstance(found, Undefined):
        return Subject(name, kind, found)
    return test.subject(name, kind, found.test, lambda: found.validation, own_classes=found.own_classes)


def _tables(test: Test) -> tuple[Any, Any]:
    return features(test.plan, test.rows, test.divided.test), features(test.plan, test.rows, test.divided.train)


def _predicted(test: Test, candidate: Contender, mine: Subject) -> Callable[[Any], Sample] | None:
    """The sample of what the candidate says of other features of the test split's rows."""
    predict = candidate.predict
    if predict is None:
        return None
    threshold = mine.threshold.value if isinstance(mine.threshold, Threshold) else None

    def predicted(table: Any) -> Sample:
        return with_answers(test.sample, predict(table).take(test.order), threshold)

    return predicted


class _Times:
    """Times requests once for each batch size."""

    def __init__(self, candidate: Contender) -> None:
        self._candidate = candidate
        self._found: dict[int, Floats | Undefined] = {}

    def __call__(self, batch: int) -> Floats | Undefined:
        if batch not in self._found:
            self._found[batch] = self._candidate.seconds(batch)
        return self._found[batch]

    def shown(self) -> Latency | None:
        for batch, found in reversed(self._found.items()):
            if not isinstance(found, Undefined):
                return requests.detail(found, batch, self._candidate.transport)
        return None
