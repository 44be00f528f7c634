"""What the prometheus target does with each field.

Fields of the effects `measure` and `decide` that an alert reads wait with the rest of their section: the alert is
there, but the metrics that it watches are exported by the agent, which has not landed.
"""

from __future__ import annotations

from collections.abc import Iterator

from lifespec_compiler.plan import Plan
from lifespec_compiler.targets.capability import HONOURED, Capabilities, Support, awaits
from lifespec_compiler.targets.landed import AGENT
from lifespec_schema.findings import Finding, Severity

_AGENT = awaits(AGENT)

LIFECYCLE: dict[str, Support] = {
    "metadata.name": HONOURED,
    "metadata.namespace": HONOURED,
    "spec.version": HONOURED,
    "spec.owner.team": HONOURED,
    "spec.owner.email": HONOURED,
    "spec.owner.escalation.*.after": HONOURED,
    "spec.owner.escalation.*.to": HONOURED,
    "spec.data.sources.*.name": _AGENT,
    "spec.data.sources.*.freshness": _AGENT,
    "spec.rollout.steps.*.timeout": _AGENT,
    "spec.rollout.steps.*.hold": _AGENT,
    "spec.evaluation.shadow.duration": _AGENT,
    "spec.monitoring.monitors.*.name": _AGENT,
    "spec.monitoring.monitors.*.kind": _AGENT,
    "spec.monitoring.monitors.*.window": HONOURED,
    "spec.monitoring.monitors.*.every": HONOURED,
    "spec.monitoring.slos.*.name": HONOURED,
    "spec.monitoring.slos.*.sli": HONOURED,
    "spec.monitoring.slos.*.threshold": HONOURED,
    "spec.monitoring.slos.*.target": HONOURED,
    "spec.monitoring.slos.*.window": HONOURED,
    "spec.monitoring.alerts.*.for": HONOURED,
    "spec.monitoring.alerts.*.severity": HONOURED,
    "spec.retraining.triggers.*.schedule": _AGENT,
    "spec.retraining.environment": _AGENT,
    "spec.platform.environment": HONOURED,
    "spec.platform.retrainsHere": HONOURED,
}

PROJECT: dict[str, Support] = {
    "spec.output": HONOURED,
    "spec.repository.kind": HONOURED,
    "spec.repository.url": HONOURED,
    "spec.repository.branch": HONOURED,
    "spec.environments.*.name": HONOURED,
    "spec.environments.*.namespace": HONOURED,
}


def requests_to_count(plan: Plan) -> Iterator[Finding]:
    """Objectives of a model that answers no requests."""
    if plan.spec.serving.mode == "online" or plan.spec.monitoring is None:
        return
    for index, slo in enumerate(plan.spec.monitoring.slos):
        message = f"the objective `{slo.name}` counts requests, and a model that scores in batches answers none"
        place = plan.origins.place(("spec", "monitoring", "slos", index))
        help_text = "remove the objective, and watch the output by a monitor"
        yield Finding("unsupported-value", Severity.ERROR, message, place, help_text)


CAPABILITIES = Capabilities(
    fields={"ModelLifecycle": LIFECYCLE, "LifespecProject": PROJECT}, requirements=(requests_to_count,)
)
