"""How the values of a metric are written: one unit and one number of decimals for a value and its interval."""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import Final, NamedTuple

from lifespec_runtime.drawing.scale import MINUS
from lifespec_schema.catalog import METRICS, UNITS, Metric

_LARGE: Final = 1e9
TIMES: Final = {" s": (1.0, 1.0), " ms": (1e-3, 1e3), " µs": (0.0, 1e6)}
"""Units of time: the least that is written in each, and what seconds are multiplied with."""


class Unit(NamedTuple):
    """A factor that values are written with, and what stands behind them."""

    factor: float = 1.0
    suffix: str = ""
    signed: bool = False
    """Whether a plus is written, as differences have it."""

    def shown(self, value: float, width: float | None = None) -> str:
        """A value with as many decimals as its interval's width leaves meaning to."""
        scaled = value * self.factor
        sign = "+" if self.signed and scaled > 0 else ""
        digits = _digits(scaled, None if width is None else abs(width * self.factor))
        return f"{sign}{digits}{self.suffix}".replace("-", MINUS)

    def range(self, low: float, high: float) -> str:
        """An interval: `0.71 to 0.76`."""
        width = high - low
        return f"{self._replace(suffix='').shown(low, width)} to {self.shown(high, width)}"


def unit_of(metric: Metric | None, unit: str, quantity: str | None, values: Iterable[float | None] = ()) -> Unit:
    """The unit of a metric's values, or of differences of them; of times the one that fits the values."""
    known = metric.unit if metric else unit
    signed = quantity is not None
    if quantity == "relativeDifference":
        return Unit(100, " %", signed=True)
    if known == "seconds":
        largest = max((abs(value) for value in values if value is not None and math.isfinite(value)), default=1.0)
        suffix, factor = next((suffix, factor) for suffix, (least, factor) in TIMES.items() if largest >= least)
        return Unit(factor, suffix, signed)
    if known == "ratio" and metric is not None and metric.estimate == "share":
        return Unit(100, " points", signed=True) if signed else Unit(100, " %")
    return Unit(signed=signed, suffix=" per second" if known == "perSecond" else "")


def metric_of(name: str) -> Metric | None:
    """The catalog's facts of a metric; None for what the team measures by query."""
    return METRICS.get(name)


def unit_meaning(unit: str) -> str:
    """What the unit is, in words; empty where the values are plain shares or scores."""
    return UNITS[unit].meaning if unit in ("targetUnit", "squaredTargetUnit", "perSecond") else ""  # type: ignore[index]


def count(number: int) -> str:
    """A number of rows, in groups of three digits."""
    return f"{number:,}"


def share(part: float, whole: float) -> str:
    """A part in per cent of the whole; empty where there is no whole."""
    return "" if not whole else f"{_digits(100 * part / whole, None)} %"


def plural(number: int, one: str, many: str = "") -> str:
    """`1 check`, `2 checks`."""
    return f"{number:,} {one if number == 1 else many or one + 's'}"


def _digits(value: float, width: float | None) -> str:
    if not math.isfinite(value):
        return "infinite"
    if abs(value) >= _LARGE or 0 < abs(value) < 1e-6:
        return f"{value:.3g}"
    if width:
        decimals = max(0, min(6, 1 - math.floor(math.log10(width)))) if math.isfinite(width) else 0
    elif not value or float(value).is_integer():
        decimals = 0
    else:
        decimals = max(0, min(6, 2 - math.floor(math.log10(abs(value)))))
        return _trimmed(f"{value:,.{decimals}f}")
    return f"{value + 0.0:,.{decimals}f}"


def _trimmed(written: str) -> str:
    return written.rstrip("0").rstrip(".") if "." in written else written
