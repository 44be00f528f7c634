"""What is true of a revision, and what the engine must find out from counts."""

from __future__ import annotations

from dataclasses import dataclass, field
from math import erfc, exp, log, sqrt
from statistics import NormalDist
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from lifespec_schema.records.report import LifecycleReport

NORMAL: Final = NormalDist()
_ROOT: Final = sqrt(2)


@dataclass(slots=True)
class Truth:
    """Of one revision. It may change while the simulation runs; shares are between 0 and 1, times in seconds."""

    error_rate: float = 0.001
    latency: float = 0.04
    """The median; times are distributed log-normally."""
    latency_spread: float = 0.5
    """The standard deviation of the times' logarithms: at 0.5 the 99th percentile is 3.2 times the median."""
    shares: dict[str, float] = field(default_factory=dict)
    """By metric: the share of requests, users or rows that it counts; a mean between 0 and 1 is taken for a share."""
    values: dict[str, float] = field(default_factory=dict)
    """By metric: the value of one that is no share, such as `predictionPsi`."""
    ready_after: float = 120.0
    never_ready: bool = False
    run_takes: float = 600.0
    """Of batch serving: how long a run takes."""
    runs_failing: float = 0.0
    """Of batch serving: the share of runs that fail as a whole."""
    trained_at: float = 0.0
    """Up to when it has seen data: drift from then on is drift to it."""
    offline: LifecycleReport | None = None
    """What an offline evaluation finds; None: it never ends."""

    def slower_than(self, seconds: float) -> float:
        """The share of requests that take longer."""
        if seconds <= 0:
            return 1.0
        return erfc(log(seconds / self.latency) / self.latency_spread / _ROOT) / 2

    def percentile(self, level: float) -> float:
        """The time that a share `level` of the requests takes at most."""
        return self.latency * exp(NORMAL.inv_cdf(level) * self.latency_spread)
