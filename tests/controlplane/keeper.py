"""Run as a program: holds the processes of a control plane, and ends when whoever started it does, however that goes.

It is given a folder. Each line on standard input is `{"name": …, "command": […]}`: a process to start, whose output
goes to `<name>.log` in the folder and whose early end is told in `<name>.ended`. At the end of the input (the writer
has closed it, or was killed) it kills its processes, the last one first, and removes the folder. It runs in a session
of its own, so that Ctrl-C in a terminal reaches the tests only.
"""

from __future__ import annotations

import json
import os
import selectors
import shutil
import subprocess
import sys
from pathlib import Path


def main(folder: Path) -> None:
    """Keep the processes that standard input names until it ends."""
    children: dict[str, subprocess.Popen[bytes]] = {}
    try:
        with selectors.DefaultSelector() as inputs:
            inputs.register(sys.stdin, selectors.EVENT_READ)
            pending = b""
            while True:
                if inputs.select(timeout=0.2):
                    data = os.read(sys.stdin.fileno(), 65536)
                    if not data:
                        return
                    *lines, pending = (pending + data).split(b"\n")
                    for line in lines:
                        wanted = json.loads(line)
                        children[wanted["name"]] = start(folder, **wanted)
                for name, child in children.items():
                    if child.poll() is not None:
                        (folder / f"{name}.ended").write_text(f"exit code {child.returncode}", encoding="utf-8")
    finally:
        for child in reversed(children.values()):
            child.kill()  # what it would save is removed
            child.wait()
        shutil.rmtree(folder)


def start(folder: Path, name: str, command: list[str]) -> subprocess.Popen[bytes]:
    """Start a process in the folder."""
    with (folder / f"{name}.log").open("wb") as log:
        return subprocess.Popen(command, cwd=folder, stdin=subprocess.DEVNULL, stdout=log, stderr=log)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
