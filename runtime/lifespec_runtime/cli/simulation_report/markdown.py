"""Simulations as Markdown for a pull request: a line for each scenario, the rest folded; words of users are text."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby
from typing import Final

from lifespec_compiler.simulate.answers import wrong
from lifespec_compiler.targets.docs.markdown import code, table, text
from lifespec_runtime.simulation.mermaid import gantt
from lifespec_runtime.simulation.table import between, rows
from lifespec_runtime.simulation.tones import Tone
from lifespec_runtime.simulation.words import percent

from .simulated import Simulated

MARKS: Final[dict[Tone, str]] = {"pass": "✅", "fail": "❌", "wait": "❔", "plain": "⏭"}
LARGEST: Final = 60_000
"""Characters; GitHub takes 65,536 in a comment. Pictures that do not fit are left out, and that is said."""


def render(simulated: Sequence[Simulated]) -> str:
    """The document."""
    blocks = []
    for _, group in groupby(simulated, key=lambda each: (each.plan.namespace, each.plan.name, each.plan.environment)):
        blocks += _lifecycle(list(group))
    used = sum(map(len, blocks))
    for each in simulated:
        picture = _picture(each, opened=len(simulated) == 1)
        used += len(picture)
        if used > LARGEST:
            blocks.append("More pictures did not fit into this comment.")
            break
        blocks.append(picture)
    return "\n\n".join(blocks)


def _lifecycle(found: Sequence[Simulated]) -> list[str]:
    plan = found[0].plan
    worst = "fail" if any(each.story.tone == "fail" for each in found) else found[0].story.tone
    title = f"### {MARKS[worst]} {text(plan.namespace)}/{text(plan.name)} in {text(plan.environment)}: simulated"
    head = ("", "Scenario", "What happens", "Decided wrongly", "Runs")
    lines = [
        (
            MARKS[each.story.tone],
            code(each.simulation.scenario),
            text(each.story.headline),
            _wrongly(each),
            str(each.answers.runs),
        )
        for each in found
    ]
    return [title, *table(head, lines)]


def _wrongly(each: Simulated) -> str:
    found = wrong(each.answers)
    if found is None or found.runs == 1:
        return ""
    return f"{percent(found.value)} ({between(found, percent)})" if found.low is not None else percent(found.value)


def _picture(each: Simulated, *, opened: bool) -> str:
    """The chart and the answers, below a fold unless they are all that there is."""
    answers = table(
        ("", "Answer", "Interval", "n"),
        [(text(row.question), row.answer, row.interval, row.runs) for row in rows(each.answers)],
    )
    blocks = [text(each.about)] if each.about else []
    blocks += [f"```mermaid\n{gantt(each.story)}\n```", text(each.rests_on) + ":", *answers]
    assumed = [f"- {text(assumption)}" for assumption in each.answers.assumptions]
    blocks += ["Assumed:", "\n".join(assumed)] if assumed else []
    inside = "\n\n".join(blocks)
    if opened:
        return inside
    return f"<details><summary>{text(each.simulation.scenario)}</summary>\n\n{inside}\n\n</details>"
