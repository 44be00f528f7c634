"""The whole evaluation of a model on the test split."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from typing import Any, Final, NamedTuple

import numpy as np

from lifespec_compiler.plan import Plan
from lifespec_runtime.measure.estimate import LEVEL, Undefined
from lifespec_runtime.measure.metrics.sample import Codes, Floats, Sample
from lifespec_runtime.measure.models import Coding, ModelError, features
from lifespec_runtime.measure.rows import Rows
from lifespec_runtime.measure.splits import Split

from . import latency as requests
from . import pictures
from .answers import Answers, with_answers
from .baselines import Ground, fitted
from .contenders import Contender
from .detail import (
    CheckDetail,
    Compared,
    EvaluationDetail,
    Fairness,
    Figure,
    Latency,
    MetricFigure,
    Note,
    Part,
    Perturbed,
    Share,
    Threshold,
    figure,
)
from .detail import Subject as Shown
from .fairness import fairness
from .gates import gates
from .measured import Measured
from .naming import Named, named
from .robustness import robustness
from .slices import Slicer
from .subjects import Human, Others, Sliced, Subject
from .thresholds import decided
from .truth import Truth, truth

_USUAL: Final = {
    "binaryClassification": ("rocAuc", "averagePrecision", "logLoss", "accuracy", "precision", "recall", "f1"),
    "multiclassClassification": ("accuracy", "logLoss", "rocAuc", "f1"),
    "regression": ("mae", "rmse", "r2"),
    "forecasting": ("mae", "rmse", "smape"),
    "ranking": ("ndcg",),
}
"""What models of a problem are compared by, besides what gates ask for."""


class Evaluation(NamedTuple):
    """All that was measured."""

    measured: tuple[Measured, ...]
    detail: EvaluationDetail


class Test(NamedTuple):
    """The test split as everything is measured on it."""

    plan: Plan
    rows: Rows
    divided: Split
    truth: Truth
    order: Codes
    """Positions in the test split, by the candidate's rising score: what sorts by score later finds it sorted."""
    tuning: Named | None
    """What the decision threshold is tuned for."""
    sample: Sample
    """Their sample without predictions."""

    @property
    def places(self) -> Codes:
        """The rows, in that order."""
        return self.divided.test[self.order]

    def subject(
        self,
        name: str,
        kind: str,
        answers: Answers,
        validation: Callable[[], Answers | None],
        *,
        own_classes: bool = False,
    ) -> Subject:
        """A model with its sample, its classes decided by its own threshold."""
        threshold = None if own_classes else self._threshold(answers, validation)
        undecided = isinstance(threshold, Undefined)
        given = answers._replace(classes=None) if undecided else answers
        value = threshold.value if isinstance(threshold, Threshold) else None
        return Subject(name, kind, Sliced(with_answers(self.sample, given.take(self.order), value)), threshold)

    def _threshold(self, answers: Answers, validation: Callable[[], Answers | None]) -> Threshold | Undefined | None:
        known = validation() if self.tuning is not None and answers.probabilities is not None else None
        tuned_on = None if known is None else (self.truth.sample(self.divided.validation), known)
        return decided(self.plan, self.tuning, answers, tuned_on)


def evaluate(
    plan: Plan, rows: Rows, divided: Split, coding: Coding, candidate: Contender, others: Sequence[Contender] = ()
) -> Evaluation:
    """Every offline check of the plan, measured for the candidate on the test split.

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
    unfair = list(fairness(plan, mine, slicer))
    disturbed = list(robustness(plan, mine, partial(_tables, test), _predicted(test, candidate, mine)))
    times = _Times(candidate)
    found = [
        *gates(plan, mine, field, slicer),
        *(each.measured for each in unfair),
        *(each.measured for each in disturbed),
        *requests.latency(plan, times),
    ]
    measured = [_explained(plan, each, mine) for each in found]
    with np.errstate(all="ignore"):
        detail = _detail(
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


def _detail(
    test: Test,
    candidate: Contender,
    others: Sequence[Contender],
    mine: Subject,
    field: Others,
    measured: Sequence[Measured],
    unfair: Sequence[Fairness],
    disturbed: Sequence[Perturbed],
    times: Latency | None,
) -> EvaluationDetail:
    plan, divided = test.plan, test.divided
    sample = mine.sample.whole if isinstance(mine.sample, Sliced) else None
    splits = zip(("train", "validation", "test"), divided[:3], strict=True)
    return EvaluationDetail(
        problem=plan.spec.objective.problem,
        label=test.rows.used.label.reference,
        classes=test.truth.names,
        subject=_shown(candidate),
        others=tuple(map(_shown, others)),
        splits=tuple((name, Share(len(places), len(places))) for name, places in splits),
        threshold=mine.threshold if isinstance(mine.threshold, Threshold) else None,
        comparison=tuple(_comparison(plan, mine, field)),
        checks=tuple(_checks(plan, measured)),
        fairness=tuple(unfair),
        calibration=pictures.calibration(sample) if sample else None,
        curves=pictures.curves(sample) if sample else (),
        confusion=pictures.confusion(sample) if sample else None,
        predictions=pictures.predictions(sample, "") if sample else None,
        residuals=pictures.residuals(sample, "") if sample else None,
        robustness=tuple(disturbed),
        latency=times,
        notes=tuple(_notes(test, mine, field)),
    )


def _shown(model: Contender) -> Shown:
    """A model as it is told to people: without the user, the password and the signature that its address may hold."""
    scheme, mark, rest = model.uri.partition("://")
    if not mark:
        return Shown(model.name, model.uri, model.digest)
    place, slash, path = rest.partition("/")
    where = f"{scheme}://{place.rpartition('@')[2]}{slash}{path.partition('?')[0].partition('#')[0]}"
    return Shown(model.name, where, model.digest)


def _comparison(plan: Plan, mine: Subject, field: Others) -> Iterator[Compared]:
    metrics = _compared_by(plan)
    for found in (mine, *(field.get(name) for name in field.names)):
        if isinstance(found, Undefined):
            continue
        if isinstance(found, Human):
            figures = [Figure(found.values.get(each.name), 0, reason="it was measured elsewhere") for each in metrics]
            yield Compared(found.name, "human", _named_figures(metrics, figures))
            continue
        sample = found.sample
        figures = [
            figure(sample if isinstance(sample, Undefined) else sample.value(each, None, LEVEL)) for each in metrics
        ]
        yield Compared(found.name, found.kind, _named_figures(metrics, figures))


def _compared_by(plan: Plan) -> list[Named]:
    offline = plan.spec.evaluation.offline
    names = [*(gate.metric for gate in offline.gates), *_USUAL[plan.spec.objective.problem]]
    found = [named(plan, name) for name in dict.fromkeys(names)]
    kept = [each for each in found if each is not None and each.facts.percentile is None and _of_rows(each)]
    own = {each.metric for each in kept if each.name != each.metric}
    return [each for each in kept if each.name != each.metric or each.metric not in own or _asked(plan, each.name)]


def _of_rows(metric: Named) -> bool:
    return "attribute" not in metric.facts.inputs


def _asked(plan: Plan, name: str) -> bool:
    return any(gate.metric == name for gate in plan.spec.evaluation.offline.gates)


def _named_figures(metrics: Sequence[Named], figures: Sequence[Figure]) -> tuple[MetricFigure, ...]:
    return tuple(
        MetricFigure(metric.name, metric.facts.unit, metric.facts.direction, found)
        for metric, found in zip(metrics, figures, strict=True)
    )


def _checks(plan: Plan, measured: Sequence[Measured]) -> Iterator[CheckDetail]:
    facts: Mapping[str, Any] = {check.name: check for check in plan.checks if check.tier == "offline"}
    by_check: dict[str, list[Measured]] = {}
    for each in measured:
        by_check.setdefault(each.check, []).append(each)
    for name, parts in by_check.items():
        check = facts.get(name)
        kind: Any = check.kind if check is not None else "latency"
        metric = named(plan, check.metric_name if check is not None else f"latency{name.partition('.')[2].upper()}")
        against = "unperturbed" if kind == "robustness" else check.against if check is not None else None
        yield CheckDetail(
            name,
            kind,
            metric.name if metric else name,
            metric.facts.unit if metric else "score",
            metric.facts.direction if metric else "increase",
            against,
            tuple(
                Part(
                    part.slice,
                    part.quantity,
                    figure(part.result),
                    figure(part.own),
                    None if part.other is None else figure(part.other),
                )
                for part in parts
            ),
        )


def _notes(test: Test, mine: Subject, field: Others) -> Iterator[Note]:
    divided = test.divided
    if divided.unlabelled:
        yield Note(None, f"{divided.unlabelled:,} rows without a label are in no split.")
    if divided.unplaced:
        yield Note(None, f"{divided.unplaced:,} rows do not have what the splits go by, and are in none.")
    if isinstance(mine.threshold, Undefined):
        yield Note(None, f"There is no decision threshold: {mine.threshold.reason}.")
    for name in field.names:
        found = field.get(name)
        if isinstance(found, Subject) and isinstance(found.sample, Undefined):
            yield Note(None, f"The baseline {name} could not be fitted: {found.sample.reason}.")


__all__ = ["Evaluation", "ModelError", "evaluate"]
