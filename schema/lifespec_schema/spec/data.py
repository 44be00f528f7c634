"""What the data must be like: sources with their contracts, labels, splits, readiness."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BeforeValidator, Field

from lifespec_schema.values import constraints, sugar

from .base import OnlyIn, SpecModel
from .sources import Source
from .types import (
    Count,
    Documents,
    Duration,
    File,
    Natural,
    PositiveRatio,
    Ratio,
    Reference,
    Threshold,
)


class LabelDelay(SpecModel, effect="measure", constraints=(constraints.p50_below_p95,)):
    """How long after the prediction the label is known."""

    p50: Duration | None = None
    """Half of the labels are known after this."""
    p95: Duration
    """Nearly all labels are known after this; a test that needs labels waits for it."""


class Agreement(SpecModel, effect="measure", constraints=(constraints.raters_differ,)):
    """How well raters must agree."""

    metric: Literal["cohenKappa"] = "cohenKappa"
    """The agreement metric."""
    min: Threshold
    """The least agreement; of several raters each two must reach it."""
    raters: Annotated[tuple[Reference, ...], Field(min_length=2, max_length=8)] | None = None
    """The columns with the labels that the raters gave, all of one source; without them nothing is measured."""


class Labels(SpecModel, effect="measure"):
    """The truth that predictions are held against."""

    column: Reference
    """The column with the label."""
    method: Documents[Literal["observed", "annotated", "derived"]] = "observed"
    """Whether the world tells the label, people write it, or a rule makes it."""
    delay: LabelDelay | None = None
    """How long after the prediction the label is known; without it labels are known at once."""
    share: PositiveRatio | None = None
    """The share of predictions that ever get a label; default: all."""
    base_rate: PositiveRatio | None = None
    """The share of positives, where it is known."""
    agreement: Agreement | None = None
    """How well raters must agree."""


class _Shares(SpecModel, effect="measure", constraints=(constraints.shares_add_up,)):
    train: PositiveRatio
    """The share to learn from."""
    validation: PositiveRatio
    """The share to choose models and thresholds on."""
    test: PositiveRatio
    """The share to judge on; a trainer never sees it."""
    seed: Natural = 0
    """The seed of the assignment."""


class RandomSplits(_Shares, effect="measure"):
    """Rows are assigned by a hash of their key."""

    strategy: Literal["random"] = "random"
    """By chance, repeatably."""


class StratifiedSplits(_Shares, effect="measure"):
    """As random, with equal shares of each value of a column in each split."""

    strategy: Literal["stratified"]
    """By chance within each value."""
    column: Reference
    """The column whose shares are kept; usually the label."""


class GroupSplits(_Shares, effect="measure"):
    """All rows of a group go into one split."""

    strategy: Literal["group"]
    """By group."""
    column: Reference
    """The column that names the group."""


class TemporalSplits(_Shares, effect="measure"):
    """Train on the oldest rows, validate on later ones, test on the newest."""

    strategy: Literal["temporal"]
    """By time."""
    column: Reference
    """The column with the time."""


Splits = Annotated[
    RandomSplits | StratifiedSplits | GroupSplits | TemporalSplits,
    Field(discriminator="strategy"),
    BeforeValidator(sugar.splits),
]


class Readiness(SpecModel, effect="measure"):
    """What the data must have before training is worth its cost."""

    min_labeled_rows: Count | None = None
    """The least number of rows with a label."""
    min_positive_share: Ratio | None = None
    """The least share of positives (classification)."""
    max_missing_share: Ratio | None = None
    """The greatest share of missing values that any feature may have."""
    max_duplicate_share: Ratio | None = None
    """The greatest share of rows that occur twice."""


class Data(SpecModel, effect="measure", constraints=(constraints.some_source,)):
    """Sources with their contracts, labels, splits and readiness."""

    contract_ref: Annotated[File, OnlyIn("authoring")] | None = None
    """An ODCS file: one source for each of its schema objects."""
    sources: Annotated[tuple[Source, ...], Field(max_length=32)] = ()
    """The tables that the model learns from."""
    labels: Labels
    """The truth that predictions are held against."""
    splits: Splits | None = None
    """How rows are divided; default: 70% / 15% / 15% at random."""
    readiness: Readiness | None = None
    """What the data must have before training."""
