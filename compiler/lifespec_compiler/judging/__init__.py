"""What a report means for a plan: Pass, Fail, Inconclusive or Error, for each bound that the plan has.

One pure function, `judge`, which CI, the simulator and the agent share.
"""

from __future__ import annotations

from .bound import Bound, shown
from .confidence import level_of
from .judge import Expected, judge, judge_measurements, requirements, skipped
from .requirement import Requirement
from .slices import no_slice, slice_names, slice_text, value_text
from .verdict import Outcome, Quantity, Verdict, overall

__all__ = [
    "Bound",
    "Expected",
    "Outcome",
    "Quantity",
    "Requirement",
    "Verdict",
    "judge",
    "judge_measurements",
    "level_of",
    "no_slice",
    "overall",
    "requirements",
    "shown",
    "skipped",
    "slice_names",
    "slice_text",
    "value_text",
]
