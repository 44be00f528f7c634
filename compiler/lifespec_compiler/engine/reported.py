"""What reports say, and as the causes of a decision: offline, and of live metrics that are not counts."""

from __future__ import annotations

from datetime import datetime
from math import nan
from typing import TYPE_CHECKING, Final, Literal, NamedTuple

from lifespec_compiler.judging import Expected, Outcome, judge, overall
from lifespec_compiler.plan import Plan
from lifespec_schema.records.types import Revision as RecordedRevision

from .bounds import spelt
from .values import Cause, Interval, Revision

if TYPE_CHECKING:
    from lifespec_compiler.judging import Verdict
    from lifespec_schema.records.report import LifecycleReport

    from .case import Case
    from .state import Rollout


NO_REPORT: Final = 3600.0
"""Seconds after which an evaluation that has ended is taken to have left no report."""


class Stretch(NamedTuple):
    """The time of a stage that a live report must be of."""

    since: float
    """When the candidate's traffic was set."""
    hold: float
    """How long the report must go on at least, in seconds."""


def judged(
    case: Case, plan: Plan, report: LifecycleReport, revision: Revision, tier: Literal["offline", "shadow", "online"]
) -> tuple[Outcome, tuple[Cause, ...]]:
    """The verdict on the whole, and each that it is made of.

    A report of another revision is an Error, and so is a difference to another stable one than there is now.
    """
    stable = case.history.stable
    expected = Expected(
        tier=tier,
        uid=case.seen.uid or None,
        revision=_recorded(revision),
        stable=stable is not None,
        stable_revision=_recorded(stable) if stable is not None else None,
    )
    verdicts = judge(plan, report, expected)
    return overall(verdicts), tuple(_cause(found, report.metadata.name) for found in verdicts)


def _recorded(revision: Revision) -> RecordedRevision:
    return RecordedRevision(model=revision.model, serving=revision.serving)


def of_stage(case: Case, rollout: Rollout, tier: str, stretch: Stretch) -> LifecycleReport | None:
    """The report that a stage is judged by: the first one that is of this rollout's traffic for the whole hold.

    It is looked at once. Later ones do not count: choosing among several would make the error larger than was agreed.
    """
    found = [
        (end, report.metadata.name, report)
        for report in case.seen.reports
        if report.spec.tier == tier and report.spec.stream == rollout.id and (end := _end(report, stretch)) is not None
    ]
    return min(found, key=lambda one: one[:2], default=(0.0, "", None))[2]


def _end(report: LifecycleReport, stretch: Stretch) -> float | None:
    """When the time ends that a report is of; None where that is not of the whole stretch, or began before it."""
    window = report.spec.window
    if window is None or not _seconds(window.from_) >= int(stretch.since):
        return None
    end = _seconds(window.to)
    return end if end >= int(stretch.since + stretch.hold) else None


def _seconds(text: str) -> float:
    """Since 1970; of a text that has the form of a moment and is none: nan, which is neither early nor late."""
    try:
        return datetime.fromisoformat(text).timestamp()
    except ValueError:
        return nan


def _cause(found: Verdict, report: str) -> Cause:
    bound = found.threshold.value
    reach = found.interval
    return Cause(
        found.check,
        spelt(found.path),
        found.outcome,
        found.value,
        found.samples,
        found.words,
        bound=None if isinstance(bound, tuple) else bound,
        interval=Interval(reach.low, reach.high, reach.level, reach.method) if reach else None,
        slice=found.slice,
        quantity=found.quantity,
        reason=found.reason,
        report=report,
    )
