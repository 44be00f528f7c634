"""The decision threshold: tuned on validation only, against trying every score by hand."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn import metrics

from evaluating import Frame, Model, customers, found, ground_of, leaving, part, plan_for, run
from lifespec_runtime.measure.estimate import Undefined
from lifespec_runtime.measure.evaluation.answers import Answers
from lifespec_runtime.measure.evaluation.detail import Threshold
from lifespec_runtime.measure.evaluation.naming import Named
from lifespec_runtime.measure.evaluation.thresholds import tuned
from lifespec_runtime.measure.metrics.sample import Sample

sklearn: Any = metrics
BY_HAND: dict[str, Any] = {
    "accuracy": sklearn.accuracy_score,
    "f1": lambda y, c: sklearn.f1_score(y, c, zero_division=0),
    "fBeta": lambda y, c: sklearn.fbeta_score(y, c, beta=0.5, zero_division=0),
    "recall": sklearn.recall_score,
    "falsePositiveRate": lambda y, c: c[y == 0].mean(),
    "geometricMean": lambda y, c: np.sqrt(c[y == 1].mean() * (1 - c[y == 0].mean())),
}


@pytest.mark.parametrize("metric", BY_HAND)
@settings(max_examples=40)
@given(st.lists(st.tuples(st.booleans(), st.integers(0, 12)), min_size=2, max_size=60))
def test_no_other_threshold_is_better(metric: str, rows: list[tuple[bool, int]]) -> None:
    labels = np.array([label for label, _ in rows], np.int64)
    scores = np.array([score / 12 for _, score in rows])
    if len(set(labels)) < 2:
        return
    named = Named("own", metric, {"beta": 0.5} if metric == "fBeta" else {})
    made = tuned(named, Sample(labels=labels, names=("no", "yes")), Answers(probabilities=scores))
    assert isinstance(made, Threshold)
    values = {score: BY_HAND[metric](labels, (scores >= score).astype(np.int64)) for score in sorted(set(scores))}
    best = min(values.values()) if metric == "falsePositiveRate" else max(values.values())
    assert values[made.value] == pytest.approx(best)
    assert made.value == next(score for score, value in values.items() if abs(value - best) < 1e-12)
    assert dict(made.curve)[made.value] == pytest.approx(best)


def measured(tmp_path: Path, frame: Frame, model: Model, objective: dict[str, Any]) -> Any:
    offline = {"gates": [{"metric": "recall", "min": 0.1}]}
    on = ground_of(plan_for(frame, "binaryClassification", "churned", offline, objective=objective), frame, tmp_path)
    return on, run(on, model)


def test_it_is_tuned_on_validation_and_applied_to_test(tmp_path: Path) -> None:
    frame = customers()
    on, evaluation = measured(tmp_path, frame, leaving(), {"decisionThreshold": {"tune": "f1"}})
    validation, test = part(on, frame, "validation"), part(on, frame)
    scores: Any = leaving().answer(validation).probabilities
    values = [sklearn.f1_score(validation["churned"], scores >= score) for score in np.sort(scores)]
    best = float(np.sort(scores)[int(np.argmax(values))])
    threshold = evaluation.detail.threshold
    assert (threshold.value, threshold.how, threshold.metric) == (pytest.approx(best), "tuned", "f1")
    assert threshold.reached.value == pytest.approx(max(values))
    mine: Any = leaving().answer(test).probabilities
    assert found(evaluation, "recall").result.value == pytest.approx(
        sklearn.recall_score(test["churned"], mine >= best)
    )


def test_labels_of_the_test_split_do_not_move_it(tmp_path: Path) -> None:
    frame = customers()
    on, evaluation = measured(tmp_path, frame, leaving(), {"decisionThreshold": {"tune": "f1"}})
    other = frame.copy()
    other.loc[on.divided.test, "churned"] = ~other.loc[on.divided.test, "churned"]
    _, again = measured(tmp_path, other, leaving(), {"decisionThreshold": {"tune": "f1"}})
    assert again.detail.threshold.value == evaluation.detail.threshold.value


def test_a_fixed_threshold_overrules_the_models_classes(tmp_path: Path) -> None:
    frame = customers()
    on, evaluation = measured(tmp_path, frame, leaving(), {"decisionThreshold": 0.8})
    test = part(on, frame)
    mine: Any = leaving().answer(test).probabilities
    assert found(evaluation, "recall").result.value == pytest.approx(sklearn.recall_score(test["churned"], mine >= 0.8))


def test_without_a_word_the_model_decides(tmp_path: Path) -> None:
    def answer(table: Frame) -> Answers:
        scores: Any = leaving().answer(table).probabilities
        return Answers(classes=(scores >= 0.3).astype(np.int64), probabilities=scores)

    frame = customers()
    on, evaluation = measured(tmp_path, frame, Model(answer), {})
    test = part(on, frame)
    mine: Any = leaving().answer(test).probabilities
    assert evaluation.detail.threshold is None
    assert found(evaluation, "recall").result.value == pytest.approx(sklearn.recall_score(test["churned"], mine >= 0.3))


def test_a_metric_of_scores_cannot_be_tuned_for() -> None:
    sample = Sample(labels=np.array([0, 1], np.int64), names=("no", "yes"))
    made = tuned(Named("rocAuc", "rocAuc", {}), sample, Answers(probabilities=np.array([0.1, 0.9])))
    assert isinstance(made, Undefined)
    assert "no threshold can be tuned" in made.reason


@pytest.mark.parametrize("scores", [[np.nan, 0.2], [np.inf, 0.2]])
def test_scores_that_are_no_numbers(scores: list[float]) -> None:
    sample = Sample(labels=np.array([0, 1], np.int64), names=("no", "yes"))
    made = tuned(Named("f1", "f1", {}), sample, Answers(probabilities=np.array(scores)))
    assert isinstance(made, Undefined)
