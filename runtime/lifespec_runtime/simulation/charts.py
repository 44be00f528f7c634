"""The charts of a simulation: traffic, phases, marks of decisions, and what was seen meanwhile, on one axis of time."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from lifespec_runtime.drawing.marks import Point, label, line, mark, path, rectangle
from lifespec_runtime.drawing.markup import Markup, joined
from lifespec_runtime.drawing.scale import Scale, tick_words, ticks

from .lanes import lanes
from .layout import MARGIN, WIDTH, label_width
from .selection import happenings, visible
from .story import Level, Seen, Story, Stretch, Tone
from .terminal import letter
from .timescale import time_ticks

LEFT: Final = MARGIN + 72
RIGHT: Final = WIDTH - MARGIN
MOST_LANES: Final = 4
LEAST: Final = 2.0
"""Pixels of the shortest phase that is drawn; the list of decisions has them all."""
_NAMES: Final = LEFT - 14
BINS: Final = 80


def panels(story: Story) -> Iterator[tuple[float, Markup]]:
    """The charts from above, each with its height."""
    across = Scale(story.start, story.start + story.span, LEFT, RIGHT)
    if story.rollouts or any(level.weight for level in story.levels):
        yield _traffic(story, across)
    for name, stretches in (("phases", story.rollouts), ("training", story.trainings)):
        seen = visible(stretches, LEAST * story.span / (RIGHT - LEFT))
        if seen:
            yield _band(name, seen, across)
    if story.decisions:
        yield _marks("decisions", [(each.at, str(each.number), each.tone) for each in story.decisions], across)
    if story.changes:
        changes = [(at, letter(number), None) for number, each in enumerate(happenings(story)) for at in each.times]
        yield _marks("scenario", sorted(changes), across)
    if any(each.candidate for each in story.seen):
        yield _answered(story, across)
    if any(each.drift for each in story.seen):
        yield _drift(story, across)


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


def _traffic(story: Story, across: Scale) -> tuple[float, Markup]:
    top, bottom = 22.0, 202.0
    up = Scale(0, 100, bottom, top)
    marks = [label((LEFT, 8), "share of live traffic that the newest candidate answers", "head", "start")]
    for value in (0, 25, 50, 75, 100):
        marks.append(line((LEFT, up.at(value)), (RIGHT, up.at(value)), "grid"))
        marks.append(label((LEFT - 8, up.at(value) + 4), f"{value} %", "tick", "end"))
    marks += _time_axis(story, across, top, bottom)
    for kind, steps in _areas(story, across):
        marks.append(path(_closed(steps, up), kind, closed=True))
    copies = _copies(story, across)
    marks += [path([(x, up.at(value)) for x, value in copies], "copies")] if copies else []
    if story.harmed is not None:
        x = across.at(story.harmed)
        left = x > (LEFT + RIGHT) / 2
        marks.append(line((x, top), (x, bottom), "leader is-fail"))
        words = label((x + (-6 if left else 6), top + 12), "harm begins", "tick is-fail", "end" if left else "start")
        marks.append(words)
    return 232, joined(marks)


def _time_axis(story: Story, across: Scale, top: float, bottom: float) -> Iterator[Markup]:
    for at, words in time_ticks(story.span, 10):
        x = across.at(story.start + at)
        yield line((x, top), (x, bottom + 4), "grid")
        yield label((x, bottom + 18), words, "tick")
    yield line((LEFT, bottom), (RIGHT, bottom), "axis")


def _areas(story: Story, across: Scale) -> Iterator[tuple[str, list[Point]]]:
    """Stretches with traffic, and those in which the candidate has become what serves, as steps."""
    steps: list[Point] = []
    kind = ""
    for level, end in _levels(story):
        now = "serving" if level.serving else "traffic"
        if steps and (not level.weight or now != kind):
            yield kind, steps
            steps = []
        if level.weight:
            kind = now
            steps += [(across.at(level.at), level.weight), (across.at(end), level.weight)]
    if steps:
        yield kind, steps


def _closed(steps: Sequence[Point], up: Scale) -> list[Point]:
    drawn = [(x, up.at(value)) for x, value in steps]
    return [(drawn[0][0], up.start), *drawn, (drawn[-1][0], up.start)]


def _copies(story: Story, across: Scale) -> list[Point]:
    if not any(level.mirror for level in story.levels):
        return []
    return [
        point
        for level, end in _levels(story)
        for point in ((across.at(level.at), level.mirror), (across.at(end), level.mirror))
    ]


def _levels(story: Story) -> Iterator[tuple[Level, float]]:
    """Each level with its end."""
    ends = [level.at for level in story.levels[1:]]
    yield from zip(story.levels, [*ends, story.end], strict=True)


def _band(name: str, stretches: Sequence[Stretch], across: Scale) -> tuple[float, Markup]:
    """Phases in a row; where two are open at once, in rows."""
    spans = [(across.at(each.start), across.at(each.end)) for each in stretches]
    rows = lanes(spans, MOST_LANES)
    tall = 27.0
    marks = [label((_NAMES, 16), name, "head", "end")]
    for each, (start, end), lane in zip(stretches, spans, rows, strict=True):
        if lane is None:
            continue
        wide = end - start
        marks.append(rectangle((start, lane * tall), (wide, 23), f"badge is-{each.tone}"))
        if label_width(each.name, 12) + 8 < wide:
            kind = "tick" if each.tone == "plain" else f"tick is-{each.tone}"
            marks.append(label((start + wide / 2, lane * tall + 16), each.name, kind))
    used = max((lane for lane in rows if lane is not None), default=0) + 1
    return used * tall + 6, joined(marks)


def _marks(name: str, found: Sequence[tuple[float, str, Tone | None]], across: Scale) -> tuple[float, Markup]:
    """Marks at their times: in lanes, and where these are full, one mark for the first to the last of several."""
    groups = _grouped(found, across)
    marks = [label((_NAMES, 14), name, "head", "end")]
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
            shown.append((across.at(group[0][0]), f"{group[0][1]}-{group[-1][1]}", tone))
    return shown


def _answered(story: Story, across: Scale) -> tuple[float, Markup]:
    """The share of bad answers in short stretches of time: the candidate's, and stable's."""
    top, bottom = 28.0, 128.0
    candidate = _shares(story, [(each.candidate, each.candidate_bad) for each in story.seen])
    stable = _shares(story, [(each.stable, each.stable_bad) for each in story.seen])
    most = max([share for _, share in (*candidate, *stable)], default=0.0) or 0.01
    values = ticks(0, most, 3)
    if values[-1] < most:
        values.append(2 * values[-1] - values[-2] if len(values) > 1 else most)
    up = Scale(0, values[-1], bottom, top)
    marks = [
        label((LEFT, 10), "share of answers that were bad:", "head", "start"),
        *_key(LEFT + 196, "candidate", "candidate"),
        *_key(LEFT + 304, "stable", "stable"),
    ]
    for value, words in zip(values, tick_words(values, " %", 100), strict=True):
        marks.append(line((LEFT, up.at(value)), (RIGHT, up.at(value)), "grid"))
        marks.append(label((LEFT - 8, up.at(value) + 4), words, "tick", "end"))
    marks += _time_axis(story, across, top, bottom)
    for kind, points in (("stable", stable), ("candidate", candidate)):
        drawn = [(across.at(at), up.at(share)) for at, share in points]
        if len(drawn) == 1:
            marks.append(mark("circle", cx=drawn[0][0], cy=drawn[0][1], r=3, class_=kind))
        elif drawn:
            marks.append(path(drawn, kind))
    return 160, joined(marks)


def _key(x: float, words: str, kind: str) -> list[Markup]:
    return [line((x, 6), (x + 26, 6), kind), label((x + 32, 10), words, "head", "start")]


def _shares(story: Story, counts: Sequence[tuple[int, int]]) -> list[Point]:
    """The share of bad answers by time: in bins, each at the middle of what was seen in it."""
    bins: dict[int, list[float]] = {}
    for each, (total, bad) in zip(story.seen, counts, strict=True):
        if not total or each.start > story.end:
            continue
        middle = (each.start + each.end) / 2
        number = int((middle - story.start) / story.span * BINS)
        sums = bins.setdefault(number, [0.0, 0.0, 0.0])
        sums[0] += total
        sums[1] += bad
        sums[2] += middle * total
    return [(weighted / total, bad / total) for _, (total, bad, weighted) in sorted(bins.items())]


def _drift(story: Story, across: Scale) -> tuple[float, Markup]:
    """How far the data have moved."""
    top, bottom = 24.0, 104.0
    seen: list[Seen] = [each for each in story.seen if each.start <= story.end]
    most = max([1.1, *(each.drift for each in seen)]) * 1.05
    up = Scale(0, most, bottom, top)
    marks = [label((LEFT, 10), "how far the data have moved; monitors raise an alarm at 1", "head", "start")]
    for value in (0, 1):
        marks.append(line((LEFT, up.at(value)), (RIGHT, up.at(value)), "bound" if value else "grid"))
        marks.append(label((LEFT - 8, up.at(value) + 4), str(value), "tick", "end"))
    marks += _time_axis(story, across, top, bottom)
    marks.append(path([(across.at(min(each.end, story.end)), up.at(each.drift)) for each in seen], "drift"))
    return 136, joined(marks)
