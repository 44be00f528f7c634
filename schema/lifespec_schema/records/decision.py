"""The `LifecycleDecision`: one entry of the ledger."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, Strict

from lifespec_schema.spec.base import SpecModel
from lifespec_schema.spec.types import Count, Digest, Label, Name, Natural, Number, ObjectName, Stream, Text
from lifespec_schema.values import anything

from .report import Counts, Interval
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
JsonText = Annotated[str, Strict(), Field(min_length=2, max_length=anything.LONGEST)]


class Position(SpecModel):
    """Where a rollout or a run stands."""

    phase: Phase
    """The phase."""
    step: Annotated[int, Field(ge=0, le=63, strict=True)] | None = None
    """With `Canary`: the step's number, from 0."""
    weight: Annotated[int, Field(ge=0, le=100, strict=True)] = 0
    """The candidate's share of traffic, in per cent."""


class Cause(SpecModel):
    """A verdict that led to the decision, with all that it rests on."""

    check: Name
    """The check's name in the spec."""
    slice: Text | None = None
    """The slice, as `plan=basic`; without it: all rows."""
    quantity: Literal["difference", "relativeDifference"] | None = None
    """The metric less the other's, or that relative to the other's; without it: the metric itself."""
    spec_path: Text
    """Where the bound stands in the spec, for instance `spec.rollout.guards[0].max`."""
    verdict: Literal["Pass", "Fail", "Inconclusive", "Error"]
    """The verdict."""
    value: Number | None = None
    """The measured value in the metric's unit."""
    samples: Natural | None = None
    """Rows, requests or users that it rests on."""
    counts: Counts | None = None
    """The candidate's counts, where the value is a share of live traffic."""
    stable: Counts | None = None
    """The counts of stable in the same time, where the bound is relative to it."""
    interval: Interval | None = None
    """What the true value may be."""
    evidence: Number | None = None
    """Of a live gate: the logarithm of the evidence that decided; ln(1 / error) is enough."""
    threshold: Number | None = None
    """The bound that it was held against, in the metric's unit."""
    words: Text | None = None
    """The bound as people say it: `at most 0.005 worse than stable`."""
    window: Natural | None = None
    """Of a guard: the number of the window, from the candidate's first traffic."""
    reason: Text | None = None
    """Why it is no Pass, where the numbers do not say it."""
    report: ObjectName | None = None
    """The report with the measurement."""


class Answered(SpecModel):
    """A request that has its answer, or a trigger that fired and was answered."""

    name: Stream
    """The request's or the trigger's name."""
    at: Timestamp
    """When."""


Remembered = Annotated[tuple[Answered, ...], Field(max_length=1024)]


class Checkpoint(SpecModel):
    """What older entries would tell, so that they may be archived; nothing is open when it is made."""

    stable: Revision | None = None
    """The revision that serves."""
    nominated: Revision | None = None
    """The last nomination by Git."""
    refused: Annotated[tuple[Revision, ...], Field(max_length=1024)] = ()
    """Revisions that were rolled back or rejected, the oldest first."""
    answered: Remembered = ()
    """Requests that have their answer, the oldest first."""
    forgotten: Timestamp | None = None
    """Requests of this time or earlier are answered, even where their names are no longer known."""
    fired: Remembered = ()
    """By trigger: the latest time that it fired and was answered."""
    trained: Annotated[tuple[Timestamp, ...], Field(max_length=1024)] = ()
    """When trainings began."""


class LifecycleDecisionSpec(SpecModel):
    """One decision."""

    lifecycle: Label
    """The lifecycle's name."""
    uid: Uid
    """The lifecycle's UID; one that is created again has another. All zeros: there is no cluster."""
    sequence: Count
    """The entry's number in the ledger of this namespace and name, from 1, without gaps."""
    stream: Stream | None = None
    """The rollout or the run that is decided; without it: neither."""
    kind: Literal[
        "nominate",
        "adopt",
        "advance",
        "failure",
        "hold",
        "resume",
        "rollBack",
        "withdraw",
        "reject",
        "finish",
        "train",
        "suppress",
        "answer",
        "breakGlass",
        "retire",
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
    causes: Annotated[tuple[Cause, ...], Field(max_length=512)] = ()
    """The verdicts that led to it."""
    request: ObjectName | None = None
    """The request that it answers."""
    asked: Timestamp | None = None
    """When that was made."""
    run: Stream | None = None
    """The run that a nomination comes from."""
    version: Name | None = None
    """With a nomination by Git: the ModelVersion's name."""
    nominated: Revision | None = None
    """With a nomination by Git: what the spec says, which a changed serving hash moves to stable's model."""
    reason: Text | None = None
    """Why, where no verdict says it."""
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
