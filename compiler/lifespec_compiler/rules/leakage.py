"""Features that know what they should predict."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from lifespec_schema.findings import Severity

from .context import Context
from .rule import Issue, rule
from .text import duration
from .values import written

if TYPE_CHECKING:
    from lifespec_compiler.plan import Column, Plan


CONTRACT = "the contract says so here"


@rule(area="features", severity=Severity.ERROR, since="0.1.0")
def leaking_feature(plan: Plan, _context: Context) -> Iterator[Issue]:
    """A feature is made of the label, of a value that is known only later, or of a row's identity.

    ## What it does
    Follows each feature to its column and reports it where the column is the label, where the contract says
    `availableAfter`, and where it is `unique` or the only `primaryKey`, so that every row has a value of its own.

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
            help_text = f"delete the feature, or correct `{key}` in the contract"
            yield Issue(path, message, help_text, related=((CONTRACT, (*column.path, key)),))


def _unique_by(plan: Plan, column: Column) -> str | None:
    """The word of the contract by which no value occurs twice; a part of a key of several columns may repeat."""
    if written(plan.canonical, (*column.path, "unique")):
        return "unique"
    keys = [other for other in plan.columns if other.source == column.source and _is_primary_key(plan, other)]
    return "primaryKey" if keys == [column] else None


def _is_primary_key(plan: Plan, column: Column) -> bool:
    return bool(written(plan.canonical, (*column.path, "primaryKey")))
