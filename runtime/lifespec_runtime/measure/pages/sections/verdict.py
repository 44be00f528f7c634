"""The answer first: one sentence, counts, and what stands in the way."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final, NamedTuple

from lifespec_runtime.drawing.charts import stack
from lifespec_runtime.drawing.markup import Markup
from lifespec_runtime.measure.pages.places import Where
from lifespec_runtime.measure.pages.units import plural

OUTCOMES: Final = ("Pass", "Fail", "Inconclusive", "Error")
MOST: Final = 12
"""Obstacles that are listed at the top; all of them are further down."""
MEANINGS: Final = {
    "Pass": "what was measured meets the bound",
    "Fail": "what was measured does not meet the bound",
    "Inconclusive": "there is too little data to tell",
    "Error": "nothing was measured that could tell",
}


class Obstacle(NamedTuple):
    """Something that is no Pass."""

    outcome: str
    title: str
    """What the check is about, for people; empty where its name says it."""
    name: str
    part: str
    """The slice, or the source; empty: all of it."""
    value: str
    needed: str
    reason: str
    where: Where | None


class Tile(NamedTuple):
    """How many verdicts there are of a kind."""

    outcome: str
    number: int
    meaning: str


class Verdict(NamedTuple):
    """The whole in a sentence."""

    outcome: str
    """The worst that counts; `Warning` where nothing but rules of lower severity fails."""
    sentence: str
    rest: str
    tiles: tuple[Tile, ...]
    bar: Markup
    obstacles: tuple[Obstacle, ...]
    more: int
    """Obstacles that are not listed."""


def of_model(outcomes: Sequence[str], whole: str, obstacles: Sequence[Obstacle], skipped: int) -> Verdict:
    """The verdict on a model; `whole` is that on all of it."""
    total = len(outcomes)
    counts = {outcome: outcomes.count(outcome) for outcome in OUTCOMES}
    met = f"all {total:,} requirements hold" if total > 1 else "its one requirement holds"
    sentence = {
        "Pass": f"The model meets its spec: {met}.",
        "Fail": f"The model does not meet its spec: {_fail(counts['Fail'], total, 'requirement')}.",
        "Error": "Not decided: nothing passes on missing data, and "
        f"{plural(counts['Error'], 'requirement')} could not be measured.",
        "Inconclusive": "Not decided: there is too little data for "
        f"{counts['Inconclusive']} of {plural(total, 'requirement')}."
        if total
        else "Not decided: nothing was judged.",
    }[whole]
    rest = f"{plural(counts['Pass'], 'requirement')} met" if counts["Pass"] and whole != "Pass" else ""
    if skipped:
        rest += f"{'; ' if rest else ''}{plural(skipped, 'comparison')} with a stable model left out: there is none yet"
    return Verdict(whole, sentence, _sentence(rest), _tiles(counts), _bar(counts), *_ordered(obstacles))


def of_data(outcomes: Sequence[str], obstacles: Sequence[Obstacle], broken: int, warned: int) -> Verdict:
    """The verdict on data; `broken` counts flaws of the files, `warned` the rules of lower severity that fail."""
    counts = {outcome: outcomes.count(outcome) for outcome in OUTCOMES}
    total, failing = len(outcomes), counts["Fail"] - warned
    told = f"{counts['Pass']} of {plural(total, 'rule')} {'holds' if counts['Pass'] == 1 else 'hold'}"
    if broken:
        whole, sentence = (
            "Error",
            f"The data is broken: {plural(broken, 'flaw')} {'were' if broken > 1 else 'was'} found.",
        )
    elif failing:
        whole, sentence = "Fail", f"The data does not keep its contract: {_fail(failing, total, 'rule')}."
    elif counts["Error"]:
        whole, sentence = "Error", f"Not decided: {plural(counts['Error'], 'rule')} could not be measured."
    elif total:
        whole, sentence = "Pass", "The data keeps its contract and is ready to be learnt from."
    else:
        whole, sentence = "Inconclusive", "Not decided: the spec asks nothing of this data."
    notes = [told] if total else []
    notes += [f"{plural(warned, 'rule')} of lower severity {'fail' if warned > 1 else 'fails'}"] if warned else []
    notes += [f"{counts['Inconclusive']} cannot be told"] if counts["Inconclusive"] else []
    return Verdict(whole, sentence, _sentence("; ".join(notes)), _tiles(counts), _bar(counts), *_ordered(obstacles))


def _fail(count: int, total: int, what: str) -> str:
    return f"{count:,} of {plural(total, what)} {'fails' if count == 1 else 'fail'}"


def _sentence(words: str) -> str:
    return words[:1].upper() + words[1:] + "." if words else ""


def _tiles(counts: dict[str, int]) -> tuple[Tile, ...]:
    return tuple(Tile(outcome, counts[outcome], MEANINGS[outcome]) for outcome in OUTCOMES)


def _bar(counts: dict[str, int]) -> Markup:
    told = ", ".join(f"{counts[outcome]} {outcome}" for outcome in OUTCOMES if counts[outcome])
    return stack([(outcome.lower(), counts[outcome]) for outcome in OUTCOMES], f"Verdicts: {told or 'none'}")


def _ordered(obstacles: Iterable[Obstacle]) -> tuple[tuple[Obstacle, ...], int]:
    """The worst obstacles, and how many others there are."""
    order = ("Fail", "Error", "Inconclusive")
    found = sorted(obstacles, key=lambda obstacle: order.index(obstacle.outcome))
    return tuple(found[:MOST]), len(found[MOST:])
