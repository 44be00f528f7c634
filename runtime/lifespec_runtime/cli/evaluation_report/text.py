"""A judged run for people: what was looked at, one line for each bound, and what did not pass with its line."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import click

from lifespec_compiler.judging import Outcome, Verdict, shown
from lifespec_runtime.cli.report import printable

from . import words
from .evaluated import Evaluated

if TYPE_CHECKING:
    from lifespec_runtime.measure.evaluation.detail import EvaluationDetail, Figure

COLOURS: Final[dict[Outcome, str]] = {"Pass": "green", "Fail": "red", "Error": "red", "Inconclusive": "yellow"}
WIDEST: Final = 44


def render(evaluated: Evaluated) -> str:
    """The text, with colours; who prints it takes them out where no terminal shows them."""
    plan = evaluated.plan
    parts = [click.style(f"{plan.namespace}/{plan.name} in {plan.environment}", bold=True)]
    if evaluated.detail is not None:
        parts += _subject(evaluated.detail)
        parts += _comparison(evaluated.detail)
    parts += [_problem(problem.code, problem.message, problem.place, problem.help) for problem in evaluated.problems]
    parts += ["", *_verdicts(evaluated)]
    parts += _explained(evaluated)
    colour = COLOURS[evaluated.outcome]
    return "\n".join(
        [*parts, "", f"{click.style(evaluated.outcome, fg=colour, bold=True)}: {words.summary(evaluated)}"]
    )


def _subject(detail: EvaluationDetail) -> list[str]:
    lines = []
    for subject, about in ((detail.subject, ""), *((other, "compared with ") for other in detail.others)):
        digest = f" ({subject.digest[:19]})" if subject.digest else ""
        lines.append(f"{about}{printable(subject.name)}: {printable(subject.uri)}{digest}")
    rows = ", ".join(f"{name} {share.labelled:,}" for name, share in detail.splits)
    lines += [f"rows with a label: {rows}"] if rows else []
    threshold = detail.threshold
    if threshold is not None:
        how = (
            f", tuned for {printable(threshold.metric)} on validation"
            if threshold.how == "tuned" and threshold.metric
            else ""
        )
        lines.append(f"positive from a score of {threshold.value:.4g}{how}")
    return lines


def _comparison(detail: EvaluationDetail) -> list[str]:
    """The metrics of the model beside those of what it is compared with."""
    compared = detail.comparison
    if not compared or not compared[0].figures:
        return []
    head = ("metric", *(printable(one.subject) for one in compared))
    rows = [
        (
            printable(compared[0].figures[place].metric),
            *(_figure(one.figures[place].figure, one.figures[place].unit) for one in compared),
        )
        for place in range(len(compared[0].figures))
    ]
    return ["", *aligned([head, *rows])]


def _figure(figure: Figure, unit: str) -> str:
    return "-" if figure.value is None else shown(figure.value, unit)


def _verdicts(evaluated: Evaluated) -> list[str]:
    head = ("", "check", "slice", "value", "interval", "n", "must be")
    rows = [
        (
            words.WORDS[verdict.outcome] if evaluated.counts(verdict) or verdict.outcome == "Pass" else "note",
            printable(verdict.check),
            printable(verdict.slice or ""),
            words.value(verdict),
            words.interval(verdict),
            words.samples(verdict),
            printable(verdict.words),
        )
        for verdict in evaluated.verdicts
    ]
    rows += [("skip", printable(found.check), "", "", "", "", printable(found.words)) for found in evaluated.skipped]
    if not rows:
        return []
    lines = aligned([head, *rows])
    judged = 1 + len(evaluated.verdicts)
    skipped = [click.style(line, dim=True) for line in lines[judged:]]
    return [lines[0], *map(_coloured, lines[1:judged], evaluated.verdicts), *skipped]


def _coloured(line: str, verdict: Verdict) -> str:
    width = len(line) - len(line.lstrip()) + len(line.split(maxsplit=1)[0])
    return click.style(line[:width], fg=COLOURS[verdict.outcome]) + line[width:]


def _explained(evaluated: Evaluated) -> list[str]:
    """What did not pass, with where its bound is written."""
    lines = []
    for verdict in words.not_passed(evaluated.verdicts):
        name = {"Fail": "fails", "Inconclusive": "is unclear", "Error": "could not be measured"}[verdict.outcome]
        head = click.style(f"{words.subject(verdict)} {name}", fg=COLOURS[verdict.outcome], bold=True)
        lines += ["", f"{head}: {words.told(verdict)}", f"  --> {printable(evaluated.where(verdict.path))}"]
    return lines


def _problem(code: str, message: str, place: str, help_text: str) -> str:
    head = click.style(f"error[{code}]", fg="red", bold=True)
    told = f"\n    help: {printable(help_text)}" if help_text else ""
    return f"{head}: {printable(message)}\n    --> {printable(place)}{told}"


def aligned(rows: list[tuple[str, ...]]) -> list[str]:
    """Rows as lines with columns; the first is the head, and columns that are empty below it are left out."""
    kept = [place for place in range(len(rows[0])) if any(row[place] for row in rows[1:])]
    widths = {place: min(WIDEST, max(len(row[place]) for row in rows)) for place in kept}
    lines = []
    for number, row in enumerate(rows):
        cells = [
            row[place] if len(row[place]) <= widths[place] else row[place][: widths[place] - 1] + "…" for place in kept
        ]
        line = "  " + "  ".join(cell.ljust(widths[place]) for cell, place in zip(cells, kept, strict=True)).rstrip()
        lines.append(click.style(line, dim=True) if not number else line)
    return lines
