"""Every kind of problem, whole: the numbers, and that no page or report ever gets one that is none."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from sklearn import metrics

from evaluating import Frame, Model, customers, found, ground_of, leaving, part, pd, plan_for, run
from lifespec_runtime.measure.estimate import Undefined
from lifespec_runtime.measure.evaluation.answers import Answers
from lifespec_runtime.measure.evaluation.detail import as_json
from lifespec_runtime.measure.evaluation.evaluate import evaluate
from lifespec_runtime.measure.evaluation.report import measurements

sklearn: Any = metrics
SHARES = {"train": 0.5, "validation": 0.25, "test": 0.25}


def plain(evaluation: Any) -> tuple[list[dict[str, Any]], dict[str, Any]]:
    """Report and detail as JSON, which has no NaN."""
    made = [one.model_dump(mode="json", by_alias=True, exclude_none=True) for one in measurements(evaluation.measured)]
    detail = as_json(evaluation.detail)
    json.dumps([made, detail], allow_nan=False)
    for one in made:
        assert "value" in one or one["reason"]
        assert "interval" in one or one["reason"]
    return made, detail


def weather(rows: int = 3000) -> Frame:
    draws = np.random.default_rng(9)
    cold = draws.normal(size=rows)
    noise = draws.gumbel(size=(rows, 3)) + np.stack([0 * cold, cold, 1.5 * cold - 1], axis=1)
    names = np.array(["dry", "rain", "snow"])
    return pd.DataFrame({"id": np.arange(rows), "cold": cold, "sky": names[noise.argmax(axis=1)]})


def sky(table: Frame) -> Answers:
    cold = table["cold"].to_numpy()
    odds = np.exp(np.stack([0 * cold, cold, 1.5 * cold - 1], axis=1))
    return Answers(probabilities=odds / odds.sum(axis=1, keepdims=True))


def test_several_classes(tmp_path: Path) -> None:
    frame = weather()
    gates = [{"metric": "logLoss", "max": 2}, {"metric": "auc", "min": 0.1}, {"metric": "accuracy", "min": 0.1}]
    experiments = {"baselines": [{"kind": "majorityClass"}, {"kind": "logisticRegression"}]}
    own = [{"name": "auc", "base": "rocAuc", "averaging": "macro"}]
    plan = plan_for(frame, "multiclassClassification", "sky", {"gates": gates}, metrics=own, experiments=experiments)
    on = ground_of(plan, frame, tmp_path)
    evaluation = run(on, Model(sky))
    test = part(on, frame)
    scores: Any = sky(test).probabilities
    names = np.array(["dry", "rain", "snow"])
    wanted = {
        "logLoss": sklearn.log_loss(test["sky"], scores),
        "auc": sklearn.roc_auc_score(test["sky"], scores, multi_class="ovr", average="macro"),
        "accuracy": sklearn.accuracy_score(test["sky"], names[scores.argmax(axis=1)]),
    }
    assert {name: found(evaluation, name).result.value for name in wanted} == pytest.approx(wanted)
    _, detail = plain(evaluation)
    counts = sklearn.confusion_matrix(test["sky"], names[scores.argmax(axis=1)])
    assert detail["confusion"] == {"classes": list(names), "counts": counts.tolist()}
    assert [curve["name"] for curve in detail["curves"] if curve["kind"] == "roc"] == list(names)
    assert detail["calibration"]["what"] == "confidence"
    assert [row["subject"] for row in detail["comparison"]] == ["candidate", "majorityClass", "logisticRegression"]


def test_two_classes_in_pictures(tmp_path: Path) -> None:
    frame = customers()
    plan = plan_for(frame, "binaryClassification", "churned", {"gates": [{"metric": "rocAuc", "min": 0.5}]})
    on = ground_of(plan, frame, tmp_path)
    _, detail = plain(run(on, leaving()))
    test = part(on, frame)
    scores: Any = leaving().answer(test).probabilities
    roc = next(curve for curve in detail["curves"] if curve["kind"] == "roc")
    assert len(roc["points"]) <= 200
    assert (roc["points"][0], roc["points"][-1]) == ([0.0, 0.0], [1.0, 1.0])
    rates = {
        tuple(point)
        for point in np.stack(sklearn.roc_curve(test["churned"], scores, drop_intermediate=False)[:2]).T.round(6)
    }
    assert {tuple(point) for point in roc["points"]} <= rates
    for one in detail["calibration"]["bins"]:
        inside = (scores > one["low"]) & (scores <= one["high"])
        assert one["predicted"] == pytest.approx(scores[inside].mean())
        assert one["observed"]["value"] == pytest.approx(test["churned"][inside].mean())
        assert one["observed"]["samples"] == inside.sum()
    assert sum(sum(series["counts"]) for series in detail["predictions"]["series"]) == len(test)


def test_numbers(tmp_path: Path) -> None:
    draws = np.random.default_rng(3)
    frame = pd.DataFrame({"id": np.arange(2500), "area": draws.gamma(4, 20, 2500)})
    frame["price"] = 3 * frame["area"] + draws.normal(0, 20, 2500)
    gates = [{"metric": name, "min" if name == "r2" else "max": 0.5} for name in ("mae", "rmse", "r2", "mape")]
    on = ground_of(plan_for(frame, "regression", "price", {"gates": gates}), frame, tmp_path)
    evaluation = run(on, Model(lambda table: Answers(values=2.9 * table["area"].to_numpy())))
    test = part(on, frame)
    said = 2.9 * test["area"]
    wanted = {
        "mae": sklearn.mean_absolute_error(test["price"], said),
        "rmse": sklearn.root_mean_squared_error(test["price"], said),
        "r2": sklearn.r2_score(test["price"], said),
        "mape": sklearn.mean_absolute_percentage_error(test["price"], said),
    }
    assert {name: found(evaluation, name).result.value for name in wanted} == pytest.approx(wanted)
    _, detail = plain(evaluation)
    errors = said - test["price"]
    residuals = detail["residuals"]
    assert sum(residuals["series"][0]["counts"]) + residuals["below"] + residuals["above"] == len(errors)
    means = [one["observed"]["value"] for one in detail["calibration"]["bins"]]
    assert len(means) == 10
    assert np.average(means, weights=[one["observed"]["samples"] for one in detail["calibration"]["bins"]]) == (
        pytest.approx(test["price"].mean())
    )


@pytest.mark.parametrize("scale", [1e8, 1e80, 1e200, 1e-200])
def test_numbers_too_great_for_a_report(tmp_path: Path, scale: float) -> None:
    draws = np.random.default_rng(3)
    frame = pd.DataFrame({"id": np.arange(600), "area": draws.gamma(4, 20, 600)})
    frame["price"] = scale * frame["area"]
    gates = [{"metric": name, "min" if name == "r2" else "max": 0.5} for name in ("mse", "mae", "r2", "mape", "wmape")]
    experiments = {"baselines": [{"kind": "mean"}, {"kind": "linearRegression"}]}
    on = ground_of(plan_for(frame, "regression", "price", {"gates": gates}, experiments=experiments), frame, tmp_path)
    with np.errstate(all="ignore"):
        evaluation = run(on, Model(lambda table: Answers(values=scale * 1.1 * table["area"].to_numpy())))
    made, _ = plain(evaluation)
    values = {one["check"]: one.get("value") for one in made}
    assert values["mape"] == pytest.approx(0.1)
    assert (values["mse"] is None) == (scale > 1)


@pytest.mark.parametrize("rows", [12, 40])
@pytest.mark.parametrize("value", [0.5, 1.0, 0.0])
def test_tiny_data_and_constant_scores(tmp_path: Path, rows: int, value: float) -> None:
    frame = customers(rows, seed=4)
    frame["churned"] = frame.index % 2 == 0
    offline = {
        "gates": [
            {"metric": name, "min": 0.1, "slices": [["plan", "age"]], "confidence": 0.9}
            for name in ("rocAuc", "accuracy", "precision", "recall", "f1", "averagePrecision", "geometricMean")
        ]
        + [{"metric": "logLoss", "max": 1}, {"metric": "expectedCalibrationError", "max": 1}],
        "fairness": [{"metric": "equalizedOddsDifference", "attribute": "plan", "max": 0.5}],
        "robustness": [
            {"perturb": "gaussianNoise", "scale": 1, "features": "all", "metric": "f1", "maxRelativeRegression": 0.1}
        ],
    }
    experiments = {"baselines": [{"kind": "logisticRegression"}, {"kind": "stratifiedRandom"}]}
    plan = plan_for(
        frame,
        "binaryClassification",
        "churned",
        offline,
        experiments=experiments,
        objective={"decisionThreshold": {"tune": "f1"}},
        data={
            "splits": {"strategy": "stratified", "column": "churned", "train": 0.5, "validation": 0.25, "test": 0.25}
        },
    )
    on = ground_of(plan, frame, tmp_path)
    plain(run(on, Model(lambda table: Answers(probabilities=np.full(len(table), value)))))


def test_no_threshold_is_a_reason(tmp_path: Path) -> None:
    frame = customers()
    offline = {
        "gates": [{"metric": "recall", "min": 0.1, "slices": ["plan"]}, {"metric": "rocAuc", "min": 0.5}],
        "fairness": [{"metric": "demographicParityDifference", "attribute": "age", "max": 0.5}],
    }
    plan = plan_for(frame, "binaryClassification", "churned", offline, objective={"decisionThreshold": {"tune": "f1"}})
    on = ground_of(plan, frame, tmp_path)
    scores = leaving().contender(on)
    silent = scores._replace(test=scores.test._replace(classes=None), validation=lambda: None)
    evaluation = evaluate(on.plan, on.rows, on.divided, on.coding, silent)
    for name, piece in (("recall-by-plan", None), ("recall-by-plan", "plan=pro")):
        one = found(evaluation, name, piece)
        assert isinstance(one.result, Undefined)
        assert "tuned on the validation split" in one.result.reason
    assert "tuned" in found(evaluation, "demographicParityDifference-by-age").result.reason
    assert not isinstance(found(evaluation, "rocAuc").result, Undefined)
    plain(evaluation)


def test_groups_that_no_split_divides_are_not_independent(tmp_path: Path) -> None:
    frame = customers()
    frame["shop"] = [f"s{number // 20}" for number in range(len(frame))]
    gates = {"gates": [{"metric": "accuracy", "min": 0.1}]}
    features = ["tenure", "plan", "charges"]
    splits = {"strategy": "group", "column": "shop", "train": 0.4, "validation": 0.1, "test": 0.5}

    def widths(strategy: dict[str, Any], folder: Path) -> float:
        folder.mkdir()
        plan = plan_for(frame, "binaryClassification", "churned", gates, features=features, data={"splits": strategy})
        on = ground_of(plan, frame, folder)

        def answer(table: Frame) -> Answers:
            right = np.zeros(len(table), np.int64)
            return Answers(classes=right, probabilities=right.astype(float))

        result = found(run(on, Model(answer)), "accuracy").result
        return (result.interval.high - result.interval.low) * np.sqrt(result.samples)

    alike = frame.groupby("shop")["churned"].transform("first")
    frame["churned"] = np.where(frame.index % 3 == 0, frame["churned"], alike)
    together = widths(splits, tmp_path / "grouped")
    alone = widths({"strategy": "random", "train": 0.4, "validation": 0.1, "test": 0.5}, tmp_path / "alone")
    assert together > 1.5 * alone
