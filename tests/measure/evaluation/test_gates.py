"""Gates against scikit-learn on the same rows: values, differences, slices, own metrics."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from scipy import stats
from sklearn import metrics

from evaluating import Frame, Model, customers, found, ground_of, leaving, part, pd, plan_for, run
from lifespec_runtime.measure.estimate import Estimate, Undefined
from lifespec_runtime.measure.evaluation.answers import Answers

GATES = [
    {"metric": "rocAuc", "min": 0.7},
    {"metric": "rocAuc", "against": "stable", "maxRegression": 0.01},
    {"metric": "logLoss", "against": "stable", "maxRelativeRegression": 0.05, "max": 1},
    {"metric": "accuracy", "min": 0.5, "confidence": 0.95, "slices": [["plan"], ["plan", "age"]], "minSliceRows": 20},
    {"metric": "recall", "min": 0.1, "slices": [["age"]]},
    {"metric": "f2", "min": 0.2},
    {"metric": "calibration5", "max": 0.5},
]
OWN = [
    {"name": "f2", "base": "fBeta", "beta": 2},
    {"name": "calibration5", "base": "expectedCalibrationError", "bins": 5},
]


@pytest.fixture(scope="module")
def measured(tmp_path_factory: pytest.TempPathFactory) -> tuple[Any, Frame, Any]:
    frame = customers()
    plan = plan_for(frame, "binaryClassification", "churned", {"gates": GATES}, metrics=OWN)
    on = ground_of(plan, frame, tmp_path_factory.mktemp("rows"))
    return run(on, leaving(), stable=leaving(0.4)), part(on, frame), on


def scored(table: Frame, shift: float = 0.0) -> np.ndarray[Any, Any]:
    scores = leaving(shift).answer(table).probabilities
    assert scores is not None
    return scores


def test_value_and_difference(measured: tuple[Any, Frame, Any]) -> None:
    evaluation, test, _ = measured
    mine, theirs = (metrics.roc_auc_score(test["churned"], scored(test, shift)) for shift in (0, 0.4))
    assert found(evaluation, "rocAuc").result.value == pytest.approx(mine, abs=1e-12)
    gap = found(evaluation, "rocAuc-against-stable")
    assert gap.quantity == "difference"
    assert gap.result.value == pytest.approx(mine - theirs, abs=1e-12)
    assert gap.own.value == pytest.approx(mine)
    assert gap.other is not None
    assert gap.other.value == pytest.approx(theirs)


def test_relative_difference(measured: tuple[Any, Frame, Any]) -> None:
    evaluation, test, _ = measured
    losses = [metrics.log_loss(test["churned"], scored(test, shift)) for shift in (0, 0.4)]
    relative = found(evaluation, "logLoss-against-stable", quantity="relativeDifference")
    assert isinstance(relative.result, Estimate)
    assert relative.result.value == pytest.approx((losses[0] - losses[1]) / losses[1], abs=1e-12)
    assert relative.result.interval is not None
    low, high, level, _ = relative.result.interval
    assert low < relative.result.value < high
    assert level == 0.9
    value = found(evaluation, "logLoss-against-stable", quantity="value")
    assert value.result.value == pytest.approx(losses[0])


def test_slices_and_crossed_slices(measured: tuple[Any, Frame, Any]) -> None:
    evaluation, test, _ = measured
    right = (scored(test) >= 0.5) == test["churned"]
    names = {one.slice for one in evaluation.measured if one.check == "accuracy-by-plan-planxage"}
    wanted = {f"plan={plan}" for plan in test["plan"].unique()}
    wanted |= {f"plan={plan},age={age}" for plan, age in test.groupby(["plan", "age"]).groups}
    assert names == {None, *wanted}
    for (plan, age), rows in test.groupby(["plan", "age"]):
        one = found(evaluation, "accuracy-by-plan-planxage", f"plan={plan},age={age}")
        assert one.rows == len(rows)
        assert one.result.value == pytest.approx(right[rows.index].mean())
        bounds = stats.binomtest(int(right[rows.index].sum()), len(rows)).proportion_ci(0.9, method="exact")
        assert one.result.interval[:2] == pytest.approx((bounds.low, bounds.high))


def test_rows_of_a_slice_are_all_of_its_rows_where_samples_are_some(measured: tuple[Any, Frame, Any]) -> None:
    evaluation, test, _ = measured
    old = test[test["age"] == "old"]
    one = found(evaluation, "recall-by-age", "age=old")
    assert (one.rows, one.result.samples) == (len(old), int(old["churned"].sum()))


def test_own_metrics_with_parameters(measured: tuple[Any, Frame, Any]) -> None:
    evaluation, test, _ = measured
    scores = scored(test)
    assert found(evaluation, "f2").result.value == pytest.approx(
        metrics.fbeta_score(test["churned"], scores >= 0.5, beta=2)
    )
    bins = np.minimum((scores * 5).astype(int), 4)
    gaps = pd.Series(scores - test["churned"]).groupby(bins).sum().abs().sum() / len(test)
    assert found(evaluation, "calibration5").result.value == pytest.approx(gaps)


def test_order_of_rows_changes_nothing(measured: tuple[Any, Frame, Any], tmp_path: Path) -> None:
    evaluation, _, on = measured
    shuffled = customers().sample(frac=1, random_state=3)
    again = run(ground_of(on.plan, shuffled, tmp_path), leaving(), stable=leaving(0.4))
    assert [one[:3] for one in again.measured] == [one[:3] for one in evaluation.measured]
    for one, other in zip(again.measured, evaluation.measured, strict=True):
        assert one.result.value == pytest.approx(other.result.value, rel=1e-12)
        assert one.result.interval[:2] == pytest.approx(other.result.interval[:2], rel=1e-9)


def evaluated(tmp_path: Path, offline: dict[str, Any], model: Model | None = None, **more: Any) -> Any:
    frame = more.pop("frame", customers())
    plan = plan_for(frame, "binaryClassification", "churned", offline, **more)
    return run(ground_of(plan, frame, tmp_path), model or leaving())


def test_without_stable_there_is_a_reason_and_no_number(tmp_path: Path) -> None:
    evaluation = evaluated(tmp_path, {"gates": [{"metric": "rocAuc", "against": "stable", "maxRegression": 0.1}]})
    gap = found(evaluation, "rocAuc-against-stable")
    assert isinstance(gap.result, Undefined)
    assert "no stable" in gap.result.reason
    assert isinstance(gap.own, Estimate)


def test_a_value_of_the_contract_that_no_row_has_is_a_missing_slice(tmp_path: Path) -> None:
    offline = {"gates": [{"metric": "accuracy", "min": 0.5, "slices": ["plan"]}]}
    options = {"plan": {"enum": ["basic", "plus", "pro", "gold"]}}
    one = found(evaluated(tmp_path, offline, options=options), "accuracy-by-plan", "plan=gold")
    assert isinstance(one.result, Undefined)
    assert (one.rows, one.result.samples) == (0, 0)


def test_a_column_with_too_many_values_is_no_slice(tmp_path: Path) -> None:
    offline = {"gates": [{"metric": "accuracy", "min": 0.5, "slices": ["charges"]}]}
    one = found(evaluated(tmp_path, offline), "accuracy-by-charges", "charges=*")
    assert isinstance(one.result, Undefined)
    assert "different values" in one.result.reason
    assert one.rows == 0


def test_rows_without_a_value_are_of_no_slice(tmp_path: Path) -> None:
    frame = customers()
    frame.loc[frame.index % 3 == 0, "plan"] = None
    offline = {"gates": [{"metric": "accuracy", "min": 0.5, "slices": ["plan"]}]}
    evaluation = evaluated(tmp_path, offline, frame=frame)
    rows = {one.slice: one.rows for one in evaluation.measured}
    assert set(rows) == {None, "plan=basic", "plan=plus", "plan=pro"}


def test_a_slice_of_one_class_has_no_area_and_says_why(tmp_path: Path) -> None:
    frame = customers()
    frame.loc[frame["plan"] == "pro", "churned"] = False
    offline = {"gates": [{"metric": "rocAuc", "min": 0.5, "slices": ["plan"]}]}
    one = found(evaluated(tmp_path, offline, frame=frame), "rocAuc-by-plan", "plan=pro")
    assert isinstance(one.result, Undefined)
    assert one.result.reason == "no row is positive"
    assert one.rows


def test_scores_that_are_missing_make_no_number(tmp_path: Path) -> None:
    def answer(table: Frame) -> Answers:
        scores = leaving().answer(table).probabilities
        assert scores is not None
        return Answers(probabilities=np.where(np.arange(len(scores)) == 3, np.nan, scores))

    evaluation = evaluated(tmp_path, {"gates": GATES[:1]}, Model(answer))
    assert isinstance(found(evaluation, "rocAuc").result, Undefined)


def test_a_human_baseline_is_a_fixed_value(tmp_path: Path) -> None:
    experiments = {"baselines": [{"kind": "human", "name": "desk", "values": {"recall": 0.3}}]}
    gates = [
        {"metric": "recall", "against": "desk", "minImprovement": 0.1},
        {"metric": "accuracy", "against": "desk", "maxRegression": 0.1},
    ]
    evaluation = evaluated(tmp_path, {"gates": gates}, experiments=experiments)
    gap = found(evaluation, "recall-against-desk")
    assert isinstance(gap.own, Estimate)
    assert isinstance(gap.result, Estimate)
    assert gap.own.interval is not None
    assert gap.result.interval is not None
    assert gap.result.value == pytest.approx(gap.own.value - 0.3)
    assert gap.result.interval.low == pytest.approx(gap.own.interval.low - 0.3)
    unknown = found(evaluation, "accuracy-against-desk")
    assert isinstance(unknown.result, Undefined)
    assert unknown.result.reason == "desk has no accuracy"
