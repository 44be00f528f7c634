"""Numbers as messages show them, in forms that the language reads back."""

from __future__ import annotations

from collections.abc import Iterable
from math import ceil

from lifespec_schema.catalog import UNITS
from lifespec_schema.values import written


def duration(seconds: float) -> str:
    """A length of time to the millisecond, at least 1 ms."""
    return written.duration(max(0.001, seconds))


def at_least(seconds: float) -> str:
    """The shortest tidy duration that is no shorter: two units at most, rounded up."""
    return duration(_tidy(seconds, up=True))


def at_most(seconds: float) -> str:
    """The longest tidy duration that is no longer: two units at most, rounded down; at least 1 ms."""
    return duration(_tidy(seconds, up=False))


def ratio(value: float) -> str:
    """A share as per cent, to four digits."""
    return f"{100 * value:.4g}%"


def count(value: float) -> str:
    """A number of things: whole and grouped from 10 on, else to two digits."""
    return f"{value:,.0f}" if value >= 10 or value == int(value) else f"{value:.2g}"


def runs(amount: int) -> str:
    """So many runs: `1 run`, `3 runs`."""
    return f"{amount:,} run" if amount == 1 else f"{amount:,} runs"


def number(value: float) -> str:
    """A plain number without the noise of binary fractions."""
    return f"{value:.10g}"


def measured(value: float, unit: str) -> str:
    """A metric's value in its unit, as a threshold would be written."""
    if unit == "seconds":
        return duration(value) if value > 0 else "0s"
    forms = next((facts.forms for name, facts in UNITS.items() if name == unit), ())
    return written.share(value) if "percent" in forms and 0 < round(abs(value), 9) < 0.1 else number(value)


def names(values: Iterable[str], limit: int = 8) -> str:
    """Names in backquotes, cut after `limit`; `none` without any."""
    quoted = [f"`{value}`" for value in values]
    more = f" and {len(quoted) - limit} more" if len(quoted) > limit else ""
    return (", ".join(quoted[:limit]) + more) or "none"


def _tidy(seconds: float, *, up: bool) -> float:
    """The value on the grid of the second-largest unit that it needs."""
    milliseconds = round(seconds * 1000, 6)  # without the noise of binary fractions, which would round up
    place = next(
        (index for index, (_, size) in enumerate(written.TIMES) if milliseconds >= size), len(written.TIMES) - 1
    )
    grid = written.TIMES[min(place + 1, len(written.TIMES) - 1)][1]
    steps = milliseconds / grid
    return (ceil(steps) if up else int(steps)) * grid / 1000
