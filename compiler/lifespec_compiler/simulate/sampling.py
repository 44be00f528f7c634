"""What is drawn of the requests of a stretch of time: how many arrive, and how many of them each meter counts."""

from __future__ import annotations

from typing import NamedTuple

from .counting import Counting, Tally
from .draws import Uniform, binomial
from .meters import Meter, share_of, threshold
from .truth import Truth


class Lot(NamedTuple):
    """Meters that go by the same thing, and so see the same counts."""

    meters: tuple[Meter, ...]
    known: float | None
    """The share of requests of which it is ever known, more than 1 being 1; None: the requests are counted."""
    candidate: float
    """The true share that they count of the candidate's requests."""
    stable: float
    at_once: tuple[str, ...] | None
    """What they count, where all of it is known at once."""


class Shares:
    """What is true of a candidate beside a stable model, as the shares of requests that are counted.

    They are worked out once and hold for as long as both truths are what they were: see `hold`.
    """

    def __init__(
        self, candidate: Truth, stable: Truth, meters: tuple[Meter, ...], slowest: float, users: float
    ) -> None:
        self.bad = bad_share(candidate, slowest)
        """The share of requests that the candidate answers badly."""
        self.stable_bad = bad_share(stable, slowest)
        self._candidate, self._stable, self._slowest, self._users = candidate, stable, slowest, users
        self._was = _numbers(candidate), _numbers(stable)
        self._named = dict(candidate.shares), dict(stable.shares)
        self._meters = meters
        self._lots = _lots(meters, candidate, stable, users)

    def hold(self, candidate: Truth, stable: Truth, meters: tuple[Meter, ...], slowest: float, users: float) -> bool:
        """Whether these are still the shares."""
        return (
            candidate is self._candidate
            and stable is self._stable
            and meters is self._meters
            and slowest == self._slowest
            and users == self._users
            and (_numbers(candidate), _numbers(stable)) == self._was
            and (candidate.shares, stable.shares) == self._named
        )

    def count(self, counting: Counting, uniform: Uniform, now: float, drawn: tuple[int, int], seconds: int) -> None:
        """Draw what is counted of requests. `drawn`: the candidate's, and stable's, of so many seconds."""
        asked, others = drawn
        for lot in self._lots:
            if lot.known is None:
                for meter in lot.meters:
                    counting.add(meter, now, [asked, seconds, others, seconds])
            elif lot.at_once is not None:
                good = binomial(uniform, asked, lot.candidate)
                counting.count_all(lot.at_once, good, asked, binomial(uniform, others, lot.stable), others)
            else:
                for part, counts in enumerate(_parts(uniform, lot, lot.known, asked, others)):
                    for meter in lot.meters:
                        counting.add(meter, now, list(counts), part)


def bad_share(truth: Truth, slowest: float) -> float:
    """The share of requests that are answered badly: that fail, or take longer than `slowest`."""
    return 1 - (1 - truth.error_rate) * (1 - truth.slower_than(slowest))


def _numbers(truth: Truth) -> tuple[float, float, float]:
    return truth.error_rate, truth.latency, truth.latency_spread


def _lots(meters: tuple[Meter, ...], candidate: Truth, stable: Truth, users: float) -> tuple[Lot, ...]:
    """The meters in lots, in the order in which they are drawn."""
    found: dict[object, list[Meter]] = {}
    for meter in meters:
        if meter.source != "report":
            found.setdefault(_drawn_as(meter, stable), []).append(meter)
    return tuple(_lot(tuple(together), candidate, stable, users) for together in found.values())


def _drawn_as(meter: Meter, stable: Truth) -> object:
    """Checks that go by the same thing see the same counts."""
    if meter.source == "latency":
        return threshold(meter, stable, candidate=True), threshold(meter, stable, candidate=False)
    return meter.source, meter.metric, meter.users


def _lot(meters: tuple[Meter, ...], candidate: Truth, stable: Truth, users: float) -> Lot:
    first = meters[0]
    if first.source == "requests":
        return Lot(meters, None, 0.0, 0.0, None)
    known = first.known * users if first.users else first.known
    at_once = known >= 1 and all(len(meter.delays) == 1 and meter.delays[0] <= 0 for meter in meters)
    return Lot(
        meters,
        known,
        share_of(first, candidate, stable, candidate=True),
        share_of(first, stable, stable, candidate=False),
        tuple(meter.counted for meter in meters) if at_once else None,
    )


def _parts(uniform: Uniform, lot: Lot, known: float, asked: int, others: int) -> tuple[Tally, ...]:
    """For each delay of a meter: candidate's good and total, stable's good and total."""
    shares = lot.candidate, lot.stable
    totals = [total if known >= 1 else binomial(uniform, total, known) for total in (asked, others)]
    found = []
    for left in range(len(lot.meters[0].delays), 0, -1):
        counts: Tally = []
        for side, share in enumerate(shares):
            part = totals[side] if left == 1 else binomial(uniform, totals[side], 1 / left)
            totals[side] -= part
            counts += [binomial(uniform, part, share), part]
        found.append(counts)
    return tuple(found)
