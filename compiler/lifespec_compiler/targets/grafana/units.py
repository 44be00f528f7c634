"""Units of the metric catalog as Grafana's, and the bounds of checks as thresholds."""

from __future__ import annotations

from collections.abc import Iterable

from lifespec_compiler.plan import Check, Metric

from .panels import GREEN, RED, Json, steps

UNITS = {
    "ratio": "percentunit",
    "seconds": "s",
    "perSecond": "reqps",
    "count": "short",
    "targetUnit": "short",
    "squaredTargetUnit": "short",
    "score": "none",
}
"""By the catalog's unit: Grafana's."""


def unit(metric: Metric | None) -> str:
    """The unit of a metric's values; metrics measured by query are shares."""
    return UNITS[metric.catalog.unit] if metric and metric.catalog else UNITS["ratio"]


def limits(least: float | None, greatest: float | None) -> tuple[Json, ...]:
    """Bounds as thresholds: green inside, red outside; nothing where there is none."""
    if least is None and greatest is None:
        return ()
    inside = [(least, GREEN)] if least is not None else []
    outside = [(greatest, RED)] if greatest is not None else []
    return steps(*inside, *outside, base=RED if least is not None else GREEN)


def strictest(checks: Iterable[Check]) -> tuple[Json, ...]:
    """The greatest values that the checks allow, each a line."""
    return steps(*((check.max, RED) for check in checks if check.max is not None))
