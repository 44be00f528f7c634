"""A row's plot: a value with its interval, and what it is held to, on the axis of its table."""

from __future__ import annotations

from typing import Final, NamedTuple

from .marks import label, line, mark, path, picture, rectangle
from .markup import Markup
from .scale import LARGEST, Scale, tick_words, ticks

WIDTH: Final = 240
HEIGHT: Final = 26
_MIDDLE: Final = HEIGHT / 2
_SIDE: Final = 10


class Plotted(NamedTuple):
    """What a row shows. Values are on the scale of the row's group."""

    value: float | None
    low: float | None = None
    high: float | None = None
    least: float | None = None
    """The least value allowed."""
    most: float | None = None
    """The greatest value allowed."""
    kind: str = "plain"
    """The outcome, in lower case, or `plain`."""
    reference: float | None = None
    """A value to compare with, drawn as a line: that of all rows, or zero of differences."""

    @property
    def numbers(self) -> tuple[float | None, ...]:
        """All that a scale must hold."""
        return (self.value, self.low, self.high, self.least, self.most, self.reference)


def scale_of(low: float, high: float) -> Scale:
    """The scale of a group of rows."""
    return Scale(low, high, _SIDE, WIDTH - _SIDE)


def axis(scale: Scale, factor: float, suffix: str) -> Markup:
    """The axis above a group of rows."""
    values = ticks(scale.low, scale.high, 4)
    words = tick_words(values, suffix, factor)
    marks = []
    for value, each in zip(values, words, strict=True):
        x = scale.at(value)
        marks.append(line((x, 17), (x, 22), "axis"))
        reach = 3.4 * len(each)
        anchor = "start" if x < reach else "end" if x > WIDTH - reach else "middle"
        at = {"start": 0.0, "middle": x, "end": float(WIDTH)}[anchor]
        marks.append(label((at, 12), each, "tick", anchor))
    marks.append(line((scale.start, 22), (scale.end, 22), "axis"))
    title = f"Axis from {tick_words([scale.low], suffix, factor)[0]} to {tick_words([scale.high], suffix, factor)[0]}"
    return picture(WIDTH, 24, title, "", *marks, kind="row-axis")


def row(scale: Scale, plotted: Plotted, title: str) -> Markup:
    """The plot of one row; the title says in words what it shows."""
    marks: list[Markup] = []
    start = scale.start if plotted.least is None else scale.at(plotted.least)
    end = scale.end if plotted.most is None else scale.at(plotted.most)
    bounded = plotted.least is not None or plotted.most is not None
    if bounded and start < end:
        marks.append(rectangle((start, 3), (end - start, HEIGHT - 6), "allowed"))
    if plotted.reference is not None and scale.holds(plotted.reference):
        x = scale.at(plotted.reference)
        marks.append(line((x, 2), (x, HEIGHT - 2), "reference"))
    marks += _bound(scale, plotted.least, 1) + _bound(scale, plotted.most, -1)
    marks += _interval(scale, plotted)
    if plotted.value is not None and abs(plotted.value) <= LARGEST:
        marks.append(_dot(scale.at(plotted.value), plotted.kind))
    return picture(WIDTH, HEIGHT, title, "", *marks, kind="row-plot")


def _bound(scale: Scale, value: float | None, side: int) -> list[Markup]:
    """A line with a foot that points to the side that is allowed."""
    if value is None:
        return []
    x = scale.at(value)
    feet = [path([(x, y), (x + 5 * side, y)], "bound") for y in (3, HEIGHT - 3)]
    return [line((x, 3), (x, HEIGHT - 3), "bound"), *feet]


def _interval(scale: Scale, plotted: Plotted) -> list[Markup]:
    if plotted.low is None or plotted.high is None:
        return []
    kind = f"interval is-{plotted.kind}"
    left, right = scale.at(plotted.low), scale.at(plotted.high)
    marks = [line((left, _MIDDLE), (right, _MIDDLE), kind)]
    ends = ((plotted.low, left, -1), (plotted.high, right, 1))
    for value, x, side in ends:
        if scale.holds(value):
            marks.append(line((x, _MIDDLE - 4), (x, _MIDDLE + 4), kind))
        else:  # it goes on beyond the scale
            marks.append(path([(x - 5 * side, _MIDDLE - 4), (x, _MIDDLE), (x - 5 * side, _MIDDLE + 4)], kind))
    return marks


def _dot(x: float, kind: str) -> Markup:
    """A mark whose shape, not its colour alone, tells the outcome."""
    kinds = f"dot is-{kind}"
    if kind == "fail":
        diamond = [(x, _MIDDLE - 6.5), (x + 6.5, _MIDDLE), (x, _MIDDLE + 6.5), (x - 6.5, _MIDDLE)]
        return path(diamond, kinds, closed=True)
    if kind == "error":
        half = 4.5
        return rectangle((x - half, _MIDDLE - half), (2 * half, 2 * half), kinds)
    return mark("circle", cx=x, cy=_MIDDLE, r=5, class_=kinds)
