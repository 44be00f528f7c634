"""The fields that come into CI's files where CI trains."""

from __future__ import annotations

from lifespec_compiler.targets.capability import Support, awaits

_RUN = awaits("run")

TRAINING: dict[str, Support] = {
    "metadata.name": _RUN,
    "metadata.namespace": _RUN,
    "spec.data.sources.*.secretRef": _RUN,
    "spec.experiments.candidates.*.timebox": _RUN,
    "spec.experiments.candidates.*.search.trials": _RUN,
    "spec.experiments.candidates.*.search.parallel": _RUN,
    "spec.retraining.triggers.*.kind": _RUN,
    "spec.retraining.triggers.*.schedule": _RUN,
    "spec.retraining.triggers.*.timeZone": _RUN,
    "spec.retraining.environment": _RUN,
    "spec.retraining.nominate": _RUN,
    "spec.platform.environment": _RUN,
    "spec.platform.runner": _RUN,
    "spec.platform.artifacts.secretRef": _RUN,
    "spec.platform.retrainsHere": _RUN,
}

TRAINING_PROJECT: dict[str, Support] = {
    "spec.output": _RUN,
    "spec.runner": _RUN,
    "spec.defaults.artifacts.secretRef": _RUN,
    "spec.environments.*.name": _RUN,
    "spec.environments.*.namespace": _RUN,
}
