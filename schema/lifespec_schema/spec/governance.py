"""Who decides, what is kept, and which findings are waived."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from .base import SpecModel
from .types import Day, Decides, Duration, Items, Name, ObjectName, Text, Word


class Record(SpecModel, effect="decide"):
    """The ledger and the reports."""

    retention: Duration
    """How long they are kept."""


class Governance(SpecModel, effect="document"):
    """Who decides, and what is kept."""

    tier: Annotated[int, Field(ge=1, le=5, strict=True)] | None = None
    """How critical the model is: 1 is the most critical."""
    approvers: Decides[Items[ObjectName]] = ()
    """The Kubernetes groups that may approve."""
    record: Record | None = None
    """How long decisions and reports are kept."""


class Waiver(SpecModel, effect="document"):
    """A finding that the team lives with, for a time."""

    finding: Name
    """The rule's id."""
    at: Name | None = None
    """The name of what it is about; default: wherever the rule finds it."""
    reason: Text
    """Why."""
    owner: Word
    """Who answers for it."""
    expires: Day
    """The last day on which it holds, UTC."""
