"""Data that is gone before it is used, or kept after it should be gone."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from lifespec_schema.findings import Path, Severity

from .context import Context
from .rollouts import exceeds, label_delay, retrains_here
from .rule import Edit, Issue, Unknown, rule
from .text import duration, names
from .values import written

if TYPE_CHECKING:
    from lifespec_compiler.plan import Monitor, Plan

LOG_RETENTION: Path = ("spec", "monitoring", "predictions", "retention")
WINDOW: Path = ("spec", "retraining", "window", "length")
SENSITIVE = ("confidential", "restricted", "pii", "protected")


@rule(area="monitoring", severity=Severity.ERROR, since="0.1.0")
def short_retention(plan: Plan, _context: Context) -> Iterator[Issue]:
    """Rows are deleted before a monitor or a training looks at them.

    ## What it does
    Compares `predictions.retention` with how far back each monitor looks: its window; twice that with `reference:
    previous`; the label delay more for a concept monitor, whose window ends where labels are complete. Compares the
    `retention` of each source that the model uses with the length of a rolling `retraining.window`.

    ## Why is this bad?
    A prediction that is deleted before its label is known can never be judged, so a concept monitor never alarms and
    looks healthy. Pyrra's users went weeks with objectives over metrics that were not there (pyrra issue 448).
    `retention` is ODCS's promise that rows are gone after that time, which a training may not count on to be broken.

    ## Example
    ```yaml
    data:
      labels: {column: churned, delay: {p95: 35d}}
    monitoring:
      predictions: {log: s3://logs/churn/, time: ts, id: request_id, retention: 30d}
      monitors: [{name: decay, kind: concept, metric: rocAuc, min: 0.75, window: 14d}]
    ```

    ## Use instead
    ```yaml
    data:
      labels: {column: churned, delay: {p95: 35d}}
    monitoring:
      predictions: {log: s3://logs/churn/, time: ts, id: request_id, retention: 60d}
      monitors: [{name: decay, kind: concept, metric: rocAuc, min: 0.75, window: 14d}]
    ```
    """
    kept = plan.spec.monitoring.predictions.retention if plan.spec.monitoring else None
    for monitor in plan.monitors if kept else ():
        back = [(what, length) for what, length in _looks_back(plan, monitor) if length]
        total = sum(length for _, length in back)
        if kept and exceeds(total, kept):
            parts = " + ".join(f"{duration(length)} {what}" for what, length in back)
            message = (
                f"`{monitor.name}` looks back {duration(total)} ({parts}), and the log is kept for {duration(kept)}"
            )
            help_text = f"`predictions.retention: {duration(total)}`, or a shorter window"
            yield Issue((*monitor.path, "window"), message, help_text, related=(("kept so long", LOG_RETENTION),))
    retraining = plan.spec.retraining if retrains_here(plan) else None
    if retraining is None or retraining.window is None or retraining.window.kind != "rolling":
        return
    length, used = retraining.window.length, _sources(plan)
    for index, source in enumerate(plan.spec.data.sources):
        if source.name in used and source.retention is not None and exceeds(length, source.retention):
            value = duration(source.retention)
            message = f"training asks for {duration(length)}, and `{source.name}` keeps its rows for {value}"
            path: Path = ("spec", "data", "sources", index, "retention")
            related = ((f"the retention of `{source.name}`", path),)
            edit = Edit(f"learn from {value}", WINDOW, value)
            yield Issue(WINDOW, message, f"`length: {value}` at most", about=source.name, related=related, edit=edit)


@rule(area="governance", severity=Severity.WARNING, since="0.1.0")
def outlived_retention(plan: Plan, _context: Context) -> Iterator[Issue | Unknown]:
    """The prediction log keeps sensitive or regulated values for longer than their source does.

    ## What it does
    For each logged feature or column, compares `predictions.retention` with the `retention` of the source that it comes
    from, where that source falls under `regulations` or the column is classified `confidential`, `restricted`, `pii` or
    `protected`.

    ## Why is this bad?
    Deleting at the source is what the retention is for, and the copy in the log survives it: personal data may be kept
    no longer than its purpose needs (GDPR, article 5(1)(e), storage limitation).

    ## Example
    ```yaml
    data:
      labels: {column: churned}
      sources:
        - name: customers
          retention: 90d
          regulations: [GDPR]
          schema:
            - {name: tenure_months, logicalType: integer}
            - {name: churned, logicalType: boolean}
    features: [tenure_months]
    monitoring:
      predictions: {log: s3://logs/churn/, time: ts, id: request_id, retention: 400d}
    ```

    ## Use instead
    ```yaml
    data:
      labels: {column: churned}
      sources:
        - name: customers
          retention: 90d
          regulations: [GDPR]
          schema:
            - {name: tenure_months, logicalType: integer}
            - {name: churned, logicalType: boolean}
    features: [tenure_months]
    monitoring:
      predictions: {log: s3://logs/churn/, time: ts, id: request_id, retention: 90d}
    ```
    """
    monitoring = plan.spec.monitoring
    if monitoring is None:
        return
    kept = monitoring.predictions.retention
    columns = [(name, column) for name in sorted(plan.logged) if (column := plan.names(name)) is not None]
    for index, source in enumerate(plan.spec.data.sources):
        logged = [
            name
            for name, column in columns
            if column.source == source.name and (source.regulations or column.classification in SENSITIVE)
        ]
        if source.retention is None or not logged:
            continue
        if kept is None:
            yield Unknown(
                LOG_RETENTION, f"whether the log outlives `{source.name}`, which falls under a law or is sensitive"
            )
        elif exceeds(kept, source.retention):
            laws = f", under {', '.join(source.regulations)}" if source.regulations else ""
            message = (
                f"the log keeps {names(logged)} for {duration(kept)}, and `{source.name}` keeps them "
                f"for {duration(source.retention)}{laws}"
            )
            path: Path = ("spec", "data", "sources", index, "retention")
            value = duration(source.retention)
            related = ((f"the retention of `{source.name}`", path),)
            edit = Edit(f"keep the log for {value}", LOG_RETENTION, value)
            yield Issue(LOG_RETENTION, message, f"`retention: {value}`", about=source.name, related=related, edit=edit)


def _looks_back(plan: Plan, monitor: Monitor) -> list[tuple[str, float]]:
    """How old the rows are that a run of the monitor needs, part by part, in seconds."""
    parts = [("window", monitor.window)]
    if monitor.kind == "concept":
        return [*parts, ("label delay", label_delay(plan))]
    if written(plan.values, (*monitor.path, "reference")) == "previous":
        parts.append(("window before", monitor.window))
    return parts


def _sources(plan: Plan) -> set[str]:
    """The sources that the model learns from."""
    columns = [feature.column for feature in plan.features] + [plan.column(plan.spec.data.labels.column)]
    return {column.source for column in columns if column is not None}
