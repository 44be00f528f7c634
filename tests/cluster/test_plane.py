"""The control plane itself: real authorization and admission, and nothing left behind."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.cluster

POD = {
    "apiVersion": "v1",
    "kind": "Pod",
    "metadata": {"name": "privileged"},
    "spec": {"containers": [{"name": "c", "image": "registry.example.com/c", "securityContext": {"privileged": True}}]},
}


def test_a_service_account_may_do_what_its_role_grants_and_nothing_else(controlplane, admin, refused):
    namespace = {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "rbac"}}
    account = {"apiVersion": "v1", "kind": "ServiceAccount", "metadata": {"name": "reader", "namespace": "rbac"}}
    rbac = "rbac.authorization.k8s.io"
    role = {
        "apiVersion": f"{rbac}/v1",
        "kind": "Role",
        "metadata": {"name": "reader", "namespace": "rbac"},
        "rules": [{"apiGroups": [""], "resources": ["configmaps"], "verbs": ["list"]}],
    }
    binding = {
        "apiVersion": f"{rbac}/v1",
        "kind": "RoleBinding",
        "metadata": {"name": "reader", "namespace": "rbac"},
        "roleRef": {"apiGroup": rbac, "kind": "Role", "name": "reader"},
        "subjects": [{"kind": "ServiceAccount", "name": "reader", "namespace": "rbac"}],
    }
    for each in (namespace, account, role, binding):
        admin.apply(each)
    reader = controlplane.client(controlplane.token("rbac", "reader"))
    assert "forbidden" in refused(lambda: reader.items("v1", "Secret", "rbac"))
    assert isinstance(reader.items("v1", "ConfigMap", "rbac"), list)


def test_kubectl_acts_as_a_service_account(controlplane, judge):
    kubeconfig = controlplane.kubeconfig("default", "default")
    done = judge("kubectl").run(f"--kubeconfig={kubeconfig}", "auth", "whoami", "--output=name")
    assert judge("kubectl").run(f"--kubeconfig={kubeconfig}", "auth", "can-i", "get", "pods").stdout == "no\n"
    assert done.returncode == 0, done.stderr


def test_pod_security_is_enforced(admin, refused):
    labels = {"pod-security.kubernetes.io/enforce": "restricted"}
    admin.apply({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "restricted", "labels": labels}})
    pod = {**POD, "metadata": {**POD["metadata"], "namespace": "restricted"}}
    assert "violates PodSecurity" in refused(lambda: admin.create(pod, dryRun="All"))


def test_a_second_plane_stands_beside_the_first(admin, fresh_plane):
    second = fresh_plane()
    name = {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "only-there"}}
    second.admin.apply(name)
    listed = [each["metadata"]["name"] for each in admin.items("v1", "Namespace")]
    assert "only-there" not in listed
    assert "kube-system" in listed
    second.end()
    assert not processes_of(second.folder)
    assert not second.folder.exists()
    assert admin.request("GET", "/readyz") == "ok"


def test_nothing_is_left_when_the_runner_is_killed(wait):
    program = (
        "import time; from controlplane.plane import ControlPlane; plane = ControlPlane(); "
        "print(plane.folder, flush=True); time.sleep(600)"
    )
    runner = subprocess.Popen(
        (sys.executable, "-c", program),
        env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[1])},
        stdout=subprocess.PIPE,
        text=True,
    )
    assert runner.stdout
    with runner:
        folder = Path(runner.stdout.readline().strip())
        assert folder.is_dir()
        assert len(processes_of(folder)) >= 5
        runner.send_signal(signal.SIGKILL)
    wait(lambda: not folder.exists() and not processes_of(folder))


def processes_of(folder):
    """The running processes that have the folder on their command line, or work in it; none where there is no /proc."""
    found = []
    for each in Path("/proc").glob("[0-9]*"):
        try:
            works_there = (each / "cwd").resolve(strict=True) == folder
            if works_there or str(folder) in (each / "cmdline").read_text(errors="replace"):
                found.append(each.name)
        except OSError:
            continue
    return found
