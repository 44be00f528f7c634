"""Random counts from a seed: exact samplers in plain Python, fast enough to be asked for every minute of a year.

Small means are inverted term by term; large ones use transformed rejection (Hörmann, 1993). Both are exact but for the
rounding of floating-point numbers; the same seed gives the same counts wherever `exp`, `log` and `pow` round alike.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from math import exp, floor, lgamma, log, sqrt

Uniform = Callable[[], float]
"""Numbers from 0, included, to 1, excluded: `random.Random(seed).random`."""
_SMALL = 10.0


def poisson(uniform: Uniform, mean: float) -> int:
    """How often something happens that happens `mean` times on average, each time by itself; `mean` >= 0."""
    if mean >= _SMALL:
        return _large_poisson(uniform, mean)
    first = exp(-mean)
    while True:
        left, term, count = uniform(), first, 0
        while left > term > 0:
            left -= term
            count += 1
            term *= mean / count
        if term > 0:
            return count


def binomial(uniform: Uniform, total: int, share: float) -> int:
    """How many of `total` have a property that each has with the probability `share`."""
    if share <= 0 or total <= 0:
        return 0
    if share > 0.5:
        return total - binomial(uniform, total, 1 - share)
    if total * share >= _SMALL:
        return _large_binomial(uniform, total, share)
    rest = 1 - share
    first, left = rest**total, uniform()
    if left <= first:
        return 0
    odds = share / rest
    while True:
        term, count = first, 0
        while left > term and count < total:
            left -= term
            count += 1
            term *= odds * (total - count + 1) / count
        if left <= term:
            return count
        left = uniform()


def _large_poisson(uniform: Uniform, mean: float) -> int:
    """Hörmann's PTRS, for means of at least 10."""
    a, b, quick = _transformed(mean)
    while True:
        u = uniform() - 0.5
        v = 1 - uniform()
        near = 0.5 - abs(u)
        if near <= 0:
            continue
        count = floor((2 * a / near + b) * u + mean + 0.43)
        if near >= 0.07 and v <= quick:
            return count
        if count < 0 or (near < 0.013 and v > near):
            continue
        inverse_alpha = 1.1239 + 1.1328 / (b - 3.4)
        if log(v * inverse_alpha / (a / (near * near) + b)) <= count * log(mean) - mean - lgamma(count + 1):
            return count


@lru_cache(maxsize=64)
def _transformed(mean: float) -> tuple[float, float, float]:
    """What the rejection has of a mean, which stays the same for hours: its shape, and where it accepts at once."""
    b = 0.931 + 2.53 * sqrt(mean)
    return -0.059 + 0.02483 * b, b, 0.9277 - 3.6224 / (b - 2)


def _large_binomial(uniform: Uniform, total: int, share: float) -> int:
    """Hörmann's BTRS, for means of at least 10 and shares of at most one half."""
    deviation = sqrt(total * share * (1 - share))
    b = 1.15 + 2.53 * deviation
    a = -0.0873 + 0.0248 * b + 0.01 * share
    centre = total * share + 0.5
    quick = 0.92 - 4.2 / b
    while True:
        u = uniform() - 0.5
        v = 1 - uniform()
        near = 0.5 - abs(u)
        if near <= 0:
            continue
        count = floor((2 * a / near + b) * u + centre)
        if count < 0 or count > total:
            continue
        if near >= 0.07 and v <= quick:
            return count
        mode = floor((total + 1) * share)
        scaled = v * (2.83 + 5.1 / b) * deviation / (a / (near * near) + b)
        bound = (
            lgamma(mode + 1)
            + lgamma(total - mode + 1)
            - lgamma(count + 1)
            - lgamma(total - count + 1)
            + (count - mode) * log(share / (1 - share))
        )
        if log(scaled) <= bound:
            return count
