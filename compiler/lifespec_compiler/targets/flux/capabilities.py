"""What the flux target does with each field: it delivers folders, whatever lifecycles say."""

from __future__ import annotations

from lifespec_compiler.targets import delivery

CAPABILITIES = delivery.capabilities("Flux", "spec.repository.secretRef")
