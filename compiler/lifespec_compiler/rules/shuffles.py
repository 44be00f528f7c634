"""Splits that let the test rows be known in training."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from lifespec_schema.findings import Path, Severity

from .context import Context
from .rule import Edit, Issue, rule

if TYPE_CHECKING:
    from lifespec_compiler.plan import Plan

SPLITS: Path = ("spec", "data", "splits")


@rule(area="data", severity=Severity.ERROR, since="0.1.0")
def shuffled_split(plan: Plan, _context: Context) -> Iterator[Issue]:
    """Rows that belong together, or follow each other, are dealt out to training and test.

    ## What it does
    Reports a forecast whose splits are not `temporal` (the default is random), and a ranking whose splits are random,
    stratified, or by groups of another column than `objective.query`.

    ## Why is this bad?
    A forecast that was trained on the days after the ones it is tested on interpolates, and a query whose results stand
    on both sides is partly known: the gates pass and the model fails in service. Time series split at random and test
    rows that are not independent of training rows are two of the eight kinds in a survey of 294 papers with leakage
    ("Leakage and the reproducibility crisis in machine-learning-based science", Patterns 4(9), 2023).

    ## Example
    ```yaml
    objective: {problem: forecasting}
    data: {labels: {column: monthly_charges}}
    features: [plan]
    evaluation: {offline: {gates: [{metric: mae, max: 3}]}}
    ```

    ## Use instead
    ```yaml
    objective: {problem: forecasting}
    data:
      sources:
        - name: months
          schema:
            - {name: month, logicalType: date}
            - {name: plan, logicalType: string}
            - {name: monthly_charges, logicalType: number}
      labels: {column: monthly_charges}
      splits: {strategy: temporal, column: month, train: 70%, validation: 15%, test: 15%}
    features: [plan]
    evaluation: {offline: {gates: [{metric: mae, max: 3}]}}
    ```
    """
    objective, splits = plan.spec.objective, plan.spec.data.splits
    strategy = splits.strategy if splits is not None else "random"
    if strategy == "temporal":
        return
    default = "" if "splits" in plan.canonical["spec"]["data"] else ", the default"
    if objective.problem == "forecasting":
        message = (
            f"the splits are {strategy}{default}: a forecast is tested on times before ones that it was trained on"
        )
        yield Issue(SPLITS, message, "`splits: {strategy: temporal, column: …}`", about="splits", on_key=True)
    elif objective.problem == "ranking" and objective.query is not None:
        query = plan.column(objective.query)
        if splits is not None and splits.strategy == "group" and plan.column(splits.column) == query:
            return
        message = (
            f"the splits are {strategy}{default}: rows of one `{objective.query}` come to lie in training and in test"
        )
        edit = None
        if splits is not None and splits.strategy == "group":
            edit = Edit("keep queries whole", (*SPLITS, "column"), objective.query)
        help_text = f"`splits: {{strategy: group, column: {objective.query}}}`, or temporal"
        yield Issue(SPLITS, message, help_text, about="splits", on_key=True, edit=edit)
