"""A simulation as a Mermaid gantt chart, which code hosts draw in a pull request."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from typing import Final

from .decisions import Decision
from .scored import ROLES
from .selection import worth_listing
from .story import Story
from .stretches import Stretch
from .tones import Tone
from .words import elapsed

MOST: Final = 40
"""Bars and marks of each kind; a chart that holds more cannot be read."""
_PLAIN: Final = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789 _.,-%()+/")
_TAGS: Final[dict[Tone, str]] = {"pass": "done, ", "fail": "crit, ", "wait": "", "plain": "active, "}


def gantt(story: Story) -> str:
    """The chart's text, without the fence around it. Its axis is in UTC; bars say how long, marks after how long."""
    title = f"{story.name} in {story.environment}, {story.scenario}"
    head = [
        "gantt",
        f"  title {harmless(title)}",
        "  dateFormat YYYY-MM-DDTHH:mm:ss",
        f"  axisFormat {'%d %b' if story.span > 4 * 86400 else '%a %H:%M'}",
        "  todayMarker off",
    ]
    return "\n".join([*head, *_lines(story)])


def harmless(text: str) -> str:
    """Text for a title or a name: what Mermaid could take for syntax, HTML or Markdown is given by its number."""
    return "".join(char if char in _PLAIN else f"#{ord(char)};" for char in " ".join(text.split()))


def _lines(story: Story) -> Iterator[str]:
    yield from _bars("rollout", story.rollouts)
    yield from _bars("training", story.trainings)
    for role in ROLES:
        yield from _bars(f"runs of {role}", [run for run in story.runs or () if run.stream == role])
    yield from _milestones(story)


def _bars(section: str, stretches: Sequence[Stretch]) -> Iterator[str]:
    shown = [each for each in stretches if each.end > each.start][:MOST]
    if shown:
        yield f"  section {section}"
    for each in shown:
        name = f"{each.name} ({elapsed(each.end - each.start)})"
        yield f"  {harmless(name)} :{_TAGS[each.tone]}{_written(each.start)}, {_written(each.end)}"


def _milestones(story: Story) -> Iterator[str]:
    shown = _worth_a_mark(story.decisions)
    if shown:
        yield "  section decisions"
    for each in shown:
        name = f"{each.what} (after {story.since(each.at)})"
        yield f"  {harmless(name)} :milestone, {_TAGS[each.tone]}{_written(each.at)}, 0s"


def _worth_a_mark(decisions: Sequence[Decision]) -> list[Decision]:
    """Those that are no mere step forward, which the bars show; the first ones, and always the last."""
    found = [each for each in decisions if each.tone != "plain" or each.why]
    return worth_listing(found, MOST)


def _written(at: float) -> str:
    """A time in UTC; Mermaid takes it for one of wherever the page is read, and so writes the same on its axis."""
    return f"{datetime.fromtimestamp(at, UTC):%Y-%m-%dT%H:%M:%S}"
