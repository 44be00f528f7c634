"""References of monitoring and evaluation that lead nowhere."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from lifespec_schema.findings import Path, Severity
from lifespec_schema.values.form import closest, did_you_mean

from .context import Context
from .rule import Edit, Issue, rule
from .text import names
from .values import slice_names

if TYPE_CHECKING:
    from lifespec_compiler.plan import Plan

MONITORING: Path = ("spec", "monitoring")


@rule(area="monitoring", severity=Severity.ERROR, since="0.1.0")
def dangling_monitor(plan: Plan, _context: Context) -> Iterator[Issue]:
    """A trigger, alert, risk or monitor refers to something that is not there or is not logged.

    ## What it does
    Checks that a retrain trigger names a monitor, an alert a monitor or an objective, and a risk checks or
    monitors that exist; that the prediction log's columns are features or columns of a source; and that a data
    monitor watches features that the prediction log holds.

    ## Why is this bad?
    A trigger on a monitor that was renamed never fires, and nothing tells: a metric name that matches nothing
    was shown as "unavailable" for years in Katib (katib issues 771, 1033, 1795 and 2554), and Pyrra's users
    went weeks without the metrics that their alerts needed (pyrra issue 448).

    ## Example
    ```yaml
    monitoring:
      predictions: {log: s3://logs/churn/, time: ts, id: request_id, columns: [plan]}
      monitors: [{name: inputs, kind: data, window: 7d, features: [tenure_months]}]
    retraining:
      triggers: [{name: drifted, monitor: imputs}]
    ```

    ## Use instead
    ```yaml
    monitoring:
      predictions: {log: s3://logs/churn/, time: ts, id: request_id, columns: [plan, tenure_months]}
      monitors: [{name: inputs, kind: data, window: 7d, features: [tenure_months]}]
    retraining:
      triggers: [{name: drifted, monitor: inputs}]
    ```
    """
    yield from _logged_columns(plan)
    yield from _watched_features(plan)
    spec = plan.spec
    monitors = [monitor.name for monitor in plan.monitors]
    objectives = [slo.name for slo in spec.monitoring.slos] if spec.monitoring else []
    checks = [check.name for check in plan.checks if check.kind != "monitor"]
    for index, trigger in enumerate(spec.retraining.triggers if spec.retraining else ()):
        if trigger.kind == "monitor" and trigger.monitor not in monitors:
            path: Path = ("spec", "retraining", "triggers", index, "monitor")
            yield _missing(path, trigger.monitor, monitors, "monitor", _instead(trigger.monitor, objectives, checks))
    for index, alert in enumerate(spec.monitoring.alerts if spec.monitoring else ()):
        known = [*monitors, *objectives]
        if alert.for_ not in known:
            path = (*MONITORING, "alerts", index, "for")
            issue = _missing(path, alert.for_, known, "monitor or objective", _instead(alert.for_, (), checks))
            yield issue._replace(about=alert.for_)
    for index, risk in enumerate(spec.objective.risks):
        for place, name in enumerate(risk.detected_by):
            known = [*checks, *monitors]
            if name not in known:
                path = ("spec", "objective", "risks", index, "detectedBy", place)
                what = "gate, guard, fairness check or monitor"
                yield _missing(path, name, known, what, _instead(name, objectives, ()))


@rule(area="evaluation", severity=Severity.ERROR, since="0.1.0")
def dangling_slice(plan: Plan, _context: Context) -> Iterator[Issue]:
    """A slice, a fairness attribute or a robustness check names a feature or column that is not there.

    ## What it does
    Checks each name in `slices` and each `attribute` against the features and the columns of all sources, and the
    `features` of robustness checks against the features. A bare name that is both a feature and a column, and means a
    different column in each, is reported too, because nobody can tell which one is meant.

    ## Why is this bad?
    A slice that does not exist has no rows, so a model that fails the people in it passes. TFMA lists missing
    slices as a failure of the evaluation for that reason, after the training was paid for; the spec and the
    contract tell before.

    ## Example
    ```yaml
    evaluation:
      offline:
        gates: [{metric: recall, min: 60%, slices: [plan, age_group]}]
    ```

    ## Use instead
    ```yaml
    evaluation:
      offline:
        gates: [{metric: recall, min: 60%, slices: [plan, age_band]}]
    ```
    """
    features = [feature.name for feature in plan.features]
    known = list(dict.fromkeys([*features, *(column.name for column in plan.columns)]))
    for check in plan.checks:
        for path, name in slice_names(check):
            if plan.names(name) is None:
                yield _missing(path, name, known, "feature or column", _ambiguity(plan, name))
            elif _means_two(plan, name):
                yield _two_meanings(plan, path, name)
    for index, disturbed in enumerate(plan.spec.evaluation.offline.robustness):
        if disturbed.features.kind == "named":
            for place, name in enumerate(disturbed.features.names):
                if name not in features:
                    # People write a list here; the canonical form wraps it in `names`.
                    path = ("spec", "evaluation", "offline", "robustness", index, "features", place)
                    yield _missing(path, name, features, "feature")


def _logged_columns(plan: Plan) -> Iterator[Issue]:
    predictions = plan.spec.monitoring.predictions if plan.spec.monitoring else None
    known = [feature.name for feature in plan.features] + [column.name for column in plan.columns]
    for index, name in enumerate(predictions.columns or () if predictions else ()):
        path: Path = (*MONITORING, "predictions", "columns", index)
        if plan.names(name) is None:
            yield _missing(
                path, name, list(dict.fromkeys(known)), "feature or column", _ambiguity(plan, name)
            )._replace(about=name)
        elif _means_two(plan, name):
            yield _two_meanings(plan, path, name)


def _watched_features(plan: Plan) -> Iterator[Issue]:
    features = [feature.name for feature in plan.features]
    logged = names(sorted(plan.logged))
    for number, monitor in enumerate(plan.spec.monitoring.monitors if plan.spec.monitoring else ()):
        if monitor.kind != "data":
            continue
        path: Path = (*MONITORING, "monitors", number)
        for index, name in enumerate(monitor.features or ()):
            if name not in features and name not in plan.logged:
                yield _missing((*path, "features", index), name, features, "feature")
            elif name not in plan.logged:
                message = f"`{monitor.name}` watches `{name}`, which the prediction log lacks"
                help_text = f"add `{name}` to `monitoring.predictions.columns`; logged are {logged}"
                yield Issue((*path, "features", index), message, help_text)
        if monitor.features is None and not plan.logged.intersection(features):
            message = f"`{monitor.name}` has no feature to watch: the prediction log holds {logged} only"
            yield Issue(path, message, "add features to `monitoring.predictions.columns`; without it all are logged")


def _missing(path: Path, name: str, known: Iterable[str], what: str, instead: str = "") -> Issue:
    known = list(known)
    close = closest(name, known)
    safe = [_letters(other) for other in known].count(_letters(name)) == 1
    edit = Edit(f"write `{close}`", path, close, safe=safe and _letters(close) == _letters(name)) if close else None
    message = instead or f"there is no {what} `{name}`"
    return Issue(path, message, f"{did_you_mean(name, known)}known: {names(known)}", edit=edit)


def _letters(name: str) -> str:
    """A name without case and punctuation: who writes it otherwise means the one that has these letters."""
    return "".join(letter for letter in name.lower() if letter.isalnum())


def _instead(name: str, objectives: Iterable[str], checks: Iterable[str]) -> str:
    if name in objectives:
        return f"`{name}` is an objective, not a monitor"
    return f"`{name}` is a gate or a guard of a rollout, not a monitor of what serves" if name in checks else ""


def _ambiguity(plan: Plan, name: str) -> str:
    several = [column.reference for column in plan.columns if column.name == name]
    return f"`{name}` is a column of several sources: {names(several)}" if len(several) > 1 else ""


def _means_two(plan: Plan, name: str) -> bool:
    meant, column = plan.names(name), plan.column(name)
    return meant is not None and column is not None and meant != column


def _two_meanings(plan: Plan, path: Path, name: str) -> Issue:
    meant, column = plan.names(name), plan.column(name)
    made_of = meant.reference if meant else name
    other = column.reference if column else name
    return Issue(
        path, f"`{name}` is a feature made of `{made_of}`, and also the column `{other}`", "rename the feature"
    )
