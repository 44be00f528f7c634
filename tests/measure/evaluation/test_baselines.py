"""Baselines against scikit-learn's own simple models, fitted on the same training rows."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from sklearn import metrics
from sklearn.compose import make_column_transformer
from sklearn.dummy import DummyClassifier, DummyRegressor
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LinearRegression, LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import FunctionTransformer, OneHotEncoder, OrdinalEncoder, StandardScaler

from evaluating import Frame, Model, customers, found, ground_of, leaving, part, pd, plan_for, run
from lifespec_runtime.measure.estimate import Undefined
from lifespec_runtime.measure.evaluation.answers import Answers
from lifespec_runtime.measure.evaluation.baselines import Ground, fitted
from lifespec_runtime.measure.evaluation.design import Design
from lifespec_runtime.measure.evaluation.sources import Ground as Read
from lifespec_runtime.measure.evaluation.truth import truth

LOGISTIC = {"baselines": [{"kind": "logisticRegression"}]}


def fit(kind: str, on: Read) -> Any:
    made = fitted(kind, Ground(on.plan, on.rows, on.divided, truth(on.plan, on.rows, on.coding, on.divided)))
    assert not isinstance(made, Undefined), made
    return made


def numeric(*steps: Any) -> Any:
    return make_pipeline(*steps, SimpleImputer(strategy="median"), StandardScaler())


@pytest.fixture(scope="module")
def leavers(tmp_path_factory: pytest.TempPathFactory) -> tuple[Read, Frame]:
    frame = customers()
    features = [
        {"name": "tenure", "column": "tenure", "transform": {"kind": "bucketize", "boundaries": [6, 24, 48]}},
        {"name": "plan", "column": "plan", "transform": {"kind": "oneHot"}},
        {"name": "charges", "column": "charges", "transform": {"kind": "impute", "value": "mean"}},
        {"name": "age", "column": "age", "transform": {"kind": "ordinal"}},
    ]
    gates = [{"metric": "rocAuc", "against": "logisticRegression", "minImprovement": 0.001}]
    plan = plan_for(frame, "binaryClassification", "churned", {"gates": gates}, features=features, experiments=LOGISTIC)
    return ground_of(plan, frame, tmp_path_factory.mktemp("rows")), frame


def test_majority_class(leavers: tuple[Read, Frame]) -> None:
    on, frame = leavers
    train, test = part(on, frame, "train"), part(on, frame)
    dummy: Any = DummyClassifier(strategy="prior").fit(train[["tenure"]], train["churned"])
    made = fit("majorityClass", on)
    assert (made.test.classes == dummy.predict(test[["tenure"]])).all()
    assert made.test.probabilities == pytest.approx(dummy.predict_proba(test[["tenure"]])[:, 1])


def test_stratified_random_draws_as_scikit_learn_does(leavers: tuple[Read, Frame]) -> None:
    on, frame = leavers
    train, test = part(on, frame, "train"), part(on, frame)
    dummy = DummyClassifier(strategy="stratified", random_state=20_261_121).fit(train[["tenure"]], train["churned"])
    made = fit("stratifiedRandom", on)
    assert (made.test.classes == dummy.predict(test[["tenure"]])).all()
    assert metrics.roc_auc_score(test["churned"], made.test.probabilities) == 0.5


def test_logistic_regression_with_the_transforms_of_the_spec(leavers: tuple[Read, Frame]) -> None:
    on, frame = leavers
    train, test = part(on, frame, "train"), part(on, frame)
    columns = make_column_transformer(
        (numeric(FunctionTransformer(lambda x: np.searchsorted([6, 24, 48], x, side="right"))), ["tenure"]),
        (numeric(SimpleImputer(strategy="mean")), ["charges"]),
        (numeric(OrdinalEncoder()), ["age"]),
        (OneHotEncoder(), ["plan"]),
    )
    peer = make_pipeline(columns, LogisticRegression(max_iter=1000)).fit(train, train["churned"])
    theirs = peer.predict_proba(test)[:, 1]
    assert fit("logisticRegression", on).test.probabilities == pytest.approx(theirs, abs=2e-4)


def test_a_gate_against_it(leavers: tuple[Read, Frame]) -> None:
    on, frame = leavers
    test = part(on, frame)
    scores = fit("logisticRegression", on).test.probabilities
    mine = leaving().answer(test).probabilities
    gap = metrics.roc_auc_score(test["churned"], mine) - metrics.roc_auc_score(test["churned"], scores)
    one = found(run(on, leaving()), "rocAuc-against-logisticRegression")
    assert one.result.value == pytest.approx(gap, abs=1e-12)


def test_nothing_but_train_is_learnt_from(leavers: tuple[Read, Frame], tmp_path: Path) -> None:
    on, frame = leavers
    other = frame.copy()
    rest = np.concatenate([on.divided.test, on.divided.validation])
    other.loc[rest, "churned"] = ~other.loc[rest, "churned"]
    again = ground_of(on.plan, other, tmp_path)
    assert (again.divided.test == on.divided.test).all()
    for kind in ("logisticRegression", "majorityClass"):
        assert fit(kind, again).test.probabilities == pytest.approx(fit(kind, on).test.probabilities)


@pytest.fixture(scope="module")
def rates(tmp_path_factory: pytest.TempPathFactory) -> tuple[Read, Frame]:
    draws = np.random.default_rng(4)
    rows = 800
    frame = pd.DataFrame(
        {
            "id": np.arange(rows),
            "area": draws.gamma(4, 20, rows),
            "rooms": draws.integers(1, 6, rows),
            "district": draws.choice(list("abcde"), rows),
            "garden": draws.random(rows) < 0.3,
        }
    )
    frame["price"] = 3 * np.log1p(frame["area"]) + frame["rooms"] + draws.normal(0, 1, rows)
    features = [
        {"name": "area", "column": "area", "transform": {"kind": "log1p"}},
        {"name": "rooms", "column": "rooms", "transform": {"kind": "minMax"}},
        {"name": "district", "column": "district", "transform": {"kind": "frequency"}},
        {"name": "garden", "column": "garden"},
    ]
    gates = [{"metric": "mae", "against": "linear", "maxRelativeRegression": 0.5}]
    baselines = [{"kind": "mean"}, {"kind": "median"}, {"kind": "linearRegression", "name": "linear"}]
    plan = plan_for(
        frame, "regression", "price", {"gates": gates}, features=features, experiments={"baselines": baselines}
    )
    return ground_of(plan, frame, tmp_path_factory.mktemp("rows")), frame


@pytest.mark.parametrize("kind", ["mean", "median"])
def test_constants(rates: tuple[Read, Frame], kind: Any) -> None:
    on, frame = rates
    train, test = part(on, frame, "train"), part(on, frame)
    dummy = DummyRegressor(strategy=kind).fit(train[["area"]], train["price"])
    assert fit(kind, on).test.values == pytest.approx(dummy.predict(test[["area"]]))


def test_linear_regression(rates: tuple[Read, Frame]) -> None:
    on, frame = rates
    train, test = part(on, frame, "train"), part(on, frame)
    shares = train["district"].value_counts(normalize=True)

    def design(table: Frame) -> Frame:
        return pd.DataFrame(
            {
                "area": np.log1p(table["area"]),
                "rooms": table["rooms"],
                "district": table["district"].map(shares),
                "garden": table["garden"].astype(float),
            }
        )

    peer = LinearRegression().fit(design(train), train["price"])
    assert fit("linearRegression", on).test.values == pytest.approx(peer.predict(design(test)))


def test_hashed_and_rare_categories(tmp_path: Path) -> None:
    draws = np.random.default_rng(5)
    frame = pd.DataFrame({"id": np.arange(3000), "city": [f"city {n}" for n in draws.integers(0, 2500, 3000)]})
    frame["many"] = frame["city"]
    frame["y"] = draws.normal(size=3000)
    features = [
        {"name": "city", "column": "city", "transform": {"kind": "hash", "buckets": 16}},
        {"name": "many", "column": "many"},
    ]
    plan = plan_for(frame, "regression", "y", {"gates": [{"metric": "mae", "max": 9}]}, features=features)
    on = ground_of(plan, frame, tmp_path)
    matrix = Design(on.plan, on.rows, on.divided.train).matrix(on.divided.test)
    assert matrix.shape[1] == 16 + 256
    assert set(matrix[:, :16].sum(axis=1)) == {1.0}


def days(count: int = 700, seed: int = 6) -> Frame:
    draws = np.random.default_rng(seed)
    day = pd.date_range("2024-01-01", periods=count, freq="D", tz="UTC")
    riders = 10 + 3 * np.sin(np.arange(count) * 2 * np.pi / 7) + draws.normal(0, 0.5, count)
    return pd.DataFrame({"day": day, "weekday": day.day_of_week.astype("int64"), "riders": riders})


TEMPORAL = {"data": {"splits": {"strategy": "temporal", "column": "day", "train": 0.7, "validation": 0.1, "test": 0.2}}}


def forecast(tmp_path: Path, frame: Frame, delay: dict[str, str], **more: Any) -> Read:
    gates = [{"metric": "mae", "max": 9}, {"metric": "weekly", "max": 9}]
    plan = plan_for(
        frame,
        "forecasting",
        "riders",
        {"gates": gates},
        labels={"delay": delay},
        metrics=[{"name": "weekly", "base": "mase", "seasonality": 7}],
        **TEMPORAL,
        **more,
    )
    return ground_of(plan, frame, tmp_path)


@pytest.mark.parametrize(
    ("delay", "known", "season"),
    [({"p95": "12h"}, 1, 7), ({"p95": "3d"}, 3, 7), ({"p50": "14d12h", "p95": "15d"}, 14, 14), ({"p95": "8d"}, 8, 14)],
)
def test_the_past_as_far_as_it_was_known(tmp_path: Path, delay: dict[str, str], known: int, season: int) -> None:
    frame = days()
    on = forecast(tmp_path, frame, delay)
    assert fit("persistence", on).test.values == pytest.approx(frame["riders"].shift(known)[on.divided.test])
    assert fit("seasonalNaive", on).test.values == pytest.approx(frame["riders"].shift(season)[on.divided.test])


def test_a_day_that_is_missing_is_bridged(tmp_path: Path) -> None:
    frame = days().drop(index=[649]).reset_index(drop=True)
    on = forecast(tmp_path, frame, {"p95": "1d"})
    place = frame.index[frame["day"] == pd.Timestamp("2025-10-12", tz="UTC")][0]
    assert frame["day"][place - 1] == pd.Timestamp("2025-10-10", tz="UTC")
    values = dict(zip(on.divided.test.tolist(), fit("persistence", on).test.values, strict=True))
    assert values[place] == pytest.approx(frame["riders"][place - 1])


def test_each_series_has_its_own_past(tmp_path: Path) -> None:
    parts = [days(seed=seed).assign(id=name) for seed, name in ((6, "north"), (7, "south"))]
    frame = pd.concat(parts).sample(frac=1, random_state=1).reset_index(drop=True)
    on = forecast(tmp_path, frame, {"p95": "1d"}, features=["weekday"])
    wanted = frame.sort_values("day").groupby("id")["riders"].shift(1).sort_index()
    assert fit("persistence", on).test.values == pytest.approx(wanted[on.divided.test])
    scales = [series.iloc[:490].diff(7).abs().mean() for series in (one["riders"] for one in parts)]
    history = truth(on.plan, on.rows, on.coding, on.divided).history
    assert history is not None
    assert sorted(np.abs(one[7:] - one[:-7]).mean() for one in history.training) == pytest.approx(sorted(scales))


def test_scaled_error_by_hand(tmp_path: Path) -> None:
    frame = days()
    on = forecast(tmp_path, frame, {"p95": "1d"})
    test, train = part(on, frame), part(on, frame, "train")
    model = Model(lambda table: Answers(values=10.0 + 0.0 * table["weekday"].to_numpy()))
    error = (test["riders"] - 10).abs().mean() / train["riders"].diff(7).abs().mean()
    assert found(run(on, model), "weekly").result.value == pytest.approx(error)


def test_popularity_counts_what_was_chosen_in_train(tmp_path: Path) -> None:
    draws = np.random.default_rng(8)
    rows = 3000
    frame = pd.DataFrame({"query": draws.integers(0, 300, rows), "id": draws.integers(0, 40, rows)})
    frame = frame.drop_duplicates().reset_index(drop=True)
    frame["price"] = draws.normal(size=len(frame))
    frame["relevance"] = (draws.random(len(frame)) < 0.1 + frame["id"] / 60).astype("int64")
    plan = plan_for(
        frame,
        "ranking",
        "relevance",
        {"gates": [{"metric": "ndcg", "against": "popularity", "minImprovement": 0.01}]},
        objective={"query": "query"},
        options={"query": {"primaryKey": True}},
        features=["price"],
        experiments={"baselines": [{"kind": "popularity"}]},
        data={"splits": {"strategy": "group", "column": "query", "train": 0.7, "validation": 0.1, "test": 0.2}},
    )
    on = ground_of(plan, frame, tmp_path)
    train, test = part(on, frame, "train"), part(on, frame)
    chosen = train[train["relevance"] > 0].groupby("id").size()
    scores = test["id"].map(chosen).fillna(0).to_numpy()
    assert fit("popularity", on).test.values == pytest.approx(scores)
    gains = [
        metrics.ndcg_score([rows["relevance"]], [scores[rows.index]])
        for _, rows in test.groupby("query")
        if len(rows) > 1
    ]
    ones = [float(rows["relevance"].iloc[0] > 0) for _, rows in test.groupby("query") if len(rows) == 1]
    evaluation = run(on, Model(lambda table: Answers(values=-table["price"].to_numpy())))
    gap = found(evaluation, "ndcg-against-popularity")
    assert gap.other is not None
    assert gap.other.value == pytest.approx(np.mean([*gains, *ones]))
