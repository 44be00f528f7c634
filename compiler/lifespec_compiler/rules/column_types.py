"""Columns that are used as something that their type is not."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from lifespec_schema.catalog import METRICS
from lifespec_schema.findings import Path, Severity

from .context import Context
from .rule import Issue, rule
from .text import names, number

if TYPE_CHECKING:
    from lifespec_compiler.plan import Column, Feature, Plan

NUMERIC = ("integer", "number")
NOT_NUMERIC = ("string", "date", "timestamp", "time", "object", "array", "map")
NO_ORDER = ("boolean", "object", "array", "map", "vector")
_OF_NUMBERS = ("standardize", "minMax", "log1p", "bucketize")


@rule(area="data", severity=Severity.ERROR, since="0.1.0")
def mistyped_column(plan: Plan, _context: Context) -> Iterator[Issue]:
    """A column is used as a number, a category or a time, and the contract says that it is something else.

    ## What it does
    Holds the contract's `logicalType` against what is done with the column: transformations and imputation of numbers,
    outliers, drift statistics of numbers or of categories, noise on numbers or categories, the label of a regression or
    a forecast, the column that splits by time. `log1p` is reported where the contract allows -1 or less, of which it is
    not defined; noise on a kind of feature that the model does not have is reported, because it changes nothing.

    ## Why is this bad?
    It fails at the end of the way and not at its beginning: scikit-learn's "could not convert string to float", after
    the data was read and the Job was queued (patientflow issue 153, scikit-learn issue 28429). Or it does not fail: a
    robustness check that disturbs nothing is always passed, and a logarithm that is fine in training gives no number in
    service.

    ## Example
    ```yaml
    features: [tenure_months, {name: plan, column: plan, transform: {kind: standardize}}]
    ```
    where the contract says `{name: plan, logicalType: string}`.

    ## Use instead
    ```yaml
    features: [tenure_months, {name: plan, column: plan, transform: {kind: oneHot}}]
    ```
    """
    for index, feature in enumerate(plan.features):
        if feature.column is not None:
            yield from _transform(plan, index, feature, feature.column)
    yield from _label(plan)
    yield from _split(plan)
    yield from _outliers(plan)
    yield from _noise(plan)
    yield from _statistics(plan)


def _transform(plan: Plan, index: int, feature: Feature, column: Column) -> Iterator[Issue]:
    transform = plan.spec.features[index].transform
    path = (*feature.path, "transform", "kind")
    kind = feature.transform
    averaged = transform is not None and transform.kind == "impute" and transform.value in ("mean", "median")
    if column.logical_type in NOT_NUMERIC and (kind in _OF_NUMBERS or averaged):
        what = f"{kind}: {transform.value}" if transform is not None and transform.kind == "impute" else kind
        instead = (
            "`oneHot`, `ordinal`, `frequency` or `hash`" if not averaged else "`value: mostFrequent` or `constant`"
        )
        yield _wrong(path, f"`{what}` takes numbers", column, instead)
    low = column.options.get("minimum")
    if kind == "log1p" and low is not None and low <= -1:
        message = f"`log1p` is defined above -1, and the contract lets `{column.reference}` be {number(low)}"
        contract = (("the contract allows it here", (*column.path, "logicalTypeOptions", "minimum")),)
        yield Issue(path, message, "another transformation, or a `minimum` above -1", related=contract)


def _label(plan: Plan) -> Iterator[Issue]:
    label, problem = plan.column(plan.spec.data.labels.column), plan.spec.objective.problem
    if (
        label is not None
        and problem in ("regression", "forecasting")
        and label.logical_type in (*NOT_NUMERIC, "boolean")
    ):
        yield _wrong(("spec", "data", "labels", "column"), f"{problem} predicts a number", label, "a numeric column")


def _split(plan: Plan) -> Iterator[Issue]:
    splits = plan.spec.data.splits
    column = plan.column(splits.column) if splits is not None and splits.strategy == "temporal" else None
    if column is not None and column.logical_type in NO_ORDER:
        yield _wrong(
            ("spec", "data", "splits", "column"), "a temporal split needs a time", column, "a date or timestamp"
        )


def _outliers(plan: Plan) -> Iterator[Issue]:
    for index, source in enumerate(plan.spec.data.sources):
        for place, outlier in enumerate(source.outliers):
            column = plan.column(f"{source.name}.{outlier.column}")
            if column is not None and column.logical_type in (*NOT_NUMERIC, "boolean"):
                path: Path = ("spec", "data", "sources", index, "outliers", place, "column")
                yield _wrong(path, "outliers are found among numbers", column, "a numeric column")


def _noise(plan: Plan) -> Iterator[Issue]:
    for index, check in enumerate(plan.spec.evaluation.offline.robustness):
        path: Path = ("spec", "evaluation", "offline", "robustness", index)
        numeric = {"gaussianNoise": True, "categoryNoise": False}.get(check.perturb)
        if check.features.kind == "named":
            for place, name in enumerate(check.features.names):
                column = _feature_column(plan, name)
                if column is None or numeric is None:
                    continue
                if numeric and column.logical_type in NOT_NUMERIC:
                    yield _wrong(
                        (*path, "features", place), "`gaussianNoise` is added to numbers", column, "numeric features"
                    )
                elif not numeric and column.logical_type == "number":
                    yield _wrong(
                        (*path, "features", place), "`categoryNoise` swaps categories", column, "categorical features"
                    )
        elif check.features.kind != "all" and not any(
            _is_of_kind(feature, check.features.kind) for feature in plan.features
        ):
            message = f"no feature is {check.features.kind}: `{check.name}` disturbs nothing, and every model passes it"
            yield Issue((*path, "features"), message, "name the features, or delete the check")


def _statistics(plan: Plan) -> Iterator[Issue]:
    for index, monitor in enumerate(plan.spec.monitoring.monitors if plan.spec.monitoring else ()):
        facts = METRICS.get(monitor.method) if monitor.kind == "data" else None
        if facts is None or monitor.kind != "data":
            continue
        wrong = (
            NOT_NUMERIC
            if "numericColumn" in facts.inputs
            else ("number",)
            if "categoricalColumn" in facts.inputs
            else ()
        )
        watched = [(name, column) for name in plan.monitors[index].features if (column := _feature_column(plan, name))]
        bad = [(name, column) for name, column in watched if column.logical_type in wrong]
        path: Path = ("spec", "monitoring", "monitors", index)
        if monitor.features is not None:
            for name, column in bad:
                what = f"`{monitor.method}` compares {'numbers' if wrong == NOT_NUMERIC else 'categories'}"
                yield _wrong((*path, "features", monitor.features.index(name)), what, column, "`method: auto`")
        elif bad and len(bad) == len(watched):
            message = (
                f"`{monitor.method}` suits none of what `{monitor.name}` watches: {names(name for name, _ in bad)}"
            )
            yield Issue((*path, "method"), message, "`method: auto` chooses by column")


def _wrong(path: Path, needs: str, column: Column, instead: str) -> Issue:
    message = f"{needs}, and `{column.reference}` is of type {column.logical_type}"
    related = (("the contract says so here", (*column.path, "logicalType")),)
    return Issue(path, message, f"use {instead}, or correct the contract", related=related)


def _feature_column(plan: Plan, name: str) -> Column | None:
    return next((feature.column for feature in plan.features if feature.name == name), None)


def _is_of_kind(feature: Feature, kind: str) -> bool:
    """Whether a feature may count as one of the kind; what is neither clearly a number nor clearly not, is both."""
    if feature.column is None:
        return True
    numeric, other = feature.column.logical_type in NUMERIC, feature.column.logical_type in NOT_NUMERIC
    if kind == "numeric":
        return not other
    return not numeric or feature.column.logical_type == "integer"
