"""A simulation as text: a step chart of the candidate's traffic over its phases, and what was decided, and why."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final, Literal, NamedTuple

from lifespec_schema.loader.escape import show_value

from .decisions import Decision
from .lanes import lanes
from .scored import ROLES
from .selection import again, ends, from_to, happenings, visible, worth_listing
from .story import Story
from .stretches import Stretch
from .timescale import time_ticks
from .tones import Tone
from .traffic import Level
from .words import cells, elapsed, fitted, wrapped

Style = Literal["plain", "strong", "faint", "traffic", "pass", "fail", "wait"]

ROWS: Final = 4
GUTTER: Final = 12
LISTED: Final = 30


class Signs(NamedTuple):
    """The characters of a picture."""

    levels: str
    """From empty to full."""
    copied: str
    axis: str
    tick: str
    corner: str
    edge: str
    ellipsis: str
    ends: tuple[str, str, str]
    """How it went: as it should, not so, undecided."""
    runs: dict[Tone, str]
    """How a batch run ended."""


UNICODE: Final = Signs(
    " ▁▂▃▄▅▆▇█", "░", "─", "┬", "└", "│", "…", ("✓", "✗", "•"), {"plain": "✓", "fail": "✗", "wait": "~"}
)
ASCII: Final = Signs(
    " __==##", ":", "-", "+", "+", "|", "...", ("ok", "not ok", "undecided"), {"plain": "+", "fail": "x", "wait": "~"}
)


_WORSE: Final = ("plain", "pass", "wait", "fail")


class Span(NamedTuple):
    """Words of one style."""

    text: str
    style: Style = "plain"


Line = list[Span]


def timeline(story: Story, width: int, signs: Signs = UNICODE) -> list[Line]:
    """The picture, as lines of at most `width` columns."""
    columns = width - GUTTER - 1
    place = _Places(story, columns)
    return [
        *_head(story, width, signs),
        [],
        *(_chart(place, signs) if story.runs is None else _runs(story.runs, place, signs)),
        *_axis(story, place, signs),
        *_band("rollout", story.rollouts, place, signs),
        *_band("training", story.trainings, place, signs),
        *_marks("decision", [(decision.at, str(decision.number)) for decision in story.decisions], place),
        *_marks("scenario", _happening(story), place),
        [],
        *_changes(story, width),
        *_decisions(story, width, signs),
    ]


def _happening(story: Story) -> list[tuple[float, str]]:
    found = [(at, letter(number)) for number, each in enumerate(happenings(story)) for at in each.times]
    return sorted(found)


def sparkline(story: Story, columns: int, signs: Signs = UNICODE) -> str:
    """The candidate's traffic over time, in one line."""
    place = _Places(story, columns)
    found = []
    for column in range(columns):
        weight, mirror = place.share(column)
        step = -(-weight * (len(signs.levels) - 1) // 100)
        found.append(signs.levels[step] if weight else signs.copied if mirror else signs.levels[0])
    return "".join(found)


def letter(number: int) -> str:
    """The mark of the scenario's change of this number: a, b, …, z, aa."""
    first, last = divmod(number, 26)
    return (letter(first - 1) if first else "") + chr(ord("a") + last)


class _Places:
    """Which column a time is in, and what happens in a column."""

    def __init__(self, story: Story, columns: int) -> None:
        self.story, self.columns = story, columns

    def column(self, at: float) -> int:
        share = (at - self.story.start) / self.story.span
        return min(self.columns - 1, max(0, int(share * self.columns)))

    def share(self, column: int) -> tuple[int, int]:
        """The most traffic and the most copies at any time in the column; what was promoted hides no candidate."""
        found = self._levels(column)
        found = [level for level in found if level.weight and not level.serving] or found
        return max((level.weight for level in found), default=0), max((level.mirror for level in found), default=0)

    def serving(self, column: int) -> bool:
        """Whether nothing but what has been promoted has traffic in the column."""
        found = self._levels(column)
        return any(level.serving for level in found) and not any(level.weight and not level.serving for level in found)

    def _levels(self, column: int) -> list[Level]:
        start = self.story.start + self.story.span * column / self.columns
        end = self.story.start + self.story.span * (column + 1) / self.columns
        before = [level for level in self.story.levels if level.at <= start][-1:]
        return [*before, *(level for level in self.story.levels if start < level.at < end)]


def _head(story: Story, width: int, signs: Signs) -> Iterator[Line]:
    title = f"{story.name} in {story.environment}: {story.scenario}"
    seed = f" ({story.chance})"
    yield [Span(fitted(show_value(title), width - cells(seed), signs.ellipsis), "strong"), Span(seed, "faint")]
    sign = {"pass": signs.ends[0], "fail": signs.ends[1]}.get(story.tone, signs.ends[2])
    lines = wrapped(story.headline, width - cells(sign) - 1)
    style: Style = story.tone
    yield [Span(f"{sign} ", style), Span(lines[0])]
    yield from ([Span(" " * (cells(sign) + 1) + line)] for line in lines[1:])
    if story.about:
        yield from ([Span(line, "faint")] for line in wrapped(show_value(story.about), width))


def _chart(place: _Places, signs: Signs) -> Iterator[Line]:
    shares = [place.share(column) for column in range(place.columns)]
    for row in range(ROWS, 0, -1):
        top, bottom = 100 * row / ROWS, 100 * (row - 1) / ROWS
        spans = [Span(f"{top:>{GUTTER - 3}.0f} % {signs.edge}", "faint")]
        for column, (weight, mirror) in enumerate(shares):
            char = signs.levels[0]
            style: Style = "plain"
            if weight > bottom:
                full = min(1.0, (weight - bottom) / (top - bottom))
                char = signs.levels[max(1, round(full * (len(signs.levels) - 1)))]
                style = "pass" if place.serving(column) else "traffic"
            elif mirror > bottom:
                char, style = signs.copied, "faint"
            _add(spans, char, style)
        yield spans


def _runs(runs: Sequence[Stretch], place: _Places, signs: Signs) -> Iterator[Line]:
    """Whose output is used, and a mark for each batch run, at its end; of several in one column the worst."""
    yield from _band("output", place.story.outputs, place, signs)
    for role in ROLES:
        marks: dict[int, tuple[str, Style]] = {}
        for run in sorted((run for run in runs if run.stream == role), key=lambda run: _WORSE.index(run.tone)):
            end = place.column(run.end)
            for column in range(place.column(run.start), end):
                marks.setdefault(column, (signs.copied, "faint"))
            marks[end] = (signs.runs[run.tone], run.tone)
        line: Line = [Span(f"{role:>{GUTTER - 2}} {signs.edge}", "faint")]
        for column in range(place.columns):
            _add(line, *marks.get(column, (" ", "plain")))
        yield line


def _axis(story: Story, place: _Places, signs: Signs) -> Iterator[Line]:
    line, words = [signs.axis] * place.columns, [" "] * place.columns
    for at, word in time_ticks(story.span, max(2, place.columns // 10)):
        column = place.column(story.start + at)
        line[column] = signs.tick
        begin = max(0, min(column, place.columns - len(word)))
        words[begin : begin + len(word)] = word
    yield [Span(" " * (GUTTER - 1) + signs.corner + "".join(line), "faint")]
    yield [Span((" " * GUTTER + "".join(words)).rstrip(), "faint")]


def _band(name: str, stretches: Sequence[Stretch], place: _Places, signs: Signs) -> Iterator[Line]:
    """Phases side by side, each with its name where there is room for it."""
    placed = [
        (each, (place.column(each.start), place.column(each.end)))
        for each in visible(stretches, place.story.span / place.columns)
    ]
    placed = [(each, span) for each, span in placed if span[0] < span[1]]
    rows = lanes([span for _, span in placed], 3)
    for row in range(max((lane for lane in rows if lane is not None), default=-1) + 1):
        line: Line = [Span(f"{name if row == 0 else '':>{GUTTER - 2}}  ", "faint")]
        at = 0
        for (each, (start, end)), lane in zip(placed, rows, strict=True):
            if lane != row:
                continue
            room = end - start
            word = each.name if cells(each.name) < room else ""
            _add(line, " " * (start - at), "plain")
            _add(line, signs.edge, "faint")
            _add(line, word + " " * (room - 1 - cells(word)), each.tone)
            at = start + room
        if at < place.columns:
            _add(line, signs.edge, "faint")
        yield line


def _marks(name: str, marks: Sequence[tuple[float, str]], place: _Places) -> Iterator[Line]:
    """Marks under their times; those that are too near to one another are told by the first and the last of them."""
    groups: list[_Group] = []
    for at, word in marks:
        column = place.column(at)
        if groups and column < groups[-1].column + len(groups[-1].words) + 1:
            groups[-1] = groups[-1].with_(word)
        else:
            groups.append(_Group(column, (word,)))
    while len(groups) > 1 and groups[-1].start(place) < groups[-2].column + len(groups[-2].words) + 1:
        *groups, before, last = groups
        groups.append(before.with_(*last.marks))
    if not groups:
        return
    line = ""
    for group in groups:
        line = line.ljust(group.start(place)) + group.words
    yield [Span(f"{name:>{GUTTER - 2}}  ", "faint"), Span(line)]


class _Group(NamedTuple):
    """Marks that share one place."""

    column: int
    marks: tuple[str, ...]

    @property
    def words(self) -> str:
        return from_to(self.marks)

    def start(self, place: _Places) -> int:
        """Where it begins, so that it ends within the picture."""
        return max(0, min(self.column, place.columns - len(self.words)))

    def with_(self, *marks: str) -> _Group:
        return self._replace(marks=ends((*self.marks, *marks)))


def _changes(story: Story, width: int) -> Iterator[Line]:
    for number, happening in enumerate(happenings(story)):
        told = show_value(happening.what) + again(story, happening)
        first, *more = wrapped(told, width - GUTTER - 2)
        at = story.since(happening.times[0])
        yield [Span(f"{letter(number):>2} {at:>{GUTTER - 4}} ", "faint"), Span(f" {first}", "wait")]
        yield from ([Span(" " * GUTTER + " " + line, "wait")] for line in more)
    if story.changes:
        yield []


def _decisions(story: Story, width: int, signs: Signs) -> Iterator[Line]:
    shown = worth_listing(story.decisions, LISTED)
    what = min(36, max((cells(decision.what) for decision in shown), default=0))
    for decision in shown:
        yield from _decision(story, decision, what, width, signs)
    left = len(story.decisions) - len(shown) + story.later
    if left:
        told = f" {signs.ellipsis} and {left} more until {elapsed(story.ended - story.start)}: --format json has them"
        yield [Span(" " * GUTTER + told, "faint")]


def _decision(story: Story, decision: Decision, what: int, width: int, signs: Signs) -> Iterator[Line]:
    begin = Span(f"{decision.number:>2} {story.since(decision.at):>{GUTTER - 4}} ", "faint")
    told = fitted(show_value(decision.what), what, signs.ellipsis)
    because = [show_value(reason) for reason in decision.because]
    room = width - GUTTER - 1 - what - 2
    lines = [line for reason in because for line in wrapped(reason, room)] or [""]
    yield [begin, Span(f" {told}{' ' * (what - cells(told))}  ", decision.tone), Span(lines[0])]
    yield from ([Span(" " * (GUTTER + 1 + what + 2) + line)] for line in lines[1:])


def _add(line: Line, text: str, style: Style) -> None:
    """Appends words, to the last ones where these have the same style."""
    if not text:
        return
    if line and line[-1].style == style:
        line[-1] = Span(line[-1].text + text, style)
    else:
        line.append(Span(text, style))
