"""Personal and protected data flowing where it must not."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from lifespec_schema.findings import Path, Severity

from .context import Context
from .rule import Issue, rule
from .values import slice_names, written

if TYPE_CHECKING:
    from lifespec_compiler.plan import Column, Plan


GUARDED = ("pii", "protected")
PREDICTIONS: Path = ("spec", "monitoring", "predictions")


@rule(area="governance", severity=Severity.ERROR, since="0.1.0")
def privacy_flow(plan: Plan, _context: Context) -> Iterator[Issue]:
    """A column classified as personal or protected flows into the model, the prediction log or a report.

    ## What it does
    Follows the `classification` of the data contract. A `pii` column may be neither a feature, nor logged with
    predictions, nor a slice or a fairness attribute, whose values stand in reports. A `protected` column may
    not be a feature; as a slice or a fairness attribute offline it is what the classification is for; logged
    with predictions it is a warning, because nothing in the log's use needs it. So is a `pii` column as the log's
    `id`, because any other key that both sides know joins predictions with their labels.

    ## Why is this bad?
    A decision on a protected attribute is what anti-discrimination law forbids; personal data in a log has the log's
    retention, copies and readers, none of which its owner agreed to (GDPR, article 5: purpose limitation and data
    minimisation; article 9: special categories).

    ## Example
    ```yaml
    features: [tenure_months, age_band]
    ```
    where the contract says `{name: age_band, logicalType: string, classification: protected}`.

    ## Use instead
    ```yaml
    features: [tenure_months]
    evaluation:
      offline:
        gates: [{metric: recall, min: 60%, slices: [age_band]}]
    ```
    """
    for feature in plan.features:
        if feature.column is not None and feature.column.classification in GUARDED:
            yield _flow((*feature.path, "column"), feature.column, f"into the model as `{feature.name}`")
    for check in plan.checks:
        for path, name in slice_names(check):
            column = plan.names(name)
            if column is not None and column.classification == "pii":
                yield _flow(path, column, f"into the reports of `{check.name}`")
    yield from _log(plan)


def _log(plan: Plan) -> Iterator[Issue]:
    """What the spec itself puts into the log; without a list it holds the features, which are reported as such."""
    for index, name in enumerate(written(plan.canonical, (*PREDICTIONS, "columns")) or ()):
        column = plan.names(name)
        if column is not None and column.classification in GUARDED:
            severity = Severity.WARNING if column.classification == "protected" else None
            issue = _flow((*PREDICTIONS, "columns", index), column, "into the prediction log")
            yield issue._replace(about=name, severity=severity)
    key = written(plan.canonical, (*PREDICTIONS, "id"))
    named = plan.column(key) if key is not None else None
    if named is not None and named.classification == "pii":
        issue = _flow((*PREDICTIONS, "id"), named, "into each row of the prediction log, as its id")
        help_text = (
            "join by a key that means nobody, such as the request's, or correct the classification in the contract"
        )
        yield issue._replace(help=help_text, about=key, severity=Severity.WARNING)


def _flow(path: Path, column: Column, where: str) -> Issue:
    message = f"`{column.reference}` is {column.classification} and flows {where}"
    help_text = "leave the column out here, or correct its classification in the contract"
    return Issue(path, message, help_text, related=(("classified here", (*column.path, "classification")),))
