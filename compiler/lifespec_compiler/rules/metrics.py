"""Metrics that cannot be computed where a check asks for them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Final

from lifespec_compiler.plan.references import metric as find_metric
from lifespec_schema.catalog import METRICS, Metric, Problem, Tier, metrics_for
from lifespec_schema.findings import Path, Severity

from .context import Context
from .rule import Issue, rule
from .text import names

if TYPE_CHECKING:
    from lifespec_compiler.plan import Check, Plan

_WHERE: Final[dict[str, tuple[Tier, str]]] = {
    "offline": ("offline", "on the test split"),
    "shadow": ("shadow", "in shadow"),
    "online": ("online", "on live traffic"),
    "guard": ("online", "in a guard's window of live traffic"),
    "monitor": ("concept", "on the prediction log"),
}
"""By a check's tier: the catalog's tier, and how messages say it."""


@rule(area="evaluation", severity=Severity.ERROR, since="0.1.0")
def metric_not_computable(plan: Plan, _context: Context) -> Iterator[Issue]:
    """A check asks for a metric that cannot be computed there.

    ## What it does
    Holds each metric against the problem, against the tier it is asked in, and against what it needs: an
    attribute for fairness, labels that are never zero for `mape`, rows in order of time for `mase`, queries of several
    rows for ranking, a person's value for a gate against a human baseline, sticky assignment for a metric per user,
    requests for latency and throughput.

    ## Why is this bad?
    The training, and perhaps half the rollout, is paid for before anybody learns that the number does not exist. Argo
    Rollouts let analyses whose every measurement had failed end as "Successful" (argo-rollouts issue 4479).

    ## Example
    ```yaml
    evaluation:
      online:
        gates: [{metric: rocAuc, min: 0.8}]
      offline:
        gates: [{metric: rmse, max: 3}]
    ```

    ## Use instead
    ```yaml
    evaluation:
      online:
        gates: [{metric: errorRate, max: 1%}]
      offline:
        gates: [{metric: rocAuc, min: 0.8}]
    ```
    """
    for check in plan.checks:
        issue = (
            _measured_by_query(plan, check)
            if check.metric and check.metric.catalog is None
            else _of_catalog(plan, check)
        )
        if issue:
            yield issue
    yield from _human_values(plan)
    yield from _selection(plan)
    yield from _tuning(plan)


def _of_catalog(plan: Plan, check: Check) -> Issue | None:
    """What is wrong with a check on a metric of the catalog."""
    metric = check.metric.catalog if check.metric else None
    if metric is None:
        return None
    tier, where = _WHERE[check.tier]
    path = (*check.path, "metric")
    problem = plan.spec.objective.problem
    if problem not in metric.problems:
        return Issue(path, f"`{check.metric_name}` is no metric of {problem}", _computable(problem, tier, check))
    if tier not in metric.tiers_for(problem):
        why = _why_not(metric, problem, tier)
        return Issue(path, f"`{check.metric_name}` cannot be computed {where}{why}", _computable(problem, tier, check))
    if "attribute" in metric.inputs and check.kind != "fairness":
        help_text = f"move it to `evaluation.offline.fairness`: `{{metric: {check.metric_name}, attribute: …}}`"
        return Issue(
            path, f"`{check.metric_name}` compares groups, and a {check.kind} has no attribute to group by", help_text
        )
    if "attribute" not in metric.inputs and check.kind == "fairness":
        fair = [name for name, facts in METRICS.items() if "attribute" in facts.inputs and problem in facts.problems]
        message = f"`{check.metric_name}` compares no groups"
        return Issue(
            path,
            message,
            f"fairness metrics of {problem}: {names(fair)}; or a gate with `slices: [{check.slices[0][0]}]`",
        )
    if plan.spec.serving.mode == "batch" and (metric.percentile is not None or metric.unit == "perSecond"):
        message = (
            f"`{check.metric_name}` cannot be computed {where}: a batch run answers no requests, so it has no data"
        )
        return Issue(path, message, "delete the check, or `mode: online`")
    return _inputs(plan, metric, path, check.metric_name)


def _why_not(metric: Metric, problem: Problem, tier: Tier) -> str:
    if metric.tiers == ("contract",):
        return ": it is a metric of the data, not of predictions"
    if "referenceProfile" in metric.inputs:
        return ": it is a distance of a monitor"
    if tier == "online" and metric.estimate_for(problem) == "statistic":
        averaged = metric.estimate != "statistic"
        reason = "averaged over classes it" if averaged else "it"
        return f": {reason} is no sum over requests, so no test can accumulate it"
    if "stablePredictions" in metric.inputs:
        return ": only mirrored requests have an answer of both models"
    if "requestLog" in metric.inputs:
        return ": it needs requests"
    return ""


def _computable(problem: Problem, tier: Tier, check: Check) -> str:
    wanted = check.kind == "fairness"
    able = [metric.id for metric in metrics_for(problem, tier) if ("attribute" in metric.inputs) == wanted]
    return f"computable there: {names(able, 12)}"


def _inputs(plan: Plan, metric: Metric, path: Path, name: str) -> Issue | None:
    """What the metric needs of the data and the spec does not promise."""
    label = plan.column(plan.spec.data.labels.column)
    if "nonzeroLabels" in metric.inputs and label is not None:
        low, high = label.options.get("minimum"), label.options.get("maximum")
        if not ((low is not None and low > 0) or (high is not None and high < 0)):
            message = f"`{name}` divides by the label, and the contract lets `{label.reference}` be zero"
            help_text = f"use `wmape`; or give `{label.reference}` a `logicalTypeOptions: {{minimum: …}}` above 0"
            return Issue(path, message, help_text, severity=Severity.WARNING)
    query = plan.column(plan.spec.objective.query or "") if "queryId" in metric.inputs else None
    if query is not None and query.is_key:
        message = f"`{name}` orders the rows of a query, and each value of `{query.reference}` has one row only"
        return Issue(path, message, "`objective.query` names what many rows share: a search, a session, a user")
    splits = plan.spec.data.splits
    if "trainingSeries" in metric.inputs and (splits is None or splits.strategy != "temporal"):
        message = f"`{name}` needs the training rows in order of time, and the splits name no time"
        return Issue(path, message, "`data.splits: {strategy: temporal, column: …}`")
    return None


def _measured_by_query(plan: Plan, check: Check) -> Issue | None:
    """What is wrong with a check on a metric that the team measures by query."""
    path = (*check.path, "metric")
    if check.tier in ("offline", "monitor"):
        where = _WHERE[check.tier][1]
        message = f"`{check.metric_name}` is measured by query on live traffic and cannot be computed {where}"
        return Issue(path, message, "put it under `evaluation.online.gates` or `rollout.guards`")
    if check.metric is None or check.metric.per != "user":
        return None
    if check.tier == "shadow":
        message = f"`{check.metric_name}` counts users, and no user sees an answer of a shadow"
        return Issue(path, message, "put it under `evaluation.online.gates`")
    assignment = plan.spec.rollout.assignment
    if assignment is None or assignment.unit != "user":
        message = f"`{check.metric_name}` counts users, but requests are assigned one by one: a user is in both groups"
        help_text = "`rollout.assignment: {unit: user, bucketHeader: x-user-bucket}`, or a metric `per: request`"
        return Issue(path, message, help_text)
    return None


def _human_values(plan: Plan) -> Iterator[Issue]:
    """Gates against people, on a metric that nobody measured people by."""
    people = {item.name: item.values for item in plan.spec.experiments.baselines if item.kind == "human"}
    for check in plan.checks:
        values = people.get(check.against or "")
        if values is not None and check.metric_name not in values:
            message = f"`{check.against}` has no value for `{check.metric_name}`"
            help_text = f"add it to the baseline's `values`, or use one that is there: {names(values)}"
            yield Issue((*check.path, "against"), message, help_text)


def _selection(plan: Plan) -> Iterator[Issue]:
    """A metric that no trial can be chosen by."""
    select, problem = plan.spec.experiments.select, plan.spec.objective.problem
    if select is None or _judges_models(_facts(plan, select.metric), problem):
        return
    written = "select" in plan.canonical["spec"]["experiments"]
    if not written and "offline" not in _tiers(_facts(plan, select.metric), problem):
        return  # the default is the first gate's metric, and that gate has been reported
    able = [item.id for item in metrics_for(problem, "offline") if _judges_models(item, problem)]
    whose = "" if written else ", the first offline gate's metric"
    path: Path = ("spec", "experiments", "select", "metric")
    yield Issue(
        path, f"no trial can be chosen by `{select.metric}`{whose}", f"`select: {{metric: …}}` takes {names(able, 12)}"
    )


def _tuning(plan: Plan) -> Iterator[Issue]:
    """A metric that is the same at every decision threshold."""
    threshold, problem = plan.spec.objective.decision_threshold, plan.spec.objective.problem
    if threshold is None or threshold.kind != "tuned" or problem != "binaryClassification":
        return
    if _depends_on_threshold(_facts(plan, threshold.tune), problem):
        return
    able = [item.id for item in metrics_for(problem, "offline") if _depends_on_threshold(item, problem)]
    path: Path = ("spec", "objective", "decisionThreshold", "tune")
    yield Issue(path, f"`{threshold.tune}` does not depend on the decision threshold", f"tune one of {names(able, 12)}")


def _facts(plan: Plan, name: str) -> Metric | None:
    """The catalog's facts about the metric that the spec calls `name`."""
    found = find_metric(plan.spec, name)
    return found.catalog if found else None


def _tiers(metric: Metric | None, problem: Problem) -> tuple[Tier, ...]:
    return metric.tiers_for(problem) if metric else ()


def _judges_models(metric: Metric | None, problem: Problem) -> bool:
    """Whether one model can be better than another by the metric, on held-out rows."""
    return (
        metric is not None
        and metric.needs_labels
        and "attribute" not in metric.inputs
        and "offline" in _tiers(metric, problem)
    )


def _depends_on_threshold(metric: Metric | None, problem: Problem) -> bool:
    return metric is not None and "classes" in metric.inputs and _judges_models(metric, problem)
