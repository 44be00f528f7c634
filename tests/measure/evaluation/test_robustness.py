"""Disturbed features: what is changed, by how much, and what it does to the metric."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from sklearn import metrics

from evaluating import Frame, customers, found, ground_of, leaving, part, pd, plan_for, run, table_of
from lifespec_runtime.measure.estimate import Undefined
from lifespec_runtime.measure.evaluation.perturb import perturbed, selected
from lifespec_runtime.measure.evaluation.robustness import SEED
from lifespec_runtime.measure.models import features

sklearn: Any = metrics
GATES = [{"metric": "rocAuc", "min": 0.5}]
NOISE = {"perturb": "gaussianNoise", "scale": 0.5, "features": "numeric", "metric": "rocAuc", "maxRegression": 0.1}
GAPS = {
    "name": "gaps",
    "perturb": "missingValues",
    "share": 0.3,
    "features": ["tenure", "plan"],
    "metric": "logLoss",
    "maxRelativeRegression": 0.5,
}
SWAPS = {
    "name": "swaps",
    "perturb": "categoryNoise",
    "share": 0.4,
    "features": "categorical",
    "metric": "rocAuc",
    "maxRegression": 0.1,
}


class Case:
    """Customers whose features are disturbed."""

    def __init__(self, folder: Path, checks: list[dict[str, Any]], rows: int = 4000, **more: Any) -> None:
        self.frame: Frame = customers(rows)
        offline = {"gates": GATES, "robustness": checks}
        self.on = ground_of(
            plan_for(self.frame, "binaryClassification", "churned", offline, **more), self.frame, folder
        )
        self.checks = self.on.plan.spec.evaluation.offline.robustness
        self.test, self.train = (
            features(self.on.plan, self.on.rows, places) for places in (self.on.divided.test, self.on.divided.train)
        )

    def disturbed(self, place: int = 0) -> Frame:
        check = self.checks[place]
        chosen: Any = selected(self.on.plan, check.features, check.perturb)
        changed = perturbed(self.test, self.train, check, chosen, SEED)
        assert changed.schema == self.test.schema
        return changed.to_pandas()


@pytest.fixture(scope="module")
def case(tmp_path_factory: pytest.TempPathFactory) -> Case:
    return Case(tmp_path_factory.mktemp("rows"), [NOISE, GAPS, SWAPS])


def test_noise_has_the_scale_of_the_training_split(case: Case) -> None:
    before, after = part(case.on, case.frame), case.disturbed()
    train = part(case.on, case.frame, "train")
    moved = (after["charges"] - before["charges"]).dropna()
    assert moved.mean() == pytest.approx(0, abs=2)
    assert moved.std() == pytest.approx(0.5 * train["charges"].std(), rel=0.1)
    assert after["charges"].isna().equals(before["charges"].isna())
    assert (after[["plan", "age"]] == before[["plan", "age"]]).all().all()


def test_integers_stay_integers_within_their_range(case: Case) -> None:
    before, after = part(case.on, case.frame), case.disturbed()
    train = part(case.on, case.frame, "train")
    assert after["tenure"].dtype.kind == "i"
    assert after["tenure"].between(min(train["tenure"].min(), 0), 71).all()
    inside = before["tenure"].between(25, 45)
    moved = (after["tenure"] - before["tenure"])[inside]
    assert moved.std() == pytest.approx(0.5 * train["tenure"].std(), rel=0.15)


def test_little_noise_on_integers_is_not_rounded_away(tmp_path: Path) -> None:
    small = Case(tmp_path, [{**NOISE, "scale": 0.005}], options={"tenure": {"logicalTypeOptions": {"minimum": -99}}})
    moved = small.disturbed()["tenure"] - part(small.on, small.frame)["tenure"]
    share = 0.005 * part(small.on, small.frame, "train")["tenure"].std() * np.sqrt(2 / np.pi)
    assert set(moved) == {-1, 0, 1}
    assert (moved != 0).mean() == pytest.approx(share, rel=0.3)


def test_contract_bounds_hold(tmp_path: Path) -> None:
    bounded = Case(
        tmp_path, [{**NOISE, "scale": 5}], options={"charges": {"logicalTypeOptions": {"minimum": -10, "maximum": 200}}}
    )
    charges = bounded.disturbed()["charges"].dropna()
    assert (charges.min(), charges.max()) == (-10, 200)


def test_values_go_missing(case: Case) -> None:
    after = case.disturbed(1)
    for name in ("tenure", "plan"):
        assert after[name].isna().mean() == pytest.approx(0.3, abs=0.06)
    assert not after["age"].isna().any()


def test_categories_are_swapped_for_other_ones(case: Case) -> None:
    before, after = part(case.on, case.frame), case.disturbed(2)
    train = part(case.on, case.frame, "train")
    swapped = before["plan"] != after["plan"]
    assert swapped.mean() == pytest.approx(0.4, abs=0.06)
    shares = train["plan"].value_counts(normalize=True)
    became = after["plan"][swapped & (before["plan"] == "basic")].value_counts(normalize=True)
    assert became["plus"] == pytest.approx(shares["plus"] / (shares["plus"] + shares["pro"]), abs=0.12)
    assert (before["tenure"] == after["tenure"]).all()


def test_the_same_disturbance_each_time(case: Case) -> None:
    pd.testing.assert_frame_equal(case.disturbed(), case.disturbed())


def test_what_it_does_to_the_metric(case: Case) -> None:
    evaluation = run(case.on, leaving())
    test = part(case.on, case.frame)
    before: Any = leaving().answer(test).probabilities
    after: Any = leaving().answer(case.disturbed()).probabilities
    gap = sklearn.roc_auc_score(test["churned"], after) - sklearn.roc_auc_score(test["churned"], before)
    one = found(evaluation, "rocAuc-under-gaussianNoise")
    assert one.quantity == "difference"
    assert one.result.value == pytest.approx(gap, abs=1e-12)
    assert one.result.interval.low < gap < one.result.interval.high
    gone: Any = leaving().answer(case.disturbed(1)).probabilities
    losses = [sklearn.log_loss(test["churned"], scores) for scores in (gone, before)]
    relative = found(evaluation, "gaps")
    assert relative.quantity == "relativeDifference"
    assert relative.result.value == pytest.approx(losses[0] / losses[1] - 1)
    shown = {one.check: one for one in evaluation.detail.robustness}["gaps"]
    assert shown.features == ("tenure", "plan")
    assert (shown.after.value, shown.before.value) == pytest.approx(tuple(losses))


def test_rows_in_another_order_are_disturbed_alike(case: Case, tmp_path: Path) -> None:
    shuffled = case.frame.sample(frac=1, random_state=2)
    again = run(ground_of(case.on.plan, shuffled, tmp_path), leaving())
    for name in ("rocAuc-under-gaussianNoise", "gaps", "swaps"):
        assert found(again, name).result.value == pytest.approx(found(run(case.on, leaving()), name).result.value)


def test_nothing_to_disturb_is_no_pass(tmp_path: Path) -> None:
    checks = [{**NOISE, "features": ["plan"], "name": "one"}, {**NOISE, "features": "categorical", "name": "other"}]
    evaluation = run(Case(tmp_path, checks, 400).on, leaving())
    for name in ("one", "other"):
        one = found(evaluation, name)
        assert isinstance(one.result, Undefined)
        assert "noise is added to numbers" in one.result.reason


def test_a_file_of_predictions_cannot_answer(case: Case) -> None:
    from lifespec_runtime.measure.evaluation.evaluate import evaluate

    contender = leaving().contender(case.on)._replace(predict=None)
    evaluation = evaluate(case.on.plan, case.on.rows, case.on.divided, case.on.coding, contender)
    one = found(evaluation, "swaps")
    assert isinstance(one.result, Undefined)
    assert "--model" in one.result.reason


def test_a_column_without_values_stays_as_it_is(tmp_path: Path) -> None:
    lone = Case(tmp_path, [SWAPS], 400)
    empty = table_of(part(lone.on, lone.frame).assign(plan="basic", age=None))
    chosen: Any = selected(lone.on.plan, lone.checks[0].features, "categoryNoise")
    same = perturbed(empty, empty, lone.checks[0], chosen, SEED).to_pandas()
    assert set(same["plan"]) == {"basic"}
    assert same["age"].isna().all()
