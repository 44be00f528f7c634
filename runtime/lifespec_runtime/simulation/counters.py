"""What counters that only rise, until their server starts anew, have counted between two readings."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterator, Mapping
from typing import Final, Generic, NamedTuple, TypeVar

from lifespec_compiler.simulate.trace import Increment

S = TypeVar("S", bound=Hashable)

LATEST: Final = 1e11
"""Seconds since 1970, in the year 5138; what is above counts milliseconds or less."""
MOST: Final = 2**53
"""Up to here every whole number is one of the numbers that JSON and Parquet have."""


class Counted(NamedTuple):
    """What a file says."""

    increments: tuple[Increment, ...] = ()
    began: float = 0.0
    """Its first moment, in seconds since 1970."""
    ended: float = 0.0


class Grown(NamedTuple, Generic[S]):
    """What the counters of one server have counted since its last reading."""

    at: float
    """Seconds since 1970."""
    by: Mapping[S, float]
    """By counter."""
    restarted: bool
    """Whether the server started anew meanwhile: one of its counters fell, so that all of them began at 0."""


def grown(readings: Mapping[float, Mapping[S, float]], family: Callable[[S], Hashable]) -> Iterator[Grown[S]]:
    """What one server's counters, by moment, have counted from moment to moment.

    At the first moment of its family a counter only says where it stands. One that appears later began at 0, as a
    counter of errors does with the first error.
    """
    latest: dict[S, float] = {}
    known: set[Hashable] = set()
    for at in sorted(readings):
        found = readings[at]
        restarted = any(value < latest.get(counter, 0) for counter, value in found.items())
        if restarted:
            latest = dict.fromkeys(latest, 0)
        by = {counter: value - latest.get(counter, 0) for counter, value in found.items() if family(counter) in known}
        latest |= found
        known |= set(map(family, found))
        if by:
            yield Grown(at, by, restarted)


def is_time(value: float) -> bool:
    """Whether these may be seconds since 1970."""
    return 0 <= value < LATEST


def is_count(value: float) -> bool:
    """Whether a counter may stand there."""
    return 0 <= value <= MOST
