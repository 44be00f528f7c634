"""How many requests the windows of a guard get over a rollout. Times in seconds."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Hashable, Iterable, Iterator, Mapping
from functools import lru_cache
from math import ceil
from typing import TYPE_CHECKING, Final, NamedTuple, TypeVar

from lifespec_compiler.daytime import FLAT, factors

from .rollouts import request_rate, rollout_time, share_of_traffic

if TYPE_CHECKING:
    from lifespec_compiler.plan import Plan

HOUR: Final = 3600.0
_APART: Final = 3
"""Hours between the times of day at which a rollout with short windows is taken to begin."""
K = TypeVar("K", bound=Hashable)


class Expected(NamedTuple):
    """What a window is expected to get."""

    candidate: float
    stable: float


NOTHING = Expected(0, 0)


class _Stretch(NamedTuple):
    """A time in which requests come at one rate."""

    begins: float
    ends: float
    hour: int
    """Since the beginning, modulo a day."""
    candidate: float
    """The share of requests that the candidate answers."""
    stable: float


def hours(plan: Plan) -> tuple[float, ...]:
    """By hour of the day, how many times the mean arrives; flat where the spec does not say what the quietest hour has.

    The peak is as far above the mean as the quietest hour is below, where that is not said.
    """
    traffic = plan.spec.traffic
    if traffic is None or traffic.daily_minimum_rps is None:
        return FLAT
    return _day(traffic.rps, traffic.daily_minimum_rps, traffic.peak_rps)


@lru_cache(maxsize=64)
def _day(rps: float, quietest: float, peak: float | None) -> tuple[float, ...]:
    least = quietest / rps
    return factors(least, peak / rps if peak is not None else 2 - least)


def windows_of(plan: Plan, window: float, delay: float = 0.0, known: float = 1.0) -> tuple[Mapping[Expected, int], ...]:
    """For hours at which the rollout may begin: what its windows get, and how many of them get so much.

    A share `known` of the requests is counted, so much later. The rollout lasts as long as its holds. In a day that is
    not flat, windows of up to an hour get what comes in the hour in which their middle lies.
    """
    day, rate = hours(plan), (request_rate(plan) or 0) * known
    stretches = list(_stretches(plan, hourly=day is not FLAT))
    number = int(rollout_time(plan) / window * (1 + 1e-9))
    if day is FLAT:
        return (_tallied(_exact(stretches, (rate,) * len(day), window, delay, number)),)
    apart = 1 if window > HOUR else _APART  # with long windows it matters where they begin
    starts = [tuple(rate * each for each in (*day[start:], *day[:start])) for start in range(0, len(day), apart)]
    if window > HOUR:
        return tuple(_tallied(_exact(stretches, rates, window, delay, number)) for rates in starts)
    middles = _tallied(_middles(stretches, window, delay, number))
    return tuple(
        _tallied(
            (Expected(rates[hour] * candidate * window, rates[hour] * stable * window), times)
            for (hour, candidate, stable), times in middles.items()
        )
        for rates in starts
    )


def _tallied(found: Iterable[tuple[K, int]]) -> dict[K, int]:
    """How many there are of each."""
    counts: dict[K, int] = {}
    for each, times in found:
        if times:
            counts[each] = counts.get(each, 0) + times
    return counts


def _stretches(plan: Plan, *, hourly: bool) -> Iterator[_Stretch]:
    now = 0.0
    for stage in plan.stages:
        ends = now + stage.hold
        while now < ends:
            hour = int(now // HOUR)
            stop = min(ends, (hour + 1) * HOUR) if hourly else ends
            yield _Stretch(now, stop, hour % 24, share_of_traffic(plan, stage), 1 - stage.weight / 100)
            now = stop


def _middles(
    stretches: list[_Stretch], window: float, delay: float, number: int
) -> Iterator[tuple[tuple[int, float, float], int]]:
    """Windows by the hour, since the beginning, and the shares of the stretch in which their middle lies."""
    first = last = _first(delay, window, number)
    yield (0, 0.0, 0.0), first
    for _, ends, hour, candidate, stable in stretches:
        last = _first(ends + delay, window, number)
        yield (hour, candidate, stable), last - first
        first = last


def _first(time: float, window: float, number: int) -> int:
    """The first window whose middle does not lie before a time."""
    return min(number, max(0, ceil(time / window - 0.5 - 1e-9)))


def _exact(
    stretches: list[_Stretch], rates: tuple[float, ...], window: float, delay: float, number: int
) -> Iterator[tuple[Expected, int]]:
    """Each window by what comes from its beginning to its end."""
    begins = [each.begins for each in stretches]
    sums = [NOTHING]
    for each in stretches:
        arrived, (candidate, stable) = rates[each.hour] * (each.ends - each.begins), sums[-1]
        sums.append(Expected(candidate + each.candidate * arrived, stable + each.stable * arrived))

    def until(time: float) -> Expected:
        if time <= 0:
            return NOTHING
        index = bisect_right(begins, time) - 1
        each, (candidate, stable) = stretches[index], sums[index]
        arrived = rates[each.hour] * (min(time, each.ends) - each.begins)
        return Expected(candidate + each.candidate * arrived, stable + each.stable * arrived)

    before = until(-delay)
    for end in range(1, number + 1):
        after = until(end * window - delay)
        less = after.candidate - before.candidate, after.stable - before.stable
        yield Expected(*(float(f"{each:.6g}") for each in less)), 1
        before = after
