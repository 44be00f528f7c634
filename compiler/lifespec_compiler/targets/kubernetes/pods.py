"""What all pods have in common: they pass Pod Security "restricted", and ask for what they use."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from .metadata import Json

USER = 65532
"""The user of all containers. A number, because Kubernetes cannot tell whether a named user is root."""

TEMPORARY = "temporary"


def pod_security() -> Json:
    """The security context of a pod."""
    return {
        "runAsNonRoot": True,
        "runAsUser": USER,
        "runAsGroup": USER,
        "fsGroup": USER,
        "fsGroupChangePolicy": "OnRootMismatch",
        "seccompProfile": {"type": "RuntimeDefault"},
    }


def container_security() -> Json:
    """The security context of a container."""
    return {
        "allowPrivilegeEscalation": False,
        "readOnlyRootFilesystem": True,
        "capabilities": {"drop": ["ALL"]},
    }


def resources(asked: Mapping[str, Any]) -> Json:
    """Requests, and limits of the same size; but cpu may burst, because a throttled server misses its deadline."""
    exact = {"memory": str(asked["memory"])}
    if asked.get("gpu"):
        exact["nvidia.com/gpu"] = str(asked["gpu"])
    return {"requests": {"cpu": str(asked["cpu"]), **exact}, "limits": exact}


def environment(variables: Mapping[str, str]) -> list[Json]:
    """Environment variables whose values arrive as they are: Kubernetes would replace `$(NAME)`."""
    return [{"name": name, "value": value.replace("$", "$$")} for name, value in variables.items()]


def secret_environment(secrets: Sequence[str]) -> list[Json]:
    """Secrets whose keys become environment variables; each once."""
    return [{"secretRef": {"name": name}} for name in dict.fromkeys(secrets)]


def without_empty(container: Json) -> Json:
    """The mapping without its empty lists, which the API server would drop."""
    return {key: value for key, value in container.items() if value not in ([], None)}


def temporary_volume() -> Json:
    """Scratch space, since the root file system is read-only."""
    return {"name": TEMPORARY, "emptyDir": {}}


def temporary_mount() -> Json:
    """Scratch space where programs look for it."""
    return {"name": TEMPORARY, "mountPath": "/tmp"}  # noqa: S108 - a path in the container
