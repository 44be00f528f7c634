"""What a model must show, in three tiers: offline, shadow, online."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BeforeValidator, Field

from lifespec_schema.values import constraints, sugar

from .base import SpecModel
from .types import (
    Compiles,
    Confidence,
    Count,
    Duration,
    Items,
    Name,
    NonEmpty,
    Positive,
    PositiveRatio,
    Threshold,
    Weight,
)

CHECK = (constraints.some_bound, constraints.against_with_relative_bound, constraints.min_below_max)

Slices = Annotated[
    tuple[Annotated[tuple[Name, ...], Field(min_length=1, max_length=4)], ...],
    Field(min_length=1, max_length=32),
    BeforeValidator(sugar.slices),
]


class _Named(SpecModel):
    name: Name | None = None
    """What decisions and findings call it; default: `metric[-against-X][-by-slices]`."""


class Bounds(SpecModel):
    """Bounds on a metric: absolute, or against the serving model or a baseline."""

    metric: Name
    """A metric of the catalog, or one of `spec.metrics`."""
    min: Threshold | None = None
    """The least value allowed (inclusive)."""
    max: Threshold | None = None
    """The greatest value allowed (inclusive)."""
    against: Name | None = None
    """What a relative bound compares with: `stable`, or a baseline's name."""
    max_regression: Threshold | None = None
    """How much worse it may be, in the metric's unit."""
    min_improvement: Threshold | None = None
    """How much better it must be, in the metric's unit."""
    max_relative_regression: PositiveRatio | None = None
    """How much worse it may be, relative to the other's value."""


class Check(Bounds, _Named):
    """Bounds on a metric that may have a name."""


class OfflineGate(Check, effect="measure", constraints=CHECK):
    """A gate on the test split."""

    confidence: Confidence | None = None
    """One-sided level above 50 % at which the whole interval lies inside; without it the point value decides."""
    slices: Slices | None = None
    """Judged on each slice too: `[a, b]` is each alone, `[[a, b]]` crosses."""
    min_slice_rows: Count | None = None
    """Rows below which a slice's verdict is Inconclusive; default: 100."""


class LiveGate(Check, effect="decide", constraints=CHECK):
    """A gate on live traffic, judged by an always-valid test from the step's start."""

    confidence: Confidence = 0.95
    """One-sided level of the test, above 50 %."""
    min_samples: Count = 100
    """Samples below which there is no verdict."""


class FairnessCheck(SpecModel, effect="measure", constraints=(constraints.min_or_max, constraints.min_below_max)):
    """A bound on how differently groups are treated."""

    name: Name | None = None
    """What decisions and risks call it; default: `metric-by-attribute`."""
    metric: Name
    """A fairness metric of the catalog."""
    attribute: Name
    """The feature or column whose values are the groups."""
    min: Threshold | None = None
    """The least value allowed (inclusive)."""
    max: Threshold | None = None
    """The greatest value allowed (inclusive)."""
    confidence: Confidence | None = None
    """One-sided level above 50 % at which the whole interval lies inside; without it the point value decides."""


class KindOfFeatures(SpecModel, effect="measure"):
    """All features of a kind."""

    kind: Literal["numeric", "categorical", "all"]
    """Which kind."""


class NamedFeatures(SpecModel, effect="measure"):
    """Some features, by name."""

    kind: Literal["named"]
    """By name."""
    names: NonEmpty[Name]
    """Which ones."""


FeatureSet = Annotated[KindOfFeatures | NamedFeatures, Field(discriminator="kind"), BeforeValidator(sugar.feature_set)]


class _Perturbation(SpecModel, effect="measure", constraints=(constraints.one_regression,)):
    name: Name | None = None
    """What decisions call it; default: `metric-under-perturbation`."""
    features: FeatureSet
    """What is perturbed: `numeric`, `categorical`, `all`, or a list of features."""
    metric: Name
    """The metric that may fall only so far."""
    max_regression: Threshold | None = None
    """How much worse it may be, in the metric's unit."""
    max_relative_regression: PositiveRatio | None = None
    """How much worse it may be, relative to the unperturbed value."""


class GaussianNoise(_Perturbation, effect="measure"):
    """Noise is added to numbers."""

    perturb: Literal["gaussianNoise"]
    """Normal noise."""
    scale: Positive
    """In standard deviations of the feature on the training split."""


class MissingValues(_Perturbation, effect="measure"):
    """Values go missing."""

    perturb: Literal["missingValues"]
    """Values are dropped."""
    share: PositiveRatio
    """The share of values that is dropped."""


class CategoryNoise(_Perturbation, effect="measure"):
    """Categories are mistaken for one another."""

    perturb: Literal["categoryNoise"]
    """Values are swapped for others of the training split."""
    share: PositiveRatio
    """The share of values that is swapped."""


Perturbation = Annotated[GaussianNoise | MissingValues | CategoryNoise, Field(discriminator="perturb")]


class LatencyGate(SpecModel, effect="measure", constraints=(constraints.some_percentile,)):
    """How fast one prediction must be, before the model sees traffic."""

    p50: Duration | None = None
    """The greatest median."""
    p90: Duration | None = None
    """The greatest 90th percentile."""
    p95: Duration | None = None
    """The greatest 95th percentile."""
    p99: Duration | None = None
    """The greatest 99th percentile."""
    batch: Count = 1
    """Rows in one request."""


class Offline(SpecModel, effect="measure"):
    """What is measured on the test split."""

    gates: NonEmpty[OfflineGate]
    """What must hold."""
    fairness: Items[FairnessCheck] = ()
    """How differently groups may be treated."""
    robustness: Items[Perturbation] = ()
    """How far metrics may fall when the input is disturbed."""
    latency: LatencyGate | None = None
    """How fast a prediction must be."""


class Shadow(SpecModel, effect="decide"):
    """The candidate answers copies of live requests; its answers are logged and discarded."""

    mirror: Compiles[Weight]
    """The share of requests that is copied."""
    duration: Duration
    """How long."""
    min_requests: Count | None = None
    """Requests below which there is no verdict."""
    gates: NonEmpty[LiveGate]
    """What must hold."""


class OnlineTier(SpecModel, effect="decide"):
    """The candidate answers a share of live requests."""

    gates: NonEmpty[LiveGate]
    """What must hold in every step of the rollout."""


class Bootstrap(SpecModel, effect="decide"):
    """What a first model, with no stable one to compare with, is held to."""

    relative_gates: Literal["skip", "refuse"] = "skip"
    """`skip`: the absolute gates only; `refuse`: a person decides."""


class Evaluation(SpecModel, effect="measure"):
    """The three tiers."""

    offline: Offline
    """On the test split."""
    shadow: Shadow | None = None
    """On copies of live requests."""
    online: OnlineTier | None = None
    """On a share of live requests."""
    bootstrap: Bootstrap | None = None
    """What a first model is held to."""
