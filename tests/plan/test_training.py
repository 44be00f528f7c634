"""What trainers and models are told."""

from __future__ import annotations

import pytest

from lifecycles import plan_of, small
from lifespec_compiler.training import (
    described,
    names,
    outcome,
    prediction_configuration,
    serving_configuration,
    training_configuration,
)

SCHEMA = [
    {"name": "customer_id", "logicalType": "string", "primaryKey": True},
    {"name": "tenure", "logicalType": "integer"},
    {"name": "plan", "logicalType": "string", "enum": ["basic", "plus", "pro"]},
    {"name": "day", "logicalType": "date"},
    {"name": "churned", "logicalType": "boolean", "availableAfter": "30d"},
]


def plan(label="churned", **changes):
    data = {
        "sources": [{"name": "customers", "uri": "s3://lake/customers/", "schema": SCHEMA}],
        "labels": {"column": label, "delay": {"p95": "30d"}},
        **changes.pop("data", {}),
    }
    return plan_of(small(**{"data": data, **changes}))


def test_a_trainer_is_told_everything():
    candidate = {
        "name": "boosting",
        "image": "registry.example.com/train@sha256:" + "a" * 64,
        "parameters": {"trees": 400, "loss": "absolute", "monotone": True},
    }
    features = [
        {"name": "age", "column": "tenure", "transform": {"kind": "impute", "value": "constant", "constant": 0}},
        {"name": "plan", "column": "plan", "transform": {"kind": "hash", "buckets": 8}},
    ]
    made = plan(features=features, experiments={"candidates": [candidate]})
    found = training_configuration(
        made, made.spec.experiments.candidates[0], {"trees": 7}, 3, source="in", output="out"
    )
    assert found == {
        "task": "train",
        "input": "in",
        "output": "out",
        "problem": "binaryClassification",
        "features": [
            {
                "name": "age",
                "type": "integer",
                "transform": {"kind": "impute", "value": "constant", "constant": 0},
            },
            {"name": "plan", "type": "string", "transform": {"kind": "hash", "buckets": 8}},
        ],
        "label": {"name": "churned", "type": "boolean", "positive": True},
        "parameters": {"trees": 7, "loss": "absolute", "monotone": True},
        "seed": 3,
    }


def test_a_model_is_told_the_same_of_its_features():
    made = plan()
    asked = prediction_configuration(made, model="model", source="in", output="out")
    served = serving_configuration(made, model="model", port=8080)
    for found, own in (
        (asked, {"task": "predict", "model": "model", "input": "in", "output": "out"}),
        (served, {"task": "serve", "model": "model", "port": 8080}),
    ):
        assert found == {**own, **described(made)}


def test_a_feature_keeps_its_name_from_the_label():
    splits = {"strategy": "temporal", "column": "day", "train": "70%", "validation": "15%", "test": "15%"}
    made = plan(
        features=[{"name": "churned", "column": "tenure"}, {"name": "day", "column": "plan"}], data={"splits": splits}
    )
    assert names(made) == ("customers.churned", None, "customers.day")


def test_the_time_of_temporal_splits_has_a_name():
    splits = {"strategy": "temporal", "column": "day", "train": "70%", "validation": "15%", "test": "15%"}
    assert described(plan(data={"splits": splits}))["time"] == "day"
    assert "time" not in described(plan())


@pytest.mark.parametrize(
    ("label", "objective", "positive", "classes"),
    [
        ("churned", {"problem": "binaryClassification"}, True, ()),
        ("churned", {"problem": "binaryClassification", "positiveLabel": False}, False, ()),
        ("tenure", {"problem": "binaryClassification"}, 1, ()),
        ("plan", {"problem": "binaryClassification"}, None, ("basic", "plus", "pro")),
        ("plan", {"problem": "binaryClassification", "positiveLabel": "pro"}, "pro", ("basic", "plus", "pro")),
        ("plan", {"problem": "multiclassClassification"}, None, ("basic", "plus", "pro")),
        ("tenure", {"problem": "regression"}, None, ()),
    ],
)
def test_what_a_model_predicts(label, objective, positive, classes):
    gates = [{"metric": "mae" if objective["problem"] == "regression" else "accuracy", "min": 0.1}]
    if objective["problem"] == "regression":
        gates = [{"metric": "mae", "max": 3}]
    features = [name for name in ("tenure", "plan") if name != label]
    made = plan(label, objective=objective, features=features, evaluation={"offline": {"gates": gates}})
    found = outcome(made)
    assert (found.positive, found.classes) == (positive, classes)
    assert found.problem == objective["problem"]
