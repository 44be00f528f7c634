"""Features that know what they should predict."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from lifespec_schema.findings import Path, Severity

from .context import Context
from .rule import Issue, rule
from .text import duration
from .values import written

if TYPE_CHECKING:
    from lifespec_compiler.plan import Column, Plan


CONTRACT = "the contract says so here"
ID: Path = ("spec", "monitoring", "predictions", "id")


@rule(area="features", severity=Severity.ERROR, since="0.1.0")
def leaking_feature(plan: Plan, _context: Context) -> Iterator[Issue]:
    """A feature is made of the label, of a value that is known only later, or of a row's identity.

    ## What it does
    Follows each feature to its column and reports it where the column is the label, where the contract says
    `availableAfter`, where it is `unique`, the only `primaryKey`, or without duplicates by a quality rule, so that
    every row has a value of its own, and where predictions and labels are joined by it.

    ## Why is this bad?
    Offline metrics look splendid and the model fails in service, because the value is missing or meaningless
    when the prediction is made. No gate can tell: the test split leaks as the training split does. A survey
    found leakage in 294 papers of 17 fields ("Leakage and the reproducibility crisis in machine-learning-based
    science", Patterns 4(9), 2023).

    ## Example
    ```yaml
    features: [tenure_months, closing_balance]
    ```
    where the contract says `{name: closing_balance, logicalType: number, availableAfter: 30d}`.

    ## Use instead
    ```yaml
    features: [tenure_months]
    ```
    """
    label = plan.column(plan.spec.data.labels.column)
    for feature in plan.features:
        column, path = feature.column, (*feature.path, "column")
        if column is None:
            continue
        made = f"`{feature.name}` is made of `{column.reference}`"
        if column == label:
            yield Issue(path, f"{made}, which is the label", "delete the feature")
        elif column.available_after:
            message = f"{made}, which is known {duration(column.available_after)} after the event"
            help_text = "use a column that is known at the prediction, or correct `availableAfter` in the contract"
            yield Issue(path, message, help_text, related=((CONTRACT, (*column.path, "availableAfter")),))
        elif key := _unique_by(plan, column):
            message = f"{made}, of which no value occurs twice: it names rows and says nothing of new ones"
            help_text = f"delete the feature, or correct `{key[-1]}` in the contract"
            yield Issue(path, message, help_text, related=((CONTRACT, key),))
        elif plan.spec.monitoring is not None and plan.spec.monitoring.predictions.id == column.name:
            message = f"{made}, by which predictions are joined with their labels: it names rows"
            related = (("joined by it here", ID),)
            yield Issue(path, message, "delete the feature, or join by another column", related=related)


def _unique_by(plan: Plan, column: Column) -> Path | None:
    """Where the contract says that no value occurs twice; a part of a key of several columns may repeat."""
    if written(plan.canonical, (*column.path, "unique")):
        return (*column.path, "unique")
    keys = [other for other in plan.columns if other.source == column.source and _is_primary_key(plan, other)]
    return (*column.path, "primaryKey") if keys == [column] else _without_duplicates(plan, column)


def _without_duplicates(plan: Plan, column: Column) -> Path | None:
    """The quality rule by which every value occurs once."""
    for index, source in enumerate(plan.spec.data.sources):
        for place, quality in enumerate(source.quality if source.name == column.source else ()):
            if quality.metric == "duplicateValues" and quality.column == column.name and quality.must_be == "0":
                return ("spec", "data", "sources", index, "quality", place, "metric")
    return None


def _is_primary_key(plan: Plan, column: Column) -> bool:
    return bool(written(plan.canonical, (*column.path, "primaryKey")))
