"""Marks of decisions and of what the scenario does, so that none lies on another."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from lifespec_runtime.drawing.marks import Point, label, line, mark, rectangle
from lifespec_runtime.drawing.markup import Markup, joined
from lifespec_runtime.drawing.scale import Scale

from .lanes import lanes
from .layout import LEFT, NAMES, RIGHT, label_width
from .selection import from_to
from .tones import Tone

MOST_LANES: Final = 4


def circle(at: Point, words: str, tone: Tone) -> Markup:
    """The mark of a decision."""
    wide = max(19.0, label_width(words, 12) + 6)
    box = mark("rect", x=at[0] - wide / 2, y=at[1] - 9.5, width=wide, height=19, rx=9.5, class_=f"badge is-{tone}")
    kind = "tick name" if tone == "plain" else f"tick name is-{tone}"
    return joined([box, label((at[0], at[1] + 4.2), words, kind)])


def square(at: Point, words: str) -> Markup:
    """The mark of something that the scenario does."""
    wide = max(19.0, label_width(words, 12) + 6)
    box = rectangle((at[0] - wide / 2, at[1] - 9.5), (wide, 19), "badge is-wait")
    return joined([box, label((at[0], at[1] + 4.2), words, "tick name is-wait")])


def marked(name: str, found: Sequence[tuple[float, str, Tone | None]], across: Scale) -> tuple[float, Markup]:
    """Marks at their times: in lanes, and where these are full, one mark for the first to the last of several."""
    groups = _grouped(found, across)
    marks = [label((NAMES, 14), name, "head", "end")]
    places = []
    for x, words, _ in groups:
        half = max(19.0, label_width(words, 12) + 6) / 2
        middle = min(max(x, LEFT + half - 8), RIGHT - half + 2)
        places.append((middle, half))
    rows = lanes([(middle - half - 1, middle + half + 1) for middle, half in places], MOST_LANES)
    heights = [10 + 23.0 * (lane or 0) for lane in rows]
    marks += [line((x, 0), (x, y), "leader") for (x, _, _), y in zip(groups, heights, strict=True) if y > 10]
    for (_, words, tone), (middle, _), y in zip(groups, places, heights, strict=True):
        marks.append(square((middle, y), words) if tone is None else circle((middle, y), words, tone))
    used = max((lane for lane in rows if lane is not None), default=0) + 1
    return used * 23.0 + 8, joined(marks)


def _grouped(found: Sequence[tuple[float, str, Tone | None]], across: Scale) -> list[tuple[float, str, Tone | None]]:
    """Marks, so few in one place that the lanes hold them: of too many the first and the last are named."""
    groups = []
    members: list[tuple[float, str, Tone | None]] = []
    for each in found:
        x = across.at(each[0])
        if members and x - across.at(members[0][0]) > 24:
            groups.append(members)
            members = []
        members = [*members, each]
    groups += [members] if members else []
    shown: list[tuple[float, str, Tone | None]] = []
    for group in groups:
        if len(group) <= MOST_LANES - 1:
            shown += [(across.at(at), words, tone) for at, words, tone in group]
        else:
            tones = [tone for _, _, tone in group if tone != "plain"]
            tone = tones[-1] if tones else group[0][2]
            shown.append((across.at(group[0][0]), from_to(words for _, words, _ in group), tone))
    return shown
