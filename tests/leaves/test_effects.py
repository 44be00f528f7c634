"""Every leaf of the language has an effect, or stands by name on the list of those whose effect is still to come."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from pathlib import Path

import pytest

from leaves.alternatives import changed, changed_canonical, edit, written
from leaves.outputs import output
from leaves.standing import all_leaves, pending_list, share_of_documents, support
from leaves.witnesses import VARIANTS, Witness, production, witness
from lifespec_compiler.plan import Plan, plan_canonical
from lifespec_compiler.targets import TARGETS, docs
from lifespec_compiler.targets.kubernetes import compiling
from lifespec_schema.findings import Severity

PENDING = Path(__file__).with_name("pending.txt")
LEAVES = all_leaves()
BY_NAME = {leaf.name: leaf for leaf in LEAVES}
FREE = [leaf for leaf in LEAVES if leaf.state != "fixed"]
OUTSIDE_THE_PLAN_HASH = {"spec.modelVersion.name", "spec.modelVersion.digest", "spec.platform.agentImage"}


def planned(documents: Witness) -> Plan:
    """The plan of a witness that must be valid."""
    plan, findings = production(documents)
    assert plan is not None
    assert [found for found in findings if found.severity is Severity.ERROR] == []
    return plan


@cache
def pair(name: str) -> tuple[Plan, Plan]:
    """Two plans that differ in one leaf."""
    leaf = BY_NAME[name]
    if leaf.field.form == "canonical":
        before = planned(witness())
        after, problems = plan_canonical(changed_canonical(leaf.field, before.canonical))
        assert after is not None, problems
        return before, replace(after, model=before.model, project=before.project, origins=before.origins)
    before, after = changed(leaf.kind, leaf.field)
    return planned(before), planned(after)


@pytest.mark.parametrize("variant", VARIANTS)
def test_every_witness_is_a_valid_spec(variant):
    assert planned(witness(variant)).spec


@pytest.mark.parametrize(
    ("leaf", "target"),
    [
        pytest.param(leaf, target, id=f"{leaf.name} changes {target}")
        for leaf in FREE
        if leaf.state == "proven" and not (leaf.by_command or leaf.by_measuring or leaf.by_deciding)
        for target in leaf.by
    ],
)
def test_a_honoured_leaf_changes_what_the_target_makes(leaf, target):
    before, after = pair(leaf.name)
    assert output(target, before) != output(target, after)


@pytest.mark.parametrize(
    "leaf",
    [pytest.param(leaf, id=leaf.name) for leaf in FREE if leaf.state == "pending" and leaf.field.effect == "compile"],
)
def test_a_pending_leaf_has_no_effect_yet(leaf):
    assert leaf.by, "no target honours it, and it waits for nothing"
    before, after = pair(leaf.name)
    for target in set(TARGETS) - {docs.NAME}:
        assert output(target, before) == output(target, after), "it has an effect: no table may call it pending"


@pytest.mark.parametrize(
    ("leaf", "target"),
    [
        pytest.param(leaf, target, id=f"{target} carries {leaf.name}")
        for leaf in FREE
        if leaf.field.effect == "document"
        for target in TARGETS
        if target not in leaf.by and support(target, leaf.kind, leaf.field.path).state == "honoured"
    ],
)
def test_a_leaf_for_people_is_carried_into_the_cluster_where_a_table_says_so(leaf, target):
    before, after = pair(leaf.name)
    assert output(target, before, lifecycle=True) != output(target, after, lifecycle=True)


@pytest.mark.parametrize(
    "leaf",
    [
        pytest.param(leaf, id=leaf.name)
        for leaf in FREE
        if leaf.kind == "ModelLifecycle" and ".waivers." not in leaf.field.path
    ],
)
def test_every_leaf_of_a_lifecycle_is_in_its_plan_hash(leaf):
    before, after = pair(leaf.name)
    assert (before.hashes.plan == after.hashes.plan) is (leaf.field.path in OUTSIDE_THE_PLAN_HASH)


@pytest.mark.parametrize(
    "leaf",
    [
        pytest.param(leaf, id=f"{leaf.name} waits for {leaf.by[0]}")
        for leaf in FREE
        if leaf.state == "pending" and "".join(leaf.by).startswith("command ")
    ],
)
def test_what_waits_for_commands_has_its_effect_as_soon_as_they_land(leaf, monkeypatch):
    awaited = {other.by[0].removeprefix("command ") for other in FREE if other.state == "pending" and other.by}
    monkeypatch.setattr(compiling, "LANDED_COMMANDS", frozenset(awaited))
    before, after = pair(leaf.name)
    assert output("kubernetes", before) != output("kubernetes", after)


def test_the_pending_list_is_exact(golden):
    golden(PENDING).check(pending_list(LEAVES))


def test_few_leaves_are_only_for_people():
    assert share_of_documents(LEAVES) <= 0.15


def test_an_ignored_change_would_be_seen():
    (email,) = [leaf for leaf in FREE if leaf.field.path == "spec.owner.email"]
    before, after = pair(email.name)
    assert output("kubernetes", before) == output("kubernetes", after)


@pytest.mark.parametrize(
    "path",
    [
        pytest.param("spec.lifecycle", id="the lifecycle"),
        pytest.param("metadata.namespace", id="the namespace"),
    ],
)
def test_a_model_version_that_contradicts_its_lifecycle_is_refused(path):
    documents = witness()
    edit(documents, written(documents, "model", path), "elsewhere")
    _, findings = production(documents)
    assert [found.place.path for found in findings if found.severity is Severity.ERROR] == [tuple(path.split("."))]
