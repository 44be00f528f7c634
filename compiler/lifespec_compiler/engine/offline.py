"""What an offline report says of a revision, and as the causes of a decision."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lifespec_compiler.judging import Expected, Outcome, judge, overall
from lifespec_schema.records.types import Revision as RecordedRevision

from .live import spelt
from .values import Cause, Revision

if TYPE_CHECKING:
    from lifespec_schema.records.report import LifecycleReport

    from .case import Case


def judged(case: Case, report: LifecycleReport, revision: Revision) -> tuple[Outcome, tuple[Cause, ...]]:
    """The verdict on the whole, and each that it is made of; a report of another revision is an Error."""
    expected = Expected(
        tier="offline",
        revision=RecordedRevision(model=revision.model, serving=revision.serving),
        stable=case.history.stable is not None,
    )
    verdicts = judge(case.plan, report, expected)
    causes = tuple(
        Cause(found.check, spelt(found.path), found.outcome, found.value, found.samples, found.words)
        for found in verdicts
    )
    return overall(verdicts), causes
