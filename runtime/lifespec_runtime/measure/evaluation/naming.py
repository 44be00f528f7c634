"""The metrics that checks name, as the catalog's with their parameters."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final, NamedTuple

from lifespec_compiler.plan import Plan
from lifespec_schema.catalog import METRICS, Metric

PARAMETERS: Final = ("beta", "k", "averaging", "seasonality", "bins")


class Named(NamedTuple):
    """A metric as a check names it."""

    name: str
    metric: str
    """The catalog's id."""
    parameters: Mapping[str, Any]

    @property
    def facts(self) -> Metric:
        """What the catalog says of it."""
        return METRICS[self.metric]


def named(plan: Plan, name: str) -> Named | None:
    """The metric of that name: the team's own first; None for one that is no metric, or is measured by query."""
    own = next((entry for entry in plan.spec.metrics if entry.name == name), None)
    if own is None:
        return Named(name, name, {}) if name in METRICS else None
    if own.kind == "query" or own.base not in METRICS:
        return None
    given = {key: value for key in PARAMETERS if (value := getattr(own, key)) is not None}
    return Named(name, own.base, given)
