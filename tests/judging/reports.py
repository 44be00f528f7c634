"""Reports and plans in few words."""

from __future__ import annotations

from typing import Any

from lifecycles import plan_of, small
from lifespec_compiler.judging import Expected, Verdict, judge
from lifespec_compiler.plan import Plan
from lifespec_schema.records.report import LifecycleReport

UID = "0f8fad5b-d9cb-469f-a165-70867728950e"


def planned(*gates: dict[str, Any], **evaluation: Any) -> Plan:
    """A plan with these offline gates; `fairness`, `robustness` and `latency` go beside them."""
    beside = {key: evaluation.pop(key) for key in ("fairness", "robustness", "latency") if key in evaluation}
    written = list(gates) or [{"metric": "logLoss", "max": 1e6, "name": "any"}]
    return plan_of(
        small(
            evaluation={"offline": {"gates": written, **beside}, **evaluation},
            experiments={
                "baselines": [
                    {"kind": "majorityClass"},
                    {"name": "team", "kind": "human", "values": {"recall": 0.6}},
                ],
                "candidates": small()["spec"]["experiments"]["candidates"],
            },
        )
    )


def report(*measurements: dict[str, Any], tier: str = "offline", **spec: Any) -> LifecycleReport:
    """A report with these measurements; a check's samples are 1000 where nothing else is said."""
    return LifecycleReport.model_validate(
        {
            "apiVersion": "lifespec.dev/v1alpha1",
            "kind": "LifecycleReport",
            "metadata": {"name": "churn-1", "namespace": "growth"},
            "spec": {
                "lifecycle": "churn",
                "uid": UID,
                "tier": tier,
                "measurements": [{"samples": 1000, **measurement} for measurement in measurements],
                **spec,
            },
        }
    )


def interval(low: float, high: float, level: float = 0.9) -> dict[str, Any]:
    """An interval of this level; 90 % is what a one-sided confidence of 95 % asks for."""
    return {"low": low, "high": high, "level": level, "method": "Clopper-Pearson"}


def only(plan: Plan, *measurements: dict[str, Any], stable: bool = True) -> Verdict:
    """The one verdict on these measurements."""
    (verdict,) = judge(plan, report(*measurements), Expected(stable=stable))
    return verdict
