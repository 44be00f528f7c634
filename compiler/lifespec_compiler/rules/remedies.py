"""The smallest changes of a guard with which healthy candidates stay and bad ones still go."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from itertools import islice
from math import floor, log10
from typing import TYPE_CHECKING, Any, Final, NamedTuple, TypeVar

from lifespec_compiler.engine.bounds import claims

from .chances import Chances, Truth, Watch
from .rollouts import exceeds, live_time
from .rule import Edit
from .text import duration, ratio

if TYPE_CHECKING:
    from lifespec_compiler.plan import Check, Plan

ALLOWED: Final = 0.01
"""The share of healthy candidates that guards may roll back, all together."""
CAUGHT: Final = 0.95
"""The share of candidates that are twice as bad as allowed which a guard must roll back."""
_MINUTE, _HOUR, _DAY = 60.0, 3600.0, 86400.0
_LENGTHS: Final = (
    *(_MINUTE * each for each in (1, 2, 3, 5, 10, 15, 20, 30, 45)),
    *(_HOUR * each for each in (1, 1.5, 2, 3, 4, 6, 8, 12)),
    *(_DAY * each for each in (1, 1.5, 2, 3, 4, 5, 7, 10, 14)),
)
_SAMPLES: Final = tuple(digit * 10**power for power in range(1, 6) for digit in (1, 2, 5))
_LIMITS: Final = 10
"""How much higher a limit is tried."""
_STEPS: Final = 30
"""How many bounds are tried, each in its second digit."""
_ATTRIBUTES: Final = {
    "min": "min",
    "max": "max",
    "maxRegression": "max_regression",
    "minImprovement": "min_improvement",
    "maxRelativeRegression": "max_relative_regression",
}
T = TypeVar("T")


class Way(NamedTuple):
    """A change that works."""

    told: str
    edit: Edit | None


def remedies(
    plan: Plan, chances: Chances, check: Check, key: str, watch: Watch, truth: Truth | None, allowed: float
) -> list[Way]:
    """The smallest change of each kind that works alone, for one bound of a guard.

    Without a truth, of a guard that wants data: nothing is known then of what breaks its bound.
    """

    def works(changed: Watch) -> bool:
        time = live_time(plan) - watch.delay
        if exceeds(changed.window * (changed.limit + 1), time) or chances.rollback(changed, truth) > allowed:
            return False
        return truth is None or watch.is_rate or chances.rollback(changed, _bad(changed, truth)) >= CAUGHT

    def way(key: str, value: str, edited: object = None) -> Way:
        return Way(f"`{key}: {value}`", Edit(f"`{key}: {value}`", (*check.path, key), edited or value))

    higher = (watch._replace(limit=watch.limit + more) for more in range(1, _LIMITS + 1))
    bounds = _first(lambda bound: works(_bounded(check, key, watch, bound)), _looser(check, key, watch))
    return [
        *(way("onNoData", "hold") for each in [watch._replace(needs_data=False)] if watch.needs_data and works(each)),
        *(way("window", duration(each.window)) for each in _first(works, _longer(watch))),
        *(way(key, f"{each:g}", each) if watch.is_rate else way(key, ratio(each)) for each in bounds),
        *(Way(f"`analysis.failureLimit: {each.limit}` for all guards", None) for each in _first(works, higher)),
        *(way("minSamples", f"{each.least}", each.least) for each in _first(works, _samples(watch))),
    ]


def _first(works: Callable[[T], bool], changes: Iterable[T]) -> Iterator[T]:
    """The first that works, if one does."""
    return islice(filter(works, changes), 1)


def _longer(watch: Watch) -> Iterator[Watch]:
    return (watch._replace(window=each) for each in _LENGTHS if each > watch.window)


def _samples(watch: Watch) -> Iterator[Watch]:
    """More samples where a window without data changes nothing; fewer where it rolls back."""
    more = (each for each in _SAMPLES if each > watch.least)
    fewer = (each for each in reversed(_SAMPLES) if each < watch.least)
    return (watch._replace(least=each) for each in (fewer if watch.needs_data else more) if not watch.is_rate)


def _looser(check: Check, key: str, watch: Watch) -> Iterator[float]:
    """Bounds of two digits ever further from what is promised; none for a time, since its share is not known."""
    written = getattr(check, _ATTRIBUTES[key])
    if check.metric is None or (check.metric.catalog and check.metric.catalog.percentile is not None) or written <= 0:
        return
    above = key == "min" and not watch.is_rate  # what may be missing to 1 grows
    falls = watch.is_rate or key == "minImprovement"
    start = 1 - written if above else written
    step = 10.0 ** (floor(log10(start)) - 1)
    for steps in range(1, _STEPS + 1):
        value = start - steps * step if falls else start + steps * step
        if 0 < value < 1 or (watch.is_rate and value > 0):
            yield round(1 - value if above else value, 12)


def _bounded(check: Check, key: str, watch: Watch, bound: float) -> Watch:
    """The watch with another bound, in the unit in which it is written."""
    changed: dict[str, Any] = {_ATTRIBUTES[key]: bound}
    return watch._replace(claim=dict(claims(replace(check, **changed)))[key])


def _bad(watch: Watch, truth: Truth) -> Truth:
    """A candidate that is twice as bad as the bound allows."""
    claim = watch.claim
    if claim.slope:
        bound = claim.offset + claim.slope * truth.stable
        share = truth.stable + 2 * (bound - truth.stable)
    else:
        share = 2 * claim.offset if claim.side == "atMost" else 1 - 2 * (1 - claim.offset)
    return Truth(min(1.0, max(0.0, share)), truth.stable)
