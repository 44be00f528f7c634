"""A value with its interval held against a bound."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from .bound import Bound
from .verdict import Outcome

if TYPE_CHECKING:
    from .measurement import Interval


def level_of(confidence: float) -> float:
    """The level of the interval whose two ends are bounds at this one-sided confidence."""
    return 2 * confidence - 1


def held(bound: Bound, value: float, interval: Interval | None, confidence: float | None) -> tuple[Outcome, str]:
    """The outcome, and why it is neither Pass nor Fail.

    Without a confidence the value alone is compared. With one, the whole interval inside the bound is a Pass, the whole
    interval outside a Fail; its level must be the one that the confidence asks for.
    """
    if confidence is None:
        return ("Pass" if bound.holds(value) else "Fail"), ""
    if interval is None:
        return "Inconclusive", "there is no interval"
    wanted = level_of(confidence)
    if not math.isclose(interval.level, wanted, abs_tol=1e-9):
        return "Error", f"the interval has a level of {100 * interval.level:g} %, not of {100 * wanted:g} %"
    if not (math.isfinite(interval.low) and math.isfinite(interval.high) and interval.low <= interval.high):
        return "Error", "the interval is none"
    inside = [bound.holds(end) for end in (interval.low, interval.high)]
    if all(inside):
        return "Pass", ""
    if not any(inside):
        return "Fail", ""
    return "Inconclusive", "the bound lies within the interval"
