"""A simulation as one SVG file that needs nothing else: light and dark, with words for whoever cannot see it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from importlib import resources
from typing import Final, NamedTuple

from lifespec_runtime.drawing.colours import colours
from lifespec_runtime.drawing.marks import label, line, mark, rectangle
from lifespec_runtime.drawing.markup import Markup, joined
from lifespec_schema.loader.escape import show_value

from . import charts
from .decisions import Decision
from .layout import LINE, MARGIN, WIDTH, characters, label_width
from .selection import again, happenings, worth_listing
from .story import Story
from .table import Row
from .terminal import letter
from .time_marks import circle, square
from .words import cells, elapsed, moment, wrapped

LISTED: Final = 30
WHY: Final = 310
"""How far from the left edge the reasons stand."""


class Block(NamedTuple):
    """A part of the picture, drawn from its own upper edge, and its height."""

    height: float
    marks: Markup


def svg(story: Story, answers: Sequence[Row] = (), asked: str = "", assumed: Sequence[str] = ()) -> str:
    """The whole picture. `answers` are the rows of the table below it, `asked` what they rest on."""
    blocks = [
        _head(story),
        *(Block(*each) for each in charts.panels(story)),
        _changes(story),
        _decisions(story),
        *([_answers(answers, asked)] if answers else []),
        *([_assumed(assumed)] if assumed else []),
    ]
    placed, at = [], MARGIN
    for block in blocks:
        if block.height:
            placed.append(mark("g", block.marks, transform=f"translate(0 {at:.1f})"))
            at += block.height
    height = at + 22
    style = colours() + resources.files("lifespec_runtime.simulation").joinpath("picture.css").read_text("utf-8")
    return (
        mark(
            "svg",
            mark("title", _title(story), id="picture-title"),
            mark("desc", described(story), id="picture-words"),
            mark("style", Markup(style)),
            rectangle((0.5, 0.5), (WIDTH - 1, height - 1), "card"),
            *placed,
            xmlns="http://www.w3.org/2000/svg",
            viewBox=f"0 0 {WIDTH:.0f} {height:.0f}",
            width=WIDTH,
            height=height,
            role="img",
            aria_labelledby="picture-title picture-words",
        )
        + "\n"
    )


def described(story: Story) -> str:
    """The picture in sentences."""
    told = [story.headline]
    for decision in worth_listing(story.decisions, LISTED):
        because = "; ".join(decision.because)
        told.append(f"After {story.since(decision.at)}: {decision.what}{f' ({because})' if because else ''}.")
    return " ".join(told)


def _title(story: Story) -> str:
    return f"{story.name} in {story.environment}: {story.scenario}"


def _head(story: Story) -> Block:
    badge = story.verdict
    wide = label_width(badge) + 20
    room = characters(WIDTH - 2 * MARGIN - wide - 20, 22)
    title = wrapped(show_value(_title(story)), room)
    told = _in_sentences(story.headline, characters(WIDTH - 2 * MARGIN))
    marks = [
        label((MARGIN, 14), f"Simulated rollout, {story.chance}, begins {moment(story.start)}", "eyebrow", "start"),
        rectangle((WIDTH - MARGIN - wide, 0), (wide, 26), f"badge is-{story.tone}"),
        label((WIDTH - MARGIN - wide / 2, 17.5), badge, f"name is-{story.tone}"),
    ]
    at = 44.0
    for words in title:
        marks.append(label((MARGIN, at), words, "title", "start"))
        at += 27
    for words in told:
        marks.append(label((MARGIN, at), words, "told", "start"))
        at += LINE
    return Block(at + 8, joined(marks))


def _changes(story: Story) -> Block:
    """What the scenario does, by letter."""
    if not story.changes and not story.about:
        return Block(0, Markup())
    marks, at = [_heading("What the scenario does", 20)], 44.0
    for words in wrapped(show_value(story.about), characters(WIDTH - 2 * MARGIN)) if story.about else ():
        marks.append(label((MARGIN, at), words, "told", "start"))
        at += LINE
    at += 6 if story.about else 0
    for number, happening in enumerate(happenings(story)):
        marks.append(square((MARGIN + 10, at - 4.5), letter(number)))
        told = show_value(happening.what) + again(story, happening)
        marks.append(label((MARGIN + 30, at), story.since(happening.times[0]), "soft", "start"))
        for words in wrapped(told, characters(WIDTH - 2 * MARGIN - 110)):
            marks.append(label((MARGIN + 110, at), words, "told", "start"))
            at += LINE
        at += 4
    return Block(at, joined(marks))


def _decisions(story: Story) -> Block:
    marks, at = [_heading("What was decided, and why", 20)], 44.0
    shown = worth_listing(story.decisions, LISTED)
    for decision in shown:
        drawn, tall = _decision(story, decision, at)
        marks.append(drawn)
        at += tall
    left = len(story.decisions) - len(shown) + story.later
    if left:
        marks.append(
            label((MARGIN + 110, at), f"… and {left} more until {elapsed(story.ended - story.start)}", "soft", "start")
        )
        at += LINE
    if not shown:
        marks.append(label((MARGIN, at), "Nothing was decided.", "soft", "start"))
        at += LINE
    return Block(at, joined(marks))


def _decision(story: Story, decision: Decision, at: float) -> tuple[Markup, float]:
    reasons = decision.because
    because = [line for reason in reasons for line in wrapped(show_value(reason), characters(WIDTH - 2 * MARGIN - WHY))]
    what = wrapped(show_value(decision.what), characters(WHY - 126))
    kind = "name" if decision.tone == "plain" else f"name is-{decision.tone}"
    marks = [
        circle((MARGIN + 10, at - 4.5), str(decision.number), decision.tone),
        label((MARGIN + 30, at), story.since(decision.at), "soft", "start"),
        *(label((MARGIN + 110, at + LINE * row), words, kind, "start") for row, words in enumerate(what)),
        *(label((MARGIN + WHY, at + LINE * row), words, "told", "start") for row, words in enumerate(because)),
    ]
    return joined(marks), LINE * max(1, len(what), len(because)) + 6


def _answers(rows: Sequence[Row], asked: str) -> Block:
    """The table; one run has neither intervals nor a number of runs worth a column."""
    marks, at = [_heading(asked or "Answers", 20)], 30.0
    columns = _COLUMNS if any(row.runs for row in rows) else _COLUMNS[:2]
    if columns == _COLUMNS:
        marks += [label((x, 46), head, "head", anchor) for x, anchor, _, head in columns if head]
        at = 54.0
    for row in rows:
        marks.append(line((MARGIN, at), (columns[-1][0], at), "rule"))
        at += 18
        for (x, anchor, kind, _), words in zip(columns, row, strict=False):
            tone = f" is-{row.tone}" if kind == "name" and row.tone != "plain" else ""
            marks.append(label((x, at), words, kind + tone, anchor))
        at += 8
    return Block(at + 6, joined(marks))


_COLUMNS: Final = (
    (MARGIN, "start", "told", ""),
    (MARGIN + 560, "end", "name", "answer"),
    (MARGIN + 590, "start", "soft", "interval"),
    (WIDTH - MARGIN, "end", "soft", "n"),
)


def _assumed(assumptions: Sequence[str]) -> Block:
    """What the spec does not say, and the simulation had to take for true."""
    marks, at = [_heading("Assumed", 20)], 42.0
    for assumption in assumptions:
        marks.append(label((MARGIN + 4, at), "-", "soft", "start"))
        for words in wrapped(show_value(assumption), characters(WIDTH - 2 * MARGIN - 16)):
            marks.append(label((MARGIN + 16, at), words, "told", "start"))
            at += LINE
    return Block(at, joined(marks))


def _in_sentences(text: str, room: int) -> list[str]:
    """Words in lines that end where a sentence does, if it fits into one."""
    lines = [""]
    for sentence in re.split(r"(?<=\.) ", text):
        first, *more = wrapped(sentence, room)
        together = f"{lines[-1]} {first}".strip()
        lines[-1:] = [together, *more] if cells(together) <= room else [lines[-1], first, *more]
    return lines


def _heading(words: str, at: float) -> Markup:
    return label((MARGIN, at), words, "name", "start")
