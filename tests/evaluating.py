"""Rows, splits and models made of a pandas table, so that a test can compute by hand what an evaluation measures."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from importlib import import_module
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from lifecycles import plan_of, small
from lifespec_compiler.plan import Plan
from lifespec_runtime.measure.contracts.check import Location
from lifespec_runtime.measure.estimate import Undefined
from lifespec_runtime.measure.evaluation.answers import Answers
from lifespec_runtime.measure.evaluation.contenders import Contender
from lifespec_runtime.measure.evaluation.evaluate import evaluate
from lifespec_runtime.measure.evaluation.sources import Ground, ground

pd: Any = import_module("pandas")  # a test takes apart what its types call a table, a column or a value
pa: Any = import_module("pyarrow")
Frame = Any
"""A pandas table."""

TYPES = {"i": "integer", "f": "number", "b": "boolean", "O": "string", "M": "timestamp"}


def plan_for(frame: Frame, problem: str, label: str, offline: Mapping[str, Any], **more: Any) -> Plan:
    """A plan of one source `rows` with the key `id`, all columns but key and label being features."""
    options = more.pop("options", {})
    schema = [
        {"name": name, "logicalType": options.get(name, {}).pop("type", None) or TYPES[frame[name].dtype.kind]}
        | ({"primaryKey": True} if name in ("id", "day") else {})
        | options.get(name, {})
        for name in map(str, frame.columns)
    ]
    source = {"name": "rows", "uri": "s3://lake/rows/", "format": "parquet", "schema": schema}
    data = {"sources": [source], "labels": {"column": label, **more.pop("labels", {})}} | more.pop("data", {})
    features = more.pop("features", None)
    spec = small(
        objective={"problem": problem, **more.pop("objective", {})},
        data=data,
        features=features or [str(name) for name in frame.columns if name not in ("id", "day", label, "query")],
        evaluation={"offline": dict(offline)},
        monitoring=None,
        retraining=None,
    )
    for section, value in more.items():
        spec["spec"][section] = {**spec["spec"].get(section, {}), **value} if isinstance(value, dict) else value
    return plan_of(spec)


def ground_of(plan: Plan, frame: Frame, folder: Path) -> Ground:
    """The rows of the table, read as any data is."""
    file = folder / "rows.parquet"
    frame.to_parquet(file, index=False)
    return ground(plan, {"rows": Location(str(file), "parquet", copy=True)}, folder, None)


class Model(NamedTuple):
    """A model as a function of the features, as pandas has them."""

    answer: Callable[[Frame], Answers]
    seconds: Callable[[int], Any] = lambda _: Undefined("not timed")

    def contender(self, on: Ground, name: str = "candidate") -> Contender:
        """The model, asked for all that an evaluation asks."""
        from lifespec_runtime.measure.models import features

        def of(places: Any) -> Answers:
            return self.answer(features(on.plan, on.rows, places).to_pandas())

        return Contender(
            name,
            f"s3://models/{name}",
            f"sha256:{'ab' * 32}",
            of(on.divided.test),
            lambda: of(on.divided.validation),
            lambda table: self.answer(table.to_pandas()),
            self.seconds,
            "a call",
        )


def run(on: Ground, model: Model, **others: Model) -> Any:
    """The whole evaluation of a model against others, an `Evaluation` without its types."""
    given = [other.contender(on, name) for name, other in others.items()]
    return evaluate(on.plan, on.rows, on.divided, on.coding, model.contender(on), given)


def found(evaluation: Any, check: str, piece: str | None = None, quantity: str | None = None) -> Any:
    """The one measurement of a check, without its types: a test takes apart what may be undefined."""
    matching = [
        one
        for one in evaluation.measured
        if one.check == check and one.slice == piece and quantity in (None, one.quantity)
    ]
    assert len(matching) == 1, [(one.check, one.slice, one.quantity) for one in evaluation.measured]
    return matching[0]


def part(on: Ground, frame: Frame, name: str = "test") -> Frame:
    """The rows of a split, in its order."""
    return frame.iloc[getattr(on.divided, name)].reset_index(drop=True)


def customers(rows: int = 4000, seed: int = 1) -> Frame:
    """Customers who leave or not, some of whose values are missing."""
    draws = np.random.default_rng(seed)
    tenure = draws.integers(0, 72, rows)
    plan = draws.choice(["basic", "plus", "pro"], rows, p=[0.5, 0.3, 0.2])
    age = draws.choice(["young", "old"], rows)
    charges = np.where(draws.random(rows) < 0.05, np.nan, draws.normal(60, 20, rows).round(2))
    odds = 1.2 - 0.06 * tenure + 0.8 * (plan == "basic") + 0.3 * (age == "old")
    return pd.DataFrame(
        {
            "id": [f"c{number}" for number in range(rows)],
            "tenure": tenure,
            "plan": plan,
            "charges": charges,
            "age": age,
            "churned": draws.random(rows) < 1 / (1 + np.exp(-odds)),
        }
    )


def leaving(shift: float = 0.0) -> Model:
    """A model of customers who leave."""

    def answer(table: Frame) -> Answers:
        charges = table["charges"].fillna(60)
        odds = 1.0 + shift - 0.055 * table["tenure"].fillna(36) + 0.7 * (table["plan"] == "basic") + 0.001 * charges
        scores = (1 / (1 + np.exp(-odds.to_numpy(np.float64)))).astype(np.float64)
        return Answers(classes=(scores >= 0.5).astype(np.int64), probabilities=scores)

    return Model(answer)


def table_of(frame: Frame) -> Any:
    """The table as Arrow has it."""
    return pa.Table.from_pandas(frame, preserve_index=False)
