"""What the model is for, and who answers for it."""

from __future__ import annotations

from lifespec_compiler.plan import Plan
from lifespec_compiler.targets.docs import overview
from lifespec_compiler.targets.docs.markdown import codes, facts, table, text
from lifespec_compiler.targets.docs.words import spaced
from lifespec_schema.values.written import duration

from . import markdown
from .layout import Band, Section
from .panels import text as panel


def section(plan: Plan) -> Section:
    """Purpose, owner and known risks."""
    risks = table(
        ("risk", "what happens", "noticed by"),
        ((text(risk.name), text(risk.risk), codes(risk.detected_by)) for risk in plan.spec.objective.risks),
    )
    purpose = panel("What it is for", markdown.joined(overview.use(plan)))
    owner = panel("Who answers for it", markdown.joined(_owner(plan)))
    known = panel("Known risks", markdown.joined(risks or ["The spec names no risks."]))
    return Section("About the model", (Band(9, (purpose, owner, known)),))


def _owner(plan: Plan) -> list[str]:
    spec = plan.spec
    escalation = [f"{text(step.to)} after {duration(step.after)}" for step in spec.owner.escalation]
    tier = spec.governance.tier if spec.governance else None
    return facts(
        owner=f"{text(spec.owner.team)}, {text(spec.owner.email)}",
        unanswered_alerts_go_to=", then ".join(escalation),
        criticality=f"tier {tier} (1 is the most critical)" if tier else None,
        problem=spaced(spec.objective.problem),
    )
