"""Exact intervals for shares and quantiles, with nothing but `math`."""

from __future__ import annotations

from math import exp, lgamma, log, log1p
from typing import Final

_HALVINGS: Final = 100
_TINY: Final = 1e-300
_TERMS: Final = 10_000
_ENOUGH: Final = 1e-15


def share_interval(good: int, total: int, level: float = 0.95) -> tuple[float, float]:
    """What a share may be of which `good` of `total` were seen: Clopper and Pearson (1934).

    Such intervals hold the true share with a probability of at least `level`; without anything seen they say nothing.
    """
    if not 0 <= good <= total:
        raise ValueError(f"{good} of {total}")
    tail = (1 - level) / 2
    low = 0.0 if good == 0 else _quantile(tail, good, total - good + 1)
    high = 1.0 if good == total else _quantile(1 - tail, good + 1, total - good)
    return low, high


def quantile_ranks(total: int, share: float, level: float = 0.95) -> tuple[int | None, int | None]:
    """The ranks, from 0, of the sorted values between which the quantile of `share` lies with at least `level`.

    None where `total` values are too few to tell. Each tail is at most half of what `level` leaves.
    """
    tail = (1 - level) / 2
    low = high = None
    below = 0.0
    for rank in range(total + 1):
        # `below`: the probability that fewer than `rank` values lie below the quantile.
        if below <= tail and rank >= 1:
            low = rank - 1
        below += _binomial(rank, total, share)
        if high is None and below >= 1 - tail and rank < total:
            high = rank
    return low, high


def beta_share(x: float, a: float, b: float) -> float:
    """The share of a beta distribution that lies below `x`: the regularised incomplete beta function."""
    if x <= 0:
        return 0.0
    if x >= 1:
        return 1.0
    front = exp(lgamma(a + b) - lgamma(a) - lgamma(b) + a * log(x) + b * log1p(-x))
    if x < (a + 1) / (a + b + 2):
        return front * _fraction(x, a, b) / a
    return 1 - front * _fraction(1 - x, b, a) / b


def _quantile(share: float, a: float, b: float) -> float:
    low, high = 0.0, 1.0
    for _ in range(_HALVINGS):
        middle = (low + high) / 2
        low, high = (middle, high) if beta_share(middle, a, b) < share else (low, middle)
    return (low + high) / 2


def _fraction(x: float, a: float, b: float) -> float:
    """The continued fraction of the incomplete beta function, by Lentz's method."""
    c, d = 1.0, _away(1 - (a + b) * x / (a + 1))
    d = 1 / d
    found = d
    for m in range(1, _TERMS):
        for term in (
            m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m)),
            -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1)),
        ):
            d = 1 / _away(1 + term * d)
            c = _away(1 + term / c)
            found *= d * c
        if abs(d * c - 1) < _ENOUGH:
            return found
    return found


def _away(value: float) -> float:
    return value if abs(value) > _TINY else _TINY


def _binomial(good: int, total: int, share: float) -> float:
    choose = lgamma(total + 1) - lgamma(good + 1) - lgamma(total - good + 1)
    return exp(choose + good * log(share) + (total - good) * log1p(-share))
