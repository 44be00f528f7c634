"""The `LifecycleRequest`: what people ask of the agent."""

from __future__ import annotations

from typing import Literal

from lifespec_schema.spec.base import SpecModel
from lifespec_schema.spec.types import Label, Name, ObjectName, Stream, Text

from . import constraints
from .types import RecordMetadata


class LifecycleRequestSpec(SpecModel, constraints=(constraints.one_subject,)):
    """What is asked, of what, why and by whom."""

    lifecycle: Label
    """The lifecycle's name."""
    verb: Literal["approve", "abort", "pause", "resume", "retrain", "retry", "break-glass"]
    """What is asked; each verb is authorised by the RBAC verb of this name."""
    rollout: ObjectName | None = None
    """The rollout that is meant."""
    run: Stream | None = None
    """The run that is meant."""
    version: Name | None = None
    """The ModelVersion that is meant."""
    reason: Text
    """Why; recorded in the ledger."""
    by: Text
    """The user's name, as admission saw it."""


class LifecycleRequest(SpecModel):
    """What people ask of the agent; answered with a decision. Immutable."""

    api_version: Literal["lifespec.dev/v1alpha1"]
    """The version of the language."""
    kind: Literal["LifecycleRequest"]
    """The kind of document."""
    metadata: RecordMetadata
    """The request's name."""
    spec: LifecycleRequestSpec
    """What is asked."""
