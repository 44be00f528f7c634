"""How often a guard rolls a candidate back, by what is true of it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, NamedTuple

from lifespec_compiler.statistics.arrivals import Windows, below, rollback_chance, window_failure
from lifespec_compiler.statistics.sequential import Claim

from .windows import Expected, windows_of

if TYPE_CHECKING:
    from lifespec_compiler.plan import Plan


class Watch(NamedTuple):
    """A bound of a guard, with all that its chances depend on. Times in seconds."""

    claim: Claim
    window: float
    least: int
    """Requests below which a window has no data."""
    limit: int
    """Windows that may fail; one more rolls back."""
    needs_data: bool
    """Whether a window without data rolls back."""
    is_rate: bool
    """Whether requests in a second are held against the bound, and not a share of them."""
    delay: float = 0.0
    """Until what is counted of a request is known."""
    known: float = 1.0
    """The share of requests of which it ever is."""


class Truth(NamedTuple):
    """The shares of the candidate's and of stable's requests that have what is counted."""

    candidate: float
    stable: float


class Chances:
    """The chances of guards in the rollouts of one plan."""

    def __init__(self, plan: Plan) -> None:
        self._plan = plan
        self._windows: dict[tuple[float, float, float], tuple[Mapping[Expected, int], ...]] = {}
        self._failing: dict[tuple[Watch, Truth, Expected], float] = {}

    def windows(self, watch: Watch) -> tuple[Mapping[Expected, int], ...]:
        """What the windows of the rollout get, by the hour of the day in which it begins."""
        key = (watch.window, watch.delay, watch.known)
        if key not in self._windows:
            self._windows[key] = windows_of(self._plan, *key)
        return self._windows[key]

    def rollback(self, watch: Watch, truth: Truth | None) -> float:
        """The chance that the guard rolls back a candidate in a rollout that begins at any hour of the day.

        Without a truth: because a window has no data.
        """
        known: dict[Expected, tuple[float, float]] = {}
        total, starts = 0.0, self.windows(watch)
        for windows in starts:
            found = []
            for one, number in windows.items():
                if one not in known:
                    known[one] = self._fails(watch, truth, one) if truth else 0.0, _silent(watch, one)
                found.append(Windows(*known[one], number))
            total += rollback_chance(found, watch.limit)
        return total / len(starts)

    def _fails(self, watch: Watch, truth: Truth, window: Expected) -> float:
        key = (watch._replace(limit=0, needs_data=False), truth, window)
        if key not in self._failing:
            self._failing[key] = _failing(watch, truth, window)
        return self._failing[key]


def _failing(watch: Watch, truth: Truth, window: Expected) -> float:
    claim = watch.claim
    if watch.is_rate:
        bound = claim.offset * watch.window
        return (
            below(bound, window.candidate) if claim.side == "atLeast" else 1 - below(int(bound) + 1, window.candidate)
        )
    if claim.slope and window.stable <= 0:
        return 0.0
    return window_failure(claim, window.candidate, truth.candidate, watch.least, window.stable, truth.stable)


def _silent(watch: Watch, window: Expected) -> float:
    return below(max(1, watch.least), window.candidate) if watch.needs_data else 0.0
