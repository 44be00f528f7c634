"""Always-valid tests on counts: they may be looked at as often as one likes, and stop whenever they are sure.

A claim bounds a share: `share <= 1 %`, or, against another model over the same time, `share <= other share + 1 %`. What
the counts say for or against it is the signed root of the profile likelihood ratio at the claim's boundary, which is
close to a normal deviate even where events are rare (Barndorff-Nielsen, 1986). Over time it moves as a Brownian motion
seen at the growth of its information does, so the mixture of Robbins (1970), one-sided, bounds how far it ever goes
astray while the claim is just true: the mean over half-normal alternatives of the likelihood ratio is a martingale that
starts at 1, and reaches 1 / error with a probability of at most `error` (Ville). The mixture is the narrowest when as
much has been seen as was planned; the error does not depend on that.

Neither is exact for counts: the tests hold the error, over a grid of shares, sizes and looks, against the nominal one.
"""

from __future__ import annotations

from math import erfc, inf, log, log1p, sqrt
from typing import Literal, NamedTuple

Outcome = Literal["Pass", "Fail", "Inconclusive"]

NARROWEST: float = 8.0
"""Information relative to the mixture's where it is narrowest: near 2 ln(1/error) + ln(1 + 2 ln(1/error)) at 5 %."""
_HALVINGS = 60


class Counts(NamedTuple):
    """How many of `total` independent requests, users or rows have the property; `0 <= good <= total`."""

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
    """Of the martingale that decides; `Pass` or `Fail` from ln(1 / error) on."""
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
    if claim.slope and other is not None:
        difference = share - claim.offset - claim.slope * other.good / other.total
        on_boundary = _most_likely_on_boundary(claim, candidate, other)
        information = 1 / (1 / candidate.total + 1 / other.total)
        expected = planned / (1 + candidate.total / other.total)
    else:
        difference, on_boundary = share - claim.offset, _log_likelihood(candidate, claim.offset)
        information, expected = float(candidate.total), planned
    most_likely = _log_likelihood(candidate, share)
    if claim.slope and other is not None:
        most_likely += _log_likelihood(other, other.good / other.total)
    ratio = max(0.0, most_likely - on_boundary)
    evidence = _log_mixture(sqrt(2 * ratio), NARROWEST * information / expected) if ratio < inf else inf
    if difference == 0 or evidence < log(1 / error):
        return Evidence("Inconclusive", evidence, difference)
    held = (difference < 0) == (claim.side == "atMost")
    return Evidence("Pass" if held else "Fail", evidence, difference)


def _log_mixture(deviate: float, growth: float) -> float:
    """The logarithm of the mean, over half-normal alternatives, of the likelihood ratio at a deviate of at least 0.

    `growth` is the information seen, relative to the mixture's: Robbins (1970), one-sided.
    """
    shrunk = deviate * sqrt(growth / (1 + growth))
    return log(erfc(-shrunk / sqrt(2))) + shrunk * shrunk / 2 - log1p(growth) / 2


def _log_likelihood(counts: Counts, share: float) -> float:
    """Of the counts, but for what does not depend on the share; -inf where they cannot be."""
    total = 0.0
    for number, probability in ((counts.good, share), (counts.total - counts.good, 1 - share)):
        if number:
            total += number * log(probability) if probability > 0 else -inf
    return total


def _most_likely_on_boundary(claim: Claim, candidate: Counts, other: Counts) -> float:
    """The greatest log-likelihood of both counts where the claim is just held; -inf where no shares lie there.

    The log-likelihood is concave along the boundary, so its slope is halved down to 0.
    """
    low = max(0.0, -claim.offset / claim.slope)
    high = min(1.0, (1 - claim.offset) / claim.slope)
    if low > high:
        return -inf
    for _ in range(_HALVINGS):
        middle = (low + high) / 2
        rises = claim.slope * _slope(candidate, claim.offset + claim.slope * middle) + _slope(other, middle) > 0
        low, high = (middle, high) if rises else (low, middle)
    share = (low + high) / 2
    return _log_likelihood(candidate, min(1.0, max(0.0, claim.offset + claim.slope * share))) + _log_likelihood(
        other, share
    )


def _slope(counts: Counts, share: float) -> float:
    """The derivative of the log-likelihood by the share."""
    bad = counts.total - counts.good
    left = (counts.good / share if share > 0 else inf) if counts.good else 0.0
    right = (bad / (1 - share) if share < 1 else inf) if bad else 0.0
    return left - right
