"""Cross-field rules of the documents that the cluster exchanges; people write none of them."""

from __future__ import annotations

from typing import Any

from lifespec_schema.values.constraints import CEL, constraint, given, has

__all__ = ["CEL", "good_within_total", "low_not_above_high", "one_subject"]


@constraint("self.low <= self.high", "`low` is above `high`", "an interval goes from its lower to its upper end")
def low_not_above_high(interval: Any) -> bool:
    """An interval may be a point, but not upside down."""
    return bool(interval.low <= interval.high)


@constraint("self.good <= self.total", "`good` is above `total`", "`total` counts the good ones too")
def good_within_total(counts: Any) -> bool:
    """A part is no more than the whole."""
    return bool(counts.good <= counts.total)


@constraint(
    f"{has('rollout', 'run', 'version')} == (self.verb == 'retrain' ? 0 : 1)",
    "a request names exactly one of `rollout`, `run` and `version`; `retrain` names none",
    "name what is meant, so that a request that comes late cannot touch anything else",
)
def one_subject(request: Any) -> bool:
    """A request is about one thing; a retrain starts a new one."""
    return given(request, "rollout", "run", "version") == (0 if request.verb == "retrain" else 1)
