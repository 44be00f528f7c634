"""The `LifecycleDecision`: one entry of the ledger."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, Strict

from lifespec_schema.spec.base import SpecModel
from lifespec_schema.spec.types import Count, Digest, Items, Label, Name, Natural, Number, ObjectName, Text

from .report import Interval
from .types import RecordMetadata, Revision, Timestamp, Uid

Phase = Literal[
    "Queued",
    "Training",
    "Evaluating",
    "Nominated",
    "Suppressed",
    "Offline",
    "Shadow",
    "Canary",
    "Promoting",
    "Done",
    "RollingBack",
    "RolledBack",
    "Rejected",
    "Held",
]
JsonText = Annotated[str, Strict(), Field(min_length=2, max_length=65536)]


class Position(SpecModel):
    """Where a rollout or a run stands."""

    phase: Phase
    """The phase."""
    step: Annotated[int, Field(ge=0, le=63, strict=True)] | None = None
    """With `Canary`: the step's number, from 0."""
    weight: Annotated[int, Field(ge=0, le=100, strict=True)] | None = None
    """The candidate's share of traffic, in per cent."""


class Cause(SpecModel):
    """A verdict that led to the decision, with all that it rests on."""

    check: Name
    """The check's name in the spec."""
    spec_path: Text
    """Where the check stands in the spec, for instance `spec.rollout.guards[0]`."""
    verdict: Literal["Pass", "Fail", "Inconclusive", "Error"]
    """The verdict."""
    value: Number | None = None
    """The measured value in the metric's unit."""
    samples: Natural | None = None
    """Rows, requests or users that it rests on."""
    interval: Interval | None = None
    """What the true value may be."""
    threshold: Number | None = None
    """The bound that it was held against, in the metric's unit."""
    report: ObjectName | None = None
    """The report with the measurement."""


class Nomination(SpecModel):
    """What was last nominated, and by whom."""

    by: Literal["git", "run", "request"]
    """Who nominated it."""
    revision: Revision
    """What was nominated."""


class Checkpoint(SpecModel):
    """What older entries would tell, so that they may be archived."""

    stable: Revision | None = None
    """The revision that serves."""
    nominations: Items[Nomination] = ()
    """The last nomination of each kind."""
    triggers: Annotated[tuple[Name, ...], Field(max_length=512)] = ()
    """The ids of the triggers that have had their training."""


class LifecycleDecisionSpec(SpecModel):
    """One decision."""

    lifecycle: Label
    """The lifecycle's name."""
    uid: Uid
    """The lifecycle's UID."""
    sequence: Count
    """The entry's number in the ledger of this namespace and name, from 1, without gaps."""
    stream: ObjectName | None = None
    """The rollout or the run that is decided; without it: neither."""
    kind: Literal[
        "nominate",
        "adopt",
        "advance",
        "failure",
        "hold",
        "resume",
        "rollBack",
        "reject",
        "finish",
        "train",
        "suppress",
        "answer",
        "checkpoint",
    ]
    """What is decided; `failure` records a failing window of a guard, `answer` a request that changes nothing."""
    from_: Annotated[Position | None, Field(alias="from")] = None
    """Where the stream stood."""
    to: Position | None = None
    """Where it goes."""
    revision: Revision | None = None
    """The revision that is decided."""
    policy_hash: Digest
    """The policy that it was judged by."""
    plan_hash: Digest
    """The plan that was in force."""
    causes: Items[Cause] = ()
    """The verdicts that led to it."""
    request: ObjectName | None = None
    """The request that it answers."""
    policy: JsonText | None = None
    """The entry that opens a rollout: its policy, as JSON text, so that it can be judged whatever the plan becomes."""
    checkpoint: Checkpoint | None = None
    """What older entries would tell."""
    at: Timestamp
    """When it was decided."""


class LifecycleDecision(SpecModel):
    """One entry of the ledger: recorded before it is carried out. Immutable."""

    api_version: Literal["lifespec.dev/v1alpha1"]
    """The version of the language."""
    kind: Literal["LifecycleDecision"]
    """The kind of document."""
    metadata: RecordMetadata
    """`<lifecycle>-<sequence>`."""
    spec: LifecycleDecisionSpec
    """The decision."""
