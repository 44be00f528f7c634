"""A pod's container as a process of this machine, with what a kubelet gives it: arguments, variables, volumes.

kwok plays pods and runs nothing. Here the same container's command line runs for real, under the pod's own account.
"""

from __future__ import annotations

import base64
import os
import re
import subprocess
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from controlplane.plane import ControlPlane

Object = dict[str, Any]
Ended = subprocess.CompletedProcess[str]
SECONDS = 120
ACCOUNT = "/var/run/secrets/kubernetes.io/serviceaccount"


class Container:
    """A container of a pod, with its volumes in a folder. The pod must be there still: its token is bound to it."""

    def __init__(self, plane: ControlPlane, pod: Object, name: str, folder: Path) -> None:
        self._plane, self._pod, self._folder = plane, pod, folder
        found = [*pod["spec"].get("initContainers", ()), *pod["spec"]["containers"]]
        (self._spec,) = (each for each in found if each["name"] == name)
        self._namespace: str = pod["metadata"]["namespace"]
        volumes = {each["name"]: each for each in pod["spec"].get("volumes", ())}
        self.mounts: dict[str, Path] = {}
        """Where the volumes are, by the paths at which the container finds them."""
        for mount in self._spec["volumeMounts"]:
            self.mounts[mount["mountPath"]] = folder / mount["name"]
        for mount in self._spec["volumeMounts"]:
            self._fill(volumes[mount["name"]])

    @property
    def token(self) -> Path:
        """The file with the account's token."""
        return self.mounts[ACCOUNT] / "token"

    def run(self, entrypoint: Sequence[str], instead: dict[str, str] | None = None) -> Ended:
        """Runs the container's arguments behind the entry point of its image, until it ends.

        `instead` replaces some of them, for a comparison.
        """
        replaced = instead or {}
        arguments = [self._here(str(replaced.get(each, each))) for each in self._spec.get("args", ())]
        return subprocess.run(
            [*entrypoint, *arguments],
            env=self.environment(),
            cwd=self._folder,
            capture_output=True,
            text=True,
            timeout=SECONDS,
            check=False,
        )

    def environment(self) -> dict[str, str]:
        """Only what the image and the kubelet set: nothing of the machine's own."""
        found = {
            "PATH": os.environ["PATH"],
            "KUBERNETES_SERVICE_HOST": "127.0.0.1",
            "KUBERNETES_SERVICE_PORT": str(self._plane.port),
        }
        if ACCOUNT in self.mounts:  # a process has no mounts of its own
            found["LIFESPEC_SERVICE_ACCOUNT"] = str(self.mounts[ACCOUNT])
        for source in self._spec.get("envFrom", ()):
            secret = self._read("Secret", source["secretRef"]["name"])
            found |= {key: base64.b64decode(value).decode() for key, value in secret.get("data", {}).items()}
        return found | {each["name"]: self._here(self._value(each)) for each in self._spec.get("env", ())}

    def _value(self, variable: Object) -> str:
        if "value" in variable:
            value: str = variable["value"]
            return value.replace("$$", "$")
        return self._field(variable["valueFrom"]["fieldRef"]["fieldPath"])

    def _field(self, path: str) -> str:
        kind, _, key = path.partition("['")
        value: Any = self._pod
        for part in kind.split("."):
            value = value[part]
        return str(value[key.removesuffix("']")] if key else value)

    def _here(self, text: str) -> str:
        """The text, where it is or quotes paths of the container, with those of this machine."""
        for there, here in self.mounts.items():
            begins = rf'(^|"){re.escape(there)}(?=[/"]|$)'
            text = re.sub(begins, rf"\g<1>{here}", text)
        return text

    def _fill(self, volume: Object) -> None:
        folder = self._folder / volume["name"]
        folder.mkdir(exist_ok=True)
        for name, content in self._files(volume).items():
            (folder / name).write_text(content, "utf-8")

    def _files(self, volume: Object) -> dict[str, str]:
        if "emptyDir" in volume:
            return {}
        if "configMap" in volume:
            data = self._read("ConfigMap", volume["configMap"]["name"])["data"]
            return {name: self._here(content) for name, content in data.items()}  # it may name folders of the container
        return {name: content for each in volume["projected"]["sources"] for name, content in self._projected(each)}

    def _projected(self, source: Object) -> list[tuple[str, str]]:
        if "serviceAccountToken" in source:
            return [(source["serviceAccountToken"]["path"], self._token(source["serviceAccountToken"]))]
        if "configMap" in source:
            data = self._read("ConfigMap", source["configMap"]["name"])["data"]
            return [(item["path"], data[item["key"]]) for item in source["configMap"]["items"]]
        items = source["downwardAPI"]["items"]
        return [(item["path"], self._field(item["fieldRef"]["fieldPath"])) for item in items]

    def _token(self, asked: Object) -> str:
        described = self._pod["metadata"]
        bound = {"apiVersion": "v1", "kind": "Pod", "name": described["name"], "uid": described["uid"]}
        account = self._pod["spec"]["serviceAccountName"]
        return self._plane.token(self._namespace, account, asked["expirationSeconds"], bound)

    def _read(self, kind: str, name: str) -> Object:
        found: Object = self._plane.admin.request("GET", self._plane.admin.path("v1", kind, self._namespace, name))
        return found
