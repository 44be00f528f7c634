"""All that was measured, put together for people."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from lifespec_compiler.plan import Plan
from lifespec_runtime.measure.estimate import LEVEL, Undefined

from . import pictures
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
from .measured import Measured
from .naming import Named, named
from .subjects import Human, Others, Sliced, Subject
from .testsplit import Test

_USUAL: Final = {
    "binaryClassification": ("rocAuc", "averagePrecision", "logLoss", "accuracy", "precision", "recall", "f1"),
    "multiclassClassification": ("accuracy", "logLoss", "rocAuc", "f1"),
    "regression": ("mae", "rmse", "r2"),
    "forecasting": ("mae", "rmse", "smape"),
    "ranking": ("ndcg",),
}
"""What models of a problem are compared by, besides what gates ask for."""


def account(
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
    """What people are shown of an evaluation: pictures of the candidate's answers, and everything side by side."""
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
