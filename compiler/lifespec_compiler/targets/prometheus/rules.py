"""All rules of a lifecycle in their groups: what a rule file and a PrometheusRule hold alike."""

from __future__ import annotations

from collections.abc import Iterator

from lifespec_compiler.plan import Plan
from lifespec_compiler.targets.kubernetes.metadata import Json

from . import escalation, freshness, monitors, objectives, rollouts, serving
from .alert import Alert, rule

OFTEN = "1m"
SELDOM = "5m"
"""How often what reads a whole compliance window is evaluated."""


def groups(plan: Plan) -> list[Json]:
    """The groups in the order of evaluation: an objective's series first, then the alerts that read them."""
    slos = plan.spec.monitoring.slos if plan.spec.monitoring and plan.spec.serving.mode == "online" else ()
    found = []
    for slo in slos:
        found += [
            _group(plan, f"slo/{slo.name}", OFTEN, objectives.recording(plan, slo)),
            _group(plan, f"budget/{slo.name}", SELDOM, objectives.remaining(plan, slo)),
        ]
    found.append(_group(plan, "alerts", OFTEN, [rule(plan, alert) for alert in alerts(plan)]))
    return [group for group in found if group["rules"]]


def alerts(plan: Plan) -> Iterator[Alert]:
    """Every alert of a lifecycle."""
    yield from serving.alerts(plan)
    yield from monitors.alerts(plan)
    yield from freshness.alerts(plan)
    yield from rollouts.alerts(plan)
    yield from escalation.alerts(plan)


def _group(plan: Plan, name: str, interval: str, rules: list[Json]) -> Json:
    return {"name": f"{plan.namespace}/{plan.name}/{name}", "interval": interval, "rules": rules}
