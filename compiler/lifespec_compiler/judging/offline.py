"""What a plan requires offline: gates, fairness, robustness, latency, one requirement for each of their bounds."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Final

from lifespec_compiler.plan import Check, Metric, Plan
from lifespec_schema.catalog import METRICS
from lifespec_schema.findings import Path

from .bound import Bound, at_least, at_most, shown
from .requirement import Requirement
from .slices import slice_text

STABLE: Final = "stable"
"""What `against` says for the model that serves now."""
PERCENTILES: Final = ("p50", "p90", "p95", "p99")
UNPERTURBED: Final = "unperturbed"
"""What a robustness check compares with: the same model on the rows as they are."""


TIERS: Final = ("offline", "shadow", "online")
"""The tiers of the evaluation."""


def requirements(plan: Plan, tier: str = "offline") -> tuple[Requirement, ...]:
    """Every bound that a tier's reports are held to, in the order of the spec; of live tiers what cannot be counted."""
    checks = (check for check in plan.checks if check.tier == tier and (tier == "offline" or is_reported(check)))
    bounds = tuple(found for check in checks for found in _of_check(plan, check))
    return (*bounds, *_latency(plan)) if tier == "offline" else bounds


def is_reported(check: Check) -> bool:
    """Whether a live check's value cannot be made of counts, so that a report must hold it."""
    metric = check.metric
    return metric is not None and metric.per == "dataset" and unit_of(metric) != "perSecond"


def _of_check(plan: Plan, check: Check) -> Iterator[Requirement]:
    written = plan.at(check.path)
    sliced = check.slices if check.kind == "gate" else ()
    common = Requirement(
        check.name,
        check.path,
        at_least(0),
        "",
        against=UNPERTURBED if check.kind == "robustness" else check.against,
        confidence=getattr(written, "confidence", None),
        slices=sliced,
        declared=tuple(text for names in sliced for text in _declared(plan, names)),
        smallest_slice=getattr(written, "min_slice_rows", None) or 1,
    )
    yield from _absolute(check, common)
    yield from _relative(check, common)


def _absolute(check: Check, common: Requirement) -> Iterator[Requirement]:
    unit, reach = unit_of(check.metric), reach_of(check.metric)
    for name, bound in (("min", at_least), ("max", at_most)):
        value = getattr(check, name)
        if value is not None:
            held = bound(value, unit, rounded=True)
            yield common._replace(path=(*check.path, name), bound=held, words=held.told(), against=None, reach=reach)


def _relative(check: Check, common: Requirement) -> Iterator[Requirement]:
    unit, other = unit_of(check.metric), common.against
    if check.max_regression is not None:
        words = f"at most {shown(check.max_regression, unit)} worse than {other}"
        bound = _no_worse(check, check.max_regression, unit)
        path: Path = (*check.path, "maxRegression")
        yield common._replace(path=path, bound=bound, words=words, quantity="difference")
    if check.min_improvement is not None:
        words = f"at least {shown(check.min_improvement, unit)} better than {other}"
        bound = _no_worse(check, -check.min_improvement, unit)
        path = (*check.path, "minImprovement")
        yield common._replace(path=path, bound=bound, words=words, quantity="difference")
    if check.max_relative_regression is not None:
        words = f"at most {shown(check.max_relative_regression, 'share')} worse than {other}"
        bound = _no_worse(check, check.max_relative_regression, "share")
        path = (*check.path, "maxRelativeRegression")
        yield common._replace(path=path, bound=bound, words=words, quantity="relativeDifference")


def _no_worse(check: Check, by: float, unit: str) -> Bound:
    """The bound on this model's value less the other's that is worse by no more than this."""
    rises = check.metric is None or check.metric.direction == "increase"
    return at_least(0 - by, unit, rounded=True) if rises else at_most(by, unit, rounded=True)


def _latency(plan: Plan) -> Iterator[Requirement]:
    latency = plan.spec.evaluation.offline.latency
    for name in PERCENTILES if latency else ():
        greatest = getattr(latency, name)
        if greatest is not None:
            bound = at_most(greatest, "seconds", rounded=True)
            path: Path = ("spec", "evaluation", "offline", "latency", name)
            reach = reach_of(None, f"latencyP{name[1:]}")
            yield Requirement(f"latency.{name}", path, bound, bound.told(), reach=reach)


def unit_of(metric: Metric | None) -> str:
    """The unit of a metric's values; of one that is measured by query, a ratio."""
    return metric.catalog.unit if metric and metric.catalog else "ratio"


def reach_of(metric: Metric | None, name: str = "") -> tuple[float | None, float | None]:
    """The least and the greatest value that a metric can have; None: open."""
    catalog = metric.catalog if metric else METRICS.get(name)
    return (catalog.low, catalog.high) if catalog else (None, None)


def _declared(plan: Plan, names: tuple[str, ...]) -> list[str]:
    """The slices by one name that the contract lists; of crossed ones no contract says which combinations there are."""
    column = plan.names(names[0])
    if len(names) > 1 or column is None or "enum" not in column.options:
        return []
    return [slice_text(names, [json.loads(value)]) for value in column.options["enum"]]
