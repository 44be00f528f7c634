"""What the grafana target does with each field.

The dashboard draws the bounds of gates, guards, monitors and objectives too. They are not listed: being drawn is no
effect, and a bound that nothing else judges by must not count as honoured because a dashboard shows it.
"""

from __future__ import annotations

from lifespec_compiler.targets.capability import HONOURED, Capabilities

LIFECYCLE = (
    "metadata.name",
    "metadata.namespace",
    "spec.version",
    "spec.owner.team",
    "spec.monitoring.monitors.*.window",
    "spec.monitoring.monitors.*.every",
    "spec.platform.environment",
    "spec.platform.retrainsHere",
)

PROJECT = (
    "spec.repository.kind",
    "spec.repository.url",
    "spec.repository.branch",
    "spec.environments.*.name",
    "spec.environments.*.namespace",
)

CAPABILITIES = Capabilities(
    fields={
        "ModelLifecycle": dict.fromkeys(LIFECYCLE, HONOURED),
        "LifespecProject": dict.fromkeys(PROJECT, HONOURED),
    },
)
