"""What a judge is, and how one that is not there says so."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path
from typing import NamedTuple


class AbsentError(Exception):
    """A judge that this machine does not have; the message says why."""


class Judge(NamedTuple):
    """An outside judge that is present."""

    name: str
    version: str
    path: Path
    """The executable; for a judge that is data or a library, the folder that holds it."""

    def run(self, *arguments: str, text: str = "", cwd: Path | None = None) -> subprocess.CompletedProcess[str]:
        """Run the executable with `text` on standard input; never raises for an exit code."""
        return execute(str(self.path), *arguments, text=text, cwd=cwd)


def execute(*command: str, text: str = "", cwd: Path | None = None) -> subprocess.CompletedProcess[str]:
    """Run a command, capturing its output; the user's cluster is out of its reach."""
    environment = {**os.environ, "KUBECONFIG": os.devnull, "NO_COLOR": "1"}
    return subprocess.run(
        command, input=text, cwd=cwd, env=environment, capture_output=True, encoding="utf-8", check=False
    )
