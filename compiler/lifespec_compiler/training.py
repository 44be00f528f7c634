"""What a trainer and a model are told: the part of their configuration that the plan alone decides.

The training Job, the local command and the predictors all take it from here, so that a trainer that works in one place
works in the others.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from .plan import Column, Plan

if TYPE_CHECKING:
    from lifespec_schema.spec.experiments import Candidate

Json = dict[str, Any]

_POSITIVE: Final = {"boolean": True, "integer": 1, "number": 1}
"""By the label's type: the positive class where the spec does not say it."""


class Names(NamedTuple):
    """What the columns beside the features are called in the files that trainers read."""

    label: str
    query: str | None
    time: str | None


class Outcome(NamedTuple):
    """What a model of the spec predicts."""

    problem: str
    kind: str
    """The logical type of the label's column."""
    positive: object
    """Of two classes the one that scores are the probability of; None for other problems, and where nothing says it."""
    classes: tuple[object, ...]
    """The classes that the contract allows, in its order; empty where it does not list them, or there are none."""

    @property
    def is_classification(self) -> bool:
        """Whether it predicts one of several classes."""
        return self.problem.endswith("Classification")


def outcome(plan: Plan) -> Outcome:
    """What a model of the plan predicts. Raises ValueError where the spec's label is no column."""
    label = _label(plan)
    problem = plan.spec.objective.problem
    listed = label.options.get("enum") if problem.endswith("Classification") else None
    classes = tuple(json.loads(value) for value in listed or ())
    positive: object = None
    if problem == "binaryClassification":
        written = plan.spec.objective.positive_label
        positive = json.loads(written) if written is not None else _POSITIVE.get(label.logical_type)
    return Outcome(problem, label.logical_type, positive, classes)


def names(plan: Plan) -> Names:
    """What label, query and time are called: their column's name, or `source.column` where a feature has that name."""
    splits = plan.spec.data.splits
    query = plan.column(plan.spec.objective.query) if plan.spec.objective.query else None
    time = plan.column(splits.column) if splits is not None and splits.strategy == "temporal" else None
    taken = {feature.name for feature in plan.features}
    label = _apart(_label(plan), taken)
    asked = _apart(query, taken) if query else None
    return Names(label, asked, _apart(time, taken) if time else None)


def described(plan: Plan) -> Json:
    """The problem, the features with their transformations, and the label."""
    found, called = outcome(plan), names(plan)
    label: Json = {"name": called.label, "type": found.kind}
    if found.positive is not None:
        label["positive"] = found.positive
    if found.classes:
        label["classes"] = list(found.classes)
    beside = {"query": called.query, "time": called.time}
    return {
        "problem": found.problem,
        "features": _features(plan),
        "label": label,
        **{key: value for key, value in beside.items() if value is not None},
    }


def training_configuration(
    plan: Plan, candidate: Candidate, trial: Json, seed: int, *, source: str, output: str
) -> Json:
    """What `LIFESPEC_CONFIG` says to a trainer; `trial` are the parameters that a search has chosen.

    `source` is the folder with the rows to learn from, `output` the one for the model.
    """
    return {
        "task": "train",
        "input": source,
        "output": output,
        **described(plan),
        "parameters": {**fixed_parameters(candidate), **trial},
        "seed": seed,
        **_tracking(plan),
    }


def _tracking(plan: Plan) -> Json:
    """Where the trainer may record its run; nothing where the spec names no such place."""
    tracking = plan.spec.experiments.tracking
    if tracking is None:
        return {}
    return {"tracking": {"kind": tracking.kind, "uri": tracking.uri, "experiment": tracking.experiment}}


def prediction_configuration(plan: Plan, *, model: str, source: str, output: str) -> Json:
    """What `LIFESPEC_CONFIG` says to a model that is to predict: folder, file of rows, file for the predictions."""
    return {"task": "predict", "model": model, "input": source, "output": output, **described(plan)}


def serving_configuration(plan: Plan, *, model: str, port: int) -> Json:
    """What `LIFESPEC_CONFIG` says to a model that is to answer requests on this machine, at a port."""
    return {"task": "serve", "model": model, "port": port, **described(plan)}


def fixed_parameters(candidate: Candidate) -> Json:
    """The parameters that the spec gives a candidate, whatever a search chooses."""
    return {key: json.loads(value) for key, value in (candidate.parameters or {}).items()}


def _label(plan: Plan) -> Column:
    label = plan.column(plan.spec.data.labels.column)
    if label is None:
        raise ValueError(f"the label `{plan.spec.data.labels.column}` is no column of one source")
    return label


def _apart(column: Column, taken: set[str]) -> str:
    return column.reference if column.name in taken else column.name


def _features(plan: Plan) -> list[Json]:
    found = []
    for feature, written in zip(plan.features, plan.values["spec"]["features"], strict=True):
        transform = dict(written.get("transform") or {"kind": "none"})
        if "constant" in transform:
            transform["constant"] = json.loads(transform["constant"])
        kind = feature.column.logical_type if feature.column else "string"
        found.append({"name": feature.name, "type": kind, "transform": transform})
    return found
