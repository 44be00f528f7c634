"""Judges that come as Go modules, pinned in go.mod and go.sum beside this file and kept in Go's own module cache."""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
import re
import shutil
from pathlib import Path

from judges.judge import AbsentError, Judge, execute

HERE = Path(__file__).parent


def gateway_api() -> Judge:
    """Find the custom resource definitions of the Gateway API's standard channel."""
    answer = json.loads(_go("mod", "download", "-json", "sigs.k8s.io/gateway-api"))
    return Judge("gateway-api", answer["Version"], Path(answer["Dir"]) / "config" / "crd" / "standard")


def actionlint() -> Judge:
    """Find the linter of GitHub workflows, and build it where that has not been done."""
    path = _build("github.com/rhysd/actionlint/cmd/actionlint")
    version = re.search(r"^v\S+", execute(str(path), "-version").stdout)
    return Judge("actionlint", version[0] if version else "unknown version", path)


def _build(package: str) -> Path:
    pins = hashlib.sha256((HERE / "go.mod").read_bytes() + (HERE / "go.sum").read_bytes()).hexdigest()
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "lifespec" / "judges" / pins[:16]
    binary = cache / package.rpartition("/")[2]
    cache.mkdir(parents=True, exist_ok=True)
    # Test workers ask at the same time: the first builds, the others wait for it.
    with (cache / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not binary.exists():
            unfinished = binary.with_suffix(".unfinished")
            _go("build", "-trimpath", "-o", str(unfinished), package)
            unfinished.rename(binary)
    return binary


def _go(*arguments: str) -> str:
    go = shutil.which("go")
    if go is None:
        raise AbsentError("Go is not installed")
    done = execute(go, *arguments, cwd=HERE)
    if done.returncode:
        raise AbsentError(f"`go {' '.join(arguments[:2])}` failed: {(done.stderr or done.stdout).strip()[-300:]}")
    return done.stdout
