"""Simulations of the intervals: how often they hold the true value, and how wide they are."""

from __future__ import annotations

from . import groups, numbers, scores, shares
from .scenario import Found, Scenario, run

__all__ = ["SCENARIOS", "Found", "Scenario", "run"]

SCENARIOS: tuple[Scenario, ...] = (*shares.scenarios(), *numbers.scenarios(), *scores.scenarios(), *groups.scenarios())
