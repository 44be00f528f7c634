"""Grafana's grid of 24 columns: panels in rows that fill it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise
from typing import NamedTuple

from .panels import Json, row

COLUMNS = 24


class Band(NamedTuple):
    """Panels side by side, all of one height in grid units; together they fill the width."""

    height: int
    panels: tuple[Json, ...]
    shares: tuple[int, ...] = ()
    """How the width is shared; default: equally."""


class Section(NamedTuple):
    """A row with its heading and the bands below it."""

    title: str
    bands: tuple[Band, ...]


def bands(panels: Sequence[Json], across: int, height: int) -> tuple[Band, ...]:
    """Panels in bands of at most `across`, as even as they come: five in threes are three and two."""
    count = -(-len(panels) // across)
    starts = [round(index * len(panels) / count) for index in range(count + 1)] if count else []
    return tuple(Band(height, tuple(panels[low:high])) for low, high in pairwise(starts))


def placed(sections: Iterable[Section]) -> list[Json]:
    """All panels with their ids and places; sections without panels are left out."""
    found: list[Json] = []
    top = 0
    for section in sections:
        if not section.bands:
            continue
        found.append(_at(row(section.title), len(found) + 1, (0, top, COLUMNS, 1)))
        top += 1
        for band in section.bands:
            for panel, (left, width) in zip(band.panels, _widths(band), strict=True):
                found.append(_at(panel, len(found) + 1, (left, top, width, band.height)))
            top += band.height
    return found


def _widths(band: Band) -> Iterator[tuple[int, int]]:
    """The left edge and the width of each panel."""
    shares = band.shares or (1,) * len(band.panels)
    total, before = sum(shares), 0
    for share in shares:
        left, right = (COLUMNS * edge // total for edge in (before, before + share))
        yield left, right - left
        before += share


def _at(panel: Json, number: int, place: tuple[int, int, int, int]) -> Json:
    left, top, width, height = place
    head = {"id": number, "type": panel["type"], "title": panel["title"]}
    return {**head, **panel, "gridPos": {"h": height, "w": width, "x": left, "y": top}}
