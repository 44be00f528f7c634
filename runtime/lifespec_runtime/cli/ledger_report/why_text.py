"""Why something was decided, for people."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

import click

from lifespec_compiler.engine.values import Entry
from lifespec_runtime.cli.report import printable
from lifespec_runtime.ledger.checkout import PlanNote
from lifespec_runtime.ledger.times import shown

from . import words
from .told import Told

COLOURS: Final = {"Pass": "green", "Fail": "red", "Error": "red", "Inconclusive": "yellow"}


def render(told: Told) -> str:
    """The chain, from the decision back to what asked for it."""
    decided = told.decided
    title = f"{told.subject.namespace}/{told.subject.name}: decision {decided.sequence}, {words.headline(decided)}"
    lines = [click.style(printable(title), bold=True)]
    for entry in told.chain.entries:
        lines += ["", *_entry(told, entry)]
    lines += ["", f"It began here: {words.ORIGINS[told.chain.origin]}.", ""]
    lines += [_plan(told, plan_hash, note) for plan_hash, note in told.plans.items()]
    lines += [f"spec: {printable(told.no_spec)}; bounds are named by their paths"] if told.no_spec else []
    return "\n".join(lines)


def _entry(told: Told, entry: Entry) -> Iterator[str]:
    number = str(entry.sequence)
    margin = " " * len(number)
    move = f"  {words.move(entry)}".rstrip()
    yield printable(f"{number}  {shown(entry.at)}  {words.headline(entry)}{move}")
    about = words.subject(entry)
    if about:
        yield f"{margin}  {printable(about)}"
    if entry.reason:
        yield f"{margin}  why: {printable(entry.reason)}"
    plan = told.plan_of(entry)
    for cause in entry.causes:
        verdict = click.style(cause.verdict, fg=COLOURS.get(cause.verdict))
        yield f"{margin}  {verdict}  {printable(words.check(cause))}: {printable(words.measured(cause, plan))}"
        place = told.places.get(cause.path)
        where = f"{place.file}:{place.line}:{place.column}  " if place else ""
        yield f"{margin}    --> {printable(where)}{printable(cause.path)}"


def _plan(told: Told, plan_hash: str, note: PlanNote) -> str:
    here = {True: "the checkout's", False: "another than the checkout's: lines are today's", None: "not compared"}
    if note.commit is None:
        commit = f"commit unknown: {note.unknown}"
    else:
        commit = f"commit {note.commit.id[:10]} of {note.commit.at[:10]}: {note.commit.subject}"
    return printable(f"plan {words.digest(plan_hash)} ({told.sequences(plan_hash)}): {here[note.is_here]}; {commit}")
