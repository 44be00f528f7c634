"""What a scenario may not say, although each of its fields may stand as it does."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Final

from lifespec_schema.findings import Finding, Path, Place, Severity
from lifespec_schema.values.written import duration

if TYPE_CHECKING:
    from lifespec_schema.scenario import Change, Scenario
    from lifespec_schema.values.moments import Moment

LONGEST: Final = 3650 * 86400.0
"""Seconds: ten years. The engine is asked at every half hour of them."""
MOST_ROLLOUTS: Final = 100.0
"""The same, in parts of what a rollout takes."""
SHORTEST: Final = 60.0
"""Seconds after which a change may come again."""


def unsound(scenario: Scenario, file: str, index: int) -> Iterator[Finding]:
    """Everything that is wrong with a scenario that could be read; `index`: which document of its file it is."""
    for code, path, message, help_text in _flaws(scenario):
        yield Finding(code, Severity.ERROR, message, Place(file, ("spec", *path), index), help_text)


def _flaws(scenario: Scenario) -> Iterator[tuple[str, Path, str, str]]:
    spec = scenario.spec
    length = spec.duration
    if length is not None and (length.seconds > LONGEST or length.share > MOST_ROLLOUTS):
        yield "out-of-range", ("duration",), "it would be watched for more than ten years", "write at most `3650d`"
    for number, path in enumerate(spec.drift):
        if path.over is not None and path.over > LONGEST:
            yield "out-of-range", ("drift", number, "over"), "it drifts for more than ten years", "at most `3650d`"
    for number, change in enumerate(spec.changes):
        for code, field, told, help_text in _of_change(change):
            yield code, ("changes", number, *field), told, help_text
    if spec.stable is not None and spec.stable.offline is not None:
        yield "contradiction", ("stable", "offline"), "the serving model is not evaluated", "say it of `candidate`"


def _of_change(change: Change) -> Iterator[tuple[str, Path, str, str]]:
    every, lasting = change.every, change.lasting
    if every is not None and not every.share and every.seconds < SHORTEST:
        told = f"it would come again every {duration(every.seconds)}"
        yield "out-of-range", ("every",), told, "write at least `1m`"
    elif every is not None and lasting is not None and _is_longer(lasting, every):
        told = "`lasting` is longer than `every`: it would come again before it ends"
        yield "contradiction", ("lasting",), told, "shorten it, or leave out `every`"
    for who, what in (("stable", change.stable), ("candidate", change.candidate)):
        if what is not None and what.offline is not None:
            told = "what the offline evaluation finds does not become different meanwhile"
            yield "contradiction", (who, "offline"), told, "say it in `spec.candidate`"


def _is_longer(one: Moment, other: Moment) -> bool:
    """Whether it is longer for every rollout."""
    return one != other and one.seconds >= other.seconds and one.share >= other.share
