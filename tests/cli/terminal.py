"""A command on a pseudo-terminal, as a person uses it."""

from __future__ import annotations

import os
import pty
import select
import signal
import subprocess
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Self

WAIT = 60
"""Seconds after which a command that says nothing is taken to hang."""


class Terminal:
    """A command that runs on a terminal of its own."""

    def __init__(self, command: Sequence[str], folder: Path) -> None:
        self._master, slave = pty.openpty()
        environment = {**os.environ, "TERM": "dumb", "NO_COLOR": "1", "PYTHONDONTWRITEBYTECODE": "1"}
        self._process = subprocess.Popen(
            command, cwd=folder, stdin=slave, stdout=slave, stderr=slave, env=environment, start_new_session=True
        )
        os.close(slave)
        self.shown = ""

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._process.kill()
        self._process.wait()
        os.close(self._master)

    def expect(self, text: str) -> str:
        """Waits until something is shown, and gives all that was shown up to then, anew from there."""
        end = time.monotonic() + WAIT
        while text not in self.shown:
            assert time.monotonic() < end, f"not shown: {text!r}; but: {self.shown!r}"
            assert self._read(), f"ended without {text!r}: {self.shown!r}"
        before, _, self.shown = self.shown.partition(text)
        return before + text

    def answer(self, question: str, text: str) -> str:
        """Types a line after a question."""
        shown = self.expect(question)
        self.type(text)
        return shown

    def type(self, text: str) -> None:
        """Types a line."""
        os.write(self._master, f"{text}\n".encode())

    def interrupt(self) -> None:
        """What Ctrl-C does, again and again as people do: between a question and the reading a signal can get lost."""
        while self._process.poll() is None:
            os.kill(self._process.pid, signal.SIGINT)
            time.sleep(0.2)

    def end(self) -> int:
        """Waits for the end, and gives the exit code."""
        while self._read():
            pass
        return self._process.wait(WAIT)

    def _read(self) -> bool:
        ready, _, _ = select.select([self._master], [], [], WAIT)
        assert ready, f"silent: {self.shown!r}"
        try:
            read = os.read(self._master, 65536)
        except OSError:  # how Linux says that nobody is at the other end
            return False
        self.shown += read.decode().replace("\r\n", "\n")
        return bool(read)
