"""The Jobs and CronJobs that measure: data contracts, candidates, drift. They report values and judge nothing.

Each reads the canonical lifecycle from a ConfigMap, so that it measures what Git said, and creates one LifecycleReport,
which has its Job's name. Only lifespec's own container holds the token for that; a model is asked over HTTP from a
container beside it, with which it shares no file.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import replace

from lifespec_compiler.plan import Monitor, Plan

from . import pods
from .access import MEASURING
from .metadata import REVISION, Json, metadata, pod_labels
from .names import LONGEST_CRON_JOB, derived, joined
from .revision import Revision
from .server import server_container

DAY = 86400
HOUR = 3600
SPEC_FILE = "/etc/lifespec/lifecycle.json"
TOKEN_FOLDER = "/var/run/secrets/kubernetes.io/serviceaccount"  # noqa: S105 - where the API server's clients look
LONGEST_RUN = 6 * HOUR
KEPT_AFTER_END = 7 * DAY
IN_CHUNKS = {"cpu": "1", "memory": "2Gi"}
"""For what reads data in chunks, and holds summaries."""
AT_ONCE = {"cpu": "1", "memory": "4Gi"}
"""For what holds the rows of the test split."""
LARGEST_PORT = 65535
BROKEN = 1
"""The exit code of a command whose data is broken: the next try would find it as broken."""
JOB_NAME = "batch.kubernetes.io/job-name"
"""The label with which Kubernetes tells a pod which Job it is of."""
_REPORTER, _TOKEN, _SPEC = "lifespec", "reporter", "lifecycle"
_REPORT = ("--report", "cluster", "--fail-on", "never")
_encode = json.JSONEncoder(sort_keys=True, ensure_ascii=False, separators=(",", ":")).encode


def lifecycle_file(plan: Plan) -> Json:
    """The ConfigMap with the canonical lifecycle."""
    return {
        "apiVersion": "v1",
        "kind": "ConfigMap",
        "metadata": metadata(plan, derived(plan.name, "spec"), MEASURING),
        "data": {SPEC_FILE.rpartition("/")[2]: _encode(plan.canonical)},
    }


def data_check_cron_job(plan: Plan, image: str) -> Json:
    """Checks the data contracts as often as the strictest freshness asks, at least daily."""
    every = min([DAY, *(source.freshness for source in plan.spec.data.sources if source.freshness)])
    name = derived(plan.name, "check-data", LONGEST_CRON_JOB)
    container = _reporter(image, ["check-data", *_engine(plan)], _data_secrets(plan), IN_CHUNKS)
    return _cron_job(plan, name, every, _pod(plan, container))


def data_check_job(plan: Plan, image: str, run: str) -> Json:
    """Checks the data contracts and the readiness of the data before the training `run`."""
    pod = _pod(plan, _reporter(image, ["check-data", "--stream", run, *_engine(plan)], _data_secrets(plan), IN_CHUNKS))
    return _job(metadata(plan, joined(plan.name, "check-data", run), MEASURING), pod)


def _engine(plan: Plan) -> list[str]:
    """Who reads the data: the workers of the platform's Dask cluster, where there is one."""
    dask = plan.spec.platform.dask if plan.spec.platform else None
    return ["--engine", "dask", "--scheduler", dask.scheduler] if dask else []


def evaluation_job(plan: Plan, image: str, revision: Revision, run: str, stable: Revision | None = None) -> Json:
    """Evaluates a revision offline, against `stable` where there is one.

    Each model answers in a container of its own beside the one that measures. They share the pod's addresses, so a
    stable one that would listen where the candidate does is told another port.
    """
    command = ["evaluate", "--model", _address(revision), "--stream", run]
    command += ["--revision", revision.model_digest, revision.serving_hash]
    beside = [_beside(revision, "server")]
    if stable is not None:
        moved = _elsewhere(stable, revision.pod["port"])
        command += ["--against", _address(moved), "--stable", stable.model_digest, stable.serving_hash]
        beside.append(_beside(moved, "stable"))
    pod = _pod(plan, _reporter(image, command, _data_secrets(plan), AT_ONCE), beside, revision.id)
    return _job(metadata(plan, joined(plan.name, "evaluate", run), MEASURING, {REVISION: revision.id}), pod)


def drift_cron_job(plan: Plan, image: str, monitor: Monitor) -> Json:
    """Runs a monitor on the prediction log. It may run more often than the monitor asks: only full windows count."""
    monitoring = plan.spec.monitoring
    log = [monitoring.predictions.secret_ref] if monitoring and monitoring.predictions.secret_ref else []
    name = joined(plan.name, "drift", monitor.name, limit=LONGEST_CRON_JOB)
    command = ["drift", "--monitor", monitor.name]
    secrets = [*log, *_data_secrets(plan), *_store_secrets(plan)]
    return _cron_job(plan, name, monitor.every, _pod(plan, _reporter(image, command, secrets, IN_CHUNKS)))


def schedule(every: float, name: str) -> str:
    """A cron schedule at least as frequent as `every` seconds, at a time of its own for each name."""
    spread = int.from_bytes(hashlib.sha256(name.encode()).digest()[:4], "big")
    minute, hour = spread % 60, spread // 60 % 24
    if every >= DAY:
        return f"{minute} {hour} * * *"
    if every >= HOUR:
        hours = max(number for number in (1, 2, 3, 4, 6, 8, 12) if number * HOUR <= every)
        return f"{minute} * * * *" if hours == 1 else f"{minute} {hour % hours}-23/{hours} * * *"
    minutes = max(number for number in (1, 2, 3, 4, 5, 6, 10, 12, 15, 20, 30) if number * 60 <= max(every, 60))
    return "* * * * *" if minutes == 1 else f"{minute % minutes}-59/{minutes} * * * *"


def job(described: Json, pod: Json, seconds: float, retries: int, *fatal: Json) -> Json:
    """A Job with this metadata that runs a pod for at most so many seconds; `fatal` failures end it at once."""
    spec = _job_spec(pod, seconds, retries, *fatal)
    return {"apiVersion": "batch/v1", "kind": "Job", "metadata": described, "spec": spec}


def spec_volume(plan: Plan) -> Json:
    """The volume with the canonical lifecycle."""
    return {"name": _SPEC, "configMap": {"name": derived(plan.name, "spec")}}


def spec_mount() -> Json:
    """Where commands find the canonical lifecycle."""
    return {"name": _SPEC, "mountPath": SPEC_FILE.rpartition("/")[0], "readOnly": True}


def _cron_job(plan: Plan, name: str, every: float, pod: Json) -> Json:
    return {
        "apiVersion": "batch/v1",
        "kind": "CronJob",
        "metadata": metadata(plan, name, MEASURING),
        "spec": {
            "schedule": schedule(every, f"{plan.namespace}/{name}"),
            "timeZone": "Etc/UTC",
            "concurrencyPolicy": "Forbid",
            "startingDeadlineSeconds": HOUR,
            "successfulJobsHistoryLimit": 1,
            "failedJobsHistoryLimit": 3,
            "jobTemplate": {"spec": _job_spec(pod, LONGEST_RUN, 2, _broken())},
        },
    }


def _job(described: Json, pod: Json) -> Json:
    return job(described, pod, LONGEST_RUN, 2, _broken())


def _broken() -> Json:
    codes = {"containerName": _REPORTER, "operator": "In", "values": [BROKEN]}
    return {"action": "FailJob", "onExitCodes": codes}


def _job_spec(pod: Json, seconds: float, retries: int, *fatal: Json) -> Json:
    return {
        "backoffLimit": retries,
        "activeDeadlineSeconds": max(1, round(seconds)),
        "ttlSecondsAfterFinished": KEPT_AFTER_END,
        # A pod that was moved away is no failure of what it ran.
        "podFailurePolicy": {
            "rules": [{"action": "Ignore", "onPodConditions": [{"type": "DisruptionTarget", "status": "True"}]}, *fatal]
        },
        "template": pod,
    }


def _pod(plan: Plan, container: Json, beside: Sequence[Json] = (), revision: str | None = None) -> Json:
    return {
        "metadata": {"labels": pod_labels(plan, MEASURING, revision)},
        "spec": pods.without_empty(
            {
                "serviceAccountName": derived(plan.name, MEASURING),
                "automountServiceAccountToken": False,
                "enableServiceLinks": False,
                "restartPolicy": "Never",
                "securityContext": pods.pod_security(),
                "initContainers": list(beside),
                "containers": [container],
                "volumes": [pods.temporary_volume(), *map(_scratch, beside), spec_volume(plan), _token()],
            }
        ),
    }


def _beside(revision: Revision, name: str) -> Json:
    """The server as a container that starts before the one that measures, and ends after it."""
    scratch = {**pods.temporary_mount(), "name": f"{pods.TEMPORARY}-{name}"}
    # A port's name is unique in its pod, where two servers may stand side by side.
    return {**server_container(revision, name, port_name=name), "restartPolicy": "Always", "volumeMounts": [scratch]}


def _scratch(container: Json) -> Json:
    return {**pods.temporary_volume(), "name": f"{pods.TEMPORARY}-{container['name']}"}


def _elsewhere(revision: Revision, taken: int) -> Revision:
    port = revision.pod["port"]
    if port != taken:
        return revision
    return replace(revision, pod={**revision.pod, "port": port + 1 if port < LARGEST_PORT else port - 1})


def _address(revision: Revision) -> str:
    return f"http://127.0.0.1:{revision.pod['port']}"


def _reporter(image: str, command: Sequence[str], secrets: Sequence[str], resources: Mapping[str, str]) -> Json:
    token = {"name": _TOKEN, "mountPath": TOKEN_FOLDER, "readOnly": True}
    name, *arguments = command
    its_job = {"fieldRef": {"apiVersion": "v1", "fieldPath": f"metadata.labels['{JOB_NAME}']"}}
    return pods.without_empty(
        {
            "name": _REPORTER,
            "image": image,
            "imagePullPolicy": "IfNotPresent",
            "args": [name, SPEC_FILE, *arguments, *_REPORT],
            "env": [{"name": "LIFESPEC_JOB", "valueFrom": its_job}],
            "envFrom": pods.secret_environment(secrets),
            "resources": pods.resources(resources),
            "securityContext": pods.container_security(),
            "volumeMounts": [pods.temporary_mount(), spec_mount(), token],
        }
    )


def _data_secrets(plan: Plan) -> list[str]:
    return [source.secret_ref for source in plan.spec.data.sources if source.secret_ref]


def _store_secrets(plan: Plan) -> list[str]:
    """For the profiles of models."""
    artifacts = plan.spec.platform.artifacts if plan.spec.platform else None
    return [artifacts.secret_ref] if artifacts and artifacts.secret_ref else []


def _token() -> Json:
    namespace = {"path": "namespace", "fieldRef": {"apiVersion": "v1", "fieldPath": "metadata.namespace"}}
    return {
        "name": _TOKEN,
        "projected": {
            "sources": [
                {"serviceAccountToken": {"path": "token", "expirationSeconds": HOUR}},
                {"configMap": {"name": "kube-root-ca.crt", "items": [{"key": "ca.crt", "path": "ca.crt"}]}},
                {"downwardAPI": {"items": [namespace]}},
            ]
        },
    }
