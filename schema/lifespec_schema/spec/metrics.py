"""Metrics of the team's own: a catalog metric with parameters, or one measured by query."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BeforeValidator, Field

from lifespec_schema.values import sugar

from .base import SpecModel
from .types import Count, Duration, Name, Positive, Text


class ParameterisedMetric(SpecModel, effect="measure"):
    """A metric of the catalog under a name of its own, with parameters."""

    name: Name
    """What checks call it."""
    kind: Literal["parameterised"] = "parameterised"
    """A catalog metric with parameters."""
    base: Name
    """The catalog's metric."""
    beta: Positive | None = None
    """For `fBeta`: how much recall counts over precision."""
    k: Count | None = None
    """For ranking metrics: how many results are looked at."""
    averaging: Literal["micro", "macro", "weighted"] | None = None
    """For classification of several classes: how the classes are averaged."""
    seasonality: Count | None = None
    """For `mase`: the number of time steps in a season."""
    bins: Count | None = None
    """For binned metrics: the number of bins."""


class Query(SpecModel, effect="decide"):
    """PromQL for the two counts whose ratio the metric is. `$revision` and `$window` are filled in."""

    good: Text
    """How many went well."""
    total: Text
    """Out of how many."""


class QueryMetric(SpecModel, effect="decide"):
    """A metric of live traffic that the metrics system measures."""

    name: Name
    """What checks call it."""
    kind: Literal["query"] = "query"
    """Measured by query."""
    unit: Literal["ratio"] = "ratio"
    """The unit of its thresholds."""
    direction: Literal["increase", "decrease"]
    """Which way is better."""
    delay: Duration | None = None
    """How long after the prediction the outcome is known."""
    per: Literal["request", "user"] = "request"
    """What the counts count; per user needs sticky assignment."""
    query: Query
    """How it is measured."""


CustomMetric = Annotated[
    ParameterisedMetric | QueryMetric, Field(discriminator="kind"), BeforeValidator(sugar.custom_metric)
]
