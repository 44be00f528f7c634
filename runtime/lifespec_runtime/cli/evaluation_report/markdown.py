"""A judged run as Markdown for a pull request: the verdict, what did not pass, and all the rest folded.

Everything that users wrote goes in as text and can become nothing else.
"""

from __future__ import annotations

from typing import Final

from lifespec_compiler.judging import Outcome, Verdict
from lifespec_compiler.targets.docs.markdown import code, table, text

from . import words
from .evaluated import Evaluated

MARKS: Final[dict[Outcome, str]] = {"Pass": "✅", "Fail": "❌", "Inconclusive": "❔", "Error": "⚠️"}
NOTE: Final = "💬"
"""Of what fails without consequence."""
HEADLINES: Final[dict[Outcome, str]] = {
    "Pass": "passes",
    "Fail": "fails",
    "Inconclusive": "is undecided",
    "Error": "could not be judged",
}
MOST: Final = 50
"""Rows of the table above the fold; a comment that nobody scrolls through names the rest below it."""
LARGEST: Final = 60_000
"""Characters; GitHub takes 65,536 in a comment. The folded table is left out where it does not fit."""

_HEAD: Final = ("", "Check", "Slice", "Value", "Interval", "n", "Must be", "Why")


def render(evaluated: Evaluated) -> str:
    """The document."""
    plan, tier = evaluated.plan, evaluated.report.spec.tier
    outcome = evaluated.outcome
    title = f"### {MARKS[outcome]} {text(plan.namespace)}/{text(plan.name)}: {tier} {HEADLINES[outcome]}"
    blocks = [title, text(words.summary(evaluated)) + "."]
    blocks += table(
        ("", "Finding", "Where", "What to do"),
        (
            (
                MARKS["Error"],
                f"{code(problem.code)} {text(problem.message)}",
                text(problem.place),
                _or_none(problem.help),
            )
            for problem in evaluated.problems
        ),
    )
    bad = words.not_passed(evaluated.verdicts)
    blocks += table(_HEAD, (_row(evaluated, verdict) for verdict in bad[:MOST]))
    blocks += [f"… and {len(bad) - MOST:,} more, below."] if len(bad) > MOST else []
    blocks += _folded(evaluated, sum(map(len, blocks)))
    return "\n\n".join(blocks)


def _folded(evaluated: Evaluated, used: int) -> list[str]:
    """All verdicts, below a fold; those that fit."""
    rows: list[tuple[str, ...]] = []
    for verdict in evaluated.verdicts:
        row = _row(evaluated, verdict)
        used += sum(map(len, row)) + 3 * len(row)
        if used > LARGEST:
            break
        rows.append(row)
    rows += [("⏭", code(found.check), "", "", "", "", text(found.words), "skipped") for found in evaluated.skipped]
    if not rows:
        return []
    left = len(evaluated.verdicts) - len(rows) + len(evaluated.skipped)
    more = [f"… and {left:,} more, in the report."] if left > 0 else []
    count = f"{len(evaluated.verdicts):,} bound{'' if len(evaluated.verdicts) == 1 else 's'}"
    return [f"<details><summary>All {count}</summary>", *table(_HEAD, rows), *more, _digests(evaluated), "</details>"]


def _row(evaluated: Evaluated, verdict: Verdict) -> tuple[str, ...]:
    why = text(verdict.reason) if verdict.reason else ""
    where = code(evaluated.where(verdict.path)) if verdict.outcome != "Pass" else ""
    return (
        MARKS[verdict.outcome] if evaluated.counts(verdict) or verdict.outcome == "Pass" else NOTE,
        code(verdict.check),
        code(verdict.slice) if verdict.slice else "",
        words.value(verdict),
        words.interval(verdict),
        words.samples(verdict),
        text(verdict.words),
        f"{why} {where}".strip(),
    )


def _digests(evaluated: Evaluated) -> str:
    plan = evaluated.plan
    parts = [f"environment {code(plan.environment)}", f"policy {code(plan.hashes.policy)}"]
    parts += [f"{code(item.uri)} {code(item.digest)}" for item in evaluated.report.spec.inputs[:8]]
    return "Judged: " + ", ".join(parts)


def _or_none(value: str) -> str:
    return text(value) if value else ""
