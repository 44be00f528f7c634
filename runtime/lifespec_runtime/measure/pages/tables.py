"""Tables whose rows are drawn: a value with its interval and its bound, on one axis for each group of rows."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from lifespec_runtime.drawing.markup import Markup
from lifespec_runtime.drawing.rows import Plotted, axis, row, scale_of
from lifespec_runtime.drawing.scale import around

from .places import Where
from .units import Unit


class Entry(NamedTuple):
    """A row before it is drawn: numbers, and what is said of them."""

    label: str
    plotted: Plotted
    unit: Unit
    samples: int | None = None
    outcome: str = ""
    """A verdict; empty where nothing is judged."""
    level: float | None = None
    """Of the interval."""
    needed: str = ""
    about: str = ""
    """What stands below the label, in small letters."""
    note: str = ""
    where: Where | None = None
    coded: bool = True
    """Whether the label is a name of the spec or of the data, which is set as code."""


class Row(NamedTuple):
    """A row as a template writes it."""

    entry: Entry
    value: str
    interval: str
    samples: str
    plot: Markup


class Group(NamedTuple):
    """Rows with one axis."""

    title: str
    name: str
    """How the spec calls it; empty where that is the title."""
    note: str
    axis: Markup
    rows: tuple[Row, ...]


class Table(NamedTuple):
    """Groups of rows with the same columns."""

    caption: str
    label: str
    """The head of the first column."""
    samples: str
    """The head of the column of sample sizes."""
    groups: tuple[Group, ...]
    judged: bool = True
    """Whether there are verdicts, bounds and places to show."""


def group(
    title: str,
    entries: Sequence[Entry],
    *,
    name: str = "",
    note: str = "",
    ends: tuple[float | None, float | None] = (None, None),
) -> Group:
    """Rows on the scale that holds all of them; `ends` are what the values can be at all."""
    shown = [number for entry in entries for number in entry.plotted.numbers]
    scale = scale_of(*around(shown, least=ends[0], most=ends[1]))
    unit = entries[0].unit if entries else Unit()
    drawn = tuple(_row(entry, row(scale, entry.plotted, _told(entry))) for entry in entries)
    return Group(title, name, note, axis(scale, unit.factor, unit.suffix.replace(" points", "").rstrip()), drawn)


def _row(entry: Entry, plot: Markup) -> Row:
    value, interval = numbers(entry)
    samples = "" if entry.samples is None else f"{entry.samples:,}"
    return Row(entry, value, interval, samples, plot)


def numbers(entry: Entry) -> tuple[str, str]:
    """The value and its interval as they are written; the one without the other where there is only one."""
    value, low, high, *_ = entry.plotted
    width = high - low if low is not None and high is not None else None
    written = entry.unit.shown(value, width) if value is not None else "no value"
    return written, entry.unit.range(low, high) if low is not None and high is not None else ""


def _told(entry: Entry) -> str:
    value, interval = numbers(entry)
    parts = [value, f"interval {interval}" if interval else "", f"needed {entry.needed}" if entry.needed else ""]
    return ", ".join(part for part in (*parts, entry.outcome) if part)


def worst(outcomes: Iterable[str]) -> str:
    """The one of some verdicts that stands for all of them."""
    found = set(outcomes)
    return next((outcome for outcome in ("Fail", "Error", "Inconclusive") if outcome in found), "Pass")
