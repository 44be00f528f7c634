"""lifespec as a user has it: installed from a wheel, with bytecode, into an environment of its own."""

from __future__ import annotations

import subprocess
import sys
import venv
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


def install(folder: Path, lock: str = "run") -> Path:
    """Installs the checkout, with what a lock names, into a new environment; returns its folder of programs."""
    environment = folder / f"env-{lock}"
    venv.create(environment, with_pip=True)
    python = environment / "bin/python"
    pip = [str(python), "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    wheel = [sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "--no-build-isolation"]
    if not list(folder.glob("lifespec-*.whl")):
        subprocess.run([*wheel, "--wheel-dir", str(folder), str(ROOT)], check=True)
    subprocess.run([*pip, "--require-hashes", "--requirement", str(ROOT / f"requirements/{lock}.txt")], check=True)
    subprocess.run([*pip, "--no-deps", str(next(folder.glob("lifespec-*.whl")))], check=True)
    subprocess.run([str(python), "-m", "compileall", "-q", str(environment / "lib")], check=False)
    return environment / "bin"
