"""What the flux target does with each field: it delivers folders, whatever lifecycles say."""

from __future__ import annotations

from collections.abc import Iterator

from lifespec_compiler.plan import Plan
from lifespec_compiler.targets import delivery
from lifespec_compiler.targets.capability import HONOURED, Capabilities
from lifespec_schema.findings import Finding


def _repository(plan: Plan) -> Iterator[Finding]:
    return delivery.repository(plan, "Flux")


CAPABILITIES = Capabilities(
    fields={
        "ModelLifecycle": dict.fromkeys(
            (
                "metadata.name",
                "metadata.namespace",
                "spec.owner.team",
                "spec.platform.environment",
                "spec.platform.cluster",
            ),
            HONOURED,
        ),
        "LifespecProject": delivery.honoured(HONOURED, "spec.repository.secretRef"),
    },
    requirements=(_repository,),
)
