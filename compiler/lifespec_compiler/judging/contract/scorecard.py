"""The scorecard: whether data is ready to be learnt from, with a criterion where the spec has one."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final, NamedTuple

from lifespec_compiler.judging.bound import Bound, at_least, at_most
from lifespec_compiler.judging.verdict import Outcome
from lifespec_compiler.plan import Plan
from lifespec_schema.findings import Path, Severity

READINESS: Final[Path] = ("spec", "data", "readiness")
LABELS: Final[Path] = ("spec", "data", "labels")
SPLITS: Final[Path] = ("spec", "data", "splits")
CLASSIFICATION: Final = ("binaryClassification", "multiclassClassification")
SUSPICIOUS: Final = 0.98
"""A column that alone says so much of the label is suspected of being made of it."""


class Line(NamedTuple):
    """A line of the scorecard; without a bound it is told and not judged."""

    name: str
    told: str
    bound: Bound | None
    path: Path
    unit: str = "rows"
    severity: Severity = Severity.ERROR
    without_value: Outcome = "Error"


OVERLAP: Final = "splitOverlap"
LINES: Final = (
    "labeledRows",
    "agreement",
    "classes",
    "positiveShare",
    "missingShare",
    "duplicateShare",
    "leakage",
    OVERLAP,
)
"""The names of all lines."""


def scorecard(plan: Plan) -> tuple[Line, ...]:
    """The lines of a plan, in the order in which they are told."""
    return tuple(_lines(plan))


def _lines(plan: Plan) -> Iterator[Line]:
    ready, labels = plan.spec.data.readiness, plan.spec.data.labels
    least = ready.min_labeled_rows if ready else None
    yield Line("labeledRows", "rows with a label", at_least(least) if least else None, (*READINESS, "minLabeledRows"))
    if labels.agreement is not None:
        bound = at_least(float(labels.agreement.min), "score")
        path = (*LABELS, "agreement", "min")
        told = "Cohen's kappa of raters"
        if labels.agreement.raters:
            yield Line("agreement", told, bound, path, "score")
        else:
            yield Line("agreement", told, bound, path, "score", Severity.INFO, "Inconclusive")
    if plan.spec.objective.problem in CLASSIFICATION:
        yield Line("classes", "classes", at_least(2), (*LABELS, "column"))
        yield _positives(plan, ready.min_positive_share if ready else None)
    most = ready.max_missing_share if ready else None
    yield _share("missingShare", "missing share of a feature", most, (*READINESS, "maxMissingShare"), most=True)
    most = ready.max_duplicate_share if ready else None
    if most is not None:
        yield _share(
            "duplicateShare", "share of rows equal to another", most, (*READINESS, "maxDuplicateShare"), most=True
        )
    if judges_leakage(plan):
        told, bound = "what one feature alone says of the label", Bound("must_be_less_than", SUSPICIOUS, "score")
        yield Line("leakage", told, bound, (*LABELS, "column"), "score", Severity.WARNING, "Inconclusive")
    if plan.spec.data.splits is not None:
        yield Line(OVERLAP, "test rows that the training split has too", None, SPLITS)


def _positives(plan: Plan, least: float | None) -> Line:
    """The share of positives; of two classes there must be some, whether the spec says so or not."""
    if not least and plan.spec.objective.problem == "binaryClassification":
        some = Bound("must_be_greater_than", 0.0, "share")
        return Line("positiveShare", "share of positives", some, (*LABELS, "column"), "share")
    return _share("positiveShare", "share of positives", least, (*READINESS, "minPositiveShare"))


def _share(name: str, told: str, value: float | None, path: Path, *, most: bool = False) -> Line:
    bound = None if value is None else at_most(value, "share") if most else at_least(value, "share")
    return Line(name, told, bound, path, "share")


def judges_leakage(plan: Plan) -> bool:
    """Whether a feature of the label's source can be held against the label."""
    label = plan.column(plan.spec.data.labels.column)
    if label is None:
        return False
    classes = plan.spec.objective.problem in CLASSIFICATION
    beside = [feature.column for feature in plan.features if feature.column and feature.column.source == label.source]
    return any(column.name != label.name for column in beside) and (
        classes or label.logical_type in ("integer", "number")
    )
