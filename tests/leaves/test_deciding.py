"""Every leaf that the engine decides by changes what it decides in a simulated world."""

from __future__ import annotations

import copy

import pytest

from leaves.decided import decided
from leaves.deciding import BY_LINT, DECIDED, Told, change, pair
from leaves.standing import all_leaves
from leaves.test_matrix import linted
from leaves.witnesses import production, witness
from lifespec_compiler.plan import plan_canonical
from lifespec_schema.findings import Severity

LEAVES = {leaf.field.path: leaf for leaf in all_leaves() if leaf.field.effect == "decide"}


def planned(documents):
    plan, findings = production(documents)
    assert [found for found in findings if found.severity is Severity.ERROR] == []
    assert plan is not None
    return plan


def plans(path, shown):
    """Two plans that differ in one leaf."""
    leaf = LEAVES[path].field
    before, after = (planned(documents) for documents in pair(leaf, shown))
    if shown.document != "canonical":
        return before, after
    canonical = copy.deepcopy(before.canonical)
    change(canonical, leaf, shown)
    made, problems = plan_canonical(canonical)
    assert made is not None, problems
    return before, made


@pytest.mark.parametrize("path", DECIDED)
def test_a_leaf_that_says_how_to_decide_has_its_effect(path):
    shown = DECIDED[path]
    before, after = plans(path, shown)
    one, other = decided(before, before, shown.told), decided(before, after, shown.told)
    assert one.entries
    assert (one if shown.effects else one.entries) != (other if shown.effects else other.entries)


@pytest.mark.parametrize("path", BY_LINT)
def test_a_leaf_that_only_lint_decides_by_changes_what_it_finds(path):
    before, after = plans(path, BY_LINT[path])
    assert {(found.rule, found.message) for found in linted(before, "kubernetes")} != {
        (found.rule, found.message) for found in linted(after, "kubernetes")
    }


def test_an_ignored_change_would_be_seen():
    documents = witness("small")
    before = planned(documents)
    documents["lifecycle"]["spec"]["owner"]["email"] = "another@example.com"
    assert decided(before, before, Told()) == decided(before, planned(documents), Told())


def test_only_drift_is_left():
    assert [leaf.name for leaf in LEAVES.values() if leaf.state == "pending" and leaf.by != ("drift",)] == []


@pytest.mark.parametrize("table", [DECIDED, BY_LINT])
def test_every_line_of_a_table_is_about_some_leaf(table):
    assert set(table) <= set(LEAVES)
