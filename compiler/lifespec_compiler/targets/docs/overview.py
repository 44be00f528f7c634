"""What the model is, what it is for, and where it comes from."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lifespec_compiler.plan import SEMANTICS, Plan
from lifespec_schema.values.written import duration, share

from .markdown import code, facts, table, text
from .words import number, spaced

if TYPE_CHECKING:
    from lifespec_schema.spec.objective import DecisionThreshold
    from lifespec_schema.spec.serving import Serving


def details(plan: Plan) -> list[str]:
    """Who answers for the model, what kind it is, how it serves, and which version Git nominates."""
    spec = plan.spec
    objective, serving = spec.objective, spec.serving
    escalation = [f"{text(step.to)} after {duration(step.after)}" for step in spec.owner.escalation]
    tier = spec.governance.tier if spec.governance else None
    return facts(
        owner=f"{code(spec.owner.team)}, {text(spec.owner.email)}",
        escalation=f"an alert that nobody answers goes to {', then '.join(escalation)}" if escalation else None,
        criticality=f"tier {tier} (1 is the most critical)" if tier else None,
        problem=spaced(objective.problem),
        ranked_together=f"rows with one value of {code(objective.query)}" if objective.query else None,
        positive_label=code(objective.positive_label) if objective.positive_label else None,
        decision_threshold=_threshold(objective.decision_threshold),
        model_version=_version(plan),
        served=_serving(serving),
        image=code(plan.model.spec.image if plan.model and plan.model.spec.image else serving.image),
        fallback=_fallback(serving),
    )


def use(plan: Plan) -> list[str]:
    """The outcome that the model is to move, for whom, and why by a model."""
    objective, traffic = plan.spec.objective, plan.spec.traffic
    business = objective.business
    effect = f", relatively by {share(business.minimum_effect)} or more" if business and business.minimum_effect else ""
    demand = []
    if traffic:
        demand = [f"{number(traffic.rps)} requests a second on average"]
        demand += [f"{number(traffic.peak_rps)} in the busiest minute"] if traffic.peak_rps else []
        demand += [f"{number(traffic.daily_minimum_rps)} in the quietest hour"] if traffic.daily_minimum_rps else []
    return facts(
        outcome=f"{business.direction} {text(business.metric)}{effect}" if business else None,
        why_no_rule_does=text(objective.why_not_rules) if objective.why_not_rules else None,
        touched_by_its_decisions=", ".join(map(text, objective.stakeholders)),
        traffic=", ".join(demand),
    ) or ["The spec names neither an outcome nor the people who are touched."]


def provenance(plan: Plan) -> list[str]:
    """The documents and hashes that the card, and everything compiled beside it, comes from."""
    model = plan.model.spec if plan.model else None
    trained, made = (model.trained_on, model.produced_by) if model else (None, None)
    origin = facts(
        document=f"{code(plan.canonical['kind'])} of {code(plan.canonical['apiVersion'])}, semantics {SEMANTICS}",
        model=f"{code(model.model.uri)}, {code(model.model.digest)}" if model else None,
        data_snapshot=code(trained.snapshot) if trained and trained.snapshot else None,
        data_profile=code(trained.profile) if trained and trained.profile else None,
        trained_by=code(made.job) if made and made.job else None,
        commit=code(made.commit) if made and made.commit else None,
    )
    meanings = {
        "plan": "the whole plan of this environment",
        "policy": "what candidates are judged by",
        "serving": "what reaches the server's pods",
        "training": "what a training learns from, and how",
    }
    hashes = plan.hashes._asdict()
    return [
        *origin,
        *table(("hash", "covers", "value"), ((name, meanings[name], code(hashes[name])) for name in hashes)),
    ]


def _threshold(threshold: DecisionThreshold | None) -> str | None:
    if threshold is None:
        return None
    if threshold.kind == "fixed":
        return f"a score of {number(threshold.value)} or more is positive"
    return f"the score that gives the best {code(threshold.tune)} on the {threshold.split} split"


def _version(plan: Plan) -> str:
    if plan.model is None:
        nominated = plan.spec.model_version
        return f"{code(nominated.name)}, {code(nominated.digest)}" if nominated else "none yet"
    return f"{code(plan.model.metadata.name)}, in the format {plan.model.spec.model.format}"


def _serving(serving: Serving) -> str:
    if serving.mode == "batch":
        return f"in batches, {code(serving.schedule)} ({code(serving.time_zone)}), to {code(serving.output)}"
    protocol = {"openInference": "Open Inference Protocol v2", "http": "plain HTTP"}[serving.protocol]
    budget = f", within {duration(serving.latency_budget)}" if serving.latency_budget else ""
    return f"by request ({protocol}){budget}"


def _fallback(serving: Serving) -> str | None:
    if serving.mode == "batch" or serving.fallback is None:
        return None
    return "stable" if serving.fallback.kind == "stable" else f"a constant answer, {code(serving.fallback.response)}"
