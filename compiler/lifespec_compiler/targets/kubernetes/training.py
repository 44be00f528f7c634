"""The Job that trains: one for each trial. The user's container sees its configuration and two folders, no secret."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, NamedTuple

from lifespec_compiler.plan import Plan
from lifespec_compiler.training import training_configuration

from . import pods
from .access import TRAINING
from .measuring import SPEC_FILE, job, spec_mount, spec_volume
from .metadata import Json, metadata, pod_labels
from .names import derived, joined

if TYPE_CHECKING:
    from lifespec_schema.spec.experiments import Candidate

CONFIG_FILE = "/lifespec/config/config.json"
INPUT = "/lifespec/input"
OUTPUT = "/lifespec/output"
HELPER = {"cpu": "500m", "memory": "2Gi"}
_TRAINER_S = f"{pods.TEMPORARY}-trainer"
"""The trainer's scratch space: it leaves nothing where a container that holds a secret would look."""


class Trial(NamedTuple):
    """One training of one candidate with fixed parameters."""

    run: str
    """The run's id, which is its trigger's."""
    number: int
    seed: int
    parameters: dict[str, Any]


def name(plan: Plan, candidate: Candidate, trial: Trial) -> str:
    """What the trial's objects are called."""
    return joined(plan.name, "train", candidate.name, trial.run, str(trial.number))


def configuration(plan: Plan, candidate: Candidate, trial: Trial) -> Json:
    """The ConfigMap with the JSON file that `LIFESPEC_CONFIG` names."""
    config = training_configuration(plan, candidate, trial.parameters, trial.seed, source=INPUT, output=OUTPUT)
    return {
        "apiVersion": "v1",
        "kind": "ConfigMap",
        "metadata": metadata(plan, name(plan, candidate, trial), TRAINING),
        "immutable": True,
        "data": {CONFIG_FILE.rpartition("/")[2]: json.dumps(config, sort_keys=True)},
    }


def training_job(plan: Plan, image: str, candidate: Candidate, trial: Trial) -> Json:
    """The Job of one trial: lifespec writes the splits, the trainer learns, lifespec stores what came out.

    They run one after the other, so that the trainer never runs beside a container that holds a secret. `image` is
    lifespec's own. `timebox` is the deadline of the whole.
    """
    described = metadata(plan, name(plan, candidate, trial), TRAINING)
    return job(described, _pod(plan, image, candidate, described["name"]), candidate.timebox or 3600, retries=1)


def _pod(plan: Plan, image: str, candidate: Candidate, config: str) -> Json:
    artifacts = plan.spec.platform.artifacts if plan.spec.platform else None
    store = [artifacts.secret_ref] if artifacts and artifacts.secret_ref else []
    lake = [source.secret_ref for source in plan.spec.data.sources if source.secret_ref]
    made = [_folder("output", OUTPUT, read=True), _folder("input", INPUT, read=True)]
    store_arguments = ["store", SPEC_FILE, OUTPUT, "--beside", INPUT]
    return {
        "metadata": {"labels": pod_labels(plan, TRAINING)},
        "spec": {
            "serviceAccountName": derived(plan.name, TRAINING),
            "automountServiceAccountToken": False,
            "enableServiceLinks": False,
            "restartPolicy": "Never",
            "securityContext": pods.pod_security(),
            "initContainers": [
                _helper("splits", image, ["split", SPEC_FILE, "--out", INPUT], lake, [_folder("input", INPUT)]),
                _trainer(candidate),
            ],
            "containers": [_helper("store", image, store_arguments, store, made)],
            "volumes": [
                pods.temporary_volume(),
                {**pods.temporary_volume(), "name": _TRAINER_S},
                spec_volume(plan),
                {"name": "config", "configMap": {"name": config}},
                {"name": "input", "emptyDir": {}},
                {"name": "output", "emptyDir": {}},
            ],
        },
    }


def _trainer(candidate: Candidate) -> Json:
    asked = candidate.resources
    amounts = {"cpu": asked.cpu, "memory": asked.memory, "gpu": asked.gpu} if asked else HELPER
    return {
        "name": "trainer",
        "image": candidate.image,
        "imagePullPolicy": "IfNotPresent",
        "env": pods.environment({"LIFESPEC_CONFIG": CONFIG_FILE}),
        "resources": pods.resources(amounts),
        "securityContext": pods.container_security(),
        "volumeMounts": [
            {**pods.temporary_mount(), "name": _TRAINER_S},
            _folder("config", CONFIG_FILE.rpartition("/")[0], read=True),
            _folder("input", INPUT, read=True),
            _folder("output", OUTPUT),
        ],
    }


def _helper(step: str, image: str, arguments: list[str], secrets: list[str], folders: list[Json]) -> Json:
    return pods.without_empty(
        {
            "name": step,
            "image": image,
            "imagePullPolicy": "IfNotPresent",
            "args": arguments,
            "envFrom": pods.secret_environment(secrets),
            "resources": pods.resources(HELPER),
            "securityContext": pods.container_security(),
            "volumeMounts": [pods.temporary_mount(), spec_mount(), *folders],
        }
    )


def _folder(volume: str, path: str, *, read: bool = False) -> Json:
    mount = {"name": volume, "mountPath": path}
    return {**mount, "readOnly": True} if read else mount
