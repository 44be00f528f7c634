"""What a model says of rows, and how it becomes part of a sample."""

from __future__ import annotations

from dataclasses import replace
from typing import NamedTuple

import numpy as np

from lifespec_runtime.measure.metrics.sample import MISSING, Codes, Floats, Sample


class Answers(NamedTuple):
    """Predictions of some rows, each a column with one entry for each row; None where the model says no such thing."""

    classes: Codes | None = None
    """Codes of the predicted classes, as the model itself decides."""
    probabilities: Floats | None = None
    """Of the positive class; of several classes one column for each, in the order of their codes."""
    values: Floats | None = None
    """Predicted numbers; what results are ranked by."""

    def take(self, places: Codes) -> Answers:
        """The predictions of some of the rows."""
        classes, probabilities, values = self
        return Answers(
            None if classes is None else classes[places],
            None if probabilities is None else probabilities[places],
            None if values is None else values[places],
        )


def with_answers(sample: Sample, answers: Answers, threshold: float | None = None) -> Sample:
    """The sample with predictions. Of two classes a score at or above the threshold is positive, if there is one."""
    return replace(
        sample,
        classes=classes_of(answers, threshold),
        probabilities=answers.probabilities,
        values=answers.values,
        scores=answers.values if answers.probabilities is None and sample.queries is not None else None,
    )


def classes_of(answers: Answers, threshold: float | None) -> Codes | None:
    """The predicted classes: by the threshold, else as the model decides, else the most probable one of several."""
    scores = answers.probabilities
    if threshold is not None and scores is not None and scores.ndim == 1:
        return np.where(np.isnan(scores), MISSING, scores >= threshold).astype(np.int64)
    if answers.classes is None and scores is not None and scores.ndim == 2:
        chosen = np.nan_to_num(scores).argmax(axis=1)
        return np.where(np.isnan(scores).any(axis=1), MISSING, chosen).astype(np.int64)
    return answers.classes
