"""What the docs target does with each field: the fields that are written for people have their effect here.

The card shows most of the other fields too. They are not listed: being shown is no effect, and a value that no other
target can carry out must not count as honoured because a card mentions it.
"""

from __future__ import annotations

from lifespec_compiler.targets.capability import HONOURED, Capabilities
from lifespec_compiler.targets.documented import DOCUMENTED

WAIVERS = (
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
        "ModelLifecycle": dict.fromkeys((*DOCUMENTED, *WAIVERS), HONOURED),
        "ModelVersion": dict.fromkeys(VERSION, HONOURED),
    },
)
