"""From time to time an entry tells all that the entries before it do, so that those may be archived."""

from __future__ import annotations

from typing import Final

from .case import Case, Record
from .history import checkpoint_of

ENTRIES: Final = 1000
"""Entries after which there is a new checkpoint, whatever their age."""


def archive(case: Case) -> Record | None:
    """A checkpoint, where nothing is open and the entries since the last are many, or kept long enough."""
    history = case.history
    if history.retained is None or history.rollout is not None or history.run is not None or case.seen.deleting:
        return None
    governance = case.plan.spec.governance
    record = governance.record if governance else None
    aged = record is not None and case.now - history.retained >= record.retention
    if not aged and history.sequence - history.checkpoint < ENTRIES:
        return None
    made = case.entry("checkpoint", reason="older entries may be archived")
    return Record(made.entry._replace(checkpoint=checkpoint_of(history)))
