"""A Kubernetes control plane of its own on the loopback interface: real but for its nodes, which kwok plays."""

from __future__ import annotations

import json
import socket
import tempfile
import time
from pathlib import Path
from typing import Any

from controlplane import binaries
from controlplane.certificates import Authority, Credential
from controlplane.client import Client, RefusedError
from controlplane.processes import Processes

STAGES = Path(__file__).parent / "stages.yaml"
NODES = 3
ZONES = ("a", "b")


class ControlPlane:
    """A running control plane, with RBAC and the API server's default admission; `end()` leaves nothing behind."""

    def __init__(self) -> None:
        """Start it; raise `AbsentError` where a program is not to be had, `StartError` where one does not start."""
        found = {name: binaries.find(name) for name in binaries.PROGRAMS}
        self.versions = {name: binary.version for name, binary in found.items()}
        self._paths = {name: binary.path for name, binary in found.items()}
        self.folder = Path(tempfile.mkdtemp(prefix="lifespec-controlplane-"))
        self._processes = Processes(self.folder)
        self._clients: list[Client] = []
        begin = time.monotonic()
        try:
            self._start()
        except BaseException:
            self.end()
            raise
        self.seconds = time.monotonic() - begin
        """From the first process to ready."""

    def end(self) -> None:
        """End it, and remove its folder."""
        for client in self._clients:
            client.close()
        self._processes.end()

    def client(self, token: str = "") -> Client:
        """Return a client for the holder of the token; without one, for the admin."""
        credential = None if token else self._admin
        client = Client(self._port, self._authority.certificate, credential, token)
        self._clients.append(client)
        return client

    @property
    def port(self) -> int:
        """Where the API server listens on the loopback interface."""
        return self._port

    def token(self, namespace: str, account: str, seconds: int = 3600, bound: dict[str, Any] | None = None) -> str:
        """Return a token of a ServiceAccount, good for so long; bound to an object, it is good while that is there."""
        asked = {"expirationSeconds": seconds, **({"boundObjectRef": bound} if bound else {})}
        wanted = {"apiVersion": "authentication.k8s.io/v1", "kind": "TokenRequest", "spec": asked}
        path = f"/api/v1/namespaces/{namespace}/serviceaccounts/{account}/token"
        token: str = self.admin.request("POST", path, wanted)["status"]["token"]
        return token

    def kubeconfig(self, namespace: str = "", account: str = "") -> Path:
        """Write a kubeconfig for a ServiceAccount, or else for the admin."""
        if account:
            return self._write_kubeconfig(f"{namespace}.{account}", {"token": self.token(namespace, account)})
        return self._write_kubeconfig("admin", _files(self._admin))

    def _start(self) -> None:
        self._authority = Authority(self.folder)
        self._admin = self._authority.client("admin", "system:masters")
        # These are free, and the kernel hands out others next: another plane that starts now gets its own.
        self._port, kwok_port = free_ports(2)
        self._start_api_server()
        self.admin = self.client()
        self._processes.wait("kube-apiserver", self._is_ready)
        self._start_controllers(kwok_port)
        for number in range(NODES):
            self.admin.create(_node(f"node-{number}", ZONES[number % len(ZONES)]))
        self._processes.wait("kube-controller-manager", self._admits_pods)
        self._processes.wait("kwok", self._has_nodes)

    def _start_api_server(self) -> None:
        etcd = "unix://etcd.socket:0"  # a file of this name in the folder: etcd wants something like a port in it
        self._processes.start(
            *("etcd", self._paths["etcd"], "--data-dir=etcd", "--unsafe-no-fsync", "--log-level=warn"),
            *(f"--listen-client-urls={etcd}", f"--advertise-client-urls={etcd}"),
            *("--listen-peer-urls=unix://peer.socket:0", "--initial-advertise-peer-urls=http://localhost:2380"),
            "--initial-cluster=default=http://localhost:2380",
        )
        server = self._authority.server("kube-apiserver")
        accounts = self._authority.server("accounts")
        self._processes.start(
            *("kube-apiserver", self._paths["kube-apiserver"], f"--etcd-servers={etcd}"),
            *("--bind-address=127.0.0.1", "--advertise-address=127.0.0.1", f"--secure-port={self._port}"),
            *("--endpoint-reconciler-type=none", "--service-cluster-ip-range=10.0.0.0/24"),
            *(f"--tls-cert-file={server.certificate}", f"--tls-private-key-file={server.key}"),
            *(f"--client-ca-file={self._authority.certificate}", "--authorization-mode=Node,RBAC"),
            *("--service-account-issuer=https://localhost", f"--service-account-key-file={accounts.certificate}"),
            f"--service-account-signing-key-file={accounts.key}",
            *("--allow-privileged=true", "--profiling=false"),
        )
        self._accounts = accounts

    def _start_controllers(self, kwok_port: int) -> None:
        manager, scheduler = "kube-controller-manager", "kube-scheduler"
        self._processes.start(
            *(manager, self._paths[manager], f"--kubeconfig={self._component(manager)}", "--secure-port=0"),
            *(
                "--leader-elect=false",
                "--kube-api-qps=300",
                "--kube-api-burst=600",
                "--use-service-account-credentials",
            ),
            "--horizontal-pod-autoscaler-sync-period=2s",
            *(
                f"--service-account-private-key-file={self._accounts.key}",
                f"--root-ca-file={self._authority.certificate}",
            ),
        )
        self._processes.start(
            *(scheduler, self._paths[scheduler], f"--kubeconfig={self._component(scheduler)}", "--secure-port=0"),
            *("--leader-elect=false", "--kube-api-qps=300", "--kube-api-burst=600"),
        )
        self._processes.start(
            *("kwok", self._paths["kwok"], f"--kubeconfig={self.kubeconfig()}", "--manage-all-nodes"),
            *(f"--config={STAGES}", f"--server-address=127.0.0.1:{kwok_port}", "--node-lease-duration-seconds=40"),
        )

    def _component(self, name: str) -> Path:
        return self._write_kubeconfig(name, _files(self._authority.client(f"system:{name}")))

    def _write_kubeconfig(self, name: str, user: dict[str, str]) -> Path:
        cluster = {
            "server": f"https://127.0.0.1:{self._port}",
            "certificate-authority": str(self._authority.certificate),
        }
        path = self.folder / f"{name}.kubeconfig"
        path.write_text(
            json.dumps(
                {
                    "apiVersion": "v1",
                    "kind": "Config",
                    "clusters": [{"name": "tests", "cluster": cluster}],
                    "users": [{"name": name, "user": user}],
                    "contexts": [{"name": "tests", "context": {"cluster": "tests", "user": name}}],
                    "current-context": "tests",
                }
            ),
            encoding="utf-8",
        )
        path.chmod(0o600)
        return path

    def _is_ready(self) -> bool:
        try:
            return bool(self.admin.request("GET", "/readyz") == "ok")
        except (OSError, RefusedError):
            return False

    def _admits_pods(self) -> bool:
        return any(
            each["metadata"]["name"] == "default" for each in self.admin.items("v1", "ServiceAccount", "default")
        )

    def _has_nodes(self) -> bool:
        return all(
            any(
                each["type"] == "Ready" and each["status"] == "True"
                for each in node.get("status", {}).get("conditions", ())
            )
            and not node["spec"].get("taints")
            for node in self.admin.items("v1", "Node")
        )


def free_ports(number: int) -> list[int]:
    """Return ports of the loopback interface on which nobody listens."""
    sockets = [socket.create_server(("127.0.0.1", 0)) for _ in range(number)]
    ports = [each.getsockname()[1] for each in sockets]
    for each in sockets:
        each.close()
    return ports


def _files(credential: Credential) -> dict[str, str]:
    return {"client-certificate": str(credential.certificate), "client-key": str(credential.key)}


def _node(name: str, zone: str) -> dict[str, Any]:
    labels = {
        "kubernetes.io/hostname": name,
        "kubernetes.io/os": "linux",
        "kubernetes.io/arch": "amd64",
        "topology.kubernetes.io/zone": zone,
    }
    room = {"cpu": "256", "memory": "2Ti", "pods": "1000", "ephemeral-storage": "4Ti", "nvidia.com/gpu": "16"}
    return {
        "apiVersion": "v1",
        "kind": "Node",
        "metadata": {"name": name, "labels": labels},
        "status": {"allocatable": room, "capacity": room},
    }
