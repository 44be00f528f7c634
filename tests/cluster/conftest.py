"""What the tests against a real API server share."""

from __future__ import annotations

import importlib.util
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from functools import cache
from http import HTTPStatus
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
import yaml

from controlplane.client import Client, RefusedError
from controlplane.plane import ControlPlane
from judges.judge import Judge, execute

ROOT = Path(__file__).parents[2]
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
    return any(each["type"] == name and each["status"] == "True" for each in status.get("conditions", ()))


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
def gateway_crds(judge: Callable[[str], Judge]) -> list[dict[str, Any]]:
    """The definitions of the Gateway API."""
    return objects(*sorted(judge("gateway-api").path.glob("*.yaml")))


@pytest.fixture(scope="session")
def admin(controlplane: ControlPlane) -> Client:
    """The admin of the cluster."""
    return controlplane.admin


@pytest.fixture(scope="session")
def definitions(admin: Client, compiled: Path, gateway_crds: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Every definition that the compiled objects need, in the cluster and established."""
    found = objects(*sorted(compiled.glob("clusters/*/crds/*.yaml"))) + gateway_crds
    for each in found:
        admin.apply(each)
    for each in found:
        if each["kind"] == "CustomResourceDefinition":
            eventually(lambda each=each: condition(admin.read(each).get("status", {}), "Established"))
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
def fresh_plane() -> Iterator[Callable[[], ControlPlane]]:
    """`fresh_plane()` starts one more control plane, with nothing in it, beside the session's."""
    planes: list[ControlPlane] = []

    def start() -> ControlPlane:
        planes.append(ControlPlane())
        return planes[-1]

    yield start
    for plane in planes:
        plane.end()


def module_of(file: Path) -> ModuleType:
    """A module of another folder of tests."""
    spec = importlib.util.spec_from_file_location(f"cluster_{file.stem}", file)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="session")
def corpus() -> ModuleType:
    """The documents of the schema's own tests, and the changes that these make."""
    return module_of(ROOT / "tests" / "schema" / "conftest.py")


@pytest.fixture(scope="session")
def branches() -> Callable[..., Iterator[Any]]:
    """`branches(schema, value, path, seen)` changes the branches of unions, as the schema's own tests do."""
    found: Callable[..., Iterator[Any]] = module_of(ROOT / "tests" / "schema" / "test_crds.py").branch_changes
    return found


@pytest.fixture(scope="session")
def records() -> list[tuple[Any, dict[str, Any]]]:
    """A record of each kind, after its model."""
    return list(module_of(ROOT / "tests" / "schema" / "test_records.py").RECORDS.values())


@pytest.fixture(scope="session")
def builders() -> ModuleType:
    """The cases of the targets' own tests, and all that is built for their plans."""
    module = module_of(ROOT / "tests" / "targets" / "conftest.py")
    # The fixtures hold the functions.
    module.all_built = module.built._get_wrapped_function()()  # type: ignore[attr-defined]
    contents = module.contents._get_wrapped_function()()
    module.all_objects = module.objects._get_wrapped_function()(contents)  # type: ignore[attr-defined]
    return module


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
