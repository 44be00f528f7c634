from __future__ import annotations

from copy import deepcopy

import pytest
from pydantic import ValidationError

from corpus.mutations import mutants
from corpus.records import RECORDS, REPORT, record
from lifespec_schema.records.report import LifecycleReport
from lifespec_schema.records.request import LifecycleRequest


def accepts(model, value):
    try:
        model.model_validate(value)
    except ValidationError:
        return False
    return True


@pytest.mark.parametrize("file", sorted(RECORDS))
def test_model_editor_and_cluster_accept_a_record(file, editor, cluster):
    model, value = RECORDS[file]
    assert accepts(model, value)
    assert editor(file).is_valid(value)
    assert cluster(value) == []


@pytest.mark.parametrize("file", sorted(RECORDS))
def test_model_and_cluster_agree_on_what_is_wrong(file, cluster):
    model, value = RECORDS[file]
    seen = 0
    for change, mutant in mutants(value, 3):
        if change.startswith("spec.") and not change.endswith(": None"):
            assert accepts(model, mutant) == (cluster(mutant) == []), change
            seen += 1
    assert seen > 30


@pytest.mark.parametrize(
    ("place", "value"),
    [
        pytest.param(("measurements", 2, "counts", "good"), 501, id="more good ones than there are"),
        pytest.param(("measurements", 0, "interval", "low"), 0.9, id="an interval upside down"),
        pytest.param(("window", "from"), "2026-11-01", id="a day where a time is asked"),
        pytest.param(("window", "from"), "2026-11-01T00:00:00+01:00", id="a time that is not UTC"),
        pytest.param(("measurements", 0, "verdict"), "Pass", id="a verdict in a report"),
    ],
)
def test_a_report_that_makes_no_sense_is_refused(place, value, cluster):
    wrong = deepcopy(REPORT)
    parent = wrong["spec"]
    for part in place[:-1]:
        parent = parent[part]
    parent[place[-1]] = value
    assert not accepts(LifecycleReport, wrong)
    assert cluster(wrong)


@pytest.mark.parametrize(
    ("fields", "valid"),
    [
        pytest.param({"verb": "abort", "rollout": "r"}, True, id="aborting a rollout"),
        pytest.param({"verb": "abort", "run": "r"}, True, id="aborting a run"),
        pytest.param({"verb": "abort"}, False, id="aborting whatever is open"),
        pytest.param({"verb": "abort", "rollout": "r", "run": "r"}, False, id="aborting two things at once"),
        pytest.param({"verb": "retrain"}, True, id="a retrain starts a new run"),
        pytest.param({"verb": "retrain", "run": "r"}, False, id="a retrain of a run that there is"),
        pytest.param({"verb": "retry", "version": "churn-17"}, True, id="retrying a version"),
        pytest.param({"verb": "restart", "rollout": "r"}, False, id="a verb that nobody knows"),
    ],
)
def test_a_request_names_what_it_means(fields, valid, cluster):
    request = record("LifecycleRequest", reason="Because.", by="jo", **fields)
    assert accepts(LifecycleRequest, request) is valid
    assert (cluster(request) == []) is valid
