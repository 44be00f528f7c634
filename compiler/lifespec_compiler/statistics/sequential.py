"""Always-valid tests on counts: they may be looked at as often as one likes, and stop whenever they are sure.

A claim bounds a share: `share <= 1 %`, or, against another model over the same time, `share <= other share + 1 %`. What
the counts say for or against it is the signed root of the profile likelihood ratio at the claim's boundary, which is
close to a normal deviate even where events are rare (Barndorff-Nielsen, 1986). Over time it moves as a Brownian motion
seen at the growth of its information does, so the mixture of Robbins (1970), one-sided, bounds how far it ever goes
astray while the claim is just true: the mean over half-normal alternatives of the likelihood ratio is a martingale that
starts at 1, and reaches 1 / error with a probability of at most `error` (Ville). The mixture is the narrowest when as
much has been seen as was planned; the error does not depend on that.

Counts are skewed where events are rare, and the signed root is off its mean by a sixth of their skewness (Pierce and
Schafer, 1986): towards too few events. On that side it is taken nearer to 0 by as much; on the other, where it errs on
the side of caution, it stays.

None of this is exact for counts, so a tenth of the error is set aside for what they are off. The simulations hold the
error, over shares, sizes and looks, against the nominal one.
"""

from __future__ import annotations

from collections.abc import Callable
from math import erfc, inf, log, log1p, sqrt
from typing import Literal, NamedTuple

Outcome = Literal["Pass", "Fail", "Inconclusive"]

NARROWEST: float = 8.0
"""Information relative to the mixture's where it is narrowest: near 2 ln(1/error) + ln(1 + 2 ln(1/error)) at 5 %."""
SPENT: float = 0.9
"""The part of the error that the mixture spends; the rest is for what counts are off."""
_STEPS = 60
_HALVINGS = 30
_LEAST_SLOPE = 1e-9
_WIDEST = 1e12
_ROOT = sqrt(2)
_GAIN = 1e-12
"""Twice the log-likelihood that is not worth another step."""


class Counts(NamedTuple):
    """How many of `total` independent requests, users or rows have the property; `0 <= good <= total`.

    Or the sum of values from 0 to 1: they vary less than events do, so that the error is smaller than agreed.
    """

    good: int
    total: int


class Claim(NamedTuple):
    """A bound on the candidate's share, both sides inclusive: at most, or at least, `offset + slope x other share`."""

    side: Literal["atMost", "atLeast"]
    offset: float
    """The bound itself, where there is no other share; else what may be lost or must be won, in shares."""
    slope: float = 0.0
    """0: nothing is compared; 1: a difference to the other share; 1 + r: a relative one."""


class Evidence(NamedTuple):
    """What counts say about a claim."""

    outcome: Outcome
    log_evidence: float
    """Of the martingale that decides; `Pass` or `Fail` from ln(1 / (0.9 error)) on."""
    difference: float
    """The candidate's share less the boundary's: above 0 it is beyond `atMost`."""


def judge(claim: Claim, candidate: Counts, other: Counts | None, planned: float, *, error: float = 0.05) -> Evidence:
    """Whether a claim is held or broken, as far as counts can tell.

    `planned` is the candidate's total that is expected by the end; `error` the greatest probability, over all looks
    together, of a Fail while the claim is true, and of a Pass while it is not. With no counts: Inconclusive.
    """
    if candidate.total == 0 or (claim.slope and (other is None or other.total == 0)):
        return Evidence("Inconclusive", 0.0, 0.0)
    share = candidate.good / candidate.total
    others = claim.slope * other.good / other.total if claim.slope and other is not None else 0.0
    difference = share - claim.offset - others
    evidence = _evidence(claim, candidate, other, difference, planned)
    if difference == 0 or evidence < _enough(error):
        return Evidence("Inconclusive", evidence, difference)
    held = (difference < 0) == (claim.side == "atMost")
    return Evidence("Pass" if held else "Fail", evidence, difference)


def measured(claim: Claim, candidate: Counts, other: Counts | None) -> float | None:
    """What a claim is about: a share, the difference of two, or how much greater one is relative to the other's.

    None where there is none: without counts, and relative to nothing.
    """
    if candidate.total == 0 or (claim.slope and (other is None or other.total == 0)):
        return None
    share = candidate.good / candidate.total
    if not claim.slope or other is None:
        return share
    others = other.good / other.total
    if claim.slope == 1:
        return share - others
    return share / others - 1 if others else None


def interval(
    claim: Claim, candidate: Counts, other: Counts | None, planned: float, *, error: float = 0.05
) -> tuple[float, float]:
    """The values that the test would not call excluded: a claim is decided when its bound is outside of them.

    The true value is below all of them, over all looks together, with a probability of at most `error`, and above
    them with as much. There must be a value: see `measured`. Of a relative claim the upper end may be infinite.
    """
    value = measured(claim, candidate, other)
    if value is None:
        raise ValueError("nothing was measured")
    share, others = candidate.good / candidate.total, other.good / other.total if claim.slope and other else 0.0
    enough = _enough(error)

    def excluded(bound: float) -> bool:
        offset, slope = (bound, claim.slope) if claim.slope in (0, 1) else (0.0, max(1 + bound, _LEAST_SLOPE))
        difference = share - offset - slope * others
        return _evidence(Claim("atMost", offset, slope), candidate, other, difference, planned) >= enough

    if claim.slope in (0, 1):
        least, most = -claim.slope, 1.0
    else:  # the other's share may be as small as counts allow, so that no relative value is the greatest
        least, most = -1.0, _beyond(value, excluded)
    return _end(value, least, excluded), _end(value, most, excluded)


def _beyond(value: float, excluded: Callable[[float], bool]) -> float:
    """A greater value that is excluded; infinite where none is that means anything."""
    width = 1.0
    while not excluded(value + width):
        width *= 2
        if width > _WIDEST:
            return inf
    return value + width


def _end(inside: float, outside: float, excluded: Callable[[float], bool]) -> float:
    """Where the values that are excluded begin, on the way from the measured one to the last."""
    if outside == inf or not excluded(outside):
        return outside
    for _ in range(_HALVINGS):
        middle = (inside + outside) / 2
        inside, outside = (inside, middle) if excluded(middle) else (middle, outside)
    return outside


def _enough(error: float) -> float:
    """The logarithm of what the stake must have become; who may never err is never sure."""
    return -log(SPENT * error) if error > 0 else inf


def _evidence(claim: Claim, candidate: Counts, other: Counts | None, difference: float, planned: float) -> float:
    """The logarithm of the martingale; infinite where the counts cannot be while the claim is just held."""
    total, others = candidate.total, 0
    if claim.slope and other is not None:
        found = _most_likely_on_boundary(claim, candidate, other)
        if found is None:
            return inf
        at, others = claim.offset + claim.slope * found, other.total
        ratio = _log_ratio(candidate, min(1.0, max(0.0, at))) + _log_ratio(other, found)
    else:
        found, at = 0.0, claim.offset
        ratio = _log_ratio(candidate, at)
    if ratio == inf:
        return inf
    deviate = sqrt(2 * ratio) if ratio > 0 else 0.0
    skewness = _skewness(claim.slope, total, others, at, found)
    if (difference > 0) != (skewness > 0):
        deviate = max(0.0, deviate - abs(skewness) / 6)
    return _log_mixture(deviate, NARROWEST * total / planned)


def _skewness(slope: float, total: int, other_total: int, at: float, other_share: float) -> float:
    """Of the candidate's share less the boundary's, where the claim is just held and the share is `at`."""
    variance = at * (1 - at) / total
    third = variance * (1 - 2 * at) / total
    if other_total:
        others = slope * slope * other_share * (1 - other_share) / other_total
        variance += others
        third -= slope * others * (1 - 2 * other_share) / other_total
    return third / (variance * sqrt(variance)) if variance > 0 else 0.0


def _log_mixture(deviate: float, growth: float) -> float:
    """The logarithm of the mean, over half-normal alternatives, of the likelihood ratio at a deviate of at least 0.

    `growth` is the information seen, relative to the mixture's: Robbins (1970), one-sided.
    """
    shrunk = deviate * sqrt(growth / (1 + growth))
    return log(erfc(-shrunk / _ROOT)) + shrunk * shrunk / 2 - log1p(growth) / 2


def _log_ratio(counts: Counts, share: float) -> float:
    """Of the likelihoods of the counts' own share and of this one; infinite where it excludes the counts."""
    good, total = counts
    bad, ratio = total - good, 0.0
    if good:
        if share <= 0:
            return inf
        ratio = good * log(good / total / share)
    if bad:
        if share >= 1:
            return inf
        ratio += bad * log(bad / total / (1 - share))
    return ratio


def _most_likely_on_boundary(claim: Claim, candidate: Counts, other: Counts) -> float | None:
    """The other's share that is most likely where the claim is just held; None where no shares lie there.

    The log-likelihood is concave along the boundary: Newton's steps from the weighted mean, within a bracket that each
    of them makes smaller, until what is left to gain, half the square of the slope over the curvature, is nothing.
    """
    offset, slope = claim.offset, claim.slope
    low, high = max(0.0, -offset / slope), min(1.0, (1 - offset) / slope)
    if low > high:
        return None
    good, bad = candidate.good, candidate.total - candidate.good
    others_good, others_bad = other.good, other.total - other.good
    if not (good and bad and others_good and others_bad):  # else the slope is infinite at both ends
        if _rise(claim, candidate, other, low) <= 0:
            return low
        if _rise(claim, candidate, other, high) >= 0:
            return high
    share = (slope * (good - offset * candidate.total) + others_good) / (slope * slope * candidate.total + other.total)
    for _ in range(_STEPS):
        if not low < share < high:
            share = (low + high) / 2
        at = offset + slope * share
        if not 0 < at < 1:  # as far as numbers can tell, the end
            break
        left, right, beside, beyond = good / at, bad / (1 - at), others_good / share, others_bad / (1 - share)
        rise = slope * (left - right) + beside - beyond
        bend = slope * slope * (left / at + right / (1 - at)) + beside / share + beyond / (1 - share)
        if rise * rise <= _GAIN * bend:
            break
        low, high = (share, high) if rise > 0 else (low, share)
        share += rise / bend
    return share


def _rise(claim: Claim, candidate: Counts, other: Counts, share: float) -> float:
    """The slope of that by the other's share; infinite at an end that the counts exclude."""
    at = min(1.0, max(0.0, claim.offset + claim.slope * share))
    return claim.slope * _slope(candidate, at) + _slope(other, share)


def _slope(counts: Counts, share: float) -> float:
    """The derivative of the log-likelihood by the share."""
    bad = counts.total - counts.good
    left = (counts.good / share if share > 0 else inf) if counts.good else 0.0
    right = (bad / (1 - share) if share < 1 else inf) if bad else 0.0
    return left - right
