from __future__ import annotations

from copy import deepcopy

import pytest
from pydantic import ValidationError

from lifespec_schema.records.decision import LifecycleDecision
from lifespec_schema.records.report import LifecycleReport
from lifespec_schema.records.request import LifecycleRequest

UID = "0f8fad5b-d9cb-469f-a165-70867728950e"
REVISION = {"model": f"sha256:{'a' * 64}", "serving": f"sha256:{'b' * 64}"}


def record(kind_of_document, **spec):
    metadata = {"name": "churn-1", "namespace": "growth"}
    return {
        "apiVersion": "lifespec.dev/v1alpha1",
        "kind": kind_of_document,
        "metadata": metadata,
        "spec": {"lifecycle": "churn", **spec},
    }


REPORT = record(
    "LifecycleReport",
    uid=UID,
    stream="run-7f3a",
    revision=REVISION,
    tier="offline",
    window={"from": "2026-11-01T00:00:00Z", "to": "2026-11-08T00:00:00Z"},
    inputs=[{"uri": "s3://lake/customers/", "digest": f"sha256:{'c' * 64}"}],
    measurements=[
        {
            "check": "auc",
            "value": 0.87,
            "samples": 1056,
            "interval": {"low": 0.85, "high": 0.89, "level": 0.95, "method": "delong"},
        },
        {"check": "recall", "slice": "plan=basic", "samples": 0},
        {"check": "errorRate", "value": 0.01, "samples": 500, "counts": {"good": 495, "total": 500}},
    ],
)
DECISION = record(
    "LifecycleDecision",
    uid=UID,
    sequence=12,
    stream="rollout-91c2",
    kind="advance",
    revision=REVISION,
    policyHash=f"sha256:{'d' * 64}",
    planHash=f"sha256:{'e' * 64}",
    causes=[
        {
            "check": "guard-errorRate",
            "specPath": "spec.rollout.guards[0]",
            "verdict": "Pass",
            "value": 0.002,
            "samples": 500,
            "threshold": 0.01,
        }
    ],
    at="2026-11-08T03:00:00.123456Z",
    **{"from": {"phase": "Canary", "step": 0, "weight": 10}, "to": {"phase": "Canary", "step": 1, "weight": 25}},
    checkpoint={
        "stable": REVISION,
        "nominations": [{"by": "git", "revision": REVISION}],
        "triggers": ["weekly-20261102"],
    },
)
REQUEST = record(
    "LifecycleRequest", verb="abort", rollout="rollout-91c2", reason="Callers complain.", by="jo@example.com"
)
RECORDS = {
    "lifecycle-report.json": (LifecycleReport, REPORT),
    "lifecycle-decision.json": (LifecycleDecision, DECISION),
    "lifecycle-request.json": (LifecycleRequest, REQUEST),
}


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
def test_model_and_cluster_agree_on_what_is_wrong(file, cluster, mutants):
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
