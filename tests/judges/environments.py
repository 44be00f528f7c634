"""Judges that come as Python packages and would pin half of ours: in an environment of their own, from its own lock."""

from __future__ import annotations

import fcntl
import hashlib
import os
import re
import shutil
import sys
from collections.abc import Callable
from pathlib import Path

from judges.judge import AbsentError, Judge, execute

LOCKS = Path(__file__).parent / "python"


def package(lock: str, name: str) -> Callable[[], Judge]:
    """Make the finder of a package in the environment of a lock; the judge's path is that environment's Python."""

    def find() -> Judge:
        pin = re.search(rf"^{re.escape(name)}==(\S+)", (LOCKS / f"{lock}.txt").read_text("utf-8"), re.MULTILINE)
        if pin is None:
            raise AbsentError(f"{name} is not in the lock {lock}")
        return Judge(name, pin[1], _environment(lock) / "bin" / "python")

    return find


def _environment(lock: str) -> Path:
    pins = LOCKS / f"{lock}.txt"
    digest = hashlib.sha256(pins.read_bytes() + sys.version.encode()).hexdigest()
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "lifespec" / "judges"
    folder = cache / f"python-{lock}-{digest[:16]}"
    folder.mkdir(parents=True, exist_ok=True)
    # Test workers ask at the same time: the first installs, the others wait for it.
    with (folder / "lock").open("w") as waiting:
        fcntl.flock(waiting, fcntl.LOCK_EX)
        if not (folder / "ready").exists():
            _install(folder / "venv", pins)
            (folder / "ready").touch()
    return folder / "venv"


def _install(folder: Path, pins: Path) -> None:
    shutil.rmtree(folder, ignore_errors=True)
    install = ("-m", "pip", "--disable-pip-version-check", "install", "--quiet", "--only-binary", ":all:")
    for command in (
        (sys.executable, "-m", "venv", str(folder)),
        (str(folder / "bin" / "python"), *install, "--require-hashes", "--requirement", str(pins)),
    ):
        done = execute(*command)
        if done.returncode:
            raise AbsentError(f"no environment for {pins.stem}: {(done.stderr or done.stdout).strip()[-300:]}")
