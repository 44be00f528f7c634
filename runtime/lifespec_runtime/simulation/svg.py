"""A simulation as one SVG file that needs nothing else: light and dark, with words for whoever cannot see it."""

from __future__ import annotations

from collections.abc import Sequence
from importlib import resources
from typing import Final, NamedTuple

from lifespec_runtime.drawing.colours import colours
from lifespec_runtime.drawing.marks import label, line, mark, rectangle
from lifespec_runtime.drawing.markup import Markup, joined
from lifespec_schema.loader.escape import show_value

from . import charts
from .layout import LINE, MARGIN, WIDTH, characters, label_width
from .selection import happenings, when, worth_listing
from .story import Decision, Story
from .table import Row
from .terminal import letter
from .words import elapsed, moment, wrapped

LISTED: Final = 30


class Block(NamedTuple):
    """A part of the picture, drawn from its own upper edge, and its height."""

    height: float
    marks: Markup


def svg(story: Story, answers: Sequence[Row] = (), asked: str = "") -> str:
    """The whole picture. `answers` are the rows of the table below it, `asked` what they rest on."""
    blocks = [
        _head(story),
        *(Block(*each) for each in charts.panels(story)),
        _changes(story),
        _decisions(story),
        *([_answers(answers, asked)] if answers else []),
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
    told = wrapped(story.headline, characters(WIDTH - 2 * MARGIN))
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
    if not story.changes:
        return Block(0, Markup())
    marks, at = [_heading("What the scenario does", 20)], 44.0
    for number, happening in enumerate(happenings(story)):
        marks.append(charts.square((MARGIN + 10, at - 4.5), letter(number)))
        once = len(happening.times) == 1
        told = show_value(happening.what) + ("" if once else f", after {when(story, happening)}")
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
    because = [line for reason in reasons for line in wrapped(show_value(reason), characters(WIDTH - 2 * MARGIN - 340))]
    what = wrapped(show_value(decision.what), characters(214))
    kind = "name" if decision.tone == "plain" else f"name is-{decision.tone}"
    marks = [
        charts.circle((MARGIN + 10, at - 4.5), str(decision.number), decision.tone),
        label((MARGIN + 30, at), story.since(decision.at), "soft", "start"),
        *(label((MARGIN + 110, at + LINE * row), words, kind, "start") for row, words in enumerate(what)),
        *(label((MARGIN + 340, at + LINE * row), words, "told", "start") for row, words in enumerate(because)),
    ]
    return joined(marks), LINE * max(1, len(what), len(because)) + 6


def _answers(rows: Sequence[Row], asked: str) -> Block:
    columns = ((MARGIN, "start"), (MARGIN + 560, "end"), (MARGIN + 590, "start"), (WIDTH - MARGIN, "end"))
    heads = ("", "answer", "interval", "n")
    marks, at = [_heading(asked or "Answers", 20)], 46.0
    marks += [label((x, at), words, "head", anchor) for (x, anchor), words in zip(columns, heads, strict=True) if words]
    at += 8
    for row in rows:
        marks.append(line((MARGIN, at), (WIDTH - MARGIN, at), "rule"))
        at += 18
        for (x, anchor), words, kind in zip(columns, row[:4], ("told", "name", "soft", "soft"), strict=True):
            tone = f" is-{row.tone}" if kind == "name" and row.tone != "plain" else ""
            marks.append(label((x, at), words, kind + tone, anchor))
        at += 8
    return Block(at, joined(marks))


def _heading(words: str, at: float) -> Markup:
    return label((MARGIN, at), words, "name", "start")
