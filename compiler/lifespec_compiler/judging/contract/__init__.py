"""What a plan requires of its data: the rules of every contract, how old they may be, and the scorecard."""

from __future__ import annotations

from .names import SCORECARD, names
from .requirements import requirements

__all__ = ["SCORECARD", "names", "requirements"]
