"""lifespec as a user has it: installed from a wheel, with bytecode, into an environment of its own."""

from __future__ import annotations

import subprocess
import sys
import venv
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


def install(folder: Path) -> Path:
    """Installs the checkout into a new environment in `folder`; returns its folder of programs."""
    venv.create(folder / "env", with_pip=True)
    python = folder / "env/bin/python"
    pip = [str(python), "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    wheel = [sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "--no-build-isolation"]
    subprocess.run([*wheel, "--wheel-dir", str(folder), str(ROOT)], check=True)
    subprocess.run([*pip, "--require-hashes", "--requirement", str(ROOT / "requirements/run.txt")], check=True)
    subprocess.run([*pip, "--no-deps", str(next(folder.glob("lifespec-*.whl")))], check=True)
    subprocess.run([str(python), "-m", "compileall", "-q", str(folder / "env/lib")], check=False)
    return folder / "env/bin"
