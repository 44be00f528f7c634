"""What counters said, and when."""

from __future__ import annotations

from typing import NamedTuple

from lifespec_compiler.simulate.trace import Role


class Reading(NamedTuple):
    """What two counters said at a time."""

    at: float
    """Seconds since 1970."""
    good: int
    total: int


Readings = dict[tuple[Role, str, str], list[Reading]]
"""By role, by what is counted, by instance."""
