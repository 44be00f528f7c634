"""What comes of holding one measured value against one bound."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Final, Literal, NamedTuple

from lifespec_schema.findings import Path, Severity

from .bound import Bound

if TYPE_CHECKING:
    from .measurement import Interval

Outcome = Literal["Pass", "Fail", "Inconclusive", "Error"]
"""The bound holds; it does not; what was measured cannot tell; nothing was measured that could."""

Quantity = Literal["difference", "relativeDifference"]
"""The metric less the other's, or that relative to the other's."""

WORST_FIRST: Final[tuple[Outcome, ...]] = ("Fail", "Error", "Inconclusive")


class Verdict(NamedTuple):
    """A bound of a check, held against what was measured for it: of all rows, or of a slice."""

    check: str
    slice: str | None
    """As the report has it: `plan=basic`; None: all rows."""
    outcome: Outcome
    value: float | None
    """In the unit of the threshold; None where nothing was measured."""
    samples: int
    interval: Interval | None
    threshold: Bound
    words: str
    """The threshold for people: `at most 0.005 worse than stable`."""
    path: Path
    """Where the threshold is written in the spec."""
    reason: str
    """Why it is no Pass, as a sentence without capital and full stop; empty where the numbers say it all."""
    quantity: Quantity | None = None
    """What the value is of; None: of the metric itself."""
    severity: Severity = Severity.ERROR
    """What a Fail of it means for the whole."""


def overall(verdicts: Iterable[Verdict], least: Severity = Severity.ERROR) -> Outcome:
    """The verdict on the whole: the worst of those at or above a severity.

    A Fail is worse than an Error, since nothing that is measured later takes it back. No verdicts are no Pass.
    """
    found = [verdict.outcome for verdict in verdicts if verdict.severity.rank >= least.rank]
    for outcome in WORST_FIRST:
        if outcome in found:
            return outcome
    return "Pass" if found else "Inconclusive"
