"""What is watched once the model serves."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from lifespec_schema.values import constraints

from .base import SpecModel
from .evaluation import CHECK, Bounds
from .types import (
    Column,
    Compiles,
    Confidence,
    Count,
    Documents,
    Duration,
    Items,
    Name,
    NonEmpty,
    ObjectName,
    Positive,
    PositiveRatio,
    Threshold,
    Uri,
)


class Predictions(SpecModel, effect="measure"):
    """The log of what the model answered."""

    log: Compiles[Uri]
    """Where the log lies."""
    secret_ref: Compiles[ObjectName] | None = None
    """The Secret with what is needed to read it."""
    time: Column
    """The column with the time of the prediction."""
    id: Column
    """The column that joins a prediction with its label."""
    columns: Annotated[tuple[Name, ...], Field(max_length=512)] | None = None
    """The features and columns that are logged; default: all features."""
    retention: Documents[Duration] | None = None
    """How long rows are kept."""


class _Named(SpecModel):
    name: Name
    """What triggers and alerts call it."""


class _Monitor(_Named, effect="measure"):
    window: Compiles[Duration]
    """How much of the log one run looks at."""
    every: Compiles[Duration] | None = None
    """How often it runs; default: its window."""


class DataMonitor(_Monitor, effect="measure"):
    """Tells whether the inputs have changed."""

    kind: Literal["data"]
    """Data drift."""
    method: Literal[
        "auto", "ks", "chiSquare", "psi", "jensenShannon", "wasserstein", "unseenCategories", "missingShare"
    ] = "auto"
    """The statistic; `auto` chooses by column."""
    max: Threshold | None = None
    """The greatest value allowed; default: from the statistic's null distribution."""
    features: NonEmpty[Name] | None = None
    """What is watched; default: all logged features."""
    reference: Literal["training", "previous"] = "training"
    """Held against the serving revision's training profile, or the window before."""
    max_false_alarms_per_month: Positive = 1
    """How many alarms chance alone may raise in 30 days."""


class PredictionMonitor(_Monitor, effect="measure"):
    """Tells whether the answers have changed."""

    kind: Literal["prediction"]
    """Prediction drift."""
    method: Literal["auto", "ks", "chiSquare", "psi", "jensenShannon", "wasserstein"] = "auto"
    """The statistic; `auto` chooses by problem."""
    max: Threshold | None = None
    """The greatest value allowed; default: from the statistic's null distribution."""
    reference: Literal["training", "previous"] = "training"
    """Held against the serving revision's training profile, or the window before."""
    max_false_alarms_per_month: Positive = 1
    """How many alarms chance alone may raise in 30 days."""


class ConceptMonitor(Bounds, _Named, effect="measure", constraints=(*CHECK, constraints.watched_against_another)):
    """Tells whether the model is still right; it needs labels, so it knows their delay."""

    kind: Literal["concept"]
    """Concept drift."""
    window: Compiles[Duration]
    """How much of the labelled log one run looks at."""
    every: Compiles[Duration] | None = None
    """How often it runs; default: its window."""
    confidence: Confidence | None = None
    """One-sided level above 50 % at which the whole interval lies outside to alarm; without it the value decides."""
    min_samples: Count = 100
    """Labelled predictions below which there is no verdict."""


Monitor = Annotated[DataMonitor | PredictionMonitor | ConceptMonitor, Field(discriminator="kind")]


class Slo(SpecModel, effect="compile", constraints=(constraints.threshold_for_latency,)):
    """A service level objective, after OpenSLO."""

    name: Name
    """What alerts call it."""
    sli: Literal["availability", "latency"]
    """The share of answers that are no errors, or that come in time."""
    threshold: Duration | None = None
    """With `latency`: in time means within this."""
    target: PositiveRatio
    """The share that must be good."""
    window: Duration
    """Over how long."""


class Alert(SpecModel, effect="compile"):
    """Who hears of it."""

    for_: Annotated[Name, Field(alias="for")]
    """A monitor or an objective."""
    severity: Literal["page", "ticket"]
    """Somebody is woken, or somebody looks at it in working hours."""


class Monitoring(SpecModel, effect="measure"):
    """What is watched once the model serves."""

    predictions: Predictions
    """The log of what the model answered."""
    monitors: Items[Monitor] = ()
    """What is watched on the log."""
    slos: Items[Slo] = ()
    """What callers may expect."""
    alerts: Items[Alert] = ()
    """Who hears of it."""
