"""Judges that come as Go modules, pinned in go.mod and go.sum beside this file and kept in Go's own module cache."""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
import re
import shutil
from collections.abc import Callable
from pathlib import Path

from judges.judge import AbsentError, Judge, execute

HERE = Path(__file__).parent


def gateway_api() -> Judge:
    """Find the custom resource definitions of the Gateway API's standard channel."""
    answer = json.loads(_go("mod", "download", "-json", "sigs.k8s.io/gateway-api"))
    return Judge("gateway-api", answer["Version"], Path(answer["Dir"]) / "config" / "crd" / "standard")


def definitions(name: str, module: str, folder: str) -> Callable[[], Judge]:
    """Make the finder of custom resource definitions in a module that is read and never built.

    Such modules have a go.mod of their own, which asks for nothing that they would need to be built.
    """

    def find() -> Judge:
        answer = json.loads(_go("mod", "download", "-json", module, folder=HERE / "definitions"))
        return Judge(name, answer["Version"], Path(answer["Dir"]) / folder)

    return find


def actionlint() -> Judge:
    """Find the linter of GitHub workflows, and build it where that has not been done."""
    path = _build("github.com/rhysd/actionlint/cmd/actionlint")
    version = re.search(r"^v\S+", execute(str(path), "-version").stdout)
    return Judge("actionlint", version[0] if version else "unknown version", path)


def schedules() -> Judge:
    """Find the program that reads schedules as Kubernetes does, and build it where that has not been done."""
    path = _build("./schedules")
    version = re.search(r"github\.com/robfig/cron/v3 (v\S+)", (HERE / "go.mod").read_text("utf-8"))
    return Judge("robfig-cron", version[1] if version else "unknown version", path)


def prometheus(name: str, module: str) -> Callable[[], Judge]:
    """Make the finder of a program of Prometheus, and build it; where there is no Go, the one on PATH."""

    def find() -> Judge:
        if shutil.which("go") is None and (found := shutil.which(name)):
            return Judge(name, f"of unknown version, {found}", Path(found))
        folder = HERE / "prometheus"
        # Without the service discoveries, which are most of promtool, and none of its judgement.
        path = _build(f"{module}/cmd/{name}", "-tags=remove_all_sd", "-ldflags=-s -w", folder=folder)
        version = re.search(rf"^\s*{re.escape(module)} (v\S+)", (folder / "go.mod").read_text("utf-8"), re.MULTILINE)
        return Judge(name, version[1] if version else "unknown version", path)

    return find


def _build(package: str, *flags: str, folder: Path = HERE) -> Path:
    sources = sorted((folder / package).glob("*.go")) if package.startswith(".") else []
    content = b"".join(file.read_bytes() for file in (folder / "go.mod", folder / "go.sum", *sources))
    pins = hashlib.sha256(content).hexdigest()
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "lifespec" / "judges" / pins[:16]
    binary = cache / package.rpartition("/")[2]
    cache.mkdir(parents=True, exist_ok=True)
    # Test workers ask at the same time: the first builds, the others wait for it.
    with (cache / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not binary.exists():
            unfinished = binary.with_suffix(".unfinished")
            _go("build", "-trimpath", *flags, "-o", str(unfinished), package, folder=folder)
            unfinished.rename(binary)
    return binary


def _go(*arguments: str, folder: Path = HERE) -> str:
    go = shutil.which("go")
    if go is None:
        raise AbsentError("Go is not installed")
    done = execute(go, *arguments, cwd=folder)
    if done.returncode:
        raise AbsentError(f"`go {' '.join(arguments[:2])}` failed: {(done.stderr or done.stdout).strip()[-300:]}")
    return done.stdout
