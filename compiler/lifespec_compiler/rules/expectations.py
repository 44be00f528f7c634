"""Data that anything may be in."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Final

from lifespec_schema.findings import Path, Severity

from .context import Context
from .rule import Issue, rule

if TYPE_CHECKING:
    from lifespec_compiler.plan import Plan

_OF_A_COLUMN: Final = ("required", "unique", "primaryKey", "enum", "logicalTypeOptions")
_OF_A_SOURCE: Final = ("quality", "freshness", "volume")


@rule(area="completeness", severity=Severity.INFO, since="0.1.0")
def missing_data_check(plan: Plan, _context: Context) -> Iterator[Issue]:
    """A contract names columns and types, and lets anything be in them.

    ## What it does
    Reports a source without quality rules, freshness and volume, none of whose columns is required, unique, a key, or
    bound to values or a range.

    ## Why is this bad?
    An empty load, a column of nulls or a unit that changed passes, and the model learns it. That expectations of the
    data are written down is the first test of Google's rubric ("The ML test score", IEEE Big Data 2017, Data 1); that
    data are complete and free of errors as far as possible, a duty for high-risk systems (EU AI Act, article 10(3)).

    ## Example
    ```yaml
    data:
      sources:
        - name: customers
          schema: [{name: tenure_months, logicalType: integer}, {name: churned, logicalType: boolean}]
    features: [tenure_months]
    ```

    ## Use instead
    ```yaml
    data:
      sources:
        - name: customers
          schema:
            - {name: tenure_months, logicalType: integer, required: true, logicalTypeOptions: {minimum: 0}}
            - {name: churned, logicalType: boolean}
          freshness: 24h
          volume: {minRows: 50000}
    features: [tenure_months]
    ```
    """
    for index, source in enumerate(plan.canonical["spec"]["data"]["sources"]):
        if any(source.get(key) for key in _OF_A_SOURCE):
            continue
        if not any(column.get(key) for column in source["schema"] for key in _OF_A_COLUMN):
            path: Path = ("spec", "data", "sources", index)
            message = f"anything may be in `{source['name']}`: the contract names columns and types, and no bounds"
            help_text = "say which columns are `required`, what lies in them, how fresh and how many rows there must be"
            yield Issue((*path, "quality"), message, help_text, source["name"], on_key=True)
