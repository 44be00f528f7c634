"""What the model sees of a row."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BeforeValidator, Field

from lifespec_schema.values import constraints, sugar

from .base import SpecModel
from .types import Count, Documents, Duration, Name, NonEmpty, Number, Reference, Scalar, Text, Uri


class PlainTransform(SpecModel, effect="measure"):
    """A transformation without parameters; whatever it learns, it learns on the training split only."""

    kind: Literal["none", "standardize", "minMax", "log1p", "oneHot", "ordinal", "frequency"]
    """Scaling for numbers, encoding for categories."""


class BucketTransform(SpecModel, effect="measure"):
    """A number becomes the index of its bucket."""

    kind: Literal["bucketize"]
    """Cut at boundaries."""
    boundaries: NonEmpty[Number]
    """The boundaries, rising."""


class HashTransform(SpecModel, effect="measure"):
    """A category becomes the index of its hash."""

    kind: Literal["hash"]
    """Hash into a fixed number of buckets."""
    buckets: Count
    """How many buckets."""


class ImputeTransform(SpecModel, effect="measure", constraints=(constraints.constant_when_constant,)):
    """A missing value is replaced."""

    kind: Literal["impute"]
    """Fill what is missing."""
    value: Literal["mean", "median", "mostFrequent", "constant"]
    """By what, learned on the training split."""
    constant: Scalar | None = None
    """With `constant`: the value itself."""


Transform = Annotated[PlainTransform | BucketTransform | HashTransform | ImputeTransform, Field(discriminator="kind")]


class Online(SpecModel, effect="decide"):
    """Where the feature comes from when the model serves."""

    source: Documents[Uri]
    """The feature store's view."""
    p99: Duration
    """How long fetching it takes at the 99th percentile."""
    group: Name | None = None
    """Features of one group are fetched one after the other, groups in parallel; default: each alone."""
    freshness: Duration | None = None
    """How old the served value may be."""


class FeatureModel(SpecModel, effect="measure"):
    """One input of the model."""

    name: Name
    """The feature's name."""
    column: Reference
    """The column it is made of."""
    transform: Transform | None = None
    """What is done to the column."""
    hypothesis: Documents[Text] | None = None
    """Why it should help."""
    online: Online | None = None
    """Where it comes from when the model serves."""


Feature = Annotated[FeatureModel, BeforeValidator(sugar.feature)]
