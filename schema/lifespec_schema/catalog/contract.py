"""The metric library of ODCS, the Open Data Contract Standard. A rule's `unit: percent` makes the count a share."""

from __future__ import annotations

from . import uncertainty
from .facts import EVERY_PROBLEM, Direction, Input, Metric


def _rows(metric: str, title: str, meaning: str, needed: Input, direction: Direction = "decrease") -> Metric:
    return Metric(
        id=metric,
        title=title,
        meaning=meaning,
        problems=EVERY_PROBLEM,
        inputs=(needed,),
        tiers=("contract",),
        direction=direction,
        unit="count",
        low=0,
        high=None,
        per="dataset",
        estimate="share",
        standard=f"ODCS library metric {metric}",
        source="Open Data Contract Standard 3.1.0, Data quality, Metrics",
        uncertainty=uncertainty.NONE,
    )


METRICS = (
    _rows("nullValues", "Null values", "The number of rows whose value is null.", "column"),
    _rows("missingValues", "Missing values", "The number of rows whose value stands for a missing one.", "column"),
    _rows("invalidValues", "Invalid values", "The number of rows whose value breaks the criteria.", "column"),
    _rows("duplicateValues", "Duplicate values", "The number of rows whose value occurred before.", "column"),
    _rows("rowCount", "Row count", "The number of rows.", "rows", "increase"),
)
