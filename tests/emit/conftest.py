"""What the emitter's tests share: strings that readers get wrong, pictures of folders, and runs that die."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

HERE = Path(__file__).parent
ROOTS = [str(HERE.parents[1] / root) for root in ("schema", "compiler")]


@pytest.fixture(scope="session")
def hostile_strings() -> list[str]:
    """Strings that at least one reader or writer of YAML is known, or feared, to change."""
    groups: dict[str, list[str]] = json.loads((HERE / "hostile_strings.json").read_text("ascii"))
    around_the_longest_short_key = ["a" * n for n in range(1019, 1028)] + ["1" * n for n in range(1019, 1028)]
    long = ["a" * 5000, "a b " * 500 + "a", "é" * 1100, "é" * 600, "\x85" * 180, "a: b " * 300, "a\nb\n" * 400]
    return [text for group in groups.values() for text in group] + around_the_longest_short_key + long


@pytest.fixture(scope="session")
def picture() -> Callable[[Path], dict[str, str]]:
    """`picture(folder)`: every entry below the folder with what it is: text, link target, or `folder`."""

    def look(folder: Path) -> dict[str, str]:
        entries = {}
        for path in sorted(folder.rglob("*")):
            name = path.relative_to(folder).as_posix()
            if path.is_symlink():
                entries[name] = f"-> {path.readlink()}"
            else:
                entries[name] = "folder" if path.is_dir() else path.read_text("utf-8")
        return entries

    return look


@pytest.fixture(scope="session")
def run_writer() -> Callable[..., subprocess.CompletedProcess[str]]:
    """`run_writer(folder, version, *options)`: a process of its own that writes (see writer.py), and how it ended."""

    def run(folder: Path, version: str, *options: str) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-B", "-S", str(HERE / "writer.py"), str(folder), version, *options]
        environment = {**os.environ, "PYTHONPATH": os.pathsep.join(ROOTS)}
        return subprocess.run(command, env=environment, capture_output=True, encoding="utf-8", check=False)

    return run
