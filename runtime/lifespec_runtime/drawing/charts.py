"""Charts: reliability, curves, bars."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import Final, NamedTuple

from .axes import Axis, frame, left_margin
from .marks import Point, label, line, mark, path, picture, rectangle
from .markup import Markup, joined
from .scale import Scale, around, drawable

WIDTH: Final = 460
_RIGHT: Final = 26
_TOP: Final = 12
_BELOW: Final = 46


class Dot(NamedTuple):
    """A point with the interval of its height, and how many rows it stands for."""

    x: float
    y: float | None
    low: float | None
    high: float | None
    weight: int


class Words(NamedTuple):
    """What a chart says."""

    title: str
    description: str
    across: str
    up: str


class Line(NamedTuple):
    """A line across a chart, with its name."""

    name: str
    at: float


class Bars(NamedTuple):
    """One set of bars, as shares."""

    name: str
    shares: tuple[float, ...]


def _scales(across: Axis, up: Axis, height: float) -> tuple[Axis, Axis]:
    """The axes with their places in a chart of this height."""
    up = up._replace(scale=up.scale._replace(start=height - _BELOW, end=_TOP))
    across = across._replace(scale=across.scale._replace(start=left_margin(up), end=WIDTH - _RIGHT))
    return across, up


def _plain(low: float, high: float) -> Scale:
    return Scale(low, high, 0, 1)


def reliability(words: Words, dots: Sequence[Dot], ends: tuple[float, float], factor: float, suffix: str) -> Markup:
    """What came true of what was predicted, with the line where both are equal, above how many rows there are."""
    height, strip = 420.0, 70.0
    across, up = _scales(
        Axis(_plain(*ends), words.across, factor, suffix), Axis(_plain(*ends), words.up, factor, suffix), height - strip
    )
    x, y = across.scale, up.scale
    marks = [frame(across._replace(words=""), up), line((x.start, y.start), (x.end, y.end), "ideal")]
    marks += [_whisker(x.at(dot.x), y, dot) for dot in dots]
    known = [(x.at(dot.x), y.at(dot.y)) for dot in dots if dot.y is not None]
    marks += [path(known, "curve-thin")] if len(known) > 1 else []
    marks += [mark("circle", cx=at[0], cy=at[1], r=4.5, class_="dot is-series") for at in known]
    foot, most = height - 24, max((dot.weight for dot in dots), default=1) or 1
    marks += [
        rectangle((x.at(dot.x) - 5, foot - 42 * dot.weight / most), (10, 42 * dot.weight / most), "bar") for dot in dots
    ]
    marks += [line((x.start, foot), (x.end, foot), "axis"), label((x.start - 7, foot - 16), "rows", "tick", "end")]
    marks.append(label(((x.start + x.end) / 2, height - 6), words.across, "axis-name"))
    return picture(WIDTH, height, words.title, words.description, *marks, kind="chart")


def _whisker(x: float, y: Scale, dot: Dot) -> Markup:
    if dot.low is None or dot.high is None:
        return Markup("")
    low, high = y.at(dot.low), y.at(dot.high)
    ends = [line((x - 4, at), (x + 4, at), "interval is-series") for at in (low, high)]
    return joined([line((x, low), (x, high), "interval is-series"), *ends])


def curve(words: Words, points: Sequence[Point], *, chance: Sequence[Point], filled: bool = True) -> Markup:
    """A curve in the unit square, with the line of chance."""
    height = 360.0
    across, up = _scales(Axis(_plain(0, 1), words.across), Axis(_plain(0, 1), words.up), height)
    x, y = across.scale, up.scale
    drawn = [(x.at(a), y.at(b)) for a, b in points]
    marks = [frame(across, up)]
    if filled and len(drawn) > 1:
        marks.append(path([(drawn[0][0], y.start), *drawn, (drawn[-1][0], y.start)], "area", closed=True))
    marks.append(path([(x.at(a), y.at(b)) for a, b in chance], "ideal"))
    marks += [path(drawn, "curve")] if drawn else []
    return picture(WIDTH, height, words.title, words.description, *marks, kind="chart")


def tuned(words: Words, points: Sequence[Point], chosen: Line) -> Markup:
    """A metric at every threshold, and the threshold that was taken."""
    height = 300.0
    across, up = _scales(
        Axis(_plain(*around(a for a, _ in points)), words.across),
        Axis(_plain(*around(b for _, b in points)), words.up),
        height,
    )
    x, y = across.scale, up.scale
    marks = [frame(across, up), path([(x.at(a), y.at(b)) for a, b in points], "curve"), *_upright(chosen, x, y)]
    return picture(WIDTH, height, words.title, words.description, *marks, kind="chart")


def _upright(at: Line, x: Scale, y: Scale) -> list[Markup]:
    place = x.at(at.at)
    left = place > (x.start + x.end) / 2
    words = label((place + (-6 if left else 6), y.end + 12), at.name, "tick strong", "end" if left else "start")
    return [line((place, y.start), (place, y.end), "bound"), words]


def bars(
    words: Words, edges: Sequence[float], series: Sequence[Bars], form: tuple[float, str], upright: Line | None = None
) -> Markup:
    """Shares by value: the first set as bars, others as outlines of their own dashes. `form`: factor and suffix."""
    height = 300.0
    most = max((share for each in series for share in each.shares), default=0) or 1.0
    ends = (edges[0], edges[-1]) if edges[0] < edges[-1] else around(edges)
    across, up = _scales(
        Axis(_plain(*ends), words.across, *form), Axis(_plain(0, 1.05 * most), words.up, 100, " %", 4), height
    )
    x, y = across.scale, up.scale
    marks = [frame(across, up)]
    for number, each in enumerate(series):
        if number == 0:
            marks += [
                rectangle((x.at(low) + 0.5, y.at(share)), (x.at(high) - x.at(low) - 1, y.start - y.at(share)), "bar")
                for (low, high), share in zip(pairwise(edges), each.shares, strict=True)
            ]
        else:
            marks.append(path(_outline(x, y, edges, each.shares), f"curve series-{number % 4}"))
    marks += _upright(upright, x, y) if upright and x.holds(upright.at) else []
    return picture(WIDTH, height, words.title, words.description, *marks, kind="chart")


def _outline(x: Scale, y: Scale, edges: Sequence[float], shares: Sequence[float]) -> list[Point]:
    steps = [(x.at(edges[0]), y.start)]
    for (low, high), share in zip(pairwise(edges), shares, strict=True):
        steps += [(x.at(low), y.at(share)), (x.at(high), y.at(share))]
    return [*steps, (x.at(edges[-1]), y.start)]


def spark(counts: Sequence[float], title: str) -> Markup:
    """Bars without an axis, as small as a word."""
    width, height = 120.0, 22.0
    most = max(drawable(counts), default=0) or 1.0
    step = width / max(1, len(counts))
    marks = [
        rectangle((number * step, height - tall), (max(0.5, step - 0.8), tall), "bar")
        for number, count in enumerate(counts)
        if (tall := max(0.8 if count else 0.0, (height - 1) * count / most))
    ]
    return picture(width, height, title, "", line((0, height), (width, height), "axis"), *marks, kind="spark")


def stack(parts: Sequence[tuple[str, int]], title: str) -> Markup:
    """One bar made of parts, each of a kind."""
    total = sum(count for _, count in parts) or 1
    at, marks = 0.0, []
    for kind, count in parts:
        wide = 600.0 * count / total
        marks += [rectangle((at, 0), (wide - (1.5 if at + wide < 600 else 0), 12), f"part is-{kind}")] if count else []
        at += wide
    return picture(600, 12, title, "", *marks, kind="stack")
