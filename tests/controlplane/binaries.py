"""Where the programs of a control plane come from: a folder that holds them, or Go.

`KUBEBUILDER_ASSETS` and envtest's default folder come first. What they lack is built once, from the Go modules pinned
in the folders beside this file, into a cache outside the tree.
"""

from __future__ import annotations

import fcntl
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

from judges.judge import AbsentError

HERE = Path(__file__).parent
ENVTEST = Path("/usr/local/kubebuilder/bin")


class Binary(NamedTuple):
    """A program of the control plane."""

    path: Path
    version: str
    """The module's version, or the folder where it was found."""


class _Source(NamedTuple):
    folder: str
    """The folder beside this file with the go.mod that pins it."""
    module: str
    package: str


SOURCES: Mapping[str, _Source] = {
    "etcd": _Source("etcd", "go.etcd.io/etcd/server/v3", "go.etcd.io/etcd/server/v3"),
    "kwok": _Source("kwok", "sigs.k8s.io/kwok", "sigs.k8s.io/kwok/cmd/kwok"),
    **{
        name: _Source("kubernetes", "k8s.io/kubernetes", f"k8s.io/kubernetes/cmd/{name}")
        for name in ("kube-apiserver", "kube-controller-manager", "kube-scheduler")
    },
}


def find(name: str) -> Binary:
    """Return the program of this name; raise `AbsentError` where it neither exists nor can be built."""
    assets = os.environ.get("KUBEBUILDER_ASSETS")
    for folder in (*((Path(assets),) if assets else ()), ENVTEST):
        if os.access(folder / name, os.X_OK):
            return Binary(folder / name, f"in {folder}")
    source = SOURCES[name]
    version = _pinned(source)
    return Binary(_built(name, source, version), version)


def _pinned(source: _Source) -> str:
    pins = (HERE / source.folder / "go.mod").read_text(encoding="utf-8")
    found = re.search(rf"^(?:require)?\s+{re.escape(source.module)} (v\S+)", pins, re.MULTILINE)
    if found is None:
        raise LookupError(f"{source.folder}/go.mod does not pin {source.module}")
    return found[1]


def _built(name: str, source: _Source, version: str) -> Path:
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "lifespec" / "controlplane"
    folder = cache / f"{source.folder}-{version}"
    folder.mkdir(parents=True, exist_ok=True)
    # Test workers ask at the same time: the first builds, the others wait for it.
    with (folder / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (folder / name).exists():
            _build(source, version, folder / name)
    return folder / name


def _build(source: _Source, version: str, binary: Path) -> None:
    go = shutil.which("go")
    if go is None:
        raise AbsentError(f"{binary.name} is not in KUBEBUILDER_ASSETS, and Go is not installed to build it")
    # pytest captures what tests print; whoever waits for minutes sees why.
    print(f"building {source.package} {version}: some minutes, once", file=sys.__stderr__, flush=True)
    unfinished = binary.with_suffix(".unfinished")
    stamp = f"-s -w -X k8s.io/component-base/version.gitVersion={version}"
    command = (go, "build", "-mod=readonly", "-ldflags", stamp, "-o", str(unfinished), source.package)
    done = subprocess.run(
        command,
        cwd=HERE / source.folder,
        env={**os.environ, "CGO_ENABLED": "0"},
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise AbsentError(f"building {source.package} {version} failed: {done.stderr.strip()[-300:]}")
    unfinished.rename(binary)
