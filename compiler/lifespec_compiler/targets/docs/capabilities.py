"""What the docs target does with each field: the fields that are written for people have their effect here.

The card shows most of the other fields too. They are not listed: being shown is no effect, and a value that no other
target can carry out must not count as honoured because a card mentions it.
"""

from __future__ import annotations

from lifespec_compiler.targets.capability import HONOURED, Capabilities

LIFECYCLE = (
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
    "spec.waivers.*.finding",
    "spec.waivers.*.at",
    "spec.waivers.*.reason",
    "spec.waivers.*.owner",
    "spec.waivers.*.expires",
)

VERSION = (
    "spec.trainedOn.snapshot",
    "spec.trainedOn.profile",
    "spec.producedBy.job",
    "spec.producedBy.commit",
)

CAPABILITIES = Capabilities(
    fields={
        "ModelLifecycle": dict.fromkeys(LIFECYCLE, HONOURED),
        "ModelVersion": dict.fromkeys(VERSION, HONOURED),
    },
)
