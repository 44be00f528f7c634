"""What a plan requires of what is measured: one bound of one check."""

from __future__ import annotations

from typing import NamedTuple

from lifespec_schema.findings import Path, Severity

from .bound import Bound
from .verdict import Outcome, Quantity


class Requirement(NamedTuple):
    """A bound that measured values are held to."""

    check: str
    """The name under which reports have its values."""
    path: Path
    """Where the bound is written."""
    bound: Bound
    words: str
    """The bound for people."""
    severity: Severity = Severity.ERROR
    quantity: Quantity | None = None
    against: str | None = None
    """What a difference is to: `stable`, or a baseline's name."""
    confidence: float | None = None
    """One-sided; None: the value alone is compared."""
    slices: tuple[tuple[str, ...], ...] = ()
    """Names whose values divide the rows; the bound is held on each part too."""
    declared: tuple[str, ...] = ()
    """The slices that there must be, whatever the data."""
    smallest_slice: int = 1
    """Rows of a slice below which there is no telling."""
    reach: tuple[float | None, float | None] = (None, None)
    """What the value can be at all: the least and the greatest; None: open."""
    without_value: Outcome = "Error"
    """What it means that there was nothing to measure."""
