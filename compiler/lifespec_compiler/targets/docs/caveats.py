"""What can go wrong, what the model must not do, and what this card's promises do not cover."""

from __future__ import annotations

from collections.abc import Iterator

from lifespec_compiler.plan import Plan
from lifespec_schema.values.written import duration, share

from .markdown import bullets, code, codes, table, text


def ethics(plan: Plan) -> list[str]:
    """Constraints, and risks with what would notice them."""
    objective = plan.spec.objective
    risks = table(
        ("risk", "what would happen", "noticed by"),
        ((code(risk.name), text(risk.risk), codes(risk.detected_by) or "nothing") for risk in objective.risks),
    )
    constraints = bullets(map(text, objective.constraints_))
    return [
        *(["The model is held to these constraints:", *constraints] if constraints else []),
        *(risks or ["The spec names no risk."]),
    ]


def caveats(plan: Plan) -> list[str]:
    """What is not covered, and the findings that the team lives with."""
    waivers = table(
        ("waived finding", "at", "reason", "owner", "until"),
        (
            (code(item.finding), code(item.at) if item.at else "", text(item.reason), text(item.owner), item.expires)
            for item in plan.waivers
        ),
    )
    return [*bullets(_limits(plan)), *waivers]


def _limits(plan: Plan) -> Iterator[str]:
    spec = plan.spec
    labels, evaluation = spec.data.labels, spec.evaluation
    yield "The bounds are what the team asks for; nothing on this card was measured by lifespec."
    if labels.delay:
        waits = duration(labels.delay.p95)
        yield f"Labels take up to {waits}: until then nothing that needs them says how good the live model is."
    if labels.share is not None and labels.share < 1:
        yield f"{share(labels.share)} of the predictions ever get a label, which may not be a fair sample."
    if not evaluation.offline.fairness:
        yield "No check compares how groups of people are treated."
    if not evaluation.offline.robustness:
        yield "No check disturbs the inputs."
    if not evaluation.shadow and spec.serving.mode == "online":
        yield "A candidate is not tried on copies of live requests before it answers real ones."
