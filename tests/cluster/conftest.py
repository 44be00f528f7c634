"""What the tests against a real API server share."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from functools import cache
from http import HTTPStatus
from pathlib import Path
from typing import Any

import pytest
import yaml

from controlplane.client import Client, RefusedError
from controlplane.plane import ControlPlane
from controlplane.plugin import started
from judges import crd
from judges.judge import Judge, execute

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
RESTRICTED = {"metadata": {"labels": {"pod-security.kubernetes.io/enforce": "restricted"}}}


def objects(*files: Path) -> list[dict[str, Any]]:
    """Every Kubernetes object in YAML files; a kustomization is none."""
    found = [document for file in files for document in yaml.safe_load_all(file.read_bytes()) if document]
    return [each for each in found if each["kind"] != "Kustomization"]


def eventually(holds: Callable[[], Any], seconds: float = 60) -> Any:
    """Return what `holds` returns once that is true; fail when it never is."""
    end = time.monotonic() + seconds
    while not (value := holds()):
        assert time.monotonic() < end, f"not within {seconds:g} s"
        time.sleep(0.1)
    return value


def condition(status: dict[str, Any], name: str) -> bool:
    """Whether a condition in a status is true."""
    # A definition that was just made has `conditions: null`.
    return any(each["type"] == name and each["status"] == "True" for each in status.get("conditions") or ())


@pytest.fixture(scope="session")
def compiled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder that the example specs compile to."""
    out = tmp_path_factory.mktemp("compiled") / "generated"
    done = subprocess.run(
        (sys.executable, "-c", "from lifespec_runtime.cli import main; main()", "compile", "specs/", "--out", str(out)),
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return out


@pytest.fixture(scope="session")
def platform(judge: Callable[[str], Judge]) -> list[dict[str, Any]]:
    """The definitions that a platform team installs: the Gateway API, and the Prometheus operator's."""
    files = [*judge("gateway-api").path.glob("*.yaml"), *judge("prometheus-operator").path.glob("*.yaml")]
    return [each for file in sorted(files) for each in crd.read(file) if each["kind"] != "Kustomization"]


def install(client: Client, found: list[dict[str, Any]]) -> None:
    """Apply definitions, and wait until the server serves their kinds."""
    for each in found:
        client.apply(each)
    for each in found:
        if each["kind"] == "CustomResourceDefinition":
            eventually(lambda each=each: condition(client.read(each).get("status", {}), "Established"))


@pytest.fixture(scope="session")
def admin(controlplane: ControlPlane) -> Client:
    """The admin of the cluster."""
    return controlplane.admin


@pytest.fixture(scope="session")
def definitions(admin: Client, compiled: Path, platform: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Every definition that the compiled objects need, in the cluster and established."""
    found = objects(*sorted(compiled.glob("clusters/*/crds/*.yaml"))) + platform
    install(admin, found)
    return found


@pytest.fixture(scope="session")
def namespaces(admin: Client, compiled: Path) -> list[str]:
    """The namespaces of the compiled objects, with Pod Security `restricted` enforced."""
    found = objects(*compiled.glob("clusters/*/namespaces.yaml"))
    for each in found:
        admin.apply(each)
        admin.apply({**{key: each[key] for key in ("apiVersion", "kind")}, **named(each, RESTRICTED)}, "platform-team")
    return [each["metadata"]["name"] for each in found]


def named(manifest: dict[str, Any], patch: dict[str, Any]) -> dict[str, Any]:
    """A patch of an object's metadata, with the object's name."""
    return {"metadata": {"name": manifest["metadata"]["name"], **patch["metadata"]}}


@pytest.fixture(scope="session")
def kubectl(judge: Callable[[str], Judge]) -> Callable[..., subprocess.CompletedProcess[str]]:
    """`kubectl(plane, *arguments)` runs kubectl as the plane's admin."""
    found = judge("kubectl")

    def run(plane: ControlPlane, *arguments: str | Path) -> subprocess.CompletedProcess[str]:
        access = (f"--kubeconfig={plane.kubeconfig()}", f"--cache-dir={plane.folder / 'kubectl'}")
        return execute(str(found.path), *access, *map(str, arguments))

    return run


@pytest.fixture(scope="module")
def fresh_plane(pytestconfig: pytest.Config, platform: list[dict[str, Any]]) -> Iterator[Callable[[], ControlPlane]]:
    """`fresh_plane()` starts one more control plane beside the session's, with only the platform's definitions."""
    planes: list[ControlPlane] = []

    def start() -> ControlPlane:
        planes.append(started(pytestconfig))
        install(planes[-1].admin, platform)
        return planes[-1]

    yield start
    for plane in planes:
        plane.end()


@pytest.fixture(scope="session")
def objects_in() -> Callable[..., list[dict[str, Any]]]:
    """`objects_in(*files)` reads the Kubernetes objects in YAML files."""
    return objects


@pytest.fixture(scope="session")
def repository() -> Path:
    """The root of the repository."""
    return ROOT


@pytest.fixture(scope="session")
def restricted(admin: Client) -> Callable[[str], None]:
    """`restricted(name)` makes a namespace that enforces Pod Security `restricted`, once."""

    @cache
    def make(name: str) -> None:
        made = {"apiVersion": "v1", "kind": "Namespace", **named({"metadata": {"name": name}}, RESTRICTED)}
        admin.apply(made, "platform-team")
        path = admin.path("v1", "ServiceAccount", name, "default")
        eventually(lambda: exists(admin, path))

    return make


def exists(admin: Client, path: str) -> bool:
    """Whether there is an object at a path."""
    try:
        admin.request("GET", path)
    except RefusedError as refusal:
        if refusal.status == HTTPStatus.NOT_FOUND:
            return False
        raise
    return True


@pytest.fixture(scope="session")
def wait() -> Callable[..., Any]:
    """`wait(holds, seconds)` returns what `holds()` returns once that is true, and fails when it never is."""
    return eventually


@pytest.fixture(scope="session")
def refused() -> Callable[[Callable[[], Any]], str]:
    """`refused(call)` is why the server refuses a request, or "" if it does not."""

    def reason(call: Callable[[], Any]) -> str:
        try:
            call()
        except RefusedError as refusal:
            return str(refusal) or "refused"
        return ""

    return reason
