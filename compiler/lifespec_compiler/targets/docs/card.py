"""The model card, section by section, in the order of Google's model cards, with the front matter of Hugging Face's."""

from __future__ import annotations

from lifespec_compiler.plan import Plan

from . import caveats, data, evaluation, operation, overview, picture
from .markdown import code, section, text
from .words import spaced

PIPELINES = {
    "binaryClassification": "tabular-classification",
    "multiclassClassification": "tabular-classification",
    "regression": "tabular-regression",
    "forecasting": "time-series-forecasting",
}
"""Hugging Face's names of the tasks; it has none for ranking rows."""


def card(plan: Plan) -> str:
    """The card as Markdown."""
    blocks = [
        _front_matter(plan),
        f"# {text(plan.name)}",
        _summary(plan),
        *section("Lifecycle", [f"```mermaid\n{picture.flowchart(plan)}\n```"]),
        *section("Model details", overview.details(plan)),
        *section("Intended use", overview.use(plan)),
        *section("Factors", evaluation.factors(plan)),
        *section("Metrics", evaluation.metrics(plan)),
        *section("Training data", data.training(plan)),
        *section("Evaluation", evaluation.tiers(plan)),
        *section("Ethical considerations", caveats.ethics(plan)),
        *section("Rollout", operation.rollout(plan)),
        *section("Monitoring", operation.monitoring(plan)),
        *section("Retraining", operation.retraining(plan)),
        *section("Caveats", caveats.caveats(plan)),
        *section("Provenance", overview.provenance(plan)),
    ]
    return "\n\n".join(blocks) + "\n"


def _summary(plan: Plan) -> str:
    return (
        f"Model card of {code(f'{plan.namespace}/{plan.name}')} in the environment {code(plan.environment)}, "
        f"for version {code(plan.spec.version)} of its spec. `lifespec compile` writes it: change the spec, not this "
        "file. The card says what the model is held to; what was measured stands in the reports."
    )


def _front_matter(plan: Plan) -> str:
    problem = plan.spec.objective.problem
    pipeline = [f"pipeline_tag: {PIPELINES[problem]}"] if problem in PIPELINES else []
    return "\n".join(["---", *pipeline, "tags:", "  - lifespec", f"  - {spaced(problem).replace(' ', '-')}", "---"])
