"""Simulations of the intervals: do they hold the true value as often as they say, and how wide are they?"""

from __future__ import annotations

from . import groups, numbers, scores, shares
from .scenario import Found, Scenario, run

__all__ = ["SCENARIOS", "Found", "Scenario", "run"]

SCENARIOS: tuple[Scenario, ...] = (*shares.scenarios(), *numbers.scenarios(), *scores.scenarios(), *groups.scenarios())
