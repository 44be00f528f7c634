"""The target's table, held against what it writes: also for the fields whose effect on the cluster is still to come."""

from __future__ import annotations

from copy import deepcopy

import pytest

from leaves.alternatives import changed
from leaves.outputs import output
from leaves.standing import all_leaves, support
from leaves.witnesses import BATCH, production, witness
from lifespec_compiler.targets import prometheus, unsupported
from lifespec_schema.findings import Severity

NAME = prometheus.NAME
FREE = [leaf for leaf in all_leaves() if leaf.state != "fixed" and leaf.field.form != "canonical"]
LISTED = [leaf for leaf in FREE if support(NAME, leaf.kind, leaf.field.path).state != "not-honoured"]
OTHERS = [leaf for leaf in FREE if leaf not in LISTED and leaf.kind != "ModelVersion"]
TAKES_ALONG = {
    "spec.serving.mode": "a target that refuses batch serving must not be overruled because alerts would do without",
    "spec.rollout.strategy": "it brings its own lengths, which are listed",
    "spec.retraining.triggers.*.kind": "it brings its own schedule, which is listed",
    "spec.features.*.name": "what is logged, by default",
}
"""Fields that are not listed although the output changes with them: why."""


def rename_source(documents):
    documents["lifecycle"]["spec"]["data"]["sources"][0]["name"] = "people"


def hold_longer(documents):
    documents["lifecycle"]["spec"]["rollout"]["steps"][-1]["hold"] = "13h"


def watch_inputs(documents):
    documents["lifecycle"]["spec"]["monitoring"]["monitors"][1]["kind"] = "data"


def retrain_daily(documents):
    documents["lifecycle"]["spec"]["retraining"]["triggers"][0]["schedule"] = "0 3 * * *"


EDITS = {
    "spec.data.sources.*.name": rename_source,
    "spec.rollout.steps.*.hold": hold_longer,
    "spec.monitoring.monitors.*.kind": watch_inputs,
    "spec.retraining.triggers.*.schedule": retrain_daily,
}
"""Where another value than the first that comes to mind shows the effect."""


def outputs(leaf):
    """What the target writes before and after a change of the leaf."""
    pair = changed(leaf.kind, leaf.field)
    if leaf.field.path in EDITS:
        before = witness("small" if EDITS[leaf.field.path] is rename_source else "maximal")
        before["lifecycle"]["spec"]["data"]["sources"][0]["freshness"] = "24h"
        after = deepcopy(before)
        EDITS[leaf.field.path](after)
        pair = (before, after)
    plans = [plan for plan, _ in map(production, pair) if plan is not None]
    assert len(plans) == len(pair)
    return [output(NAME, plan) for plan in plans]


@pytest.mark.parametrize("leaf", LISTED, ids=lambda leaf: leaf.name)
def test_a_field_of_the_table_changes_what_is_written(leaf):
    before, after = outputs(leaf)
    assert before != after


@pytest.mark.parametrize(
    "leaf", [leaf for leaf in OTHERS if leaf.field.path not in TAKES_ALONG], ids=lambda leaf: leaf.name
)
def test_a_field_that_is_not_in_the_table_changes_nothing(leaf):
    before, after = outputs(leaf)
    assert before == after


def test_an_objective_that_counts_requests_is_refused_where_none_are_answered():
    documents = witness("batch")
    documents["lifecycle"]["spec"]["monitoring"]["slos"] = [
        {"name": "answers", "sli": "availability", "target": "99%", "window": "30d"}
    ]
    plan, _ = production(documents)
    assert plan is not None
    (error,) = [found for found in unsupported(plan, [NAME]) if found.severity is Severity.ERROR]
    assert error.place.path[:4] == ("spec", "monitoring", "slos", 0)
    assert documents["lifecycle"]["spec"]["serving"] == BATCH
