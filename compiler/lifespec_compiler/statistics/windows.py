"""How often the guard rule rolls a candidate back, in closed form.

Windows are disjoint, so they fail independently, each with the tail of a binomial distribution; the number of failures
over the rollout is then Poisson binomial (Poisson, 1837), and failure number `limit` + 1 rolls back.
"""

from __future__ import annotations

from collections.abc import Iterable
from math import exp, lgamma, log, log1p

from .sequential import Claim

_NOTHING = 1e-18
"""A chance that adds nothing to a sum."""


def rollback_chance(failures: Iterable[float], limit: int) -> float:
    """The chance of more than `limit` failures, of windows that each fail with a chance of their own."""
    fewer = [1.0] + [0.0] * limit
    for chance in failures:
        for count in range(limit, 0, -1):
            fewer[count] += chance * (fewer[count - 1] - fewer[count])
        fewer[0] *= 1 - chance
    return max(0.0, 1 - sum(fewer))


def window_failure(
    claim: Claim, requests: int, share: float, other_requests: int = 0, other_share: float = 0.0
) -> float:
    """The chance that a window of so many requests breaks the claim; a window without requests is no failure.

    `share` is the true one of what the claim counts. A claim that compares needs the other's window too.
    """
    if requests == 0 or (claim.slope and other_requests == 0):
        return 0.0
    if not claim.slope:
        return _breaks(claim, requests, share, claim.offset)
    return sum(
        chance * _breaks(claim, requests, share, claim.offset + claim.slope * good / other_requests)
        for good in _likely(other_requests, other_share)
        if (chance := _chance(good, other_requests, other_share)) > _NOTHING
    )


def _breaks(claim: Claim, requests: int, share: float, bound: float) -> float:
    """The chance of a measured share beyond the bound, as `good / requests` is compared with it."""
    if claim.side == "atLeast":
        first = _first(requests, bound, inclusive=True)
        return 1 - _at_least(first, requests, share)
    return _at_least(_first(requests, bound, inclusive=False), requests, share)


def _first(requests: int, bound: float, *, inclusive: bool) -> int:
    """The smallest count whose share is beyond the bound, or on it."""
    count = min(max(int(bound * requests) - 1, 0), requests + 1)
    while count <= requests and not (count / requests >= bound if inclusive else count / requests > bound):
        count += 1
    return count


def _at_least(count: int, requests: int, share: float) -> float:
    """The chance of at least so many; summed from the end that has less in it."""
    if count <= 0:
        return 1.0
    if count > requests:
        return 0.0
    if count > requests * share:
        return min(1.0, _tail(range(count, requests + 1), requests, share))
    return max(0.0, 1 - _tail(range(count - 1, -1, -1), requests, share))


def _tail(counts: range, requests: int, share: float) -> float:
    """The chances of counts that become less and less likely."""
    total = 0.0
    for count in counts:
        chance = _chance(count, requests, share)
        total += chance
        if chance <= _NOTHING * total or chance < 1e-300:
            break
    return total


def _likely(requests: int, share: float) -> range:
    """The counts that have a chance to speak of: within ten standard deviations, and some."""
    reach = 10 * (requests * share * (1 - share)) ** 0.5 + 20
    return range(max(0, int(requests * share - reach)), min(requests, int(requests * share + reach)) + 1)


def _chance(count: int, requests: int, share: float) -> float:
    """Of exactly so many."""
    if share in (0, 1):
        return float(count == requests * share)
    ways = lgamma(requests + 1) - lgamma(count + 1) - lgamma(requests - count + 1)
    return exp(ways + count * log(share) + (requests - count) * log1p(-share))
