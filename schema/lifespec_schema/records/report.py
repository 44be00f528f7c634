"""The `LifecycleReport`: what one measuring run found. Values with their sample sizes, never a verdict."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from lifespec_schema.spec.base import SpecModel
from lifespec_schema.spec.types import (
    Digest,
    Items,
    Label,
    Name,
    Natural,
    Number,
    Stream,
    Text,
    Uri,
    Word,
)

from . import constraints
from .types import Amount, RecordMetadata, Revision, Share, Timestamp, Uid


class Window(SpecModel):
    """The time that was looked at."""

    from_: Annotated[Timestamp, Field(alias="from")]
    """Its start, included."""
    to: Timestamp
    """Its end, excluded."""


class Input(SpecModel):
    """Something that was read."""

    uri: Uri
    """Where it lay."""
    digest: Digest
    """What it was."""


class Interval(SpecModel, constraints=(constraints.low_not_above_high,)):
    """What the true value may be."""

    low: Number
    """The lower end."""
    high: Number
    """The upper end."""
    level: Share
    """The share of such intervals that hold the true value."""
    method: Word
    """How it was computed, for instance `wilson`."""


class Counts(SpecModel, constraints=(constraints.good_within_total,)):
    """The counts that a share is made of; a sum of chances, or an extrapolated series, is not whole."""

    good: Amount
    """How many were good."""
    total: Amount
    """Out of how many."""


class Measurement(SpecModel):
    """What was measured for one check; a bound against another model is one on a difference."""

    check: Name
    """The check's name in the spec."""
    slice: Text | None = None
    """The slice, as `plan=basic`, crossed ones as `plan=basic,age_band=60+`; without it: all rows."""
    quantity: Literal["difference", "relativeDifference"] | None = None
    """The metric less the other's, or that relative to the other's; without it: the metric itself."""
    value: Number | None = None
    """The value in the metric's unit; without it there was nothing to measure."""
    samples: Natural
    """Rows, requests or users that it rests on."""
    rows: Natural | None = None
    """The labelled rows of the slice, of which `samples` may be some only; without it: not a slice."""
    interval: Interval | None = None
    """What the true value may be."""
    counts: Counts | None = None
    """The counts, where the value is a share."""
    reason: Text | None = None
    """Why there is no value, or no interval, where one was wanted."""


class LifecycleReportSpec(SpecModel):
    """What one measuring run found."""

    lifecycle: Label
    """The lifecycle's name."""
    uid: Uid
    """The lifecycle's UID."""
    stream: Stream | None = None
    """The rollout or the run that it belongs to; without it: neither."""
    revision: Revision | None = None
    """The revision that was measured; without it: the data alone."""
    stable: Revision | None = None
    """The stable revision that differences are with; without it: none, or one that nobody named."""
    tier: Literal["offline", "shadow", "online", "monitor", "data"]
    """What was measured: a tier of the evaluation, a monitor on the prediction log, or a data contract."""
    window: Window | None = None
    """The time that was looked at."""
    inputs: Items[Input] = ()
    """What was read, by digest."""
    measurements: Annotated[tuple[Measurement, ...], Field(max_length=512)]
    """One for each check, slice and quantity that its bounds are on."""


class LifecycleReport(SpecModel):
    """What an evaluation, a drift or a data-contract run measured; never a verdict. Immutable."""

    api_version: Literal["lifespec.dev/v1alpha1"]
    """The version of the language."""
    kind: Literal["LifecycleReport"]
    """The kind of document."""
    metadata: RecordMetadata
    """The report's name."""
    spec: LifecycleReportSpec
    """What was measured."""
