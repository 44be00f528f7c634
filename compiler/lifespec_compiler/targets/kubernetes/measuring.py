"""The Jobs and CronJobs that measure: data contracts, candidates, drift. They report values and judge nothing.

Each reads the canonical lifecycle from a ConfigMap, so that it measures what Git said. Only lifespec's own container
holds the token that creates reports; a model is asked over HTTP from a container beside it.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from typing import Any

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
RESOURCES = {"cpu": "1", "memory": "4Gi"}
_TOKEN, _SPEC = "reporter", "lifecycle"


def lifecycle_file(plan: Plan) -> Json:
    """The ConfigMap with the canonical lifecycle."""
    text = json.dumps(plan.canonical, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return {
        "apiVersion": "v1",
        "kind": "ConfigMap",
        "metadata": metadata(plan, derived(plan.name, "spec"), MEASURING),
        "data": {SPEC_FILE.rpartition("/")[2]: text},
    }


def data_check_cron_job(plan: Plan, image: str) -> Json:
    """Checks the data contracts as often as the strictest freshness asks, at least daily."""
    every = min([DAY, *(source.freshness for source in plan.spec.data.sources if source.freshness)])
    name = derived(plan.name, "check-data", LONGEST_CRON_JOB)
    return _cron_job(plan, name, every, _pod(plan, _reporter(image, ["check-data", SPEC_FILE], _data_secrets(plan))))


def data_check_job(plan: Plan, image: str, run: str) -> Json:
    """Checks the data contracts and the readiness of the data before the training `run`."""
    pod = _pod(plan, _reporter(image, ["check-data", SPEC_FILE], _data_secrets(plan)))
    return job(metadata(plan, joined(plan.name, "check-data", run), MEASURING), pod, LONGEST_RUN)


def evaluation_job(plan: Plan, image: str, revision: Revision, run: str) -> Json:
    """Evaluates a revision offline: the model answers in a container beside the one that measures."""
    model = {**server_container(revision), "restartPolicy": "Always"}
    asked = f"http://127.0.0.1:{revision.pod['port']}"
    command = ["evaluate", SPEC_FILE, "--model", asked]
    pod = _pod(plan, _reporter(image, command, _data_secrets(plan)), [model], revision.id)
    described = metadata(plan, joined(plan.name, "evaluate", run), MEASURING, {REVISION: revision.id})
    return job(described, pod, LONGEST_RUN)


def drift_cron_job(plan: Plan, image: str, monitor: Monitor) -> Json:
    """Runs a monitor on the prediction log. It may run more often than the monitor asks: only full windows count."""
    monitoring = plan.spec.monitoring
    log = [monitoring.predictions.secret_ref] if monitoring and monitoring.predictions.secret_ref else []
    name = joined(plan.name, "drift", monitor.name, limit=LONGEST_CRON_JOB)
    command = ["drift", SPEC_FILE, "--monitor", monitor.name]
    return _cron_job(plan, name, monitor.every, _pod(plan, _reporter(image, command, [*log, *_data_secrets(plan)])))


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


def job(described: Json, pod: Json, seconds: float, retries: int = 2) -> Json:
    """A Job with this metadata that runs a pod for at most so many seconds."""
    return {"apiVersion": "batch/v1", "kind": "Job", "metadata": described, "spec": _job_spec(pod, seconds, retries)}


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
            "jobTemplate": {"spec": _job_spec(pod, LONGEST_RUN, 2)},
        },
    }


def _job_spec(pod: Json, seconds: float, retries: int) -> Json:
    return {
        "backoffLimit": retries,
        "activeDeadlineSeconds": max(1, round(seconds)),
        "ttlSecondsAfterFinished": KEPT_AFTER_END,
        # A pod that was moved away is no failure of what it ran.
        "podFailurePolicy": {
            "rules": [{"action": "Ignore", "onPodConditions": [{"type": "DisruptionTarget", "status": "True"}]}]
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
                "volumes": [pods.temporary_volume(), spec_volume(plan), _token()],
            }
        ),
    }


def _reporter(image: str, arguments: Sequence[str], secrets: Sequence[str]) -> Json:
    token = {"name": _TOKEN, "mountPath": TOKEN_FOLDER, "readOnly": True}
    return pods.without_empty(
        {
            "name": "lifespec",
            "image": image,
            "imagePullPolicy": "IfNotPresent",
            "args": list(arguments),
            "envFrom": pods.secret_environment(secrets),
            "resources": pods.resources(RESOURCES),
            "securityContext": pods.container_security(),
            "volumeMounts": [pods.temporary_mount(), spec_mount(), token],
        }
    )


def _data_secrets(plan: Plan) -> list[str]:
    sources: list[Any] = [source.secret_ref for source in plan.spec.data.sources if source.secret_ref]
    artifacts = plan.spec.platform.artifacts if plan.spec.platform else None
    return [*sources, artifacts.secret_ref] if artifacts and artifacts.secret_ref else sources


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
