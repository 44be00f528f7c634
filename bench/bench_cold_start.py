"""Compiles the minimal spec in a fresh process, against importing click and pydantic and doing nothing.

The package is installed from a wheel, with bytecode, into an environment of its own; files are rewritten each time.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
import venv
from pathlib import Path

from processes import compare

ROOT = Path(__file__).resolve().parent.parent
BAR = 2.5


def install(folder: Path) -> Path:
    """An environment with lifespec as a user has it; returns its `bin`."""
    venv.create(folder / "env", with_pip=True)
    python = folder / "env/bin/python"
    pip = [str(python), "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    build = [
        sys.executable,
        "-m",
        "pip",
        "wheel",
        "--quiet",
        "--no-deps",
        "--no-build-isolation",
        "--wheel-dir",
        str(folder),
        str(ROOT),
    ]
    subprocess.run(build, check=True)
    subprocess.run([*pip, "--require-hashes", "--requirement", str(ROOT / "requirements/run.txt")], check=True)
    subprocess.run([*pip, "--no-deps", str(next(folder.glob("lifespec-*.whl")))], check=True)
    subprocess.run([str(python), "-m", "compileall", "-q", str(folder / "env/lib")], check=False)
    return folder / "env/bin"


def main() -> int:
    """Prints the ratio; exits 1 when it is above the bar."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        binaries = install(folder)
        shutil.copytree(
            ROOT / "specs/minimal", folder / "repository/specs/minimal", ignore=shutil.ignore_patterns(".data")
        )
        ours = [str(binaries / "lifespec"), "compile", "specs/minimal", "--out", "generated"]
        fresh = ["sh", "-c", 'rm -rf generated && exec "$@"', "sh"]
        floor = [str(binaries / "python"), "-c", "import click, pydantic"]
        result = compare([*fresh, *ours], [*fresh, *floor], folder / "repository")
    verdict = "holds" if result.ratio <= BAR else "is missed"
    print(f"compile the minimal spec      {result.ours * 1000:7.1f} ms")
    print(f"import click, pydantic        {result.floor * 1000:7.1f} ms")
    print(f"ratio {result.ratio:.2f}; the bar of {BAR} {verdict}")
    return 0 if result.ratio <= BAR else 1


if __name__ == "__main__":
    sys.exit(main())
