"""The charts of a simulation: traffic, phases, marks of decisions, and what was seen meanwhile, on one axis of time."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from itertools import groupby
from typing import Final

from lifespec_runtime.drawing.marks import Point, label, line, mark, path, rectangle
from lifespec_runtime.drawing.markup import Markup, joined
from lifespec_runtime.drawing.scale import Scale, tick_words, ticks

from .lanes import lanes
from .layout import LEFT, NAMES, RIGHT, label_width
from .scored import ROLES
from .selection import happenings, visible
from .story import Story
from .stretches import Stretch
from .terminal import letter
from .time_marks import MOST_LANES, marked
from .timescale import time_ticks
from .traffic import Level, Seen

LEAST: Final = 2.0
"""Pixels of the shortest phase that is drawn; the list of decisions has them all."""
BINS: Final = 80


def panels(story: Story) -> Iterator[tuple[float, Markup]]:
    """The charts from above, each with its height."""
    across = Scale(story.start, story.start + story.span, LEFT, RIGHT)
    bands = [(name, visible(found, LEAST * story.span / (RIGHT - LEFT))) for name, found in _bands(story)]
    routed = any(level.weight or level.mirror for level in story.levels)
    drifted = any(each.drift for each in story.seen)
    if not (routed or drifted or story.runs or any(shown for _, shown in bands)):
        return  # all of it happened in one moment, which the list of decisions tells
    if story.runs is not None:
        yield _runs(story, story.runs, across)
    elif routed:
        yield _traffic(story, across)
    for name, shown in bands:
        if shown:
            yield _band(name, shown, across)
    if story.decisions:
        yield marked("decisions", [(each.at, str(each.number), each.tone) for each in story.decisions], across)
    if story.changes:
        changes = [(at, letter(number), None) for number, each in enumerate(happenings(story)) for at in each.times]
        yield marked("scenario", sorted(changes), across)
    answered = story.seen if story.runs is None else story.rows
    if any(each.candidate for each in answered):
        yield _answered(story, answered, across)
    if drifted:
        yield _drift(story, across)


def _bands(story: Story) -> tuple[tuple[str, Sequence[Stretch]], ...]:
    return ("phases", story.rollouts), ("training", story.trainings)


def _traffic(story: Story, across: Scale) -> tuple[float, Markup]:
    top, bottom = 22.0, 202.0
    up = Scale(0, 100, bottom, top)
    marks = [label((LEFT, 8), "share of live traffic that the newest candidate answers", "head", "start")]
    for value in (0, 25, 50, 75, 100):
        marks.append(line((LEFT, up.at(value)), (RIGHT, up.at(value)), "grid"))
        marks.append(label((LEFT - 8, up.at(value) + 4), f"{value} %", "tick", "end"))
    marks += _time_axis(story, across, top, bottom)
    areas, copies = list(_areas(story, across)), list(_copies(story, across))
    marks += [path(_closed(steps, up), kind, closed=True) for kind, steps in areas]
    marks += [path([(x, up.at(value)) for x, value in steps], "copies") for steps in copies]
    kinds = {kind for kind, _ in areas} | ({"copies"} if copies else set())
    marks += _keys(kinds) if kinds - {"traffic"} else ()
    if story.harmed is not None:
        x = across.at(story.harmed)
        left = x > (LEFT + RIGHT) / 2
        marks.append(line((x, top), (x, bottom), "leader is-fail"))
        words = label(
            (x + (-6 if left else 6), top + 12), "harm begins", "tick over is-fail", "end" if left else "start"
        )
        marks.append(words)
    return 232, joined(marks)


def _keys(kinds: Collection[str]) -> Iterator[Markup]:
    """What the colours and lines mean, from the right."""
    x = RIGHT
    for kind, words in _KEYS.items():
        if kind in kinds:
            x -= label_width(words, 12) + 46
            area = kind in ("serving", "traffic")
            yield rectangle((x, -1), (26, 10), kind) if area else line((x, 4), (x + 26, 4), kind)
            yield label((x + 32, 8), words, "head", "start")


_KEYS: Final = {
    "copies": "copies, in shadow",
    "serving": "promoted",
    "traffic": "candidate",
    "stable": "stable",
    "candidate": "candidate",
}


def _runs(story: Story, runs: Sequence[Stretch], across: Scale) -> tuple[float, Markup]:
    """With batch serving: whose output is used, and the runs of candidate and stable, as long as they took."""
    words = "whose output is used, and the batch runs beside each other; red ones failed, yellow ones came late"
    bands = [("output", story.outputs), *((role, [run for run in runs if run.stream == role]) for role in ROLES)]
    bottom = 26.0
    drawn = []
    for name, stretches in [(name, stretches) for name, stretches in bands if stretches]:
        tall, marks = _band(name, stretches, across)
        drawn.append(mark("g", marks, transform=f"translate(0 {bottom:.1f})"))
        bottom += tall
    axis = [*_time_axis(story, across, 18, bottom)]
    return bottom + 30, joined([label((LEFT, 8), words, "head", "start"), *axis, *drawn])


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


def _copies(story: Story, across: Scale) -> Iterator[list[Point]]:
    """Stretches in which the candidate gets copies, as steps that begin and end at 0."""
    steps: list[Point] = []
    for level, end in _levels(story):
        if level.mirror:
            begin = across.at(level.at)
            steps = [*(steps or [(begin, 0)]), (begin, level.mirror), (across.at(end), level.mirror)]
        elif steps:
            yield [*steps, (steps[-1][0], 0)]
            steps = []
    if steps:
        yield steps


def _levels(story: Story) -> Iterator[tuple[Level, float]]:
    """Each level with its end."""
    ends = [level.at for level in story.levels[1:]]
    yield from zip(story.levels, [*ends, story.end], strict=True)


def _band(name: str, stretches: Sequence[Stretch], across: Scale) -> tuple[float, Markup]:
    """Phases in a row; where two are open at once, in rows."""
    spans = [(across.at(each.start), across.at(each.end)) for each in stretches]
    rows = lanes(spans, MOST_LANES)
    tall = 27.0
    marks = [label((NAMES, 16), name, "head", "end")]
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


def _answered(story: Story, seen: Sequence[Seen], across: Scale) -> tuple[float, Markup]:
    """The share of bad answers in short stretches of time: the candidate's, and stable's."""
    top, bottom = 28.0, 128.0
    candidate = _shares(story, seen, [(each.candidate, each.candidate_bad) for each in seen])
    stable = _shares(story, seen, [(each.stable, each.stable_bad) for each in seen])
    what = "answers that were bad" if story.runs is None else "rows that failed"
    most = max([share for line_ in (*candidate, *stable) for _, share in line_], default=0.0) or 0.01
    values = ticks(0, most, 3)
    if values[-1] < most:
        values.append(2 * values[-1] - values[-2] if len(values) > 1 else most)
    up = Scale(0, values[-1], bottom, top)
    marks = [label((LEFT, 8), f"share of {what}", "head", "start"), *_keys(("candidate", "stable"))]
    for value, words in zip(values, tick_words(values, " %", 100), strict=True):
        marks.append(line((LEFT, up.at(value)), (RIGHT, up.at(value)), "grid"))
        marks.append(label((LEFT - 8, up.at(value) + 4), words, "tick", "end"))
    marks += _time_axis(story, across, top, bottom)
    for kind, lines in (("stable", stable), ("candidate", candidate)):
        for points in lines:
            drawn = [(across.at(at), up.at(share)) for at, share in points]
            alone = mark("circle", cx=drawn[0][0], cy=drawn[0][1], r=3, class_=kind)
            marks.append(alone if len(drawn) == 1 else path(drawn, kind))
    return 160, joined(marks)


def _shares(story: Story, seen: Sequence[Seen], counts: Sequence[tuple[int, int]]) -> list[list[Point]]:
    """The share of bad answers by time, in bins, each at the middle of what was seen in it.

    Where there was nothing to see for longer than two of them, another line begins: nobody knows what was between.
    """
    wide = story.span / BINS
    bins: dict[tuple[int, int], list[float]] = {}
    lines, until = 0, story.start
    for each, (total, bad) in zip(seen, counts, strict=True):
        if not total or each.start > story.end:
            continue
        lines += each.start - until > 2 * wide
        until = each.end
        middle = (each.start + each.end) / 2
        sums = bins.setdefault((lines, int((middle - story.start) / wide)), [0.0, 0.0, 0.0])
        sums[0] += total
        sums[1] += bad
        sums[2] += middle * total
    return [
        [(weighted / total, bad / total) for _, (total, bad, weighted) in found]
        for _, found in groupby(sorted(bins.items()), key=lambda each: each[0][0])
    ]


def _drift(story: Story, across: Scale) -> tuple[float, Markup]:
    """How far the data have moved."""
    top, bottom = 24.0, 104.0
    seen: list[Seen] = [each for each in story.seen if each.start <= story.end]
    most = max([1.1, *(each.drift for each in seen)]) * 1.05
    up = Scale(0, most, bottom, top)
    words = "how far the data are from what serves was trained on; monitors raise an alarm at 1"
    marks = [label((LEFT, 8), words, "head", "start")]
    for value in (0, 1):
        marks.append(line((LEFT, up.at(value)), (RIGHT, up.at(value)), "bound" if value else "grid"))
        marks.append(label((LEFT - 8, up.at(value) + 4), str(value), "tick", "end"))
    marks += _time_axis(story, across, top, bottom)
    marks.append(path([(across.at(min(each.end, story.end)), up.at(each.drift)) for each in seen], "drift"))
    return 136, joined(marks)
