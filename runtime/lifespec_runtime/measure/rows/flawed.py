"""Data from which no rows are made, with all that is wrong with it."""

from __future__ import annotations

from collections.abc import Sequence

from lifespec_runtime.measure.reading.flaws import Flaw


class FlawedDataError(Exception):
    """Data that is not as its contract says; `flaws` are what is wrong, `untold` counts those that are not listed."""

    def __init__(self, flaws: Sequence[Flaw], untold: int = 0) -> None:
        super().__init__("; ".join(flaw.message for flaw in flaws))
        self.flaws, self.untold = list(flaws), untold
