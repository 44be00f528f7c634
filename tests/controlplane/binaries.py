"""Where the programs of a control plane come from: a folder that holds them, or Go.

`KUBEBUILDER_ASSETS` and envtest's default folder come first. What they lack is built once, from the Go modules pinned
in the folders beside this file, into a cache outside the tree. `KUBERNETES` in the environment asks for a minor
version, for example 1.34: then Kubernetes itself is always built, because the folders hold whatever they hold.
"""

from __future__ import annotations

import fcntl
import os
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Final, NamedTuple

from judges.judge import AbsentError, execute

HERE: Final = Path(__file__).parent
ENVTEST: Final = Path("/usr/local/kubebuilder/bin")
CURRENT: Final = "1.36"
PROGRESS_SECONDS: Final = 10


class Binary(NamedTuple):
    """A program of the control plane."""

    path: Path
    version: str


class _Source(NamedTuple):
    folder: str
    """The folder beside this file with the go.mod that pins it."""
    module: str
    package: str


def _sources(minor: str) -> Mapping[str, _Source]:
    return {
        "etcd": _Source("etcd", "go.etcd.io/etcd/server/v3", "go.etcd.io/etcd/server/v3"),
        "kwok": _Source("kwok", "sigs.k8s.io/kwok", "sigs.k8s.io/kwok/cmd/kwok"),
        **{
            name: _Source(f"kubernetes-{minor}", "k8s.io/kubernetes", f"k8s.io/kubernetes/cmd/{name}")
            for name in ("kube-apiserver", "kube-controller-manager", "kube-scheduler")
        },
    }


PROGRAMS: Final = tuple(_sources(CURRENT))


def find(name: str) -> Binary:
    """Return the program of this name; raise `AbsentError` where it neither exists nor can be built."""
    minor = os.environ.get("KUBERNETES")
    source = _sources(minor or CURRENT)[name]
    if not (HERE / source.folder).is_dir():
        known = ", ".join(sorted(each.name.partition("-")[2] for each in HERE.glob("kubernetes-*")))
        raise AbsentError(f"no go.mod pins Kubernetes {minor}; known: {known}")
    assets = os.environ.get("KUBEBUILDER_ASSETS")
    folders = (*((Path(assets),) if assets else ()), ENVTEST)
    for folder in () if minor and source.folder.startswith("kubernetes-") else folders:
        if os.access(folder / name, os.X_OK):
            return Binary(folder / name, _told(folder / name))
    version = _pinned(source)
    return Binary(_built(name, source, version), version)


def _told(binary: Path) -> str:
    """What a program says of its version."""
    found = re.search(r"v?\d+\.\d+\.\d+\S*", execute(str(binary), "--version").stdout)
    return f"{found[0] if found else 'of unknown version'} in {binary.parent}"


def _pinned(source: _Source) -> str:
    pins = (HERE / source.folder / "go.mod").read_text(encoding="utf-8")
    found = re.search(rf"^(?:require)?\s+{re.escape(source.module)} (v\S+)", pins, re.MULTILINE)
    if found is None:
        raise LookupError(f"{source.folder}/go.mod does not pin {source.module}")
    return found[1]


def _built(name: str, source: _Source, version: str) -> Path:
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "lifespec" / "controlplane"
    folder = cache / f"{source.module.split('/')[1]}-{version}"
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
    unfinished = binary.with_suffix(".unfinished")
    stamp = f"-s -w -X k8s.io/component-base/version.gitVersion={version}"
    command = (go, "build", "-v", "-mod=readonly", "-ldflags", stamp, "-o", str(unfinished), source.package)
    _say(f"building {source.package} {version}: some minutes, once")
    with subprocess.Popen(
        command,
        cwd=HERE / source.folder,
        env={**os.environ, "CGO_ENABLED": "0"},
        stdin=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
    ) as building:
        lines = _followed(building)
    if building.returncode:
        raise AbsentError(f"building {source.package} {version} failed: {''.join(lines)[-600:].strip()}")
    unfinished.rename(binary)


def _followed(building: subprocess.Popen[str]) -> list[str]:
    """Everything that a build says: one line for each package that it compiles, and its errors."""
    assert building.stderr is not None
    begin = said = time.monotonic()
    lines: list[str] = []
    for line in building.stderr:
        lines.append(line)
        if time.monotonic() - said > PROGRESS_SECONDS:
            said = time.monotonic()
            _say(f"  {len(lines)} packages in {said - begin:.0f} s")
    return lines


def _say(line: str) -> None:
    # pytest captures what tests print; whoever waits for minutes sees why.
    print(line, file=sys.__stderr__, flush=True)
