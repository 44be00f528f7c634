"""How the data move, and which alarms the monitors raise on it."""

from __future__ import annotations

from math import cos, inf, pi
from random import Random
from typing import TYPE_CHECKING, Final

from lifespec_compiler.engine.observation import Alarm
from lifespec_compiler.plan import Monitor, Plan

from .truth import NORMAL

if TYPE_CHECKING:
    from lifespec_schema.scenario import DriftPath

_MONTH: Final = 30 * 86400
_CONCEPT: Final = 3.0
"""How many standard deviations of its noise the bound of a monitor of quality lies from a healthy value."""
_POINTS: Final = 8
"""At how many moments a window is looked at."""


class Drift:
    """How far the data are from where they began; 1 lies at the bounds of the monitors."""

    def __init__(self, paths: tuple[DriftPath, ...], began: float, rollout: float) -> None:
        self._paths = [(path, began + (path.at.within(rollout) if path.at else 0.0)) for path in paths]

    def at(self, now: float, what: str) -> float:
        """Of the data, or of the concept, at a time."""
        return sum(_of(path, now - begins) for path, begins in self._paths if path.of in (what, "all"))

    def over(self, since: float, until: float, what: str) -> float:
        """The mean over a stretch of time."""
        if not self._paths:
            return 0.0
        length = (until - since) / _POINTS
        return sum(self.at(since + (point + 0.5) * length, what) for point in range(_POINTS)) / _POINTS


def _of(path: DriftPath, elapsed: float) -> float:
    if elapsed < 0:
        return 0.0
    if path.kind == "sudden" or not path.over:
        return path.by
    if path.kind == "gradual":
        return path.by * min(1.0, elapsed / path.over)
    return path.by * (1 - cos(2 * pi * elapsed / path.over)) / 2


class Monitors:
    """The plan's monitors: each looks at its window whenever it runs.

    What a monitor measures is normal around the drift in its window, with a spread at which chance alone raises as
    many alarms as the spec allows; a drift of 1 lies at its bound, and is found by one look in two.
    """

    def __init__(self, plan: Plan, drift: Drift, began: float, random: Random) -> None:
        self._drift, self._random = drift, random
        self._delay = label_delay(plan)
        self._monitors = [_watch(plan, monitor) for monitor in plan.monitors]
        self._next = [began + monitor.every for monitor, _, _ in self._monitors]
        self.next = min(self._next, default=inf)
        """When one of them runs next."""

    def run(self, now: float, trained_at: float) -> list[Alarm]:
        """The verdicts of those that run now, on a model that has seen data up to a time."""
        found = []
        for index, (monitor, deviations, previous) in enumerate(self._monitors):
            if self._next[index] > now:
                continue
            until = self._next[index]
            self._next[index] = until + monitor.every
            drift = self._seen(monitor, until, trained_at, previous=previous)
            chance = NORMAL.cdf(deviations * (drift - 1))
            found.append(Alarm(monitor.name, until, "Fail" if self._random.random() < chance else "Pass"))
        self.next = min(self._next, default=inf)
        return found

    def _seen(self, monitor: Monitor, until: float, trained_at: float, *, previous: bool) -> float:
        """How much of the drift a monitor sees."""
        what = "concept" if monitor.kind == "concept" else "data"
        end = until - (self._delay if monitor.kind == "concept" else 0.0)
        now = self._drift.over(end - monitor.window, end, what)
        if previous:
            return abs(now - self._drift.over(end - 2 * monitor.window, end - monitor.window, what))
        return abs(now - self._drift.at(trained_at, what))


def label_delay(plan: Plan) -> float:
    """After this, nearly all labels are known; where the labels do not say, the contract's word on their column."""
    delay, column = plan.spec.data.labels.delay, plan.column(plan.spec.data.labels.column)
    return delay.p95 if delay else column.available_after if column else 0.0


def _watch(plan: Plan, monitor: Monitor) -> tuple[Monitor, float, bool]:
    """A monitor, how many standard deviations its bound lies from no drift, and whether it compares with the last."""
    written = plan.at(monitor.path)
    if monitor.kind == "concept":
        return monitor, _CONCEPT, False
    share = min(0.5, written.max_false_alarms_per_month * monitor.every / _MONTH)
    return monitor, NORMAL.inv_cdf(1 - share) if share < 0.5 else 0.0, written.reference == "previous"
