"""Answers that may take longer than their caller waits."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, NamedTuple

from lifespec_schema.findings import Path, Severity

from .context import Context
from .rollouts import exceeds
from .rule import Issue, rule
from .text import duration, names

if TYPE_CHECKING:
    from lifespec_compiler.plan import Plan

BUDGET: Path = ("spec", "serving", "latencyBudget")
OFFLINE: Path = ("spec", "evaluation", "offline", "latency")


@rule(area="serving", severity=Severity.ERROR, since="0.1.0")
def latency_budget_exceeded(plan: Plan, _context: Context) -> Iterator[Issue]:
    """The parts of an answer may together take longer than the caller allows.

    ## What it does
    Adds the slowest way through the features' `online.p99` (features of one group are fetched one after the
    other, groups in parallel) to the greatest percentile that the offline latency gate allows the model, and
    compares the sum with `serving.latencyBudget`. Gates, guards and objectives that allow a whole answer more
    than the budget are reported too.

    ## Why is this bad?
    Every part keeps its own bound, all gates pass, and the caller still times out. The tail of a chain is at
    least as slow as its parts ("The tail at scale", Communications of the ACM 56(2), 2013).

    ## Example
    ```yaml
    features:
      - {name: tenure_months, column: tenure_months, online: {source: feast://churn/tenure, p99: 50ms}}
    evaluation:
      offline:
        gates: [{metric: rocAuc, min: 0.8}]
        latency: {p99: 80ms}
    serving:
      latencyBudget: 120ms
    ```

    ## Use instead
    ```yaml
    features:
      - {name: tenure_months, column: tenure_months, online: {source: feast://churn/tenure, p99: 50ms}}
    evaluation:
      offline:
        gates: [{metric: rocAuc, min: 0.8}]
        latency: {p99: 70ms}
    serving:
      latencyBudget: 120ms
    ```
    """
    serving = plan.spec.serving
    if serving.mode != "online" or serving.latency_budget is None:
        return
    budget = serving.latency_budget
    yield from _parts(plan, budget)
    for check in plan.checks:
        metric = check.metric.catalog if check.metric else None
        if metric and metric.percentile and check.max is not None and exceeds(check.max, budget):
            message = f"`{check.name}` allows an answer {duration(check.max)}; the caller allows {duration(budget)}"
            yield Issue((*check.path, "max"), message, f"`max: {duration(budget)}`")
    for index, slo in enumerate(plan.spec.monitoring.slos if plan.spec.monitoring else ()):
        if slo.threshold is not None and exceeds(slo.threshold, budget):
            late = f"`{slo.name}` counts an answer after {duration(slo.threshold)} as in time"
            message = f"{late}; the caller allows {duration(budget)}"
            yield Issue(("spec", "monitoring", "slos", index, "threshold"), message, f"`threshold: {duration(budget)}`")


class _Fetch(NamedTuple):
    """The slowest group of features, in seconds."""

    seconds: float
    features: tuple[str, ...]


def slowest_fetch(plan: Plan) -> _Fetch:
    """The group of features whose fetching, one after the other, takes longest; 0 seconds without any."""
    groups: dict[object, list[tuple[str, float]]] = {}
    for index, feature in enumerate(plan.features):
        if feature.fetch_p99 is not None:
            groups.setdefault(feature.fetch_group or index, []).append((feature.name, feature.fetch_p99))
    fetches = [_Fetch(sum(p99 for _, p99 in group), tuple(name for name, _ in group)) for group in groups.values()]
    return max(fetches, key=lambda fetch: fetch.seconds, default=_Fetch(0, ()))


def _parts(plan: Plan, budget: float) -> Iterator[Issue]:
    fetch, gate = slowest_fetch(plan), plan.spec.evaluation.offline.latency
    bounds = {name: getattr(gate, name) for name in ("p50", "p90", "p95", "p99")} if gate else {}
    slowest = max(
        (name for name, bound in bounds.items() if bound is not None), key=lambda name: bounds[name], default=None
    )
    model = bounds[slowest] if slowest else 0
    if not exceeds(fetch.seconds + model, budget):
        return
    left = budget - fetch.seconds
    parts = [f"{duration(fetch.seconds)} to fetch {names(fetch.features)}"] if fetch.features else []
    parts += [f"{duration(model)} for the model"] if slowest else []
    total = f" are {duration(fetch.seconds + model)}" if len(parts) > 1 else ""
    message = f"{' and '.join(parts)}{total}, more than the budget of {duration(budget)}"
    faster = f"`{slowest}: {duration(left)}` for the model, or " if slowest and left > 0.0005 else ""
    path = (*OFFLINE, slowest) if slowest and not exceeds(fetch.seconds, budget) else BUDGET
    yield Issue(path, message, f"{faster}`latencyBudget: {duration(fetch.seconds + model)}`")
