"""How a candidate gets traffic, and what takes it away again."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BeforeValidator, Field

from lifespec_schema.values import constraints, sugar

from .base import SpecModel
from .evaluation import CHECK, Check
from .types import Compiles, Count, Days, Duration, Header, Items, Name, NonEmpty, ObjectName, Weight

Phase = Literal["offline", "shadow", "canary", "promoting"]


class Step(SpecModel, effect="decide", constraints=(constraints.timeout_after_hold,)):
    """A share of traffic, held for a while."""

    name: Name | None = None
    """What findings and waivers call it; default: `step-<n>`."""
    weight: Weight
    """The candidate's share of traffic."""
    hold: Duration
    """How long it is held at least; a Pass counts from then on."""
    timeout: Duration | None = None
    """When an undecided step ends in `onTimeout`; default: twice the hold."""


class Guard(Check, effect="decide", constraints=CHECK):
    """A windowed check for fast harm, watched during the whole rollout."""

    window: Duration
    """The length of one window; windows are disjoint, from the candidate's first traffic."""
    min_samples: Count = 1
    """Samples below which a window is "no data"."""
    on_no_data: Literal["hold", "rollback", "ignore"] | None = None
    """What a window without data does; default: `analysis.onNoData`."""


class Analysis(SpecModel, effect="decide"):
    """How often, how strict, and what when there is nothing to judge."""

    interval: Duration = 60
    """How often gates are looked at."""
    failure_limit: Annotated[int, Field(ge=0, le=1000, strict=True)] = 1
    """Failing windows that a guard may have over the rollout; one more rolls back."""
    on_no_data: Literal["hold", "rollback"] = "hold"
    """What missing data does; never a promotion."""
    on_timeout: Literal["rollback", "hold"] = "rollback"
    """What an undecided step does at its timeout."""


class Assignment(SpecModel, effect="compile", constraints=(constraints.user_needs_header,)):
    """Who sees the candidate."""

    unit: Literal["request", "user"] = "request"
    """Each request by chance, or each user always the same."""
    bucket_header: Header | None = None
    """With `user`: the header in which the caller sends 0 to 99, stable for each user."""


class Approval(SpecModel, effect="decide"):
    """A wait for a person."""

    before: NonEmpty[Phase]
    """The phases that wait."""
    by: ObjectName | None = None
    """The Kubernetes group that may approve; default: `governance.approvers`."""


class _Rollout(SpecModel, effect="decide"):
    via: Compiles[Literal["gatewayApi", "argoRollouts"]] = "gatewayApi"
    """What moves the traffic."""
    assignment: Assignment | None = None
    """Who sees the candidate; default: each request by chance."""
    guards: Items[Guard] = ()
    """What rolls back at once."""
    analysis: Analysis | None = None
    """How often and how strict."""
    approval: Approval | None = None
    """Where a person is asked."""
    freeze: Items[Days] = ()
    """UTC days without nominations and raises; rollbacks always happen."""


class Canary(_Rollout, effect="decide", constraints=(constraints.weights_rise,)):
    """Traffic moves in steps."""

    strategy: Literal["canary"] = "canary"
    """In steps."""
    steps: NonEmpty[Step]
    """The steps, rising."""
    max_exposure: Count | None = None
    """Predictions that a bad candidate may serve before it is caught."""


class BlueGreen(_Rollout, effect="decide"):
    """All traffic moves at once, and the old revision waits beside it."""

    strategy: Literal["blueGreen"]
    """At once, with the old one kept warm."""
    hold: Duration
    """How long the old revision waits."""


class Direct(_Rollout, effect="decide"):
    """All traffic moves at once."""

    strategy: Literal["direct"]
    """At once."""
    hold: Duration
    """How long guards watch."""


class AbTest(_Rollout, effect="decide"):
    """A fixed share for a fixed time, then a decision."""

    strategy: Literal["abTest"]
    """An experiment."""
    weight: Weight
    """The candidate's share of traffic."""
    duration: Duration
    """How long."""


Rollout = Annotated[
    Canary | BlueGreen | Direct | AbTest, Field(discriminator="strategy"), BeforeValidator(sugar.rollout)
]
