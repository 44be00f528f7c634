"""The peers: pinned beside this file, built by Go or installed by pip into a cache outside the tree."""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import subprocess
import venv
from pathlib import Path
from typing import NamedTuple

HERE = Path(__file__).resolve().parent / "peers"
CACHE = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "lifespec" / "peers"
GO_MODULES = {
    "helm": "helm.sh/helm/v4",
    "kubeconform": "github.com/yannh/kubeconform",
    "sloth": "github.com/slok/sloth",
}
JUDGES = HERE.parent.parent / "tests/judges/python/peers.txt"
"""The lock of what the tests hold our measuring against."""
UNPINNED = {"score-k8s": "github.com/score-spec/score-k8s", "score-compose": "github.com/score-spec/score-compose"}
"""Modules that no go.mod here pins, because none could be had where this was written; tried anew each time."""


class AbsentError(Exception):
    """A peer cannot be had here; the message says why."""


class Peer(NamedTuple):
    """A program to compare with."""

    path: Path
    version: str


def go_program(name: str) -> Peer:
    """A program of a Go module; built where that has not been done."""
    if name in UNPINNED:
        version = _go(Path.cwd(), "list", "-m", f"{UNPINNED[name]}@latest").split()[-1]
        raise AbsentError(f"{version} can be had, but nothing pins it yet: add bench/peers/{name}/go.mod")
    folder = HERE / name
    pins = (folder / "go.mod").read_bytes() + (folder / "go.sum").read_bytes()
    found = re.search(rf"{re.escape(GO_MODULES[name])} (v\S+)", pins.decode())
    tool = re.search(r"^tool (\S+)", pins.decode(), re.MULTILINE)
    if found is None or tool is None:
        raise AbsentError(f"bench/peers/{name}/go.mod does not pin it")
    binary = CACHE / hashlib.sha256(pins).hexdigest()[:16] / name
    if not binary.exists():
        binary.parent.mkdir(parents=True, exist_ok=True)
        _go(folder, "build", "-mod=readonly", "-trimpath", "-o", str(binary), tool[1])
    return Peer(binary, found[1])


def python_program(name: str, distribution: str, lock: Path = HERE / "requirements.txt") -> Peer:
    """A program of a Python package; all of a lock are installed together, by hash."""
    pinned = re.search(rf"^{re.escape(distribution)}==(\S+)", lock.read_text("utf-8"), re.MULTILINE)
    if pinned is None:
        raise AbsentError(f"{lock.name} does not pin {distribution}")
    folder = CACHE / hashlib.sha256(lock.read_bytes()).hexdigest()[:16] / "python"
    if not (folder / ".ready").exists():
        venv.create(folder, with_pip=True, clear=True)
        pip = [str(folder / "bin/python"), "-m", "pip", "--disable-pip-version-check", "install", "--quiet"]
        locked = ["--only-binary", ":all:", "--require-hashes", "--requirement", str(lock)]
        done = subprocess.run([*pip, *locked], capture_output=True, text=True, check=False)
        if done.returncode:
            raise AbsentError(f"pip failed: {done.stderr.strip()[-200:]}")
        (folder / ".ready").touch()
    return Peer(folder / "bin" / name, pinned[1])


def kubectl() -> Peer:
    """The kubectl of the development environment, else the machine's."""
    here = Path(__file__).resolve().parent.parent / ".venv/bin/kubectl"
    found = str(here) if here.exists() else shutil.which("kubectl")
    if found is None:
        raise AbsentError("kubectl is not installed")
    said = subprocess.run([found, "version", "--client"], capture_output=True, text=True, check=False).stdout
    version = re.search(r"v\d+\.\d+\.\d+", said)
    return Peer(Path(found), version[0] if version else "unknown version")


def _go(folder: Path, *arguments: str) -> str:
    go = shutil.which("go")
    if go is None:
        raise AbsentError("Go is not installed")
    environment = {**os.environ, "CGO_ENABLED": "0"}
    done = subprocess.run([go, *arguments], cwd=folder, env=environment, capture_output=True, text=True, check=False)
    if done.returncode:
        said = (done.stderr or done.stdout).strip().splitlines()
        raise AbsentError(f"`go {arguments[0]}` failed: {re.sub(r'https?://', '', said[-1] if said else '')}")
    return done.stdout
