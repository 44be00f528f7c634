"""The documents that write every leaf of the language: one spec with all that can stand together, and its variants."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable, Mapping
from functools import cache
from pathlib import Path
from typing import Any

from lifecycles import IMAGE, small
from lifespec_compiler.plan import Documents, Plan, assemble, environments, parse, plan
from lifespec_schema.findings import Finding
from lifespec_schema.loader import read

FOLDER = Path(__file__).with_name("witness")
FILES = {"lifecycle": "lifecycle.yaml", "model": "model.yaml", "project": "lifespec.yaml"}
ROOTS = {"ModelLifecycle": "lifecycle", "ModelVersion": "model", "LifespecProject": "project"}
"""By kind of document: what paths into a witness begin with."""

Witness = dict[str, Any]
"""A lifecycle with its model version and its project, by the keys of FILES."""

ROLLOUT = small()["spec"]["rollout"]
DATA = small()["spec"]["data"]
BATCH = {
    "mode": "batch",
    "image": IMAGE.format(name="serve", letter="b" * 64),
    "schedule": "0 4 * * *",
    "timeZone": "UTC",
    "output": "s3://scores/churn/",
    "shadowRuns": 5,
}


def _texts(*names: str) -> list[dict[str, str]]:
    return [{"name": name, "logicalType": "string"} for name in names]


JOINED = {
    "sources": [
        {**DATA["sources"][0], "schema": [*DATA["sources"][0]["schema"], *_texts("wish")]},
        {
            "name": "plans",
            "schema": [*_texts("title"), {"name": "since", "logicalType": "date"}],
            "join": {"to": "customers", "columns": {"plan": "title"}},
        },
        {
            "name": "tickets",
            "schema": _texts("customer", "plan"),
            "join": {"to": "customers", "columns": {"customer_id": "customer"}},
        },
    ],
    "labels": DATA["labels"],
}
"""A label's source that two others complete: one row of `plans` by a plan's name, one row of `tickets`."""
HUMAN = {"kind": "human", "name": "team", "values": {"recall": 0.62}}
TEXTS = {
    "sources": [
        {
            "name": "days",
            "uri": "s3://lake/days.csv",
            "format": "csv",
            "schema": [
                {"name": "day", "logicalType": "date", "logicalTypeOptions": {"format": "yyyy-MM-dd"}},
                {"name": "late", "logicalType": "integer"},
            ],
        }
    ],
    "labels": {"column": "late"},
}

VARIANTS: Mapping[str, Callable[[], dict[str, Any]]] = {
    "maximal": lambda: _documents()["lifecycle.yaml"][0].value,
    "small": small,
    "batch": lambda: small(serving=BATCH),
    "direct": lambda: small(rollout={"strategy": "direct", "hold": "2h", "guards": ROLLOUT["guards"]}),
    "A/B test": lambda: small(rollout={"strategy": "abTest", "weight": "50%", "duration": "14d"}),
    "ranking": lambda: small(objective={"problem": "ranking", "query": "customer_id"}),
    "random splits": lambda: small(
        data=DATA | {"splits": {"strategy": "random", "train": "70%", "validation": "15%", "test": "15%", "seed": 7}}
    ),
    "joined": lambda: small(data=JOINED, features=["tenure", "since"]),
    "texts": lambda: small(data=TEXTS, features=["day"]),
    "fixed threshold": lambda: small(
        objective={"problem": "binaryClassification", "decisionThreshold": {"kind": "fixed", "value": "40%"}}
    ),
    "human baseline": lambda: small(
        experiments={
            **small()["spec"]["experiments"],
            "baselines": [HUMAN, {"kind": "linearRegression", "name": "linear"}],
        },
        evaluation={"offline": {"gates": [{"metric": "recall", "against": "team", "maxRegression": 0.5}]}},
    ),
    "contract": lambda: small(data={"contractRef": "contracts/customers.odcs.yaml", "labels": DATA["labels"]}),
    "contract of a source": lambda: small(
        data={
            "sources": [{"name": "customers", "contractRef": "contracts/customers.odcs.yaml"}],
            "labels": DATA["labels"],
        }
    ),
}
"""Lifecycles by name; the others than the maximal one write what excludes something in it."""

MAXIMAL = "maximal"


def witness(variant: str = MAXIMAL) -> Witness:
    """A copy of a variant with its project and a model version; only the maximal one's names an image of its own."""
    files = _documents()
    model, project = files["model.yaml"][0].value, files["lifespec.yaml"][0].value
    documents = copy.deepcopy({"lifecycle": VARIANTS[variant](), "model": model, "project": project})
    if variant != MAXIMAL:
        del documents["model"]["spec"]["image"]
    return documents


def production(documents: Witness) -> tuple[Plan | None, list[Finding]]:
    """The plan of a witness in the last environment of its project, and everything that is wrong with it."""
    ours = {file: json.dumps(documents[key]).encode() for key, file in FILES.items()}
    read_again, findings = parse(ours)
    bundles, project, more = assemble({**_documents(), **read_again}, "lifespec.yaml")
    if project is None or not bundles:
        return None, [*findings, *more]
    made, problems = plan(bundles[0], project, environments(project)[-1])
    return made, [*findings, *more, *problems]


@cache
def _documents() -> Documents:
    """Every file of the witness; contracts are never changed, only chosen."""
    files = {path.relative_to(FOLDER).as_posix(): path.read_bytes() for path in FOLDER.rglob("*.yaml")}
    return {name: read(name, content)[0] for name, content in files.items()}
