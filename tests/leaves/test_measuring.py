"""Every leaf that says how to measure changes what is measured, what is judged, or what a trainer gets."""

from __future__ import annotations

import pytest

from leaves.alternatives import changed, edit, written
from leaves.measured import SEEN, Both
from leaves.measuring import AWAITED, MEASURED, standing
from leaves.rows import write
from leaves.standing import all_leaves
from leaves.witnesses import production, witness
from lifespec_schema.findings import Severity

LEAVES = [leaf for leaf in all_leaves() if leaf.field.effect == "measure" and leaf.state != "fixed"]


@pytest.fixture(scope="module")
def data(tmp_path_factory):
    """The folder with the data of every witness."""
    folder = tmp_path_factory.mktemp("data")
    write(folder)
    return folder


@pytest.fixture(scope="module")
def known():
    """What was seen of plans that leaves are changed in, which are few."""
    return {}


def planned(documents):
    plan, findings = production(documents)
    assert plan is not None
    assert [found for found in findings if found.severity is Severity.ERROR] == []
    return plan


@pytest.mark.parametrize("leaf", [pytest.param(leaf, id=leaf.name) for leaf in LEAVES if leaf.by_measuring])
def test_a_leaf_that_says_how_to_measure_has_its_effect(leaf, data, known, tmp_path):
    before, after = (planned(documents) for documents in changed(leaf.kind, leaf.field))
    both = Both(before, after, data, tmp_path)
    way, see = leaf.by[0], SEEN[leaf.by[0]]
    if way == "verdicts":  # of reports on the edges of both plans
        assert see(before, both) != see(after, both)
        return
    key = way, before.hashes.plan
    if key not in known:
        known[key] = see(before, both)
    assert known[key] != see(after, both)


@pytest.mark.parametrize("way", SEEN)
def test_an_ignored_change_would_be_seen(way, data, tmp_path):
    documents = witness()
    before = planned(documents)
    edit(documents, written(documents, "lifecycle", "spec.owner.email"), "another@example.com")
    both = Both(before, planned(documents), data, tmp_path)
    assert SEEN[way](both.before, both) == SEEN[way](both.after, both)


def test_only_drift_monitoring_and_retraining_are_left():
    assert {leaf.by[0] for leaf in LEAVES if leaf.state == "pending"} == {"drift", "retraining"}


@pytest.mark.parametrize("table", [MEASURED, AWAITED])
def test_every_line_of_a_table_is_about_some_leaf(table):
    told = {path for path in (leaf.field.path for leaf in LEAVES) if standing(table, path) is not None}
    for start in table:
        assert any(path.startswith(start) for path in told), start
