"""Moments of a simulation: a length of time, or a share of the time that the plan's rollout takes at least."""

from __future__ import annotations

from typing import Any, NamedTuple

from .form import Info, number, refuse, shown
from .quantities import duration, percent, plain

MOST = 1_000_000


class Moment(NamedTuple):
    """When something happens, counted from the beginning."""

    seconds: float = 0.0
    share: float = 0.0
    """Of the rollout's shortest time: the sum of its holds."""

    def within(self, rollout: float) -> float:
        """In seconds, for a rollout that takes so many at least."""
        return self.seconds + self.share * rollout


def moment(value: object, info: Info) -> Moment:
    """A moment: `2h`, or `30%` of the rollout's shortest time; `0%` is the beginning."""
    if isinstance(value, str) and value.endswith("%"):
        share = percent(value)
        if share is None:
            raise refuse("bad-duration", f"{shown(value)} is not a moment", "write `2h`, or `30%` of the rollout")
        return Moment(share=plain(share / 100))
    return Moment(seconds=duration(value, info))


_NUMBER: dict[str, Any] = {"type": "number", "minimum": 0, "maximum": MOST}
FACTOR_FORMS = ({**_NUMBER, "examples": [2]}, _NUMBER)
"""The JSON Schema of a factor."""


def factor(value: object) -> int | float:
    """How many times something; not negative."""
    found = number(value, "wrong-type", "a number")
    if not 0 <= found <= MOST:
        raise refuse("out-of-range", f"{shown(value)} is not between 0 and a million", "write how many times: `2`")
    return found
