"""The processes of one control plane, as the tests see them: start, wait until ready, end."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

from controlplane import keeper


class StartError(Exception):
    """A process ended early, or was not ready in time; the message holds the end of its log."""


class Processes:
    """Processes that live in a folder, and no longer than whoever made this object."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        # The keeper reads the pipe's other end: when this process dies, by whatever signal, the pipe closes.
        self._keeper = subprocess.Popen(
            (sys.executable, "-I", keeper.__file__, str(folder)), stdin=subprocess.PIPE, start_new_session=True
        )

    def start(self, name: str, *command: str | Path) -> None:
        """Start a process; its output goes to `<name>.log` in the folder."""
        assert self._keeper.stdin is not None
        line = json.dumps({"name": name, "command": [str(part) for part in command]}) + "\n"
        self._keeper.stdin.write(line.encode())
        self._keeper.stdin.flush()

    def wait(self, name: str, ready: Callable[[], bool], seconds: float = 30) -> None:
        """Return when `ready()`; raise `StartError` when the process ends before, or the time is over."""
        end = time.monotonic() + seconds
        while not ready():
            ended = self._folder / f"{name}.ended"
            if ended.exists() or time.monotonic() > end:
                why = ended.read_text(encoding="utf-8") if ended.exists() else f"not ready after {seconds:g} s"
                raise StartError(f"{name}: {why}\n{self.log(name)[-3000:]}")
            time.sleep(0.05)

    def log(self, name: str) -> str:
        """Return what the process has said so far."""
        return (self._folder / f"{name}.log").read_text(encoding="utf-8", errors="replace")

    def end(self) -> None:
        """End all processes, and remove the folder."""
        assert self._keeper.stdin is not None
        self._keeper.stdin.close()
        self._keeper.wait(30)
