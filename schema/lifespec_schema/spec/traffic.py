"""How much the model is asked: the checks on thresholds compute with it."""

from __future__ import annotations

from lifespec_schema.values import constraints

from .base import SpecModel
from .types import Positive


class Traffic(SpecModel, effect="decide", constraints=(constraints.peak_above_mean, constraints.minimum_below_mean)):
    """Requests a second."""

    rps: Positive
    """The mean over a day."""
    peak_rps: Positive | None = None
    """The busiest minute."""
    daily_minimum_rps: Positive | None = None
    """The quietest hour."""
