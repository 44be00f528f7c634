"""How often windows break a bound by chance when requests arrive by chance too.

Requests arrive independently, so a window's number of them is Poisson distributed around what is expected, and so are,
independently of each other, those that have the property and those that have not. A window of 200 requests that are
expected has now 190, of which 2 are more than 1 %, and now 210, of which 2 are less: with numbers as small as these the
chance is off by many times where the number is taken for fixed.
"""

from __future__ import annotations

from collections.abc import Iterable
from math import ceil, copysign, erfc, exp, lgamma, log, pi, sqrt
from typing import Final, NamedTuple

from .sequential import Claim

_NOTHING: Final = 1e-12
"""A chance that is none."""
_NO_PART: Final = 1e-9
"""A chance that adds nothing to that of a rollout."""
_SUMMED: Final = 30
"""Up to so many the terms of a distribution are summed; beyond, its tail is that of a transformed normal one."""
_MANY: Final = 20.0
_SMOOTH: Final = 0.5
"""With so many events expected, and so large a variance of the bound's number of them, whole numbers do not show."""
_PARTS: Final = range(2, 21)
"""The denominators of bounds that counts meet exactly often enough to matter."""
_DIGITS: Final = 12
"""Of a bound as it is written; what is missing to 1 has no more."""
_NEAR: Final = 0.01
"""A deviate below which the saddlepoint is the mean."""
_POINTS: Final = 24
"""Into how many parts the other's counts are divided where there are more of them."""


class Windows(NamedTuple):
    """Windows that are alike."""

    failing: float
    """The chance that one fails."""
    silent: float
    """The chance that one rolls back at once, since it has no data; 0 where it does not."""
    number: int


def rollback_chance(windows: Iterable[Windows], limit: int) -> float:
    """The chance of more than `limit` failures, or of a single window that rolls back at once."""
    kept = [1.0] + [0.0] * limit
    for failing, silent, number in windows:
        if (failing + silent) * number < _NO_PART:
            continue
        some = _failures(failing, max(0.0, 1 - failing - silent), number, limit)
        kept = [
            sum(kept[total - failed] * some[failed] for failed in range(min(total + 1, len(some))))
            for total in range(limit + 1)
        ]
    return min(1.0, max(0.0, 1 - sum(kept)))


def _failures(failing: float, passing: float, number: int, limit: int) -> list[float]:
    """The chances that so many of the windows fail, and all others pass; up to `limit`."""
    if passing <= 0:
        return [failing**number if failed == number else 0.0 for failed in range(min(limit, number) + 1)]
    if failing <= 0:
        return [passing**number]
    found = []
    for failed in range(min(limit, number) + 1):
        ways = lgamma(number + 1) - lgamma(failed + 1) - lgamma(number - failed + 1)
        found.append(exp(ways + failed * log(failing) + (number - failed) * log(passing)))
        if failed > number * failing and found[-1] < _NOTHING**2:
            break
    return found


def below(count: float, mean: float) -> float:
    """The chance of fewer than `count` where `mean` are expected: Poisson.

    Many of them are counted by the normal distribution of the cube root (Wilson and Hilferty, 1931).
    """
    most = ceil(count) - 1
    if most < 0:
        return 0.0
    if mean <= 0:
        return 1.0
    if most <= _SUMMED:
        term = total = exp(-mean)
        for number in range(1, most + 1):
            term *= mean / number
            total += term
        return min(1.0, total)
    more = most + 1
    deviate = 3 * sqrt(more) * (1 - 1 / (9 * more) - (mean / more) ** (1 / 3))
    return erfc(-deviate / sqrt(2)) / 2


def window_failure(
    claim: Claim, expected: float, share: float, least: int = 1, others: float = 0.0, other_share: float = 0.0
) -> float:
    """The chance that a window in which so many requests are expected breaks the claim.

    `share` is the true one of what the claim counts. With fewer than `least` requests, or none, a window does not
    fail. A claim that compares needs what is expected of the other, of whose requests only the events vary here.
    """
    offset = claim.offset if claim.side == "atMost" else round(1 - claim.offset - claim.slope, _DIGITS)
    events, other_events = (share, other_share) if claim.side == "atMost" else (1 - share, 1 - other_share)
    if not claim.slope:
        return _exceeds(offset, expected, events, least)
    if others <= 0:
        return 0.0
    mean, spread = others * other_events, sqrt(1 - other_events)
    reach = 6 * sqrt(mean) + 6
    first, last = max(0, int(mean - reach)), int(mean + reach)
    width = max(1, (last - first) // _POINTS)
    found = 0.0
    for start in range(first, last + 1, width):
        chance = below(start + width, mean) - below(start, mean)
        if chance > _NOTHING:
            other = (mean + (start + (width - 1) / 2 - mean) * spread) / others
            bound = offset + claim.slope * other
            found += chance * _exceeds(bound, expected, events, least)
    return min(1.0, found)


def _exceeds(bound: float, expected: float, share: float, least: int) -> float:
    """The chance that more than `bound` of a window's requests are events."""
    if bound >= 1 or expected <= 0:
        return 0.0
    least = max(1, least)
    if bound < 0:
        return 1 - below(least, expected)
    if share <= 0 or _at_most(bound, expected, share) < _NOTHING:
        return 0.0
    mean, rest = expected * share, expected * (1 - share)
    if mean > _MANY and rest > _MANY and expected * bound * bound > _SMOOTH:
        return _by_saddlepoint(_between(bound, expected), expected, share) * (1 - below(least, expected))
    seldom = rest - 8 * sqrt(rest) - 20  # fewer others than that never come
    first = max(1, int(mean - 8 * sqrt(mean) - 20), int(seldom * bound / (1 - bound)))
    found = 0.0
    for events in range(first, int(mean + 8 * sqrt(mean) + 20) + 1):
        chance = exp(events * log(mean) - mean - lgamma(events + 1))
        if events > mean and chance < _NOTHING:
            break
        found += chance * max(0.0, below(_fewest(events, bound) - events, rest) - below(least - events, rest))
    return min(1.0, found)


def _between(bound: float, expected: float) -> float:
    """In the middle between a bound that whole numbers can meet, such as one half, and what they next exceed it by."""
    parts = next((parts for parts in _PARTS if abs(parts * bound - round(parts * bound)) < _NOTHING), None)
    return bound + 1 / (2 * parts * expected) if parts else bound


def _by_saddlepoint(bound: float, expected: float, share: float) -> float:
    """The same for many events, by Lugannani and Rice (1980): of events x (1 - bound) - others x bound, above 0."""
    tilt = log(bound * (1 - share) / (share * (1 - bound)))
    events, others = share * exp(tilt * (1 - bound)), (1 - share) * exp(-tilt * bound)
    deviate = copysign(sqrt(max(0.0, 2 * expected * (1 - events - others))), tilt)
    if abs(deviate) < _NEAR:
        return erfc(deviate / sqrt(2)) / 2
    slope = tilt * sqrt(expected * (events * (1 - bound) ** 2 + others * bound * bound))
    density = exp(-deviate * deviate / 2) / sqrt(2 * pi)
    return min(1.0, max(0.0, erfc(deviate / sqrt(2)) / 2 + density * (1 / slope - 1 / deviate)))


def _fewest(events: int, bound: float) -> float:
    """The fewest requests among which so many events are within the bound."""
    if bound <= 0:
        return float("inf")
    requests = int(events / bound) + 1
    while requests > events and events / (requests - 1) <= bound:
        requests -= 1
    return requests


def _at_most(bound: float, expected: float, share: float) -> float:
    """A chance that is not exceeded: that of Chernoff (1952)."""
    if bound <= share or bound <= 0 or share >= 1:
        return 1.0
    tilt = bound * (1 - share) / (share * (1 - bound))
    return exp(-expected * (1 - share * tilt ** (1 - bound) - (1 - share) * tilt**-bound))
