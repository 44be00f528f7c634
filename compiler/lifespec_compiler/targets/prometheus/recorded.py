"""The series that recording rules make of what is scraped: their names and labels.

Dashboards read them. `namespace` and `lifecycle` are on every one. A window is the text of its label, such as `1h`:
with another compliance window than 30 days the others scale with it, so the length stands in a label, not in the name.
"""

from __future__ import annotations

from typing import Final, NamedTuple


class Recorded(NamedTuple):
    """A series that a recording rule makes."""

    name: str
    labels: tuple[str, ...]
    meaning: str


REQUEST_RATE: Final = Recorded(
    "lifespec:slo_requests:rate", ("slo",), "Requests per second that an objective counts; mirrored ones are none."
)
BAD_RATE: Final = Recorded(
    "lifespec:slo_bad_requests:rate", ("slo",), "Those of them per second that were errors, or too slow."
)
BAD_RATIO: Final = Recorded(
    "lifespec:slo_bad_requests:ratio",
    ("slo", "window"),
    "The share of bad requests over a window; no series without requests.",
)
BUDGET: Final = Recorded(
    "lifespec:slo_error_budget:ratio", ("slo",), "The share of requests that may be bad: 1 - target."
)
BUDGET_LEFT: Final = Recorded(
    "lifespec:slo_error_budget_left:ratio",
    ("slo",),
    "What is left of the error budget over the objective's own window: 1 is all, 0 none, less is overspent.",
)

ALL: Final = (REQUEST_RATE, BAD_RATE, BAD_RATIO, BUDGET, BUDGET_LEFT)
