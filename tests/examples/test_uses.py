"""Together the examples use the whole language: every field that people write, and every branch of every union."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml

from lifespec_compiler.plan import assemble, environments, parse, plan
from lifespec_schema.export.leaves import Field, fields, leaves
from lifespec_schema.spec.model_version import ModelVersion

ROOT = Path(__file__).resolve().parents[2]
USES = Path(__file__).with_name("uses.txt")
NO_BATCH = "no target serves in batches yet, so an example would not compile"
TOLERANT = "a model that may be worse than its baseline is not worth watching"
NO_WAIVER = "the examples lint clean, and a waiver expires"
UNUSED = {
    "spec.data.labels.agreement.raters": "the public data has one decision on each application",
    "spec.serving.schedule": NO_BATCH,
    "spec.serving.timeZone": NO_BATCH,
    "spec.serving.output": NO_BATCH,
    "spec.serving.shadowRuns": NO_BATCH,
    "spec.serving.resources.gpu": "none of the models is large enough to answer from a GPU",
    "spec.rollout.guards.*.minImprovement": "a guard looks for harm, not for gain",
    "spec.monitoring.monitors.*.maxRegression": TOLERANT,
    "spec.monitoring.monitors.*.maxRelativeRegression": TOLERANT,
    "spec.waivers.*.finding": NO_WAIVER,
    "spec.waivers.*.at": NO_WAIVER,
    "spec.waivers.*.reason": NO_WAIVER,
    "spec.waivers.*.owner": NO_WAIVER,
    "spec.waivers.*.expires": NO_WAIVER,
}
"""The fields that no example uses, and why."""
UNUSED_BRANCHES = {"spec.serving.mode": {"batch"}}
PROBLEMS = {
    "minimal",
    "late-flights",
    "rain-tomorrow",
    "hotel-rates",
    "film-ranking",
    "train-ridership",
    "mortgage-decisions",
}


@cache
def written() -> dict[str, list[Any]]:
    """By example: the lifecycle as people write it, and as it is for each environment; the model version, if any."""
    files = {
        path.relative_to(ROOT).as_posix(): path.read_bytes()
        for path in [ROOT / "lifespec.yaml", *sorted((ROOT / "specs").rglob("*.yaml"))]
    }
    documents, _ = parse(files)
    bundles, project, findings = assemble(documents, "lifespec.yaml")
    assert project is not None, findings
    found: dict[str, list[Any]] = {}
    for bundle in bundles:
        plans = [plan(bundle, project, environment)[0] for environment in environments(project)]
        assert all(plans)
        name = Path(bundle.lifecycle.file).parent.name
        found[name] = [bundle.lifecycle.value, *(made.canonical for made in plans if made)]
    return found


def values(value: Any, parts: list[str]) -> Iterator[Any]:
    """What stands at the end of a path with `*` for members."""
    if not parts:
        yield value
        return
    members = enumerate(value) if isinstance(value, list) else value.items() if isinstance(value, dict) else ()
    for key, member in members:
        if parts[0] in ("*", key):
            yield from values(member, parts[1:])


def users(path: str) -> list[str]:
    """The examples that use a field."""
    parts = path.split(".")
    return [name for name, forms in written().items() if any(True for form in forms for _ in values(form, parts))]


WRITTEN = [field for field in leaves() if field.form != "canonical" and not field.fixed]


def test_the_examples_are_one_for_each_problem_and_a_credit_decision():
    assert set(written()) == PROBLEMS
    problems = {form["spec"]["objective"]["problem"] for forms in written().values() for form in forms[:1]}
    (known,) = [field.choices for field in leaves() if field.path == "spec.objective.problem"]
    assert problems == set(known)


@pytest.mark.parametrize("field", [pytest.param(field, id=field.path) for field in WRITTEN])
def test_every_field_is_used_by_an_example_or_its_absence_explained(field: Field):
    assert bool(users(field.path)) is (field.path not in UNUSED)


def test_the_list_of_uses_is_exact(golden):
    lines = [f"{field.path}: {', '.join(users(field.path)) or UNUSED[field.path]}" for field in WRITTEN]
    golden(USES).check("\n".join(lines) + "\n")


def test_few_fields_are_used_by_none():
    assert len(UNUSED) <= len(WRITTEN) * 0.05


UNIONS = [field for field in fields() if field.leaf and field.path.rpartition(".")[2] in ("kind", "strategy", "mode")]


@pytest.mark.parametrize("field", [pytest.param(field, id=field.path) for field in UNIONS if len(field.choices) > 1])
def test_every_branch_of_a_union_is_used_by_an_example(field: Field):
    used = {value for forms in written().values() for form in forms for value in values(form, field.path.split("."))}
    default = {field.default} if field.default else set()
    assert set(field.choices) - used - default - UNUSED_BRANCHES.get(field.path, set()) == set()


def test_a_model_version_s_fields_are_used():
    versions = [yaml.safe_load(file.read_bytes()) for file in sorted((ROOT / "specs").rglob("model.yaml"))]
    unused = [
        field.path
        for field in leaves(ModelVersion)
        if not any(True for version in versions for _ in values(version, field.path.split(".")))
    ]
    assert unused == []
