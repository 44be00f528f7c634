"""The status of a ModelLifecycle in the cluster: a view for people and tools, never a source of truth."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from lifespec_schema.spec.base import SpecModel
from lifespec_schema.spec.types import Digest, Name, Natural, ObjectName, Stream

from .decision import Phase
from .types import Revision, Timestamp


class NamedRevision(Revision):
    """A revision, and what people call it."""

    version: Name | None = None
    """The ModelVersion's name."""


class Condition(SpecModel):
    """One aspect of the state, as Kubernetes tools read it."""

    type: Annotated[str, Field(pattern=r"^[A-Za-z]{1,64}$", max_length=64)]
    """`Ready`, `Reconciling` and `Stalled` (kstatus), and what else is worth a condition."""
    status: Literal["True", "False", "Unknown"]
    """Whether it holds."""
    reason: Annotated[str, Field(pattern=r"^[A-Za-z]([A-Za-z0-9_]{0,126}[A-Za-z0-9])?$", max_length=128)]
    """One word for programs."""
    message: Annotated[str, Field(max_length=4096)]
    """A sentence for people."""
    last_transition_time: Timestamp
    """When `status` changed last."""
    observed_generation: Natural | None = None
    """The generation that it speaks of."""


class LifecycleStatus(SpecModel):
    """What the ledger and the observed objects say."""

    observed_generation: Natural | None = None
    """The generation that the agent has seen."""
    plan_hash: Digest | None = None
    """The plan that is in force."""
    phase: Phase | None = None
    """Where the open rollout stands, or how the last one ended."""
    rollout: ObjectName | None = None
    """The open rollout."""
    run: Stream | None = None
    """The open training run."""
    stable: NamedRevision | None = None
    """The revision that serves."""
    candidate: NamedRevision | None = None
    """The revision that wants to."""
    weight: Annotated[int, Field(ge=0, le=100, strict=True)] | None = None
    """The candidate's share of traffic, in per cent."""
    sequence: Natural | None = None
    """The last entry of the ledger that this view shows."""
    conditions: Annotated[tuple[Condition, ...], Field(max_length=16)] = ()
    """Conditions, by type."""
