"""What an alert is, before it is written as a rule."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, Literal, NamedTuple

from lifespec_compiler.plan import Plan
from lifespec_compiler.targets.kubernetes.metadata import Json
from lifespec_schema.findings import Path, show_path
from lifespec_schema.values import written

from .runbook_address import address
from .templates import Text, template

Severity = Literal["page", "ticket"]

SPEC_PATH: Final = "spec_path"


class Alert(NamedTuple):
    """An alert of one lifecycle. `kind` is its name, which the runbook has a section for."""

    kind: str
    severity: Severity
    expr: str
    summary: Text
    description: Text
    path: Path
    """The place in the spec that asks for it, or that it is about."""
    about: Mapping[str, str] = {}
    """Labels that tell it from others of its kind, such as `monitor`."""
    wait: float = 0
    """Seconds for which the expression must hold."""


def rule(plan: Plan, alert: Alert) -> Json:
    """The alert as Prometheus reads it, with what every alert carries: who owns it, what it is about, what to do."""
    labels = {
        **alert.about,
        "severity": alert.severity,
        "team": plan.spec.owner.team,
        "namespace": plan.namespace,
        "lifecycle": plan.name,
        "environment": plan.environment,
    }
    annotations = {
        "summary": template(f"{plan.namespace}/{plan.name}: ", *alert.summary),
        "description": template(*alert.description),
        "runbook_url": template(address(plan, alert.kind)),
        SPEC_PATH: template(show_path(alert.path)),
        "owner": template(f"{plan.spec.owner.team} <{plan.spec.owner.email}>"),
    }
    return {
        "alert": alert.kind,
        "expr": alert.expr,
        **({"for": written.duration(alert.wait)} if alert.wait else {}),
        "labels": {name: template(value) for name, value in labels.items()},
        "annotations": annotations,
    }
