"""Simulations on a terminal: of one scenario the whole picture, of several a line each."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import Any, Final

import click

from lifespec_runtime.simulation.story import brief
from lifespec_runtime.simulation.table import Row, rows
from lifespec_runtime.simulation.terminal import ASCII, UNICODE, Line, Signs, Span, Style, sparkline, timeline
from lifespec_runtime.simulation.words import cells, fitted, percent, wrapped

from .simulated import Simulated

NARROW: Final = 64
WIDE: Final = 118
ELSEWHERE: Final = 100
"""Columns: the least and the most of a terminal that are used, and those of a file."""
SPARK: Final = 24
"""Columns of the picture in an overview, at most."""
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
    yield from _table(rows(one.answers), one.rests_on, width, signs)
    yield from _assumptions(one, width)


def _many(simulated: Sequence[Simulated], width: int, signs: Signs) -> Iterator[Line]:
    """A line for each, under a head for each spec."""
    rows = [_cells(each, signs) for each in simulated]
    heads = ("", "scenario", "", "the first run", "requests", "bad", "wrong" if simulated[0].answers.runs > 1 else "")
    used = [
        max(cells(row[column]) for row in (heads, *rows)) if any(row[column] for row in rows) else 0
        for column in range(7)
    ]
    spark = max(8, min(SPARK, width - sum(used) - 2 * 7))
    used[3] = min(used[3], width - sum(used) + used[3] - spark - 2 * 7)
    for number, (title, group) in enumerate(
        groupby(zip(simulated, rows, strict=True), key=lambda pair: _title(pair[0]))
    ):
        yield from ([] for _ in range(number > 0))
        yield [Span(title, "strong")]
        yield [Span(_joined(heads, used, "traffic".ljust(spark), signs), "faint")]
        for each, row in group:
            told = _joined(row, used, sparkline(each.story, spark, signs), signs)
            yield [Span(told[: 2 + used[0]], each.story.tone), Span(told[2 + used[0] :])]
    yield []
    yield [Span("One scenario alone shows its timeline and all answers: --scenario NAME", "faint")]


def _cells(one: Simulated, signs: Signs) -> tuple[str, ...]:
    """The columns of a scenario's line."""
    sign = {"pass": signs.ends[0], "fail": signs.ends[1]}.get(one.story.tone, signs.ends[2])
    exposure = one.simulation.exposure
    requests, bad = (f"{exposure:,}", f"{one.simulation.bad_exposure:,}") if exposure else ("", "")
    return (
        sign,
        one.simulation.scenario,
        "",
        brief(one.simulation, recorded=one.recorded),
        requests,
        bad,
        _chance(one),
    )


def _joined(row: Sequence[str], used: Sequence[int], spark: str, signs: Signs) -> str:
    sign, scenario, _, told, requests, bad, chance = row
    shown = [
        f"  {sign:<{used[0]}}",
        f"{scenario:<{used[1]}}",
        spark,
        f"{fitted(told, used[3], signs.ellipsis):<{used[3]}}",
    ]
    return "  ".join([*shown, f"{requests:>{used[4]}}", f"{bad:>{used[5]}}", f"{chance:>{used[6]}}"]).rstrip()


def _title(each: Simulated) -> str:
    return f"{each.plan.name} in {each.plan.environment}"


def _chance(one: Simulated) -> str:
    """How often, in how many runs."""
    found = one.answers.missed or one.answers.false_rollback
    return f"{percent(found.value)} of {found.runs}" if found is not None and found.runs > 1 else ""


def _table(found: Sequence[Row], title: str, width: int, signs: Signs) -> Iterator[Line]:
    if not found:
        return
    yield [Span(title, "strong")]
    widths = [max(cells(row[column]) for row in found) for column in range(4)]
    question = min(widths[0], width - sum(widths[1:]) - 8)
    for row in found:
        asked_ = fitted(row.question, question, signs.ellipsis)
        yield [
            Span(f"  {asked_}{' ' * (question - cells(asked_))}  "),
            Span(f"{row.answer:>{widths[1]}}", row.tone if row.tone != "plain" else "strong"),
            Span(f"  {row.interval:<{widths[2]}}  {row.runs:>{widths[3]}}", "faint"),
        ]


def _assumptions(one: Simulated, width: int) -> Iterator[Line]:
    if one.answers.assumptions:
        yield []
        yield [Span("Assumed", "strong")]
    for assumption in one.answers.assumptions:
        first, *more = wrapped(assumption, width - 4)
        yield [Span(f"  - {first}")]
        yield from ([Span(f"    {line}")] for line in more)
