"""Simulations on a terminal: of one scenario the whole picture, of several a line each."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import Any, Final

import click

from lifespec_compiler.simulate.answers import wrong
from lifespec_runtime.simulation.ending import brief
from lifespec_runtime.simulation.table import PARTS, Row, rows
from lifespec_runtime.simulation.terminal import ASCII, UNICODE, Line, Signs, Span, Style, sparkline, timeline
from lifespec_runtime.simulation.words import cells, fitted, percent, wrapped
from lifespec_schema.loader.escape import show_value

from .simulated import Simulated

NARROW: Final = 64
WIDE: Final = 118
ELSEWHERE: Final = 100
"""Columns: the least and the most of a terminal that are used, and those of a file."""
SPARK: Final = 24
LEAST: Final = 8
"""Columns of the picture in an overview, at most and at least."""
LEAST_ASKED: Final = 20
"""Columns of a question, at least; where there is no room, the number of runs and then the interval are not shown."""
NAMED: Final = 32
"""Columns of a scenario's name, at most."""
TRAFFIC, TOLD, REQUESTS, BAD = 2, 3, 4, 5
"""Which columns of an overview these are."""
_STYLES: Final[dict[Style, dict[str, Any]]] = {
    "plain": {},
    "strong": {"bold": True},
    "faint": {"dim": True},
    "traffic": {"fg": "blue"},
    "pass": {"fg": "green"},
    "fail": {"fg": "red"},
    "wait": {"fg": "yellow"},
}


def render(simulated: Sequence[Simulated]) -> str:
    """The text, as wide as the terminal, with characters that it can show."""
    width, signs = _width(), _signs()
    lines = _one(simulated[0], width, signs) if len(simulated) == 1 else _many(simulated, width, signs)
    return "\n".join(painted(line) for line in lines)


def painted(line: Line) -> str:
    """A line with its styles; what reads it takes them out where there is no terminal."""
    told = [*line]
    while told and not told[-1].text.strip():
        told.pop()
    if told:
        told[-1] = told[-1]._replace(text=told[-1].text.rstrip())
    return "".join(
        click.style(span.text, **_STYLES[span.style]) if span.style != "plain" else span.text for span in told
    )


def _width() -> int:
    if not sys.stdout.isatty():
        return ELSEWHERE
    return max(NARROW, min(WIDE, shutil.get_terminal_size((ELSEWHERE, 24)).columns - 1))


def _signs() -> Signs:
    """Characters that the output's encoding has."""
    try:
        "".join(map(str, UNICODE)).encode(sys.stdout.encoding or "ascii")
    except (UnicodeEncodeError, LookupError):
        return ASCII
    return UNICODE


def _one(one: Simulated, width: int, signs: Signs) -> Iterator[Line]:
    yield from timeline(one.story, width, signs)
    yield []
    yield from _table(rows(one.answers), one.rests_on, width)
    yield from _assumptions(one, width)


def _many(simulated: Sequence[Simulated], width: int, signs: Signs) -> Iterator[Line]:
    """A line for each, under a head for each spec."""
    rows = [_cells(each, signs) for each in simulated]
    heads = [_heads(each) for each in simulated]
    used = [
        max(cells(row[column]) for row in (*heads, *rows)) if any(row[column] for row in rows) else 0
        for column in range(7)
    ]
    used[TRAFFIC] = min(SPARK, max(LEAST, width - _wide(used) - 2))
    for column in (TRAFFIC, BAD, REQUESTS):  # how it ended says more
        used[column] = 0 if _wide(used) > width else used[column]
    used[TOLD] -= max(0, _wide(used) - width)
    for number, (title, group) in enumerate(
        groupby(zip(simulated, heads, rows, strict=True), key=lambda each: _title(each[0]))
    ):
        yield from ([] for _ in range(number > 0))
        yield [Span(title, "strong")]
        for place, (each, head, row) in enumerate(group):
            if not place:
                yield [Span(_joined(head, used, head[TRAFFIC], signs), "faint")]
            told = _joined(row, used, sparkline(each.story, used[TRAFFIC], signs), signs)
            yield [Span(told[: 2 + used[0]], each.story.tone), Span(told[2 + used[0] :])]
    yield []
    more = "One scenario alone shows its timeline and all answers: --scenario NAME"
    yield from ([Span(line, "faint")] for line in wrapped(more, width))


def _heads(one: Simulated) -> tuple[str, ...]:
    """What stands in the columns: of requests, or of batch runs."""
    counted = ("traffic", "requests", "bad") if one.simulation.batches is None else ("output", "compared", "failed")
    return ("", "scenario", counted[0], "the first run", *counted[1:], "wrong" if one.answers.runs > 1 else "")


def _cells(one: Simulated, signs: Signs) -> tuple[str, ...]:
    """The columns of a scenario's line."""
    sign = {"pass": signs.ends[0], "fail": signs.ends[1]}.get(one.story.tone, signs.ends[2])
    exposure, batches = one.simulation.exposure, one.simulation.batches
    requests, bad = (f"{exposure:,}", f"{one.simulation.bad_exposure:,}") if exposure else ("", "")
    bad = "" if one.recorded and bad == "0" else bad  # what was not recorded is not 0
    if batches is not None:
        requests, bad = f"{batches.compared:,}", f"{batches.failed:,}"
    return (
        sign,
        fitted(show_value(one.simulation.scenario), NAMED, signs.ellipsis),
        "",
        brief(one.simulation, recorded=one.recorded),
        requests,
        bad,
        _chance(one),
    )


def _joined(row: Sequence[str], used: Sequence[int], spark: str, signs: Signs) -> str:
    told = [*row[:TRAFFIC], spark, fitted(row[TOLD], used[TOLD], signs.ellipsis), *row[TOLD + 1 :]]
    shown = [
        " " * (wide - cells(words)) + words if column > TOLD else words + " " * (wide - cells(words))
        for column, (words, wide) in enumerate(zip(told, used, strict=True))
        if wide
    ]
    return "  ".join(["", *shown]).rstrip()


def _wide(used: Sequence[int]) -> int:
    """The columns of a terminal that a line takes."""
    return sum(2 + wide for wide in used if wide)


def _title(each: Simulated) -> str:
    return f"{each.plan.name} in {each.plan.environment}"


def _chance(one: Simulated) -> str:
    """How often, in how many runs."""
    found = wrong(one.answers)
    return f"{percent(found.value)} of {found.runs}" if found is not None and found.runs > 1 else ""


def _table(found: Sequence[Row], title: str, width: int) -> Iterator[Line]:
    if not found:
        return
    yield [Span(title, "strong")]
    lines = list(_grouped(found))
    widths = [max(cells(row[column]) for row in lines) for column in range(4)]
    for column in (3, 2):
        widths[column] *= width - sum(widths[1:]) - 8 >= LEAST_ASKED
    question = max(LEAST_ASKED, min(widths[0], width - sum(widths[1:]) - 8))
    for row in lines:
        indent = " " * (len(row.question) - len(row.question.lstrip()))
        words = wrapped(row.question, (question if row.answer else width - 2) - len(indent))
        *above, last = (indent + words_ for words_ in words)
        yield from ([Span(f"  {line}")] for line in above)
        yield [
            Span(f"  {last}{' ' * (question - cells(last))}  "),
            Span(f"{row.answer:>{widths[1]}}", row.tone if row.tone != "plain" else "strong"),
            Span(f"  {row.interval:<{widths[2]}}" if widths[2] else "", "faint"),
            Span(f"  {row.runs:>{widths[3]}}" if widths[3] else "", "faint"),
        ]


def _grouped(found: Sequence[Row]) -> Iterator[Row]:
    """The parts of what varies below its name, which is written once."""
    above = ""
    for row in found:
        name, _, part = row.question.rpartition(": ")
        if part not in PARTS:
            yield row
            continue
        if name != above:
            yield Row(name, "", "", "")
        above = name
        yield row._replace(question=f"  {part}")


def _assumptions(one: Simulated, width: int) -> Iterator[Line]:
    if one.answers.assumptions:
        yield []
        yield [Span("Assumed", "strong")]
    for assumption in one.answers.assumptions:
        first, *more = wrapped(assumption, width - 4)
        yield [Span(f"  - {first}")]
        yield from ([Span(f"    {line}")] for line in more)
