"""The fields that are written for people: a card shows them, and the canonical object carries them."""

from __future__ import annotations

DOCUMENTED = (
    "apiVersion",
    "kind",
    "spec.owner.email",
    "spec.owner.escalation.*.after",
    "spec.owner.escalation.*.to",
    "spec.objective.business.metric",
    "spec.objective.business.direction",
    "spec.objective.business.minimumEffect",
    "spec.objective.whyNotRules",
    "spec.objective.stakeholders",
    "spec.objective.constraints",
    "spec.objective.risks.*.name",
    "spec.objective.risks.*.risk",
    "spec.objective.risks.*.detectedBy",
    "spec.data.sources.*.description",
    "spec.data.sources.*.schema.*.description",
    "spec.data.sources.*.quality.*.dimension",
    "spec.data.sources.*.retention",
    "spec.data.sources.*.regulations",
    "spec.data.labels.method",
    "spec.features.*.hypothesis",
    "spec.features.*.online.source",
    "spec.experiments.candidates.*.hypothesis",
    "spec.monitoring.predictions.retention",
    "spec.governance.tier",
)
