"""Cross-field rules of scenarios."""

from __future__ import annotations

from typing import Any

from .constraints import constraint, given, has

__all__ = ["drift_has_time", "lasts_if_repeated", "one_latency", "one_level", "some_change", "some_run"]


@constraint(
    f"{has('timesBound', 'timesStable', 'share')} == 1",
    "how many requests fail is said in none, or in several ways",
    "write one of `timesBound`, `timesStable` and `share`",
)
def one_level(level: Any) -> bool:
    """An error rate is said once."""
    return given(level, "times_bound", "times_stable", "share") == 1


@constraint(
    f"{has('timesBound', 'timesStable', 'median')} == 1",
    "how long answers take is said in none, or in several ways",
    "write one of `timesBound`, `timesStable` and `median`",
)
def one_latency(level: Any) -> bool:
    """A latency is said once."""
    return given(level, "times_bound", "times_stable", "median") == 1


@constraint(
    "!has(self.every) || has(self.lasting)",
    "what comes again must have gone before",
    "say with `lasting` for how long it is so each time",
)
def lasts_if_repeated(change: Any) -> bool:
    """A change that repeats has an end."""
    return change.every is None or change.lasting is not None


@constraint(
    f"{has('stable', 'candidate', 'metrics', 'traffic', 'nominate')} >= 1",
    "nothing becomes different",
    "add `candidate`, `stable`, `metrics`, `traffic` or `nominate`",
)
def some_change(change: Any) -> bool:
    """A change changes something."""
    return given(change, "stable", "candidate", "metrics", "traffic", "nominate") > 0


@constraint(
    f"{has('take', 'fail')} >= 1",
    "how the runs go is not said",
    "add `take` or `fail`",
)
def some_run(level: Any) -> bool:
    """A level says something."""
    return given(level, "take", "fail") > 0


@constraint(
    "self.kind == 'sudden' || has(self.over)",
    "how long the drift takes is not said",
    "add `over`, for instance `over: 365d`",
)
def drift_has_time(drift: Any) -> bool:
    """A drift that is not sudden has a length."""
    return drift.kind == "sudden" or drift.over is not None
