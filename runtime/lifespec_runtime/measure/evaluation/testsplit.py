"""The test split as everything is measured on it."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from lifespec_compiler.plan import Plan
from lifespec_runtime.measure.estimate import Undefined
from lifespec_runtime.measure.metrics.sample import Codes, Sample
from lifespec_runtime.measure.rows import Rows
from lifespec_runtime.measure.splits import Split

from .answers import Answers, with_answers
from .detail import Threshold
from .naming import Named
from .subjects import Sliced, Subject
from .thresholds import decided
from .truth import Truth


class Test(NamedTuple):
    """The test split as everything is measured on it."""

    plan: Plan
    rows: Rows
    divided: Split
    truth: Truth
    order: Codes
    """Positions in the test split, by the candidate's rising score: what sorts by score later finds it sorted."""
    tuning: Named | None
    """What the decision threshold is tuned for."""
    sample: Sample
    """Their sample without predictions."""

    @property
    def places(self) -> Codes:
        """The rows, in that order."""
        return self.divided.test[self.order]

    def subject(
        self,
        name: str,
        kind: str,
        answers: Answers,
        validation: Callable[[], Answers | None],
        *,
        own_classes: bool = False,
    ) -> Subject:
        """A model with its sample, its classes decided by its own threshold."""
        threshold = None if own_classes else self._threshold(answers, validation)
        undecided = isinstance(threshold, Undefined)
        given = answers._replace(classes=None) if undecided else answers
        value = threshold.value if isinstance(threshold, Threshold) else None
        return Subject(name, kind, Sliced(with_answers(self.sample, given.take(self.order), value)), threshold)

    def _threshold(self, answers: Answers, validation: Callable[[], Answers | None]) -> Threshold | Undefined | None:
        known = validation() if self.tuning is not None and answers.probabilities is not None else None
        tuned_on = None if known is None else (self.truth.sample(self.divided.validation), known)
        return decided(self.plan, self.tuning, answers, tuned_on)
