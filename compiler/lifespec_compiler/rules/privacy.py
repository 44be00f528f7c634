"""Personal and protected data flowing where it must not."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from lifespec_schema.findings import Path, Severity

from .context import Context
from .rule import Issue, rule

if TYPE_CHECKING:
    from lifespec_compiler.plan import Column, Plan


@rule(area="governance", severity=Severity.ERROR, since="0.1.0")
def privacy_flow(plan: Plan, context: Context) -> Iterator[Issue]:  # noqa: ARG001 - every rule has this signature
    """A column classified as personal or protected flows into the model, the prediction log or a report.

    ## What it does
    Follows the `classification` of the data contract. A `pii` column may be neither a feature, nor logged with
    predictions, nor a slice or a fairness attribute, whose values stand in reports. A `protected` column may not be a
    feature; as a slice or a fairness attribute offline it is what the classification is for; logged with predictions it
    is a warning, because nothing in the log's use needs it.

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
        if _is_guarded(feature.column):
            yield _flow(
                (*feature.path, "column"), feature.column, f"into the model as `{feature.name}`", "delete the feature"
            )
    for check in plan.checks:
        for index, crossed in enumerate(check.slices):
            for place, name in enumerate(crossed):
                column = plan.names(name)
                if column is not None and column.classification == "pii":
                    path = (
                        (*check.path, "attribute")
                        if check.kind == "fairness"
                        else (*check.path, "slices", index, place)
                    )
                    yield _flow(
                        path, column, f"into the reports of `{check.name}`", "slice by a column that groups people"
                    )
    yield from _log(plan)


def _log(plan: Plan) -> Iterator[Issue]:
    """What the spec itself puts into the log; without a list it holds the features, which are reported as such."""
    predictions = plan.canonical["spec"].get("monitoring", {}).get("predictions", {})
    for index, name in enumerate(predictions.get("columns", ())):
        column = plan.names(name)
        if column is not None and _is_guarded(column):
            path: Path = ("spec", "monitoring", "predictions", "columns", index)
            yield _flow(
                path,
                column,
                "into the prediction log",
                f"delete `{name}`",
                name,
                softer=column.classification == "protected",
            )


def _is_guarded(column: Column | None) -> bool:
    return column is not None and column.classification in ("pii", "protected")


def _flow(
    path: Path, column: Column | None, where: str, help_text: str, about: str | None = None, *, softer: bool = False
) -> Issue:
    if column is None:
        raise ValueError("only a known column has a classification")
    message = f"`{column.reference}` is {column.classification} and flows {where}"
    related = (("classified here", (*column.path, "classification")),)
    severity = Severity.WARNING if softer else None
    return Issue(
        path, message, f"{help_text}, or correct the classification in the contract", about, severity, related=related
    )
