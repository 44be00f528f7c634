"""A record of each kind, with every field that it can have."""

from __future__ import annotations

from typing import Any

from lifespec_schema.records.decision import LifecycleDecision
from lifespec_schema.records.report import LifecycleReport
from lifespec_schema.records.request import LifecycleRequest

UID = "0f8fad5b-d9cb-469f-a165-70867728950e"
REVISION = {"model": f"sha256:{'a' * 64}", "serving": f"sha256:{'b' * 64}"}


def record(kind_of_document: str, **spec: Any) -> dict[str, Any]:
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
    stable={"model": f"sha256:{'f' * 64}", "serving": f"sha256:{'b' * 64}"},
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
        {"check": "recall", "slice": "plan=basic", "samples": 0, "rows": 0, "reason": "no row is of this slice"},
        {"check": "errorRate", "value": 0.01, "samples": 500, "counts": {"good": 495, "total": 500}},
        {"check": "auc-against-stable", "quantity": "difference", "value": -0.004, "samples": 1056},
    ],
)
DECISION = record(
    "LifecycleDecision",
    uid=UID,
    sequence=12,
    stream="rollout-91c2",
    kind="advance",
    request="let-it",
    run="weekly@20261102T0300Z",
    version="churn-17",
    nominated=REVISION,
    reason="The policy changed.",
    policy="{}",
    revision=REVISION,
    policyHash=f"sha256:{'d' * 64}",
    planHash=f"sha256:{'e' * 64}",
    causes=[
        {
            "check": "guard-errorRate",
            "slice": "plan=basic",
            "quantity": "difference",
            "specPath": "spec.rollout.guards[0].max",
            "verdict": "Pass",
            "value": 0.002,
            "samples": 500,
            "counts": {"good": 1, "total": 500},
            "stable": {"good": 2, "total": 4500},
            "interval": {"low": 0.0001, "high": 0.008, "level": 0.95, "method": "wilson"},
            "evidence": 3.4,
            "threshold": 0.01,
            "words": "at most 0.01",
            "window": 3,
            "reason": "the window is short",
            "report": "churn-offline-7f3a",
        }
    ],
    at="2026-11-08T03:00:00.123456Z",
    **{"from": {"phase": "Canary", "step": 0, "weight": 10}, "to": {"phase": "Canary", "step": 1, "weight": 25}},
    checkpoint={
        "stable": REVISION,
        "nominated": REVISION,
        "refused": [{"model": f"sha256:{'f' * 64}", "serving": f"sha256:{'b' * 64}"}],
        "answered": [{"name": "stop-it", "at": "2026-11-07T03:00:00Z"}],
        "forgotten": "2026-10-01T00:00:00Z",
        "fired": [{"name": "weekly", "at": "2026-11-02T03:00:00Z"}],
        "trained": ["2026-11-02T03:00:00Z"],
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
