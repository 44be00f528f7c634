"""What is shown where not all of it can be."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby
from typing import Final, NamedTuple

from .decisions import Decision
from .story import Story
from .stretches import Stretch

NAMED: Final = 2
"""Times after the first that are named of what happens again and again."""


def worth_listing(decisions: Sequence[Decision], most: int) -> list[Decision]:
    """At most so many decisions: of a long ledger the last one, those that are no mere step forward, and the first."""
    if len(decisions) <= most:
        return [*decisions]
    telling = [each for each in decisions[:-1] if each.tone != "plain"]
    telling = [next(group) for _, group in groupby(telling, key=lambda each: (each.what, each.why, each.evidence))]
    plain = [each for each in decisions[:-1] if each.tone == "plain"]
    found = [*telling[: most - 1], *plain[: most - 1 - len(telling)]] if len(telling) < most else telling[: most - 1]
    return [*sorted(found, key=lambda each: each.number), decisions[-1]]


class Happening(NamedTuple):
    """Something that the scenario does, once or again and again."""

    what: str
    times: tuple[float, ...]


def happenings(story: Story) -> list[Happening]:
    """What the scenario does, in the order in which each thing happens first."""
    times: dict[str, tuple[float, ...]] = {}
    for change in story.changes:
        times[change.what] = (*times.get(change.what, ()), change.at)
    return [Happening(what, found) for what, found in times.items()]


def again(story: Story, happening: Happening) -> str:
    """`, again after 2d, 3d`: the next times of what happens more than once, and how many more there are."""
    told = [story.since(at) for at in happening.times[1 : NAMED + 1]]
    if not told:
        return ""
    more = len(happening.times) - len(told) - 1
    return f", again after {', '.join(told)}" + (
        f" and {more} times more" if more > 1 else " and once more" if more else ""
    )


def ends(marks: Iterable[str]) -> tuple[str, str]:
    """The first and the last of numbers, or of letters."""
    found = sorted(marks, key=lambda mark: (len(mark), mark))
    return found[0], found[-1]


def from_to(marks: Iterable[str]) -> str:
    """Marks that share one place: `4-11`; of one mark itself."""
    first, last = ends(marks)
    return first if first == last else f"{first}-{last}"


def visible(stretches: Sequence[Stretch], least: float) -> list[Stretch]:
    """The phases of at least so many seconds; shorter ones that follow each other in one stream become one, unnamed."""
    return [each for each in _merged(stretches, least) if each.end - each.start >= least]


def _merged(stretches: Sequence[Stretch], least: float) -> Iterator[Stretch]:
    short: Stretch | None = None
    for each in stretches:
        if each.end - each.start >= least:
            if short:
                yield short
            short = None
            yield each
        elif short and short.stream == each.stream:
            tone = each.tone if each.tone != "plain" else short.tone
            short = short._replace(end=each.end, tone=tone)
        else:
            if short:
                yield short
            short = each._replace(name="")
    if short:
        yield short
