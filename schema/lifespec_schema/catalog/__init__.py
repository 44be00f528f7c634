"""The metric catalog: the one list of metrics that a spec may name, with all that is known of each without data.

`METRICS` maps ids to facts. Implementations live in the runtime, keyed by the same ids.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from . import agreement, classification, contract, drift, fairness, forecasting, ranking, regression, serving
from .facts import UNITS, Direction, Estimate, Form, Input, Metric, Parameter, Per, Problem, Tier, Unit, UnitFacts
from .uncertainty import Uncertainty

__all__ = [
    "FAMILIES",
    "METRICS",
    "UNITS",
    "Direction",
    "Estimate",
    "Form",
    "Input",
    "Metric",
    "Parameter",
    "Per",
    "Problem",
    "Tier",
    "Uncertainty",
    "Unit",
    "UnitFacts",
    "metrics_for",
    "suggest",
]

FAMILIES: Final[Mapping[str, tuple[Metric, ...]]] = MappingProxyType(
    {
        "classification": classification.METRICS,
        "regression": regression.METRICS,
        "forecasting": forecasting.METRICS,
        "ranking": ranking.METRICS,
        "fairness": fairness.METRICS,
        "agreement": agreement.METRICS,
        "contract": contract.METRICS,
        "drift": drift.METRICS,
        "serving": serving.METRICS,
    }
)
"""The metrics by family, in the order in which they are listed for people."""


def merge(families: Mapping[str, tuple[Metric, ...]]) -> Mapping[str, Metric]:
    """All metrics of all families by id; raises ValueError where two share one."""
    merged: dict[str, Metric] = {}
    for family, metrics in families.items():
        for metric in metrics:
            if metric.id in merged:
                raise ValueError(f"the catalog has two metrics {metric.id!r}, one of them in {family!r}")
            merged[metric.id] = metric
    return MappingProxyType(merged)


METRICS: Final[Mapping[str, Metric]] = merge(FAMILIES)
"""Every metric of the catalog by its id."""


def metrics_for(problem: Problem, tier: Tier) -> tuple[Metric, ...]:
    """The metrics that a model of this problem type can be judged by in this tier, in catalog order."""
    return tuple(metric for metric in METRICS.values() if tier in metric.tiers_for(problem))


def suggest(name: str) -> str | None:
    """The id that `name` probably means: another spelling, a library's name, a common synonym; None if none is near."""
    from lifespec_schema.values.form import closest

    from .aliases import ALIASES

    names = dict(ALIASES)
    for metric in METRICS.values():
        names[_plain(metric.standard.rpartition(".")[2])] = metric.id
    names.update({_plain(metric.title): metric.id for metric in METRICS.values()})
    names.update({_plain(metric): metric for metric in METRICS})
    near = closest(_plain(name), names, 0.75)
    return names[near] if near else None


def _plain(name: str) -> str:
    return "".join(character for character in name.lower() if character.isalnum()).removesuffix("score")
