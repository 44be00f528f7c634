"""What the kubernetes target does with each field.

Listed are the fields with the effect `compile`, and those with the effect `document`. All others change what is
measured or decided, which the pods that this target starts will do.
"""

from __future__ import annotations

from collections.abc import Iterator

from lifespec_compiler.plan import Plan
from lifespec_compiler.targets.capability import (
    ELSEWHERE,
    HONOURED,
    Capabilities,
    Support,
    awaits,
    refused,
)
from lifespec_compiler.targets.documented import DOCUMENTED
from lifespec_compiler.targets.landed import AGENT
from lifespec_schema.findings import Finding, Severity

RESERVED = "LIFESPEC_"
"""What the names of the variables begin with that the target itself sets."""

_SERVER = refused("its servers are Deployments", "write `platform: deployment`")
_ROLLOUTS = refused("its traffic moves by routes of the Gateway API", "write `via: gatewayApi`")
_BATCH = refused("its servers answer requests", "write `mode: online`")
_BATCH_FIELD = Support("pending", "batch serving")

LIFECYCLE: dict[str, Support] = {
    "metadata.name": HONOURED,
    "metadata.namespace": HONOURED,
    "spec.version": HONOURED,
    "spec.owner.team": HONOURED,
    "spec.data.sources.*.uri": awaits("check-data"),
    "spec.data.sources.*.secretRef": awaits("check-data"),
    "spec.experiments.tracking.uri": HONOURED,
    "spec.experiments.candidates.*.name": awaits(AGENT),
    "spec.experiments.candidates.*.image": awaits(AGENT),
    "spec.experiments.candidates.*.parameters": awaits(AGENT),
    "spec.experiments.candidates.*.resources.cpu": awaits(AGENT),
    "spec.experiments.candidates.*.resources.memory": awaits(AGENT),
    "spec.experiments.candidates.*.resources.gpu": awaits(AGENT),
    "spec.experiments.candidates.*.timebox": awaits(AGENT),
    "spec.evaluation.shadow.mirror": HONOURED,
    "spec.serving.platform": HONOURED,
    "spec.serving.image": HONOURED,
    "spec.serving.env": HONOURED,
    "spec.serving.secretRefs": HONOURED,
    "spec.serving.resources.cpu": HONOURED,
    "spec.serving.resources.memory": HONOURED,
    "spec.serving.resources.gpu": HONOURED,
    "spec.serving.mode": HONOURED,
    "spec.serving.port": HONOURED,
    "spec.serving.protocol": HONOURED,
    "spec.serving.probe": HONOURED,
    "spec.serving.replicas.min": HONOURED,
    "spec.serving.replicas.max": HONOURED,
    "spec.serving.replicas.targetCpu": HONOURED,
    "spec.serving.schedule": _BATCH_FIELD,
    "spec.serving.timeZone": _BATCH_FIELD,
    "spec.serving.output": _BATCH_FIELD,
    "spec.rollout.via": HONOURED,
    "spec.rollout.assignment.unit": HONOURED,
    "spec.rollout.assignment.bucketHeader": HONOURED,
    "spec.monitoring.predictions.log": awaits("drift"),
    "spec.monitoring.predictions.secretRef": awaits("drift"),
    "spec.monitoring.monitors.*.window": awaits("drift"),
    "spec.monitoring.monitors.*.every": awaits("drift"),
    "spec.monitoring.slos.*.name": ELSEWHERE,
    "spec.monitoring.slos.*.sli": ELSEWHERE,
    "spec.monitoring.slos.*.threshold": ELSEWHERE,
    "spec.monitoring.slos.*.target": ELSEWHERE,
    "spec.monitoring.slos.*.window": ELSEWHERE,
    "spec.monitoring.alerts.*.for": ELSEWHERE,
    "spec.monitoring.alerts.*.severity": ELSEWHERE,
    "spec.environments": HONOURED,
    "spec.platform.environment": HONOURED,
    "spec.platform.after": awaits(AGENT),
    "spec.platform.afterNamespace": awaits(AGENT),
    "spec.platform.cluster": HONOURED,
    "spec.platform.runner": HONOURED,
    "spec.platform.gateway.name": HONOURED,
    "spec.platform.gateway.namespace": HONOURED,
    "spec.platform.gateway.hostname": HONOURED,
    "spec.platform.prometheus": HONOURED,
    "spec.platform.agentImage": awaits("check-data"),
    "spec.platform.dask.scheduler": awaits("check-data"),
    "spec.platform.artifacts.uri": HONOURED,
    "spec.platform.artifacts.secretRef": awaits("drift"),
    "spec.platform.imagePullSecrets": HONOURED,
    "spec.platform.retrainsHere": awaits(AGENT),
}

VERSION: dict[str, Support] = {
    "apiVersion": HONOURED,
    "kind": HONOURED,
    "metadata.name": HONOURED,
    "metadata.namespace": HONOURED,
    "spec.lifecycle": HONOURED,
    "spec.model.uri": HONOURED,
    "spec.model.digest": HONOURED,
    "spec.model.format": HONOURED,
    "spec.image": HONOURED,
}

PROJECT: dict[str, Support] = {
    "apiVersion": HONOURED,
    "kind": HONOURED,
    "spec.specs": ELSEWHERE,
    "spec.output": ELSEWHERE,
    "spec.targets": ELSEWHERE,
    "spec.ci": ELSEWHERE,
    "spec.gitops": ELSEWHERE,
    "spec.repository.kind": awaits(AGENT),
    "spec.repository.url": awaits(AGENT),
    "spec.repository.branch": awaits(AGENT),
    "spec.repository.secretRef": awaits(AGENT),
    "spec.runner": HONOURED,
    "spec.defaults.artifacts.uri": HONOURED,
    "spec.defaults.artifacts.secretRef": awaits("drift"),
    "spec.defaults.imagePullSecrets": HONOURED,
    "spec.environments.*.name": HONOURED,
    "spec.environments.*.after": awaits(AGENT),
    "spec.environments.*.cluster": HONOURED,
    "spec.environments.*.namespace": HONOURED,
    "spec.environments.*.gateway.name": HONOURED,
    "spec.environments.*.gateway.namespace": HONOURED,
    "spec.environments.*.gateway.hostname": HONOURED,
    "spec.environments.*.prometheus": HONOURED,
    "spec.environments.*.agentImage": awaits("check-data"),
    "spec.environments.*.dask.scheduler": awaits("check-data"),
}


def gateway(plan: Plan) -> Iterator[Finding]:
    """What the route lacks while the project names no Gateway, or no host."""
    known = plan.spec.platform.gateway if plan.spec.platform else None
    place = plan.origins.place(("spec", "platform"))
    if known is None:
        message = f"`{plan.environment}` has no Gateway: without a route no candidate can get a share of the traffic"
        key = "gateway: {name: …, namespace: …, hostname: …}"
    elif known.hostname is None:
        message = f"the Gateway of `{plan.environment}` has no hostname: `{plan.name}` takes the requests to any host"
        key = 'gateway.hostname: "{name}.…"'
    else:
        return
    help_text = f"add `{key}` to the environment in lifespec.yaml"
    yield Finding("missing-platform-fact", Severity.INFO, message, place, help_text)


def reserved_variables(plan: Plan) -> Iterator[Finding]:
    """Variables of the team that the target would have to overwrite."""
    for name in plan.spec.serving.env:
        if name.startswith(RESERVED):
            place = plan.origins.place(("spec", "serving", "env", name))._replace(on_key=True)
            message = f"`{name}` is a name that lifespec keeps for what it tells the server itself"
            yield Finding("reserved-variable", Severity.ERROR, message, place, f"use a name without `{RESERVED}`")


CAPABILITIES = Capabilities(
    fields={
        "ModelLifecycle": {
            **LIFECYCLE,
            **dict.fromkeys(DOCUMENTED, HONOURED),
        },
        "ModelVersion": VERSION,
        "LifespecProject": PROJECT,
    },
    otherwise=awaits(AGENT),
    values={
        "spec.serving.mode": {"batch": _BATCH},
        "spec.serving.platform": {"kserve": _SERVER, "seldon": _SERVER},
        "spec.rollout.via": {"argoRollouts": _ROLLOUTS},
    },
    requirements=(gateway, reserved_variables),
)
